//! The types of the API: accounts, authorizations, connections, providers, tools, MCP servers,
//! pages.

mod account;
mod authorization;
mod connection;
mod mcp;
pub(crate) mod open_enum;
mod page;
mod provider;
mod tool;

pub(crate) use account::not_blank;
pub use account::{
    AccountRef, AccountStatus, AuthorizationType, ConnectedAccount, ConnectedAccountSummary,
    GetOrCreated,
};
pub use authorization::{
    AuthorizationDetails, AuthorizationLink, GoogleDwd, OauthToken, ScopeSelection, StaticAuth,
    TrustedIdp, VerifiedUser,
};
pub use connection::{AppConnection, ConnectionStatus, ConnectionType};
pub use mcp::{
    ConnectionToolMapping, McpAccessLevel, McpConfig, McpConnectionAuthState, McpServerRef,
    McpSessionToken,
};
pub use open_enum::UnknownValue;
pub(crate) use open_enum::open_enum;
pub use page::{Items, Page, Pages};
pub(crate) use provider::patterns_to_wire;
pub use provider::{AuthField, AuthPattern, Provider};
pub use tool::{
    ConnectionReadiness, Readiness, RefreshedTools, ScopedTool, SearchedTool, Tool,
    ToolAnnotations, ToolOutput,
};

use std::time::{Duration, SystemTime};

/// Converts a timestamp; `None` if it is unset or outside the range of the platform.
fn system_time(timestamp: Option<prost_types::Timestamp>) -> Option<SystemTime> {
    SystemTime::try_from(timestamp?).ok()
}

/// Converts a duration; `None` if it is unset or negative.
pub(crate) fn duration(duration: Option<prost_types::Duration>) -> Option<Duration> {
    Duration::try_from(duration?).ok()
}

/// `None` for the empty string, which proto3 sends for an unset field.
pub(crate) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

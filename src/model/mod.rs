//! The types of the API: accounts, authorizations, connections, providers, tools, MCP servers,
//! pages.

mod account;
mod authorization;
mod connection;
mod connection_config;
mod mcp;
pub(crate) mod open_enum;
mod page;
mod provider;
#[cfg(test)]
mod tests;
mod timestamp;
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
pub use connection::{
    AppConnection, ConnectionAuthMode, ConnectionStatus, ConnectionType, EnvironmentConnection,
};
pub use connection_config::{ConnectionConfig, GoogleDwdConfig, OauthConfig};
pub use mcp::{
    ConnectionToolMapping, McpAccessLevel, McpConfig, McpConnectionAuthState, McpServerRef,
    McpSessionToken,
};
pub use open_enum::UnknownValue;
pub(crate) use open_enum::open_enum;
pub use page::{Items, Page, Pages};
pub(crate) use provider::patterns_to_wire;
pub use provider::{AuthField, AuthPattern, Provider, ProviderType};
pub use tool::{
    ConnectionReadiness, Readiness, RefreshedTools, ScopedTool, SearchedTool, Tool,
    ToolAnnotations, ToolOutput,
};

use std::fmt::Display;
use std::time::Duration;

use crate::Error;
use timestamp::system_time;

/// Converts a duration; `None` if it is unset or negative.
pub(crate) fn duration(duration: Option<prost_types::Duration>) -> Option<Duration> {
    Duration::try_from(duration?).ok()
}

/// `None` for the empty string, which proto3 sends for an unset field.
pub(crate) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The number of an enum value to send; an error for a value of which only the name is known.
pub(crate) fn known_number(
    parameter: &str,
    value: impl Display,
    number: Option<i32>,
) -> Result<i32, Error> {
    number.ok_or_else(|| {
        let what = format_args!("is {value}, which this version of the crate does not know");
        Error::invalid_input(parameter, what)
    })
}

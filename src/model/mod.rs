//! The nouns of the API: accounts, authorizations, connections, providers, tools, MCP servers,
//! pages.

mod account;
mod authorization;
mod connection;
mod mcp;
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
pub use page::{Items, Page, Pages};
pub(crate) use provider::patterns_to_wire;
pub use provider::{AuthField, AuthPattern, Provider};
pub use tool::{
    ConnectionReadiness, Readiness, RefreshedTools, ScopedTool, SearchedTool, Tool,
    ToolAnnotations, ToolOutput,
};

use std::time::{Duration, SystemTime};

/// Declares an enum of the API that keeps values it does not know.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$vmeta:meta])* $variant:ident = $number:literal => $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )+
            /// A value newer than this version of the crate, by its number on the wire; -1 where
            /// the server gave only its name.
            Other(i32),
        }

        impl $name {
            /// The name in the API's description; `None` for a value that this version of the
            /// crate does not know.
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $( Self::$variant => Some($text), )+
                    Self::Other(_) => None,
                }
            }

            /// The number on the wire.
            pub fn number(self) -> i32 {
                match self {
                    $( Self::$variant => $number, )+
                    Self::Other(number) => number,
                }
            }
        }

        impl From<i32> for $name {
            fn from(number: i32) -> Self {
                match number {
                    $( $number => Self::$variant, )+
                    other => Self::Other(other),
                }
            }
        }

        impl From<&str> for $name {
            /// The value of this name, in upper or lower case.
            fn from(name: &str) -> Self {
                match name {
                    $( name if name.eq_ignore_ascii_case($text) => Self::$variant, )+
                    _ => Self::Other(-1),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{}", self.number()),
                }
            }
        }
    };
}
pub(crate) use open_enum;

/// The time of a wire timestamp; `None` when it is unset or outside what the platform can hold.
fn system_time(timestamp: Option<prost_types::Timestamp>) -> Option<SystemTime> {
    SystemTime::try_from(timestamp?).ok()
}

/// The span of a wire duration; `None` when it is unset or negative.
pub(crate) fn duration(duration: Option<prost_types::Duration>) -> Option<Duration> {
    Duration::try_from(duration?).ok()
}

/// `None` for the empty string, which is how proto3 sends "not set".
pub(crate) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

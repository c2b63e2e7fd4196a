#![doc = include_str!("lib.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(docsrs, doc(auto_cfg(hide(feature = "_codegen"))))]

pub mod actions;
pub mod mcp;
pub mod providers;
pub mod tools;

mod call;
mod client;
mod credentials;
mod duration;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
#[path = "../fuzz/properties/mod.rs"]
pub mod fuzzing;
#[cfg(all(test, not(fuzzing)))]
#[path = "../fuzz/properties/mod.rs"]
mod fuzzing;
mod header;
mod json;
mod model;
mod secret;
mod transport;

#[cfg(feature = "raw")]
pub mod raw;
#[cfg(not(feature = "raw"))]
#[allow(dead_code, unreachable_pub)]
mod raw;

pub use client::{Client, ClientBuilder};
pub use error::{Code, Error, ErrorKind, FieldViolation, HelpLink, Outcome, Remedy, ToolError};
pub use model::{
    AccountRef, AccountStatus, AppConnection, AuthField, AuthPattern, AuthorizationDetails,
    AuthorizationLink, AuthorizationType, ConnectedAccount, ConnectedAccountSummary,
    ConnectionReadiness, ConnectionStatus, ConnectionToolMapping, ConnectionType, GetOrCreated,
    GoogleDwd, Items, McpAccessLevel, McpConfig, McpConnectionAuthState, McpServerRef,
    McpSessionToken, OauthToken, Page, Pages, Provider, Readiness, RefreshedTools, ScopeSelection,
    ScopedTool, SearchedTool, StaticAuth, Tool, ToolAnnotations, ToolOutput, TrustedIdp,
    UnknownValue, VerifiedUser,
};
pub use secret::Secret;
pub use transport::Transport;

/// The README, so that its code blocks are tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

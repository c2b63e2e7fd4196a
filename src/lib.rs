#![doc = include_str!("lib.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(docsrs, doc(auto_cfg(hide(feature = "_codegen"))))]

pub mod actions;
pub mod mcp;
pub mod providers;
pub mod tools;

mod builder;
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

#[cfg(feature = "unstable-raw")]
pub mod raw;
#[cfg(not(feature = "unstable-raw"))]
#[allow(dead_code, unreachable_pub)]
mod raw;

pub use client::{Client, ClientBuilder};
pub use credentials::{AccessToken, TokenFuture, TokenSource};
pub use error::{Code, Error, ErrorKind, FieldViolation, HelpLink, Outcome, Remedy, ToolError};
pub use model::{
    AccountRef, AccountStatus, AppConnection, AuthField, AuthPattern, AuthorizationDetails,
    AuthorizationLink, AuthorizationType, ConnectedAccount, ConnectedAccountSummary,
    ConnectionAuthMode, ConnectionConfig, ConnectionReadiness, ConnectionStatus,
    ConnectionToolMapping, ConnectionType, EnvironmentConnection, GetOrCreated, GoogleDwd,
    GoogleDwdConfig, Items, McpAccessLevel, McpConfig, McpConnectionAuthState, McpServerRef,
    McpSessionToken, OauthConfig, OauthToken, Page, Pages, Provider, ProviderType, Readiness,
    RefreshedTools, ScopeSelection, ScopedTool, SearchedTool, StaticAuth, Tool, ToolAnnotations,
    ToolOutput, TrustedIdp, UnknownValue, VerifiedUser,
};
pub use secret::Secret;
pub use transport::Transport;

/// The README, so that its code blocks are tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

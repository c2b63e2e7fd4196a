//! A local Scalekit for development and tests: gRPC, REST, OAuth, the consent page and the proxy on
//! one port, with a state machine behind them and a journal of all calls.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use scalekit_emulator::{Account, Connection, Emulator, Seed, Tool};
//! use serde_json::json;
//!
//! let seed = Seed::empty()
//!     .connection(Connection::oauth("notes", "NOTES"))
//!     .account(Account::new("notes", "alice@example.com"))
//!     .tool(Tool::new("notes_count", "NOTES").handler(|call| {
//!         Ok(json!({ "count": 3, "for": call.identifier }))
//!     }));
//! let emulator = Emulator::builder().seed(seed).start().await?;
//! println!("{} {}", emulator.env_url(), emulator.client_id());
//! emulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! Tool input and tool schemas are checked by JSON Schema with the feature `validation`, which is
//! enabled by default. Without it, the emulator does not check them. With [`Builder::log`], it then
//! writes a line for each execution whose input it did not check.
//!
//! It is for tests: credentials are in memory, the signing key is public, and the endpoints under
//! `/_emulator/` let anyone who can reach the port read the journal and reset the state.

mod admin;
mod browser;
mod builder;
mod builtin;
mod call;
mod client;
mod clock;
mod code;
mod connection;
mod consent;
mod emulator;
mod error;
mod faults;
mod grpc;
mod ids;
mod inject;
mod journal;
mod json;
mod oauth;
mod page;
mod path_template;
mod proto_options;
mod provider;
mod proxy;
mod redact;
mod request;
mod response;
mod rest;
mod rpc;
mod schema;
mod seed;
mod server;
mod services;
mod settings;
mod shared;
mod socket;
mod state;
mod status;
mod tls;
mod tokens;
mod tool_schema;
mod upstream;
mod validate;

pub use browser::Consent;
pub use builder::Builder;
pub use call::{Call, CallStatus, Protocol};
pub use clock::Clock;
pub use code::Code;
pub use emulator::Emulator;
pub use error::{Error, ErrorKind};
pub use faults::{Fault, FaultPlan};
pub use seed::{
    Account, AccountStatus, Annotations, Connection, ConnectionKind, Details, Seed, Tool, ToolCall,
    ToolFailure, UserVerification,
};
pub use status::Status;

/// The README, so that its code blocks are tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

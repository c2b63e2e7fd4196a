//! The crate against the emulator over real sockets: one binary, a module per topic, and every test
//! once per transport.

// Intended: every test must hold on both transports.
#![allow(clippy::duplicate_mod)]

mod both_transports;
mod budget;
mod canary;
mod futures;
mod gateway;
mod heads;
mod http2;
mod proxied;
mod raw;
mod refusals;
#[cfg(feature = "raw-rest")]
mod rest_client;

macro_rules! suite {
    ($($transport:ident: $name:ident)+) => { $(
        #[path = "."]
        mod $name {
            /// The transport of the clients in this copy of the suite.
            const TRANSPORT: scalekit::Transport = scalekit::Transport::$transport;

            mod accounts;
            mod responses;
            mod authorization;
            mod client;
            mod client_certificate;
            mod connection_calls;
            mod connections;
            mod errors;
            mod execute;
            pub mod harness;
            mod mcp;
            mod official_sdks;
            mod outbound;
            mod providers;
            mod rate_limit;
            mod request;
            mod secrets;
            mod tls;
            mod token_source;
            mod tools;
            mod traces;
        }
    )+ };
}

suite! {
    Grpc: grpc
    Rest: rest
}

//! The crate against the emulator, over real sockets: one binary, a module per part, and all of it
//! once for each wire.

// Twice is the point: the same statements hold on both wires.
#![allow(clippy::duplicate_mod)]

mod both_wires;
mod budget;
mod canary;
mod front;
mod futures;
mod heads;
mod http2;
mod proxied;
mod raw;
mod refusals;
#[cfg(feature = "raw-rest")]
mod rest_client;

macro_rules! suite {
    ($($wire:ident: $name:ident)+) => { $(
        #[path = "."]
        mod $name {
            /// How the clients of this copy of the suite make their calls.
            const WIRE: scalekit::Transport = scalekit::Transport::$wire;

            mod accounts;
            mod responses;
            mod authorization;
            mod client;
            mod client_certificate;
            mod connections;
            mod errors;
            mod execute;
            pub mod harness;
            mod mcp;
            mod official_sdks;
            mod outbound;
            mod providers;
            mod request;
            mod secrets;
            mod tls;
            mod tools;
        }
    )+ };
}

suite! {
    Grpc: grpc
    Rest: rest
}

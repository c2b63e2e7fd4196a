//! Tests of the emulator over its real protocols.

#![allow(clippy::unwrap_used)]

mod accounts;
mod connections;
mod dispatch;
mod execute;
mod faults;
mod journal;
mod links;
mod mcp;
#[cfg(unix)]
mod program;
mod providers;
mod proxy;
mod raw;
mod rest;
mod seeds;
mod support;
mod tls;
mod tokens;
mod tools;
mod validation;

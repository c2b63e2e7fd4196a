//! The RPCs, one module per service: typed requests in, typed answers out.

pub(crate) mod accounts;
pub(crate) mod connections;
pub(crate) mod execute;
pub(crate) mod mcp;
pub(crate) mod providers;
pub(crate) mod search;
pub(crate) mod tools;

//! The handlers of the RPCs, one module per service.

pub(crate) mod accounts;
pub(crate) mod connections;
pub(crate) mod mcp;
pub(crate) mod providers;
pub(crate) mod tools;

//! The calls on the connections of an environment.

mod read;
mod write;

pub use read::{GetEnvironmentConnection, ListConnections};
pub use write::{
    CreateEnvironmentConnection, DeleteEnvironmentConnection, DisableEnvironmentConnection,
    EnableEnvironmentConnection, UpdateEnvironmentConnection,
};

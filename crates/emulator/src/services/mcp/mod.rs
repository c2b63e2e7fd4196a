//! McpService: virtual MCP servers, configurations, instances and session tokens.

mod auth_state;
mod configs;
mod instances;
mod lookup;
mod servers;
mod session;

pub(crate) use auth_state::{connected_accounts, instance_auth_state};
pub(crate) use configs::{create_config, delete_config, get_config, list_configs, update_config};
pub(crate) use instances::{
    delete_instance, ensure_instance, get_instance, list_instances, update_instance,
};
pub(crate) use servers::{create, delete, get, list};
pub(crate) use session::session_token;

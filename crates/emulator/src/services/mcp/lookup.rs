//! Lookups that the RPCs of the service share.

use crate::seed::AccountStatus;
use crate::shared::Shared;
use crate::state::{AccountRef, State, find};
use crate::status::{Status, not_found};

/// The URL of an MCP server.
pub(super) fn url(shared: &Shared, kind: &str, id: &str) -> String {
    format!("{}/mcp/{kind}/{id}", shared.settings.env_url)
}

/// The index of a configuration.
pub(super) fn find_config(state: &State, id: &str) -> Result<usize, Status> {
    find(
        &state.mcp_configs,
        "mcp_config",
        format_args!("MCP configuration {id}"),
        |config| config.id == id,
    )
}

/// The id of the configuration with this name.
pub(super) fn config_named(state: &State, name: &str) -> Result<String, Status> {
    let at = find(
        &state.mcp_configs,
        "mcp_config",
        format_args!("MCP configuration named \"{name}\""),
        |config| config.name == name,
    )?;
    Ok(state.mcp_configs[at].id.clone())
}

/// The index of an instance.
pub(super) fn find_instance(state: &State, id: &str) -> Result<usize, Status> {
    find(
        &state.mcp_instances,
        "mcp_instance",
        format_args!("MCP instance {id}"),
        |instance| instance.id == id,
    )
}

/// The id and the name of the status of an identifier's account on a connection.
pub(super) fn account(
    state: &State,
    connection: &str,
    identifier: &str,
) -> Option<(String, String)> {
    let wanted = AccountRef::on_connection(connection, identifier);
    let at = state.find_account(wanted).ok()?;
    let account = &state.accounts[at];
    Some((
        account.id.clone(),
        account.status.to_proto().as_str_name().to_owned(),
    ))
}

/// Whether an identifier has an active account on a connection.
pub(super) fn has_active_account(state: &State, connection: &str, identifier: &str) -> bool {
    state
        .find_account(AccountRef::on_connection(connection, identifier))
        .is_ok_and(|at| state.accounts[at].status == AccountStatus::Active)
}

/// Rejects an unknown connection, and tools that the connection does not have.
pub(super) fn check_tools(state: &State, connection: &str, tools: &[String]) -> Result<(), Status> {
    let connection = state.connection_named(connection)?;
    for name in tools {
        let known = state
            .tools
            .iter()
            .any(|tool| tool.spec.name == *name && State::serves(connection, tool));
        if !known {
            return Err(not_found(
                "tool",
                format!(
                    "connection \"{}\" has no tool named \"{name}\"",
                    connection.spec.name
                ),
            ));
        }
    }
    Ok(())
}

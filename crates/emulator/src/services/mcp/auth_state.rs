//! The accounts behind a configuration or an instance, with links to authorize them.

use scalekit::raw::mcp as api;

use super::lookup::{account, find_config, find_instance, has_active_account};
use crate::services::accounts::create_link;
use crate::shared::Shared;
use crate::state::{AccountRef, State};
use crate::status::Status;

pub(crate) fn connected_accounts(
    shared: &Shared,
    request: &api::ListMcpConnectedAccountsRequest,
) -> Result<api::ListMcpConnectedAccountsResponse, Status> {
    let mut state = shared.state();
    let at = find_config(&state, &request.config_id)?;
    let mappings = state.mcp_configs[at].connection_tool_mappings.clone();
    let connected_accounts = mappings
        .into_iter()
        .map(|mapping| {
            let name = &mapping.connection_name;
            // Active accounts get a link too, to authorize again.
            let link = if request.include_auth_link {
                new_link(shared, &mut state, name, &request.identifier)?
            } else {
                String::new()
            };
            let found = account(&state, name, &request.identifier);
            let (id, status) = found.unzip();
            Ok(api::McpConnectionAuthState {
                connection_id: mapping.connection_id,
                connection_name: mapping.connection_name,
                provider: mapping.provider,
                connected_account_id: id,
                connected_account_status: status,
                authentication_link: link,
            })
        })
        .collect::<Result<_, Status>>()?;
    Ok(api::ListMcpConnectedAccountsResponse { connected_accounts })
}

pub(crate) fn instance_auth_state(
    shared: &Shared,
    request: &api::GetMcpInstanceAuthStateRequest,
) -> Result<api::GetMcpInstanceAuthStateResponse, Status> {
    let mut state = shared.state();
    let at = find_instance(&state, &request.instance_id)?;
    let instance = state.mcp_instances[at].clone();
    let config = find_config(&state, &instance.config_id)?;
    let mappings = state.mcp_configs[config].connection_tool_mappings.clone();
    let connections = mappings
        .into_iter()
        .map(|mapping| {
            let (name, user) = (&mapping.connection_name, &instance.user_identifier);
            let link = if request.include_auth_links && !has_active_account(&state, name, user) {
                new_link(shared, &mut state, name, user)?
            } else {
                String::new()
            };
            let (id, status) = account(&state, name, user).unwrap_or_default();
            Ok(api::McpInstanceConnectionAuthState {
                connection_id: mapping.connection_id,
                connection_name: mapping.connection_name,
                provider: mapping.provider,
                connected_account_id: id,
                connected_account_status: status,
                authentication_link: link,
            })
        })
        .collect::<Result<_, Status>>()?;
    Ok(api::GetMcpInstanceAuthStateResponse { connections })
}

/// A new authorization link for an identifier's account on a connection.
fn new_link(
    shared: &Shared,
    state: &mut State,
    connection: &str,
    identifier: &str,
) -> Result<String, Status> {
    let wanted = AccountRef::on_connection(connection, identifier);
    Ok(create_link(shared, state, wanted, "", "")?.0)
}

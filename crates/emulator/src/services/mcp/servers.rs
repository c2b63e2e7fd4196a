//! Virtual MCP servers.

use scalekit::raw::mcp as api;

use super::lookup::{account, check_tools, url};
use crate::shared::Shared;
use crate::state::{State, find};
use crate::status::Status;

pub(crate) fn create(
    shared: &Shared,
    request: &api::CreateMcpRequest,
) -> Result<api::CreateMcpResponse, Status> {
    let mut mcp = request.mcp.clone().unwrap_or_default();
    let mut state = shared.state();
    for mapping in &mut mcp.tool_mappings {
        check_tools(&state, &mapping.connection_name, &mapping.tool_names)?;
    }
    mcp.id = state.ids.next("mcp");
    mcp.url = url(shared, "servers", &mcp.id);
    state.mcps.push(mcp.clone());
    Ok(api::CreateMcpResponse {
        mcp: Some(with_status(&state, mcp)),
    })
}

pub(crate) fn get(
    shared: &Shared,
    request: &api::GetMcpRequest,
) -> Result<api::GetMcpResponse, Status> {
    let state = shared.state();
    let at = find_server(&state, &request.mcp_id)?;
    let mcp = state.mcps[at].clone();
    Ok(api::GetMcpResponse {
        mcp: Some(with_status(&state, mcp)),
    })
}

pub(crate) fn list(
    shared: &Shared,
    request: &api::ListMcpRequest,
) -> Result<api::ListMcpResponse, Status> {
    let state = shared.state();
    let filter = request.filter.clone().unwrap_or_default();
    let mcps = state
        .mcps
        .iter()
        .filter(|mcp| {
            filter.connected_account_identifier.is_empty()
                || mcp.connected_account_identifier == filter.connected_account_identifier
        })
        .cloned()
        .map(|mcp| with_status(&state, mcp))
        .collect();
    Ok(api::ListMcpResponse { mcps })
}

pub(crate) fn delete(
    shared: &Shared,
    request: &api::DeleteMcpRequest,
) -> Result<api::DeleteMcpResponse, Status> {
    let mut state = shared.state();
    let at = find_server(&state, &request.mcp_id)?;
    state.mcps.remove(at);
    Ok(api::DeleteMcpResponse {})
}

fn find_server(state: &State, id: &str) -> Result<usize, Status> {
    find(&state.mcps, "mcp", format_args!("MCP server {id}"), |mcp| {
        mcp.id == id
    })
}

/// Adds the status of the user's account to each connection of a server.
fn with_status(state: &State, mut mcp: api::Mcp) -> api::Mcp {
    for mapping in &mut mcp.tool_mappings {
        mapping.status = account(
            state,
            &mapping.connection_name,
            &mcp.connected_account_identifier,
        )
        .map_or_else(String::new, |(_, status)| status);
    }
    mcp
}

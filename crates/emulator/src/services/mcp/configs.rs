//! MCP configurations.

use scalekit::raw::mcp as api;

use super::lookup::{check_tools, find_config, url};
use crate::shared::Shared;
use crate::state::State;
use crate::status::{Status, already_exists};

/// Fills in the fields of a configuration's connections that the service sets.
fn resolve(
    state: &State,
    mappings: &mut [api::McpConfigConnectionToolMapping],
) -> Result<(), Status> {
    for mapping in mappings {
        check_tools(state, &mapping.connection_name, &mapping.tools)?;
        let connection = state.connection_named(&mapping.connection_name)?;
        mapping.connection_id.clone_from(&connection.id);
        mapping.provider.clone_from(&connection.spec.provider);
        mapping.connected_account_id = None;
        mapping.connected_account_status = None;
    }
    Ok(())
}

pub(crate) fn create_config(
    shared: &Shared,
    request: &api::CreateMcpConfigRequest,
) -> Result<api::CreateMcpConfigResponse, Status> {
    let mut config = request.config.clone().unwrap_or_default();
    let mut state = shared.state();
    if state
        .mcp_configs
        .iter()
        .any(|other| other.name == config.name)
    {
        return Err(already_exists(
            "mcp_config",
            format!("a configuration named \"{}\" exists already", config.name),
        ));
    }
    resolve(&state, &mut config.connection_tool_mappings)?;
    config.id = state.ids.next("mcpcfg");
    config.mcp_server_url = url(shared, "configs", &config.id);
    state.mcp_configs.push(config.clone());
    Ok(api::CreateMcpConfigResponse {
        config: Some(config),
    })
}

pub(crate) fn update_config(
    shared: &Shared,
    request: &api::UpdateMcpConfigRequest,
) -> Result<api::UpdateMcpConfigResponse, Status> {
    let mut state = shared.state();
    let at = find_config(&state, &request.config_id)?;
    let mut mappings = request.connection_tool_mappings.clone();
    resolve(&state, &mut mappings)?;
    let config = &mut state.mcp_configs[at];
    if !request.description.is_empty() {
        config.description.clone_from(&request.description);
    }
    if !mappings.is_empty() {
        config.connection_tool_mappings = mappings;
    }
    Ok(api::UpdateMcpConfigResponse {
        config: Some(config.clone()),
    })
}

pub(crate) fn list_configs(
    shared: &Shared,
    request: &api::ListMcpConfigsRequest,
) -> Result<api::ListMcpConfigsResponse, Status> {
    let state = shared.state();
    let filter = request.filter.clone().unwrap_or_default();
    let search = request.search.to_lowercase();
    let is = |asked: &str, has: &str| asked.is_empty() || asked == has;
    let found: Vec<api::McpConfig> = state
        .mcp_configs
        .iter()
        .filter(|config| {
            is(&filter.id, &config.id)
                && is(&filter.name, &config.name)
                && is(&filter.mcp_server_url, &config.mcp_server_url)
                && (filter.provider.is_empty()
                    || config
                        .connection_tool_mappings
                        .iter()
                        .any(|mapping| mapping.provider.eq_ignore_ascii_case(&filter.provider)))
                && (config.name.to_lowercase().contains(&search)
                    || config.description.to_lowercase().contains(&search))
        })
        .cloned()
        .collect();
    let page = shared.paging().cut(
        &format!("mcp configs {filter:?} {search}"),
        found,
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::ListMcpConfigsResponse {
        configs: page.items,
        next_page_token: page.next,
        prev_page_token: page.prev,
        total_size: page.total,
    })
}

pub(crate) fn get_config(
    shared: &Shared,
    request: &api::GetMcpConfigRequest,
) -> Result<api::GetMcpConfigResponse, Status> {
    let state = shared.state();
    let at = find_config(&state, &request.config_id)?;
    Ok(api::GetMcpConfigResponse {
        config: Some(state.mcp_configs[at].clone()),
    })
}

pub(crate) fn delete_config(
    shared: &Shared,
    request: &api::DeleteMcpConfigRequest,
) -> Result<api::DeleteMcpConfigResponse, Status> {
    let mut state = shared.state();
    let at = find_config(&state, &request.config_id)?;
    state.mcp_configs.remove(at);
    state
        .mcp_instances
        .retain(|instance| instance.config_id != request.config_id);
    Ok(api::DeleteMcpConfigResponse {})
}

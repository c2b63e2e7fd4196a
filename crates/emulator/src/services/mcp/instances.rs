//! MCP instances: a configuration for one user.

use scalekit::raw::mcp as api;

use super::lookup::{account, config_named, find_config, find_instance, url};
use crate::clock::timestamp;
use crate::shared::Shared;
use crate::state::{McpInstanceRecord, State};
use crate::status::Status;

fn show_instance(
    shared: &Shared,
    state: &State,
    instance: &McpInstanceRecord,
) -> Result<api::McpInstance, Status> {
    let at = find_config(state, &instance.config_id)?;
    let mut config = state.mcp_configs[at].clone();
    for mapping in &mut config.connection_tool_mappings {
        let found = account(state, &mapping.connection_name, &instance.user_identifier);
        (
            mapping.connected_account_id,
            mapping.connected_account_status,
        ) = found.unzip();
    }
    Ok(api::McpInstance {
        id: instance.id.clone(),
        name: instance.name.clone(),
        user_identifier: instance.user_identifier.clone(),
        config: Some(config),
        last_used_at: None,
        updated_at: Some(timestamp(instance.updated_at)),
        url: url(shared, "instances", &instance.id),
    })
}

pub(crate) fn ensure_instance(
    shared: &Shared,
    request: &api::EnsureMcpInstanceRequest,
) -> Result<api::EnsureMcpInstanceResponse, Status> {
    let mut state = shared.state();
    let config_id = config_named(&state, &request.config_name)?;
    let existing = state.mcp_instances.iter().position(|instance| {
        instance.config_id == config_id && instance.user_identifier == request.user_identifier
    });
    let at = match existing {
        Some(at) => at,
        None => {
            let id = state.ids.next("mcpi");
            let name = if request.name.is_empty() {
                format!("{}-{}", request.config_name, request.user_identifier)
            } else {
                request.name.clone()
            };
            state.mcp_instances.push(McpInstanceRecord {
                id,
                name,
                config_id,
                user_identifier: request.user_identifier.clone(),
                updated_at: shared.clock.now(),
            });
            state.mcp_instances.len() - 1
        }
    };
    Ok(api::EnsureMcpInstanceResponse {
        instance: Some(show_instance(shared, &state, &state.mcp_instances[at])?),
    })
}

pub(crate) fn list_instances(
    shared: &Shared,
    request: &api::ListMcpInstancesRequest,
) -> Result<api::ListMcpInstancesResponse, Status> {
    let state = shared.state();
    let filter = request.filter.clone().unwrap_or_default();
    let search = request.search.to_lowercase();
    let is = |asked: &str, has: &str| asked.is_empty() || asked == has;
    let found = state
        .mcp_instances
        .iter()
        .map(|instance| show_instance(shared, &state, instance))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .filter(|instance| {
            let config = instance.config.as_ref().map_or("", |c| c.name.as_str());
            is(&filter.id, &instance.id)
                && is(&filter.name, &instance.name)
                && is(&filter.config_name, config)
                && is(&filter.user_identifier, &instance.user_identifier)
                && (instance.name.to_lowercase().contains(&search)
                    || instance.user_identifier.to_lowercase().contains(&search))
        })
        .collect();
    let page = shared.paging().cut(
        &format!("mcp instances {filter:?} {search}"),
        found,
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::ListMcpInstancesResponse {
        instances: page.items,
        next_page_token: page.next,
        prev_page_token: page.prev,
        total_size: page.total,
    })
}

pub(crate) fn delete_instance(
    shared: &Shared,
    request: &api::DeleteMcpInstanceRequest,
) -> Result<api::DeleteMcpInstanceResponse, Status> {
    let mut state = shared.state();
    let at = find_instance(&state, &request.instance_id)?;
    state.mcp_instances.remove(at);
    Ok(api::DeleteMcpInstanceResponse {})
}

pub(crate) fn update_instance(
    shared: &Shared,
    request: &api::UpdateMcpInstanceRequest,
) -> Result<api::UpdateMcpInstanceResponse, Status> {
    let mut state = shared.state();
    let at = find_instance(&state, &request.instance_id)?;
    if !request.config_name.is_empty() {
        state.mcp_instances[at].config_id = config_named(&state, &request.config_name)?;
    }
    if !request.name.is_empty() {
        state.mcp_instances[at].name.clone_from(&request.name);
    }
    state.mcp_instances[at].updated_at = shared.clock.now();
    Ok(api::UpdateMcpInstanceResponse {
        instance: Some(show_instance(shared, &state, &state.mcp_instances[at])?),
    })
}

pub(crate) fn get_instance(
    shared: &Shared,
    request: &api::GetMcpInstanceRequest,
) -> Result<api::GetMcpInstanceResponse, Status> {
    let state = shared.state();
    let at = find_instance(&state, &request.instance_id)?;
    Ok(api::GetMcpInstanceResponse {
        instance: Some(show_instance(shared, &state, &state.mcp_instances[at])?),
    })
}

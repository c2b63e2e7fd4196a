//! McpService: virtual MCP servers, their configurations, instances and session tokens.

use std::ops::RangeInclusive;
use std::time::Duration;

use scalekit::raw::mcp as api;
use serde_json::json;

use super::accounts::hand_out_link;
use crate::clock::timestamp;
use crate::seed::AccountStatus;
use crate::shared::Shared;
use crate::state::{AccountRef, McpInstanceRecord, State};
use crate::status::{Status, already_exists, internal, invalid, not_found, precondition};

/// For how many seconds a session token is valid when the caller does not say.
const SESSION: u64 = 3_600;

/// For how many seconds a caller can have one.
const SESSION_RANGE: RangeInclusive<u64> = 60..=86_400;

fn url(shared: &Shared, kind: &str, id: &str) -> String {
    format!("{}/mcp/{kind}/{id}", shared.settings.env_url)
}

// Virtual servers.

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
    let mcp = state
        .mcps
        .iter()
        .find(|mcp| mcp.id == request.mcp_id)
        .cloned()
        .ok_or_else(|| no_mcp(&request.mcp_id))?;
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
    let at = state
        .mcps
        .iter()
        .position(|mcp| mcp.id == request.mcp_id)
        .ok_or_else(|| no_mcp(&request.mcp_id))?;
    state.mcps.remove(at);
    Ok(api::DeleteMcpResponse {})
}

fn no_mcp(id: &str) -> Status {
    not_found("mcp", format!("there is no MCP server {id}"))
}

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

/// The id and the status, by name, of an identifier's account on a connection.
fn account(state: &State, connection: &str, identifier: &str) -> Option<(String, String)> {
    let wanted = AccountRef::new(None, Some(connection), Some(identifier), None, None);
    let at = state.find_account(wanted).ok()?;
    let account = &state.accounts[at];
    Some((
        account.id.clone(),
        account.status.to_proto().as_str_name().to_owned(),
    ))
}

/// Refuses an unknown connection, or a tool that it does not have.
fn check_tools(state: &State, connection: &str, tools: &[String]) -> Result<(), Status> {
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

// Configurations.

/// Fills in what the service knows about the connections of a configuration.
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

fn find_config(state: &State, id: &str) -> Result<usize, Status> {
    state
        .mcp_configs
        .iter()
        .position(|config| config.id == id)
        .ok_or_else(|| not_found("mcp_config", format!("there is no MCP configuration {id}")))
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
            // Also for an account that is active, to authorize it anew.
            let link = if request.include_auth_link {
                let wanted =
                    AccountRef::new(None, Some(name), Some(&request.identifier), None, None);
                hand_out_link(shared, &mut state, wanted, "", "")?.0
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

/// A fresh link for an account that needs one, if links are asked for.
fn auth_link(
    shared: &Shared,
    state: &mut State,
    asked: bool,
    connection: &str,
    identifier: &str,
) -> Result<String, Status> {
    let wanted = AccountRef::new(None, Some(connection), Some(identifier), None, None);
    let active = state
        .find_account(wanted)
        .is_ok_and(|at| state.accounts[at].status == AccountStatus::Active);
    if !asked || active {
        return Ok(String::new());
    }
    Ok(hand_out_link(shared, state, wanted, "", "")?.0)
}

// Instances.

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

fn config_named(state: &State, name: &str) -> Result<String, Status> {
    state
        .mcp_configs
        .iter()
        .find(|config| config.name == name)
        .map(|config| config.id.clone())
        .ok_or_else(|| {
            not_found(
                "mcp_config",
                format!("there is no MCP configuration named \"{name}\""),
            )
        })
}

fn find_instance(state: &State, id: &str) -> Result<usize, Status> {
    state
        .mcp_instances
        .iter()
        .position(|instance| instance.id == id)
        .ok_or_else(|| not_found("mcp_instance", format!("there is no MCP instance {id}")))
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
            let link = auth_link(
                shared,
                &mut state,
                request.include_auth_links,
                &mapping.connection_name,
                &instance.user_identifier,
            )?;
            let (id, status) = account(&state, &mapping.connection_name, &instance.user_identifier)
                .unwrap_or_default();
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

// Session tokens.

/// Refuses a connection that is not in use, or a user who has no active account there.
fn check_connection(state: &State, name: &str, identifier: &str) -> Result<(), Status> {
    if !state.connection_named(name)?.spec.enabled {
        return Err(not_found(
            "connection",
            format!("there is no active connection named \"{name}\""),
        ));
    }
    let wanted = AccountRef::new(None, Some(name), Some(identifier), None, None);
    let active = state
        .find_account(wanted)
        .is_ok_and(|at| state.accounts[at].status == AccountStatus::Active);
    if !active {
        return Err(precondition(format!(
            "\"{identifier}\" has no active account at \"{name}\""
        )));
    }
    Ok(())
}

pub(crate) fn session_token(
    shared: &Shared,
    request: &api::CreateMcpSessionTokenRequest,
) -> Result<api::CreateMcpSessionTokenResponse, Status> {
    {
        let state = shared.state();
        if request.key_id.is_empty() {
            find_config(&state, &request.mcp_config_id)?;
        } else {
            check_connection(&state, &request.key_id, &request.identifier)?;
        }
    }
    let lifetime = match &request.expiry {
        None => SESSION,
        Some(expiry) => u64::try_from(expiry.seconds)
            .ok()
            .filter(|seconds| SESSION_RANGE.contains(seconds))
            .ok_or_else(|| {
                let (least, most) = (SESSION_RANGE.start(), SESSION_RANGE.end());
                invalid("expiry", format!("must be {least} to {most} seconds"))
            })?,
    };
    let now = shared.clock.unix();
    let claims = json!({
        "iss": shared.settings.env_url,
        "sub": request.identifier,
        "mcp_config_id": request.mcp_config_id,
        "key_id": request.key_id,
        "access_level": if request.access_level.is_empty() { "FULL" } else { &request.access_level },
        "iat": now,
        "exp": now + lifetime,
        "jti": crate::ids::random(12),
    });
    // Signed like an access token but never entered as one: it opens no RPC.
    let token = shared
        .tokens
        .sign(&claims)
        .ok_or_else(|| internal("the token could not be signed"))?;
    Ok(api::CreateMcpSessionTokenResponse {
        token,
        expires_at: Some(timestamp(
            shared.clock.now() + Duration::from_secs(lifetime),
        )),
    })
}

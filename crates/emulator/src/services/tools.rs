//! ToolService, except executing a tool.

use std::cmp::Ordering;

use scalekit::raw::tools as api;

use super::search;
use crate::clock::timestamp;
use crate::json::{from_struct, to_struct};
use crate::seed::{AccountStatus, Tool};
use crate::shared::Shared;
use crate::state::{AccountRef, ConnectionRecord, State, ToolRecord};
use crate::status::{Status, already_exists, invalid, not_found};
use crate::tool_schema::{InputSchema, check_schema};

/// The number of results of a search when none is asked for, and the most that are given.
const TOP_K: (u32, u32) = (10, 50);

fn show(tool: &ToolRecord) -> api::Tool {
    api::Tool {
        id: tool.id.clone(),
        provider: tool.spec.provider.clone(),
        definition: Some(
            tool.definition
                .clone()
                .unwrap_or_else(|| to_struct(&tool.spec.definition())),
        ),
        metadata: tool.spec.metadata.as_ref().map(to_struct),
        tags: tool.spec.tags.clone(),
        is_default: Some(tool.is_default),
        updated_at: Some(timestamp(tool.updated_at)),
    }
}

pub(crate) fn list(
    shared: &Shared,
    request: &api::ListToolsRequest,
) -> Result<api::ListToolsResponse, Status> {
    let state = shared.state();
    let filter = request.filter.clone().unwrap_or_default();
    let owner = AccountRef::new(
        filter.connected_account_id.as_deref(),
        filter.connector.as_deref(),
        Some(&filter.identifier),
        filter.organization_id.as_deref(),
        filter.user_id.as_deref(),
    );
    // Whatever names a connection or an account narrows the list to the tools of its connections.
    let connections: Option<Vec<&ConnectionRecord>> = if owner.id.is_some() || owner.has_owner() {
        Some(
            state
                .accounts
                .iter()
                .filter(|account| {
                    owner.covers(account) && owner.id.is_none_or(|id| account.id == id)
                })
                .filter_map(|account| state.connection_of(account).ok())
                .filter(|c| owner.connector.is_none_or(|name| c.spec.name == name))
                .collect(),
        )
    } else {
        owner.connector.map(|name| {
            state
                .connections
                .iter()
                .filter(|connection| connection.spec.name == name)
                .collect()
        })
    };
    let query = filter.query.as_deref().unwrap_or_default().to_lowercase();
    let found: Vec<&ToolRecord> = state
        .tools
        .iter()
        .filter(|tool| {
            (filter.provider.is_empty()
                || tool.spec.provider.eq_ignore_ascii_case(&filter.provider))
                && (filter.tool_name.is_empty() || filter.tool_name.contains(&tool.spec.name))
                && (query.is_empty()
                    || tool.spec.name.to_lowercase().contains(&query)
                    || tool.spec.description.to_lowercase().contains(&query))
                && connections.as_ref().is_none_or(|connections| {
                    connections
                        .iter()
                        .any(|connection| State::serves(connection, tool))
                })
        })
        .collect();
    let page = shared.paging().cut(
        &format!("tools {:?}", request.filter),
        found,
        request.page_size,
        &request.page_token,
    )?;
    let mut response = api::ListToolsResponse {
        next_page_token: page.next,
        prev_page_token: page.prev,
        total_size: page.total,
        ..api::ListToolsResponse::default()
    };
    if filter.summary == Some(true) {
        response.tool_names = page.items.iter().map(|t| t.spec.name.clone()).collect();
    } else {
        response.tools = page.items.into_iter().map(show).collect();
    }
    Ok(response)
}

pub(crate) fn list_scoped(
    shared: &Shared,
    request: &api::ListScopedToolsRequest,
) -> Result<api::ListScopedToolsResponse, Status> {
    let state = shared.state();
    let filter = request.filter.clone().unwrap_or_default();
    let mut found = Vec::new();
    for account in &state.accounts {
        if account.identifier != request.identifier || account.status != AccountStatus::Active {
            continue;
        }
        let connection = state.connection_of(account)?;
        let connection_asked = (filter.connection_names.is_empty()
            || filter.connection_names.contains(&connection.spec.name))
            && (filter.providers.is_empty()
                || filter
                    .providers
                    .iter()
                    .any(|provider| provider.eq_ignore_ascii_case(&connection.spec.provider)));
        if !connection_asked || !connection.spec.enabled {
            continue;
        }
        for tool in &state.tools {
            if State::serves(connection, tool)
                && (filter.tool_names.is_empty() || filter.tool_names.contains(&tool.spec.name))
            {
                found.push((tool, account));
            }
        }
    }
    let page = shared
        .paging()
        .cut(
            &format!("scoped tools {} {filter:?}", request.identifier),
            found,
            request.page_size,
            &request.page_token,
        )?
        .map(|(tool, account)| api::ScopedTool {
            tool: Some(show(tool)),
            identifier: account.identifier.clone(),
            connected_account_id: account.id.clone(),
        });
    Ok(api::ListScopedToolsResponse {
        next_page_token: page.next,
        total_size: page.total,
        prev_page_token: page.prev,
        tools: page.items,
    })
}

/// The tools that the identifier could use once connected: those of every enabled connection.
pub(crate) fn list_available(
    shared: &Shared,
    request: &api::ListAvailableToolsRequest,
) -> Result<api::ListAvailableToolsResponse, Status> {
    let state = shared.state();
    let found: Vec<&ToolRecord> = state
        .tools
        .iter()
        .filter(|tool| {
            state
                .connections
                .iter()
                .any(|connection| connection.spec.enabled && State::serves(connection, tool))
        })
        .collect();
    let page = shared
        .paging()
        .cut(
            &format!("available tools {}", request.identifier),
            found,
            request.page_size,
            &request.page_token,
        )?
        .map(show);
    Ok(api::ListAvailableToolsResponse {
        next_page_token: page.next,
        total_size: page.total,
        prev_page_token: page.prev,
        tools: page.items,
    })
}

pub(crate) fn search(
    shared: &Shared,
    request: &api::SearchToolsRequest,
) -> Result<api::SearchToolsResponse, Status> {
    let state = shared.state();
    let limit = match request.top_k {
        0 => TOP_K.0,
        asked => asked.min(TOP_K.1),
    };
    let identifier = request.identifier.as_deref().filter(|id| !id.is_empty());
    let mut found: Vec<(f64, &ToolRecord)> = state
        .tools
        .iter()
        .filter_map(|tool| Some((search::score(tool, &request.query)?, tool)))
        .collect();
    found.sort_by(|(a, first), (b, second)| {
        b.partial_cmp(a)
            .unwrap_or(Ordering::Equal)
            .then_with(|| first.spec.name.cmp(&second.spec.name))
    });
    let tools = found
        .into_iter()
        .take(limit as usize)
        .map(|(score, tool)| api::SearchedTool {
            name: tool.spec.name.clone(),
            provider: tool.spec.provider.clone(),
            description: tool.spec.description.clone(),
            score,
            connections: identifier
                .map(|identifier| readiness(&state, tool, identifier))
                .unwrap_or_default(),
        })
        .collect();
    Ok(api::SearchToolsResponse { tools })
}

fn readiness(state: &State, tool: &ToolRecord, identifier: &str) -> Vec<api::ConnectionReadiness> {
    state
        .connections
        .iter()
        .filter(|connection| connection.spec.enabled && State::serves(connection, tool))
        .map(|connection| {
            let account = state.accounts.iter().find(|account| {
                account.connection_id == connection.id && account.identifier == identifier
            });
            let readiness = match account.map(|account| account.status) {
                Some(AccountStatus::Active) => api::ToolReadinessState::Ready,
                Some(AccountStatus::Expired | AccountStatus::Disconnected) => {
                    api::ToolReadinessState::NeedsReauth
                }
                _ => api::ToolReadinessState::NeedsConnection,
            };
            api::ConnectionReadiness {
                connection_name: connection.spec.name.clone(),
                connected_account_id: account.map(|a| a.id.clone()).unwrap_or_default(),
                readiness_state: readiness as i32,
            }
        })
        .collect()
}

/// Looks for changed tools of one account's connection; the emulator's never change by themselves.
pub(crate) fn refresh(
    shared: &Shared,
    request: &api::RefreshToolsRequest,
) -> Result<api::RefreshToolsResponse, Status> {
    let now = shared.clock.now();
    let mut state = shared.state();
    let at = state.find_account(AccountRef::new(
        request.connected_account_id.as_deref(),
        request.connector.as_deref(),
        request.identifier.as_deref(),
        request.organization_id.as_deref(),
        request.user_id.as_deref(),
    ))?;
    let connection = state.connection_of(&state.accounts[at])?.clone();
    let mut tools = Vec::new();
    for tool in &mut state.tools {
        if State::serves(&connection, tool) {
            tool.updated_at = now;
            tools.push(show(tool));
        }
    }
    Ok(api::RefreshToolsResponse {
        total_size: u32::try_from(tools.len()).unwrap_or(u32::MAX),
        tools,
    })
}

pub(crate) fn create(
    shared: &Shared,
    request: &api::CreateToolRequest,
) -> Result<api::CreateToolResponse, Status> {
    let given = request.tool.clone().unwrap_or_default();
    let spec = parse(&given, None)?;
    let mut state = shared.state();
    if state.tools.iter().any(|tool| tool.spec.name == spec.name) {
        return Err(already_exists(
            "tool",
            format!("a tool named \"{}\" exists already", spec.name),
        ));
    }
    let record = ToolRecord {
        id: state.ids.next("tol"),
        spec,
        definition: given.definition,
        is_default: given.is_default.unwrap_or(true),
        updated_at: shared.clock.now(),
        input: InputSchema::default(),
    };
    let tool = show(&record);
    state.tools.push(record);
    Ok(api::CreateToolResponse { tool: Some(tool) })
}

pub(crate) fn update(
    shared: &Shared,
    request: &api::UpdateToolRequest,
) -> Result<api::UpdateToolResponse, Status> {
    let given = request.tool.clone().unwrap_or_default();
    let mut state = shared.state();
    let record = state
        .tools
        .iter_mut()
        .find(|tool| {
            tool.id == given.id
                || (given.id.is_empty() && Some(&tool.spec.name) == name_of(&given).as_ref())
        })
        .ok_or_else(|| not_found("tool", "there is no such tool"))?;
    record.spec = parse(&given, Some(&record.spec))?;
    record.definition = given.definition;
    record.input = InputSchema::default();
    record.updated_at = shared.clock.now();
    Ok(api::UpdateToolResponse {
        tool: Some(show(record)),
    })
}

pub(crate) fn delete(shared: &Shared, request: &api::DeleteToolRequest) -> Result<(), Status> {
    let mut state = shared.state();
    let at = state
        .tools
        .iter()
        .position(|tool| tool.id == request.id)
        .ok_or_else(|| not_found("tool", format!("there is no tool {}", request.id)))?;
    state.tools.remove(at);
    Ok(())
}

pub(crate) fn set_default(
    shared: &Shared,
    request: &api::SetToolDefaultRequest,
) -> Result<api::SetToolDefaultResponse, Status> {
    let mut state = shared.state();
    let record = state
        .tools
        .iter_mut()
        .find(|tool| tool.spec.name == request.name)
        .ok_or_else(|| {
            not_found(
                "tool",
                format!("there is no tool named \"{}\"", request.name),
            )
        })?;
    record.is_default = true;
    record.updated_at = shared.clock.now();
    Ok(api::SetToolDefaultResponse {
        tool: Some(show(record)),
    })
}

fn name_of(tool: &api::Tool) -> Option<String> {
    let definition = from_struct(tool.definition.as_ref()?);
    Some(definition.get("name")?.as_str()?.to_owned())
}

/// Reads a definition; a tool that existed keeps what it answers.
fn parse(given: &api::Tool, before: Option<&Tool>) -> Result<Tool, Status> {
    let definition = given
        .definition
        .as_ref()
        .map(from_struct)
        .unwrap_or_default();
    let name = definition
        .get("name")
        .and_then(serde_json::Value::as_str)
        .filter(|name| !name.is_empty())
        .ok_or_else(|| invalid("tool.definition", "a name is required"))?;
    let provider = match (given.provider.as_str(), before) {
        ("", Some(before)) => before.provider.as_str(),
        (provider, _) => provider,
    };
    let mut tool = before.cloned().unwrap_or_else(|| Tool::new(name, provider));
    name.clone_into(&mut tool.name);
    provider.clone_into(&mut tool.provider);
    if let Some(description) = definition.get("description").and_then(|d| d.as_str()) {
        description.clone_into(&mut tool.description);
    }
    if let Some(schema) = definition.get("input_schema") {
        check_schema(schema).map_err(|error| {
            invalid(
                "tool.definition.input_schema",
                format!("not a schema: {error}"),
            )
        })?;
        tool.input_schema = schema.clone();
    }
    tool.output_schema = definition.get("output_schema").cloned();
    if given.metadata.is_some() {
        tool.metadata = given.metadata.as_ref().map(from_struct);
    }
    if !given.tags.is_empty() {
        tool.tags.clone_from(&given.tags);
    }
    Ok(tool)
}

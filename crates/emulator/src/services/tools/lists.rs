//! Lists of tools: all, those of a user, and those a user could have.

use scalekit::raw::tools as api;

use super::show::show;
use crate::seed::AccountStatus;
use crate::shared::Shared;
use crate::state::{AccountRef, ConnectionRecord, State, ToolRecord};
use crate::status::Status;

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
    // A filter by account or connection limits the list to the tools of those connections.
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

/// The tools of every enabled connection, which a user could use after connecting an account.
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

//! Lists of connections.

use scalekit::raw::connections as api;

use super::scope::Scope;
use crate::clock::timestamp;
use crate::page::Page;
use crate::shared::Shared;
use crate::state::ConnectionRecord;
use crate::status::Status;

fn in_list(record: &ConnectionRecord) -> api::ListConnection {
    let spec = &record.spec;
    api::ListConnection {
        id: record.id.clone(),
        r#type: spec.kind.connection_type() as i32,
        status: api::ConnectionStatus::Completed as i32,
        enabled: spec.enabled,
        organization_id: spec.organization_id.clone().unwrap_or_default(),
        ui_button_title: record.ui_button_title.clone(),
        provider_key: spec.provider.clone(),
        key_id: spec.name.clone(),
        created_at: Some(timestamp(record.created_at)),
        auth_mode: record.auth_mode,
        ..api::ListConnection::default()
    }
}

pub(crate) fn list_app(
    shared: &Shared,
    request: &api::ListAppConnectionsRequest,
) -> Result<api::ListAppConnectionsResponse, Status> {
    let query = request.query.as_deref().unwrap_or_default();
    let provider = request.provider.as_deref();
    let page = page(
        shared,
        &format!("app connections {provider:?} {query}"),
        |connection| {
            provider.is_none_or(|key| connection.spec.provider.eq_ignore_ascii_case(key))
                && contains(connection, query)
        },
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::ListAppConnectionsResponse {
        connections: page.items,
        next_page_token: page.next,
        prev_page_token: page.prev,
        total_size: page.total,
    })
}

pub(crate) fn list(
    shared: &Shared,
    request: &api::ListConnectionsRequest,
) -> Result<api::ListConnectionsResponse, Status> {
    let state = shared.state();
    let everything = request.include.as_deref() == Some("all");
    let connections = state
        .connections
        .iter()
        .filter(|connection| {
            // AgentKit connections have no domains.
            request.domain.is_none()
                && (everything
                    || match &request.organization_id {
                        Some(id) => Scope::Organization(id).covers(connection),
                        None => Scope::Environment.covers(connection),
                    })
        })
        .map(in_list)
        .collect();
    Ok(api::ListConnectionsResponse { connections })
}

pub(crate) fn list_of_organizations(
    shared: &Shared,
    request: &api::ListOrganizationConnectionsRequest,
) -> Result<api::ListOrganizationConnectionsResponse, Status> {
    let page = page(
        shared,
        "organization connections",
        |connection| connection.spec.organization_id.is_some(),
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::ListOrganizationConnectionsResponse {
        next_page_token: page.next,
        total_size: page.total,
        prev_page_token: page.prev,
        connections: page.items,
    })
}

pub(crate) fn search_of_organizations(
    shared: &Shared,
    request: &api::SearchOrganizationConnectionsRequest,
) -> Result<api::SearchOrganizationConnectionsResponse, Status> {
    let query = request.query.as_deref().unwrap_or_default();
    let mut filters = request.clone();
    filters.page_size = 0;
    filters.page_token.clear();
    let completed = api::ConnectionStatus::Completed as i32;
    let page = page(
        shared,
        &format!("organization connections {filters:?}"),
        |connection| {
            let spec = &connection.spec;
            spec.organization_id.is_some()
                && contains(connection, query)
                && request
                    .provider
                    .as_deref()
                    .is_none_or(|key| spec.provider.eq_ignore_ascii_case(key))
                && request.status.is_none_or(|status| status == completed)
                && request
                    .connection_type
                    .is_none_or(|kind| kind == spec.kind.connection_type() as i32)
                && request
                    .enabled
                    .is_none_or(|enabled| enabled == spec.enabled)
        },
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::SearchOrganizationConnectionsResponse {
        next_page_token: page.next,
        total_size: page.total,
        prev_page_token: page.prev,
        connections: page.items,
    })
}

fn page(
    shared: &Shared,
    list: &str,
    wanted: impl Fn(&ConnectionRecord) -> bool,
    size: u32,
    token: &str,
) -> Result<Page<api::ListConnection>, Status> {
    let state = shared.state();
    let items = state
        .connections
        .iter()
        .filter(|connection| wanted(connection))
        .map(in_list)
        .collect();
    shared.paging().cut(list, items, size, token)
}

/// Whether a connection's name or provider contains `query`, ignoring case.
fn contains(connection: &ConnectionRecord, query: &str) -> bool {
    let query = query.to_lowercase();
    [&connection.spec.name, &connection.spec.provider]
        .iter()
        .any(|text| text.to_lowercase().contains(&query))
}

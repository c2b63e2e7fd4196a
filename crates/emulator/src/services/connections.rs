//! ConnectionService: the AgentKit view, and the management of such connections.
//!
//! Login connections (OIDC, SAML and so on) are another product; creating one is unimplemented.

use scalekit::raw::connections as api;

use crate::clock::timestamp;
use crate::ids;
use crate::page::Page;
use crate::seed::{Connection, ConnectionKind};
use crate::shared::Shared;
use crate::state::{ConnectionRecord, State};
use crate::status::{Code, Status, already_exists, invalid, not_found};

/// How a request scopes connections: to one organization, or to the environment.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Environment,
    Organization(&'a str),
}

impl Scope<'_> {
    fn covers(self, connection: &ConnectionRecord) -> bool {
        match self {
            Scope::Environment => connection.spec.organization_id.is_none(),
            Scope::Organization(id) => connection.spec.organization_id.as_deref() == Some(id),
        }
    }
}

fn find(state: &State, scope: Scope<'_>, id: &str) -> Result<usize, Status> {
    state
        .connections
        .iter()
        .position(|connection| connection.id == id && scope.covers(connection))
        .ok_or_else(|| not_found("connection", format!("there is no connection {id}")))
}

fn show(shared: &Shared, record: &ConnectionRecord) -> api::Connection {
    let spec = &record.spec;
    api::Connection {
        id: record.id.clone(),
        r#type: spec.kind.connection_type() as i32,
        status: api::ConnectionStatus::Completed as i32,
        enabled: spec.enabled,
        debug_enabled: record.debug_enabled,
        organization_id: spec.organization_id.clone(),
        ui_button_title: record.ui_button_title.clone(),
        attribute_mapping: record.attribute_mapping.clone(),
        create_time: Some(timestamp(record.created_at)),
        update_time: Some(timestamp(record.updated_at)),
        key_id: Some(spec.name.clone()),
        provider_key: spec.provider.clone(),
        resolved_proxy_url: spec.proxy_enabled.then(|| {
            spec.proxy_url
                .clone()
                .unwrap_or_else(|| format!("{}/_provider", shared.settings.env_url))
        }),
        auth_mode: record.auth_mode,
        settings: record.settings.clone().or_else(|| default_settings(record)),
        ..api::Connection::default()
    }
}

/// The settings of a seeded OAuth connection: its scopes.
fn default_settings(record: &ConnectionRecord) -> Option<api::connection::Settings> {
    record.spec.kind.holds_oauth_token().then(|| {
        api::connection::Settings::OauthConfig(api::OAuthConnectionConfig {
            scopes: record.spec.scopes.clone(),
            ..api::OAuthConnectionConfig::default()
        })
    })
}

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
            // No domain is ever attached to a connection of this kind.
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

fn contains(connection: &ConnectionRecord, query: &str) -> bool {
    let query = query.to_lowercase();
    [&connection.spec.name, &connection.spec.provider]
        .iter()
        .any(|text| text.to_lowercase().contains(&query))
}

fn create(
    shared: &Shared,
    organization_id: Option<String>,
    given: Option<&api::CreateConnection>,
) -> Result<api::CreateConnectionResponse, Status> {
    let given = given.cloned().unwrap_or_default();
    let kind = kind(given.r#type())?;
    if given.provider_key.is_empty() {
        return Err(invalid(
            "connection.provider_key",
            "a provider key is required",
        ));
    }
    let now = shared.clock.now();
    let mut state = shared.state();
    let name = match given.key_id.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        // Unnamed connections are named after their provider, with a suffix that keeps them apart.
        None => format!("{}-{}", given.provider_key.to_lowercase(), ids::random(6)),
    };
    check_free(&state, &name, None)?;
    let mut spec = Connection::new(name, given.provider_key.clone(), kind);
    spec.organization_id = organization_id;
    let record = state.add_connection(spec, now);
    if given.auth_mode != 0 {
        record.auth_mode = given.auth_mode;
    }
    let record = record.clone();
    Ok(api::CreateConnectionResponse {
        connection: Some(show(shared, &record)),
    })
}

fn check_free(state: &State, name: &str, but: Option<&str>) -> Result<(), Status> {
    let taken = state
        .connections
        .iter()
        .any(|other| other.spec.name == name && Some(other.id.as_str()) != but);
    if taken {
        return Err(already_exists(
            "connection",
            format!("a connection named \"{name}\" exists already"),
        ));
    }
    Ok(())
}

fn kind(kind: api::ConnectionType) -> Result<ConnectionKind, Status> {
    ConnectionKind::from_connection_type(kind).ok_or_else(|| {
        Status::new(
            Code::Unimplemented,
            format!(
                "the emulator does not implement login connections of type {}",
                kind.as_str_name()
            ),
        )
    })
}

pub(crate) fn create_in_environment(
    shared: &Shared,
    request: &api::CreateEnvironmentConnectionRequest,
) -> Result<api::CreateConnectionResponse, Status> {
    create(shared, None, request.connection.as_ref())
}

pub(crate) fn create_in_organization(
    shared: &Shared,
    request: &api::CreateConnectionRequest,
) -> Result<api::CreateConnectionResponse, Status> {
    create(
        shared,
        Some(request.organization_id.clone()),
        request.connection.as_ref(),
    )
}

fn get(shared: &Shared, scope: Scope<'_>, id: &str) -> Result<api::GetConnectionResponse, Status> {
    let state = shared.state();
    let at = find(&state, scope, id)?;
    Ok(api::GetConnectionResponse {
        connection: Some(show(shared, &state.connections[at])),
    })
}

pub(crate) fn get_in_environment(
    shared: &Shared,
    request: &api::GetEnvironmentConnectionRequest,
) -> Result<api::GetConnectionResponse, Status> {
    get(shared, Scope::Environment, &request.connection_id)
}

pub(crate) fn get_in_organization(
    shared: &Shared,
    request: &api::GetConnectionRequest,
) -> Result<api::GetConnectionResponse, Status> {
    get(
        shared,
        Scope::Organization(&request.organization_id),
        &request.id,
    )
}

fn update(
    shared: &Shared,
    scope: Scope<'_>,
    id: &str,
    given: Option<&api::UpdateConnection>,
) -> Result<api::UpdateConnectionResponse, Status> {
    let given = given.cloned().unwrap_or_default();
    let mut state = shared.state();
    let at = find(&state, scope, id)?;
    if let Some(name) = &given.key_id {
        check_free(&state, name, Some(id))?;
    }
    let record = &mut state.connections[at];
    if let Some(name) = &given.key_id {
        record.spec.name.clone_from(name);
    }
    if !given.provider_key.is_empty() {
        record.spec.provider.clone_from(&given.provider_key);
    }
    if let Some(debug) = given.debug_enabled {
        record.debug_enabled = debug;
    }
    if let Some(title) = &given.ui_button_title {
        record.ui_button_title.clone_from(title);
    }
    if !given.attribute_mapping.is_empty() {
        record
            .attribute_mapping
            .clone_from(&given.attribute_mapping);
    }
    match given.settings {
        Some(api::update_connection::Settings::OauthConfig(mut config)) => {
            record.spec.scopes.clone_from(&config.scopes);
            // A secret goes in and does not come out.
            config.client_secret = None;
            record.settings = Some(api::connection::Settings::OauthConfig(config));
        }
        Some(api::update_connection::Settings::StaticConfig(config)) => {
            record.settings = Some(api::connection::Settings::StaticConfig(config));
        }
        Some(api::update_connection::Settings::GoogleDwdConfig(mut config)) => {
            record.spec.scopes.clone_from(&config.scopes);
            config.service_account_json = None;
            record.settings = Some(api::connection::Settings::GoogleDwdConfig(config));
        }
        Some(_) => {
            return Err(invalid(
                "connection",
                "the settings of login connections do not apply here",
            ));
        }
        None => {}
    }
    record.updated_at = shared.clock.now();
    Ok(api::UpdateConnectionResponse {
        connection: Some(show(shared, record)),
    })
}

pub(crate) fn update_in_environment(
    shared: &Shared,
    request: &api::UpdateEnvironmentConnectionRequest,
) -> Result<api::UpdateConnectionResponse, Status> {
    update(
        shared,
        Scope::Environment,
        &request.connection_id,
        request.connection.as_ref(),
    )
}

pub(crate) fn update_in_organization(
    shared: &Shared,
    request: &api::UpdateConnectionRequest,
) -> Result<api::UpdateConnectionResponse, Status> {
    update(
        shared,
        Scope::Organization(&request.organization_id),
        &request.id,
        request.connection.as_ref(),
    )
}

/// Deletes a connection and its accounts.
fn delete(shared: &Shared, scope: Scope<'_>, id: &str) -> Result<(), Status> {
    let mut state = shared.state();
    let at = find(&state, scope, id)?;
    while let Some(account) = state
        .accounts
        .iter()
        .position(|account| account.connection_id == id)
    {
        state.remove_account(account);
    }
    state.connections.remove(at);
    Ok(())
}

pub(crate) fn delete_in_environment(
    shared: &Shared,
    request: &api::DeleteEnvironmentConnectionRequest,
) -> Result<(), Status> {
    delete(shared, Scope::Environment, &request.connection_id)
}

pub(crate) fn delete_in_organization(
    shared: &Shared,
    request: &api::DeleteConnectionRequest,
) -> Result<(), Status> {
    delete(
        shared,
        Scope::Organization(&request.organization_id),
        &request.id,
    )
}

fn toggle(
    shared: &Shared,
    scope: Scope<'_>,
    id: &str,
    enabled: bool,
) -> Result<api::ToggleConnectionResponse, Status> {
    let mut state = shared.state();
    let at = find(&state, scope, id)?;
    let record = &mut state.connections[at];
    record.spec.enabled = enabled;
    record.updated_at = shared.clock.now();
    Ok(api::ToggleConnectionResponse {
        enabled,
        error_message: None,
    })
}

pub(crate) fn enable_in_environment(
    shared: &Shared,
    request: &api::ToggleEnvironmentConnectionRequest,
) -> Result<api::ToggleConnectionResponse, Status> {
    toggle(shared, Scope::Environment, &request.connection_id, true)
}

pub(crate) fn disable_in_environment(
    shared: &Shared,
    request: &api::ToggleEnvironmentConnectionRequest,
) -> Result<api::ToggleConnectionResponse, Status> {
    toggle(shared, Scope::Environment, &request.connection_id, false)
}

pub(crate) fn enable_in_organization(
    shared: &Shared,
    request: &api::ToggleConnectionRequest,
) -> Result<api::ToggleConnectionResponse, Status> {
    toggle(
        shared,
        Scope::Organization(&request.organization_id),
        &request.id,
        true,
    )
}

pub(crate) fn disable_in_organization(
    shared: &Shared,
    request: &api::ToggleConnectionRequest,
) -> Result<api::ToggleConnectionResponse, Status> {
    toggle(
        shared,
        Scope::Organization(&request.organization_id),
        &request.id,
        false,
    )
}

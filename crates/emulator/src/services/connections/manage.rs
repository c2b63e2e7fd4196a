//! Creates, reads, updates, deletes, enables and disables connections.

use scalekit::raw::connections as api;

use super::scope::{ConnectionRequest, Scope};
use crate::clock::timestamp;
use crate::code::Code;
use crate::ids;
use crate::seed::{Connection, ConnectionKind};
use crate::shared::Shared;
use crate::state::{ConnectionRecord, State, find};
use crate::status::{Status, already_exists, invalid};

fn find_connection(state: &State, request: &impl ConnectionRequest) -> Result<usize, Status> {
    let scope = match request.organization_id() {
        Some(id) => Scope::Organization(id),
        None => Scope::Environment,
    };
    let id = request.connection_id();
    find(
        &state.connections,
        "connection",
        format_args!("connection {id}"),
        |connection| connection.id == id && scope.covers(connection),
    )
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

/// The settings of a seeded OAuth connection: only its scopes.
fn default_settings(record: &ConnectionRecord) -> Option<api::connection::Settings> {
    record.spec.kind.holds_oauth_token().then(|| {
        api::connection::Settings::OauthConfig(api::OAuthConnectionConfig {
            scopes: record.spec.scopes.clone(),
            ..api::OAuthConnectionConfig::default()
        })
    })
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
        // A connection without a name is named after its provider, with a random suffix.
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

/// Rejects a name that is in use by a connection other than `but`.
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

pub(crate) fn get(
    shared: &Shared,
    request: &impl ConnectionRequest,
) -> Result<api::GetConnectionResponse, Status> {
    let state = shared.state();
    let at = find_connection(&state, request)?;
    Ok(api::GetConnectionResponse {
        connection: Some(show(shared, &state.connections[at])),
    })
}

fn update(
    shared: &Shared,
    request: &impl ConnectionRequest,
    given: Option<&api::UpdateConnection>,
) -> Result<api::UpdateConnectionResponse, Status> {
    let given = given.cloned().unwrap_or_default();
    let mut state = shared.state();
    let at = find_connection(&state, request)?;
    if let Some(name) = &given.key_id {
        check_free(&state, name, Some(request.connection_id()))?;
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
            // Responses never contain the secret.
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
    update(shared, request, request.connection.as_ref())
}

pub(crate) fn update_in_organization(
    shared: &Shared,
    request: &api::UpdateConnectionRequest,
) -> Result<api::UpdateConnectionResponse, Status> {
    update(shared, request, request.connection.as_ref())
}

/// Deletes a connection and its accounts.
pub(crate) fn delete(shared: &Shared, request: &impl ConnectionRequest) -> Result<(), Status> {
    let mut state = shared.state();
    let at = find_connection(&state, request)?;
    while let Some(account) = state
        .accounts
        .iter()
        .position(|account| account.connection_id == request.connection_id())
    {
        state.remove_account(account);
    }
    state.connections.remove(at);
    Ok(())
}

pub(crate) fn enable(
    shared: &Shared,
    request: &impl ConnectionRequest,
) -> Result<api::ToggleConnectionResponse, Status> {
    toggle(shared, request, true)
}

pub(crate) fn disable(
    shared: &Shared,
    request: &impl ConnectionRequest,
) -> Result<api::ToggleConnectionResponse, Status> {
    toggle(shared, request, false)
}

fn toggle(
    shared: &Shared,
    request: &impl ConnectionRequest,
    enabled: bool,
) -> Result<api::ToggleConnectionResponse, Status> {
    let mut state = shared.state();
    let at = find_connection(&state, request)?;
    let record = &mut state.connections[at];
    record.spec.enabled = enabled;
    record.updated_at = shared.clock.now();
    Ok(api::ToggleConnectionResponse {
        enabled,
        error_message: None,
    })
}

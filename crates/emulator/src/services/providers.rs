//! ProviderService: the catalogue and custom providers.

use scalekit::raw::json::ListValue;
use scalekit::raw::providers as api;
use serde_json::Value;

use crate::shared::Shared;
use crate::state::{State, find};
use crate::status::{Status, already_exists, precondition};

fn find_provider(state: &State, identifier: &str, custom: bool) -> Result<usize, Status> {
    let kind = if custom {
        "custom provider"
    } else {
        "provider"
    };
    find(
        &state.providers,
        "provider",
        format_args!("{kind} \"{identifier}\""),
        |provider| provider.identifier == identifier && provider.is_custom == custom,
    )
}

fn add(state: &mut State, provider: api::Provider) -> Result<api::CreateProviderResponse, Status> {
    if state
        .providers
        .iter()
        .any(|other| other.identifier.eq_ignore_ascii_case(&provider.identifier))
    {
        return Err(already_exists(
            "provider",
            format!("a provider \"{}\" exists already", provider.identifier),
        ));
    }
    state.providers.push(provider.clone());
    Ok(api::CreateProviderResponse {
        provider: Some(provider),
    })
}

pub(crate) fn create(
    shared: &Shared,
    request: &api::CreateProviderRequest,
) -> Result<api::CreateProviderResponse, Status> {
    let given = request.provider.clone().unwrap_or_default();
    let mut state = shared.state();
    let id = state.ids.next("prv");
    add(
        &mut state,
        api::Provider {
            id,
            identifier: given.identifier,
            display_name: given.display_name,
            description: given.description,
            categories: given.categories,
            auth_patterns: given.auth_patterns,
            icon_src: given.icon_src,
            display_priority: given.display_priority,
            coming_soon: given.coming_soon,
            proxy_url: given.proxy_url,
            proxy_enabled: given.proxy_enabled,
            ..api::Provider::default()
        },
    )
}

pub(crate) fn create_custom(
    shared: &Shared,
    request: &api::CreateCustomProviderRequest,
) -> Result<api::CreateProviderResponse, Status> {
    let given = request.provider.clone().unwrap_or_default();
    let mut state = shared.state();
    let id = state.ids.next("prv");
    // The identifier is derived from the name. Callers update and delete the provider by it.
    let identifier = given
        .display_name
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("_")
        .to_uppercase();
    add(
        &mut state,
        api::Provider {
            id,
            identifier,
            display_name: given.display_name,
            description: given.description,
            is_custom_mcp: is_mcp(given.auth_patterns.as_ref()),
            auth_patterns: given.auth_patterns,
            icon_src: given.icon_src,
            proxy_url: given.proxy_url,
            proxy_enabled: given.proxy_enabled,
            is_custom: true,
            metadata: given.metadata,
            ..api::Provider::default()
        },
    )
}

/// Whether an authentication pattern says that the provider is an MCP server.
fn is_mcp(patterns: Option<&ListValue>) -> bool {
    let patterns = patterns.and_then(|patterns| patterns.value().ok());
    patterns
        .as_ref()
        .and_then(Value::as_array)
        .is_some_and(|patterns| patterns.iter().any(|pattern| pattern["is_mcp"] == true))
}

pub(crate) fn update(
    shared: &Shared,
    request: &api::UpdateProviderRequest,
) -> Result<api::UpdateProviderResponse, Status> {
    let given = request.provider.clone().unwrap_or_default();
    let mut state = shared.state();
    let at = find_provider(&state, &request.identifier, false)?;
    let provider = &mut state.providers[at];
    provider.display_name = given.display_name;
    provider.description = given.description;
    provider.categories = given.categories;
    if given.auth_patterns.is_some() {
        provider.auth_patterns = given.auth_patterns;
    }
    provider.icon_src = given.icon_src;
    provider.display_priority = given.display_priority;
    provider.coming_soon = given.coming_soon.unwrap_or(provider.coming_soon);
    provider.proxy_url = given.proxy_url;
    provider.proxy_enabled = given.proxy_enabled.unwrap_or(provider.proxy_enabled);
    Ok(api::UpdateProviderResponse {
        provider: Some(provider.clone()),
    })
}

pub(crate) fn update_custom(
    shared: &Shared,
    request: &api::UpdateCustomProviderRequest,
) -> Result<api::UpdateProviderResponse, Status> {
    let given = request.provider.clone().unwrap_or_default();
    let mut state = shared.state();
    let at = find_provider(&state, &request.identifier, true)?;
    let provider = &mut state.providers[at];
    provider.display_name = given.display_name;
    provider.is_custom_mcp = is_mcp(given.auth_patterns.as_ref());
    provider.auth_patterns = given.auth_patterns;
    // An empty description or icon keeps the old value. The metadata is always replaced.
    if !given.description.is_empty() {
        provider.description = given.description;
    }
    if !given.icon_src.is_empty() {
        provider.icon_src = given.icon_src;
    }
    provider.proxy_url = given.proxy_url;
    provider.proxy_enabled = given.proxy_enabled;
    provider.metadata = given.metadata;
    Ok(api::UpdateProviderResponse {
        provider: Some(provider.clone()),
    })
}

fn remove(
    shared: &Shared,
    identifier: &str,
    custom: bool,
) -> Result<api::DeleteProviderResponse, Status> {
    let mut state = shared.state();
    let at = find_provider(&state, identifier, custom)?;
    if state
        .connections
        .iter()
        .any(|connection| connection.spec.provider.eq_ignore_ascii_case(identifier))
    {
        return Err(precondition(format!(
            "provider \"{identifier}\" has connections: delete them first"
        )));
    }
    state.providers.remove(at);
    Ok(api::DeleteProviderResponse {})
}

pub(crate) fn delete(
    shared: &Shared,
    request: &api::DeleteProviderRequest,
) -> Result<api::DeleteProviderResponse, Status> {
    remove(shared, &request.identifier, false)
}

pub(crate) fn delete_custom(
    shared: &Shared,
    request: &api::DeleteProviderRequest,
) -> Result<api::DeleteProviderResponse, Status> {
    remove(shared, &request.identifier, true)
}

pub(crate) fn list(
    shared: &Shared,
    request: &api::ListProvidersRequest,
) -> Result<api::ListProvidersResponse, Status> {
    let state = shared.state();
    // Without a filter, both kinds are listed. A filter with the default type still selects.
    let kind = request.filter.as_ref().map(|filter| filter.provider_type());
    let found: Vec<api::Provider> = state
        .providers
        .iter()
        .filter(|provider| {
            (request.identifier.is_empty()
                || provider
                    .identifier
                    .eq_ignore_ascii_case(&request.identifier))
                && match kind {
                    None | Some(api::ProviderType::All) => true,
                    Some(api::ProviderType::Custom) => provider.is_custom,
                    Some(api::ProviderType::Default) => !provider.is_custom,
                }
        })
        .cloned()
        .collect();
    let page = shared.paging().cut(
        &format!("providers {} {:?}", request.identifier, request.filter),
        found,
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::ListProvidersResponse {
        providers: page.items,
        next_page_token: page.next,
        total_size: page.total,
        prev_page_token: page.prev,
    })
}

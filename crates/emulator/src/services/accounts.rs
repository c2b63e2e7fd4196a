//! ConnectedAccountService.

use scalekit::raw::connected_accounts as api;

use crate::clock::timestamp;
use crate::code::Code;
use crate::page::Page;
use crate::seed::AccountStatus;
use crate::shared::Shared;
use crate::state::{AccountRecord, AccountRef, ConnectionRecord, Link, State};
use crate::status::{Status, invalid};

/// The account reference of a request, whose fields most requests of this service share.
macro_rules! account_ref {
    ($request:expr) => {
        AccountRef::new(
            $request.id.as_deref(),
            $request.connector.as_deref(),
            $request.identifier.as_deref(),
            $request.organization_id.as_deref(),
            $request.user_id.as_deref(),
        )
    };
}

type Listed = Page<api::ConnectedAccountForList>;

pub(crate) fn list(
    shared: &Shared,
    request: &api::ListConnectedAccountsRequest,
) -> Result<api::ListConnectedAccountsResponse, Status> {
    let state = shared.state();
    let owner = AccountRef::new(
        None,
        None,
        request.identifier.as_deref(),
        request.organization_id.as_deref(),
        request.user_id.as_deref(),
    );
    let connector = request.connector.as_deref().filter(|name| !name.is_empty());
    let wanted = |account: &AccountRecord, connection: &ConnectionRecord| {
        owner.covers(account)
            && connector.is_none_or(|name| connection.spec.name == name)
            && (request.connection_names.is_empty()
                || request.connection_names.contains(&connection.spec.name))
            && (request.provider.is_empty()
                || connection
                    .spec
                    .provider
                    .eq_ignore_ascii_case(&request.provider))
            && contains(account, connection, &request.query)
            && request.is_org_wide_credential != Some(true)
    };
    let mut filters = request.clone();
    filters.page_size = 0;
    filters.page_token.clear();
    let page = page(
        shared,
        &state,
        &format!("{filters:?}"),
        wanted,
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::ListConnectedAccountsResponse {
        connected_accounts: page.items,
        total_size: page.total,
        next_page_token: page.next,
        prev_page_token: page.prev,
    })
}

pub(crate) fn search(
    shared: &Shared,
    request: &api::SearchConnectedAccountsRequest,
) -> Result<api::SearchConnectedAccountsResponse, Status> {
    let state = shared.state();
    let page = page(
        shared,
        &state,
        &format!("search {} {}", request.query, request.connection_id),
        |account, connection| {
            (request.connection_id.is_empty() || connection.id == request.connection_id)
                && contains(account, connection, &request.query)
        },
        request.page_size,
        &request.page_token,
    )?;
    Ok(api::SearchConnectedAccountsResponse {
        connected_accounts: page.items,
        total_size: page.total,
        next_page_token: page.next,
        prev_page_token: page.prev,
    })
}

fn page(
    shared: &Shared,
    state: &State,
    filters: &str,
    wanted: impl Fn(&AccountRecord, &ConnectionRecord) -> bool,
    size: u32,
    token: &str,
) -> Result<Listed, Status> {
    let items = state
        .accounts
        .iter()
        .filter_map(|account| {
            let connection = state.connection_of(account).ok()?;
            wanted(account, connection).then(|| State::show_in_list(account, connection))
        })
        .collect();
    shared
        .paging()
        .cut(&format!("accounts {filters}"), items, size, token)
}

/// Whether an account's identifier, connection or provider contains `query`, ignoring case.
fn contains(account: &AccountRecord, connection: &ConnectionRecord, query: &str) -> bool {
    let query = query.to_lowercase();
    [
        &account.identifier,
        &connection.spec.name,
        &connection.spec.provider,
    ]
    .iter()
    .any(|text| text.to_lowercase().contains(&query))
}

pub(crate) fn create(
    shared: &Shared,
    request: &api::CreateConnectedAccountRequest,
) -> Result<api::CreateConnectedAccountResponse, Status> {
    let now = shared.clock.now();
    let mut state = shared.state();
    let wanted = AccountRef::new(
        None,
        request.connector.as_deref(),
        request.identifier.as_deref(),
        request.organization_id.as_deref(),
        request.user_id.as_deref(),
    );
    let at = state.create_account(wanted, now)?;
    let given = request.connected_account.clone().unwrap_or_default();
    if let Err(status) = state.apply_details(at, given.authorization_details, now) {
        state.remove_account(at);
        return Err(status);
    }
    state.accounts[at].api_config = given.api_config;
    let account = state.show(&state.accounts[at], true)?;
    Ok(api::CreateConnectedAccountResponse {
        connected_account: Some(account),
    })
}

pub(crate) fn update(
    shared: &Shared,
    request: &api::UpdateConnectedAccountRequest,
) -> Result<api::UpdateConnectedAccountResponse, Status> {
    let now = shared.clock.now();
    let mut state = shared.state();
    let at = state.find_account(account_ref!(request))?;
    let given = request.connected_account.clone().unwrap_or_default();
    state.apply_details(at, given.authorization_details, now)?;
    let account = &mut state.accounts[at];
    if given.api_config.is_some() {
        account.api_config = given.api_config;
    }
    if let Some(selection) = &request.scope_selection {
        account.scopes = [&selection.scopes[..], &selection.optional_scopes].concat();
    }
    account.updated_at = now;
    let account = state.show(&state.accounts[at], true)?;
    Ok(api::UpdateConnectedAccountResponse {
        connected_account: Some(account),
    })
}

pub(crate) fn delete(
    shared: &Shared,
    request: &api::DeleteConnectedAccountRequest,
) -> Result<api::DeleteConnectedAccountResponse, Status> {
    let mut state = shared.state();
    let at = state.find_account(account_ref!(request))?;
    state.remove_account(at);
    Ok(api::DeleteConnectedAccountResponse {})
}

pub(crate) fn magic_link(
    shared: &Shared,
    request: &api::GetMagicLinkForConnectedAccountRequest,
) -> Result<api::GetMagicLinkForConnectedAccountResponse, Status> {
    let (link, expiry) = create_link(
        shared,
        &mut shared.state(),
        account_ref!(request),
        request.state.as_deref().unwrap_or_default(),
        request.user_verify_url.as_deref().unwrap_or_default(),
    )?;
    Ok(api::GetMagicLinkForConnectedAccountResponse {
        link,
        expiry: Some(expiry),
    })
}

/// Creates a link for an account. If the request names the account by connection and owner and it
/// does not exist, it is created: most accounts begin with a link.
pub(crate) fn create_link(
    shared: &Shared,
    state: &mut State,
    wanted: AccountRef<'_>,
    app_state: &str,
    user_verify_url: &str,
) -> Result<(String, prost_types::Timestamp), Status> {
    let now = shared.clock.now();
    let at = match state.find_account(wanted) {
        Ok(at) => at,
        Err(missing) if missing.code() == Code::NotFound && wanted.id.is_none() => {
            state.create_account(wanted, now)?
        }
        Err(status) => return Err(status),
    };
    let account_id = state.accounts[at].id.clone();
    let expires_at = now + shared.settings.link_lifetime;
    let token = state.add_link(Link {
        account_id,
        expires_at,
        opened_at: None,
        state: app_state.to_owned(),
        user_verify_url: user_verify_url.to_owned(),
    });
    Ok((
        format!("{}/connect/{token}", shared.settings.env_url),
        timestamp(expires_at),
    ))
}

pub(crate) fn get_by_id(
    shared: &Shared,
    request: &api::GetConnectedAccountRequest,
) -> Result<api::GetConnectedAccountResponse, Status> {
    let state = shared.state();
    let at = state.find_account(by_id(&request.id)?)?;
    Ok(api::GetConnectedAccountResponse {
        connected_account: Some(state.show(&state.accounts[at], false)?),
    })
}

pub(crate) fn disconnect(
    shared: &Shared,
    request: &api::DisconnectConnectedAccountRequest,
) -> Result<api::DisconnectConnectedAccountResponse, Status> {
    let now = shared.clock.now();
    let mut state = shared.state();
    let at = state.find_account(by_id(&request.id)?)?;
    let account = &mut state.accounts[at];
    account.status = AccountStatus::Disconnected;
    account.details = None;
    account.token_expires_at = None;
    account.updated_at = now;
    let id = account.id.clone();
    state.remove_flows(&id);
    Ok(api::DisconnectConnectedAccountResponse {
        connected_account: Some(state.show(&state.accounts[at], false)?),
    })
}

/// A reference by id. Only portal sessions may leave the id out.
fn by_id(id: &str) -> Result<AccountRef<'_>, Status> {
    if id.is_empty() {
        return Err(invalid("id", "the account's id is required"));
    }
    Ok(AccountRef::new(Some(id), None, None, None, None))
}

pub(crate) fn get_auth(
    shared: &Shared,
    request: &api::GetConnectedAccountByIdentifierRequest,
) -> Result<api::GetConnectedAccountByIdentifierResponse, Status> {
    get(shared, request, true)
}

pub(crate) fn get_details(
    shared: &Shared,
    request: &api::GetConnectedAccountByIdentifierRequest,
) -> Result<api::GetConnectedAccountByIdentifierResponse, Status> {
    get(shared, request, false)
}

fn get(
    shared: &Shared,
    request: &api::GetConnectedAccountByIdentifierRequest,
    credentials: bool,
) -> Result<api::GetConnectedAccountByIdentifierResponse, Status> {
    let state = shared.state();
    let at = state.find_account(account_ref!(request))?;
    Ok(api::GetConnectedAccountByIdentifierResponse {
        connected_account: Some(state.show(&state.accounts[at], credentials)?),
    })
}

pub(crate) fn verify(
    shared: &Shared,
    request: &api::VerifyConnectedAccountUserRequest,
) -> Result<api::VerifyConnectedAccountUserResponse, Status> {
    shared.state().verify(
        &request.auth_request_id,
        &request.identifier,
        shared.clock.now(),
    )?;
    Ok(api::VerifyConnectedAccountUserResponse {
        post_user_verify_redirect_url: format!("{}/connected", shared.settings.env_url),
    })
}

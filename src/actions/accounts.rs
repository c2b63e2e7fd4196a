//! Read, create, update and delete connected accounts.

use crate::call::{
    Call, CallOptions, Deadline, Operation, call_builder, may_be_idempotent, operations,
    owner_setters, pageable, text_setters,
};
use crate::model::not_blank;
use crate::raw::connected_accounts as wire;
use crate::{
    AccountRef, AuthorizationDetails, Client, ConnectedAccount, ConnectedAccountSummary, Error,
    GetOrCreated, Outcome, Page, ScopeSelection, json,
};
use serde_core::Serialize;

/// The request for one account, with or without credentials.
fn by_identifier(
    account: AccountRef,
) -> Result<wire::GetConnectedAccountByIdentifierRequest, Error> {
    let account = account.into_fields()?;
    Ok(wire::GetConnectedAccountByIdentifierRequest {
        connector: account.connector,
        identifier: account.identifier,
        id: account.id,
        ..Default::default()
    })
}

async fn read(
    call: Call<wire::GetConnectedAccountByIdentifierRequest>,
    operation: &Operation,
) -> Result<ConnectedAccount, Error> {
    let response: wire::GetConnectedAccountByIdentifierResponse = call.unary(operation).await?;
    ConnectedAccount::from_wire(response.connected_account)
        .map_err(|error| error.with_call(operation.name))
}

call_builder! {
    /// Reads an account with its credentials.
    ///
    /// Use [`GetConnectedAccountDetails`] if you do not need the credentials. Retried after
    /// transient failures.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    GetConnectedAccount(wire::GetConnectedAccountByIdentifierRequest) -> ConnectedAccount
}
owner_setters!(GetConnectedAccount, 32);

impl GetConnectedAccount {
    pub(super) fn new(client: &Client, account: AccountRef) -> Self {
        Self {
            call: Call::checked(client, by_identifier(account)),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<ConnectedAccount, Error> {
        read(self.call, &operations::GET_CONNECTED_ACCOUNT).await
    }
}

call_builder! {
    /// Reads an account without its credentials, which do not leave the service.
    ///
    /// Retried after transient failures.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    GetConnectedAccountDetails(wire::GetConnectedAccountByIdentifierRequest) -> ConnectedAccount
}
owner_setters!(GetConnectedAccountDetails, 32);

impl GetConnectedAccountDetails {
    pub(super) fn new(client: &Client, account: AccountRef) -> Self {
        Self {
            call: Call::checked(client, by_identifier(account)),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<ConnectedAccount, Error> {
        read(self.call, &operations::GET_CONNECTED_ACCOUNT_DETAILS).await
    }
}

call_builder! {
    /// Creates an account with credentials that the application already has.
    ///
    /// To let the user enter them, use
    /// [`get_authorization_link`](crate::actions::Actions::get_authorization_link). Not retried
    /// after a failure that leaves open whether it took effect.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank or the API configuration is not an object;
    /// `Conflict` when the user has an account at this connection; `NotFound` when there is no such
    /// connection. Also the errors of every call.
    CreateConnectedAccount(wire::CreateConnectedAccountRequest) -> ConnectedAccount
}
may_be_idempotent!(CreateConnectedAccount);
owner_setters!(CreateConnectedAccount, 32);

impl CreateConnectedAccount {
    pub(super) fn new(client: &Client, account: AccountRef, details: AuthorizationDetails) -> Self {
        let request = account.into_fields().and_then(|account| {
            Ok(wire::CreateConnectedAccountRequest {
                connector: account.connector,
                identifier: account.identifier,
                connected_account: Some(wire::CreateConnectedAccount {
                    authorization_details: Some(details.into_wire()?),
                    api_config: None,
                }),
                ..Default::default()
            })
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// The provider's settings for this account, such as a subdomain: any value that serializes to
    /// a JSON object.
    pub fn api_config(mut self, config: impl Serialize) -> Self {
        let config = self.call.check(json::to_struct("api_config", &config));
        self.call
            .request
            .connected_account
            .get_or_insert_default()
            .api_config = config;
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<ConnectedAccount, Error> {
        create(self.call).await
    }
}

async fn create(
    call: Call<wire::CreateConnectedAccountRequest>,
) -> Result<ConnectedAccount, Error> {
    let operation = &operations::CREATE_CONNECTED_ACCOUNT;
    let response: wire::CreateConnectedAccountResponse = call.unary(operation).await?;
    ConnectedAccount::from_wire(response.connected_account)
        .map_err(|error| error.with_call(operation.name))
}

call_builder! {
    /// Updates the credentials, the API configuration or the scopes of an account. Fields that are
    /// not set keep their values.
    ///
    /// Retried after transient failures: doing it twice has the same effect as doing it once.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank or the API configuration is not an object;
    /// `NotFound` when there is no such account. Also the errors of every call.
    UpdateConnectedAccount(wire::UpdateConnectedAccountRequest) -> ConnectedAccount
}
owner_setters!(UpdateConnectedAccount, 32);

impl UpdateConnectedAccount {
    pub(super) fn new(client: &Client, account: AccountRef) -> Self {
        let request = account
            .into_fields()
            .map(|account| wire::UpdateConnectedAccountRequest {
                connector: account.connector,
                identifier: account.identifier,
                id: account.id,
                connected_account: Some(wire::UpdateConnectedAccount::default()),
                ..Default::default()
            });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Updates the credentials. Fields that are not set keep their values.
    pub fn authorization_details(mut self, details: impl Into<AuthorizationDetails>) -> Self {
        let details = self.call.check(details.into().into_wire());
        self.change().authorization_details = details;
        self
    }

    /// Updates the provider's settings for this account: any value that serializes to a JSON
    /// object. Its fields are merged into the present settings.
    pub fn api_config(mut self, config: impl Serialize) -> Self {
        let config = self.call.check(json::to_struct("api_config", &config));
        self.change().api_config = config;
        self
    }

    /// The scopes of the connection that the account uses. Only connections of the types
    /// `OAUTH_M2M` and `GOOGLE_DWD` that allow a selection use it; others ignore it.
    pub fn scope_selection(mut self, scopes: ScopeSelection) -> Self {
        self.call.request.scope_selection = Some(scopes.into_wire());
        self
    }

    fn change(&mut self) -> &mut wire::UpdateConnectedAccount {
        self.call.request.connected_account.get_or_insert_default()
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<ConnectedAccount, Error> {
        let operation = &operations::UPDATE_CONNECTED_ACCOUNT;
        let response: wire::UpdateConnectedAccountResponse = self.call.unary(operation).await?;
        ConnectedAccount::from_wire(response.connected_account)
            .map_err(|error| error.with_call(operation.name))
    }
}

call_builder! {
    /// Deletes an account and its credentials.
    ///
    /// Not retried after a failure that leaves open whether it took effect: the user may have
    /// connected again in between.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    DeleteConnectedAccount(wire::DeleteConnectedAccountRequest) -> ()
}
may_be_idempotent!(DeleteConnectedAccount);
owner_setters!(DeleteConnectedAccount, 32);

impl DeleteConnectedAccount {
    pub(super) fn new(client: &Client, account: AccountRef) -> Self {
        let request = account
            .into_fields()
            .map(|account| wire::DeleteConnectedAccountRequest {
                connector: account.connector,
                identifier: account.identifier,
                id: account.id,
                ..Default::default()
            });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<(), Error> {
        let _: wire::DeleteConnectedAccountResponse = self
            .call
            .unary(&operations::DELETE_CONNECTED_ACCOUNT)
            .await?;
        Ok(())
    }
}

call_builder! {
    /// Returns the user's account at a connection, and creates it if there is none.
    ///
    /// Details that are set are applied to an existing account. If another call creates the account
    /// concurrently, that account is returned. Credentials are not read, so the returned account
    /// has none. One deadline covers all requests.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let found = client
    ///     .actions()
    ///     .get_or_create_connected_account("gmail", "alice@example.com")
    ///     .await?;
    /// if found.created {
    ///     println!("{} is new", found.account.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank or the API configuration is not an object;
    /// `NotFound` when there is no such connection; those of every call. The error names the call
    /// that failed: `get_connected_account_details`, `create_connected_account` or
    /// `update_connected_account`.
    GetOrCreateConnectedAccount(wire::CreateConnectedAccountRequest) -> GetOrCreated
}
may_be_idempotent!(GetOrCreateConnectedAccount);
owner_setters!(GetOrCreateConnectedAccount, 32);

impl GetOrCreateConnectedAccount {
    pub(super) fn new(client: &Client, connection_name: String, identifier: String) -> Self {
        let account = AccountRef::named(connection_name, identifier);
        let request = account
            .into_fields()
            .map(|account| wire::CreateConnectedAccountRequest {
                connector: account.connector,
                identifier: account.identifier,
                connected_account: Some(wire::CreateConnectedAccount::default()),
                ..Default::default()
            });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// The credentials of the account.
    pub fn authorization_details(mut self, details: impl Into<AuthorizationDetails>) -> Self {
        let details = self.call.check(details.into().into_wire());
        self.wanted().authorization_details = details;
        self
    }

    /// The provider's settings of the account: any value that serializes to a JSON object.
    pub fn api_config(mut self, config: impl Serialize) -> Self {
        let config = self.call.check(json::to_struct("api_config", &config));
        self.wanted().api_config = config;
        self
    }

    fn wanted(&mut self) -> &mut wire::CreateConnectedAccount {
        self.call.request.connected_account.get_or_insert_default()
    }

    /// Sends the requests.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<GetOrCreated, Error> {
        let operation = &operations::CREATE_CONNECTED_ACCOUNT;
        self.call.validate(operation)?;
        let deadline = self.call.client.deadline(operation, &self.call.options);
        if let Some(account) = Box::pin(self.existing(deadline)).await? {
            return Ok(GetOrCreated {
                account,
                created: false,
                certain: true,
            });
        }
        let mut creation = self.call.clone();
        creation.options = self.options_until(deadline);
        match create(creation).await {
            Ok(account) => {
                let account = ConnectedAccount {
                    authorization_details: None,
                    ..account
                };
                Ok(GetOrCreated {
                    account,
                    created: true,
                    certain: true,
                })
            }
            Err(error) if error.is_conflict() => match Box::pin(self.existing(deadline)).await? {
                Some(account) => {
                    // If the outcome of an earlier attempt is unknown, that attempt may have
                    // created the account.
                    let is_perhaps_ours = error.outcome() == Outcome::Unknown;
                    Ok(GetOrCreated {
                        account,
                        created: is_perhaps_ours,
                        certain: !is_perhaps_ours,
                    })
                }
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// The options of one of the requests, which has the remaining time.
    fn options_until(&self, deadline: Deadline) -> CallOptions {
        CallOptions {
            deadline: Some(deadline),
            ..self.call.options.clone()
        }
    }

    /// The account if it exists, with the caller's details applied to it.
    async fn existing(&self, deadline: Deadline) -> Result<Option<ConnectedAccount>, Error> {
        let request = &self.call.request;
        let mut details = Call::new(
            &self.call.client,
            wire::GetConnectedAccountByIdentifierRequest {
                organization_id: request.organization_id.clone(),
                user_id: request.user_id.clone(),
                connector: request.connector.clone(),
                identifier: request.identifier.clone(),
                id: None,
            },
        );
        details.options = self.options_until(deadline);
        let account = match read(details, &operations::GET_CONNECTED_ACCOUNT_DETAILS).await {
            Ok(account) => account,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let wanted = request.connected_account.clone().unwrap_or_default();
        if wanted == wire::CreateConnectedAccount::default() {
            return Ok(Some(account));
        }
        let mut update = UpdateConnectedAccount::new(&self.call.client, account.reference());
        update.call.options = self.options_until(deadline);
        update.call.request.organization_id = request.organization_id.clone();
        update.call.request.user_id = request.user_id.clone();
        *update.change() = wire::UpdateConnectedAccount {
            authorization_details: wanted.authorization_details,
            api_config: wanted.api_config,
        };
        let account = update.await?;
        Ok(Some(ConnectedAccount {
            authorization_details: None,
            ..account
        }))
    }
}

call_builder! {
    /// Lists accounts, without their credentials.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let mut accounts = client.actions().list_connected_accounts().provider("GMAIL").items();
    /// while let Some(account) = accounts.next().await {
    ///     let account = account?;
    ///     println!("{} is {}", account.identifier, account.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `BadRequest` when a filter or the page token is not acceptable. Also the errors of every
    /// call.
    ListConnectedAccounts(wire::ListConnectedAccountsRequest) -> Page<ConnectedAccountSummary>
}
owner_setters!(ListConnectedAccounts, 32);
text_setters!(ListConnectedAccounts {
    /// Only accounts of this connection. Cannot be combined with
    /// [`connection_names`](Self::connection_names).
    connection_name => [connector];
    /// Only accounts of this user; at most 100 characters.
    identifier => [identifier];
    /// Only accounts at this provider, such as `GMAIL`; at most 50 characters.
    provider => [provider];
    /// Only accounts that match this text; at most 100 characters.
    query => [query];
});
pageable!(
    ListConnectedAccounts of ConnectedAccountSummary,
    /// The maximum number of accounts on a page; below 100.
);

impl ListConnectedAccounts {
    pub(super) fn new(client: &Client) -> Self {
        Self {
            call: Call::new(client, wire::ListConnectedAccountsRequest::default()),
        }
    }

    /// Only accounts of these connections, at most 20. Cannot be combined with
    /// [`connection_name`](Self::connection_name).
    pub fn connection_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.call.request.connection_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Requests one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Page<ConnectedAccountSummary>, Error> {
        let response: wire::ListConnectedAccountsResponse = self
            .call
            .unary(&operations::LIST_CONNECTED_ACCOUNTS)
            .await?;
        Ok(Page::new(
            response
                .connected_accounts
                .into_iter()
                .map(Into::into)
                .collect(),
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}

call_builder! {
    /// Searches accounts, without their credentials.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// # Errors
    /// `InvalidInput` when the query is blank; `BadRequest` when it is not of 3 to 200 characters
    /// or the page token is not acceptable. Also the errors of every call.
    SearchConnectedAccounts(wire::SearchConnectedAccountsRequest) -> Page<ConnectedAccountSummary>
}
text_setters!(SearchConnectedAccounts {
    /// Only accounts of this connection, by its id (`conn_…`); at most 32 characters.
    connection_id => [connection_id];
});
pageable!(
    SearchConnectedAccounts of ConnectedAccountSummary,
    /// The maximum number of accounts on a page; at most 30.
);

impl SearchConnectedAccounts {
    pub(super) fn new(client: &Client, query: String) -> Self {
        let request = not_blank("query", query).map(|query| wire::SearchConnectedAccountsRequest {
            query,
            ..Default::default()
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Requests one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Page<ConnectedAccountSummary>, Error> {
        let response: wire::SearchConnectedAccountsResponse = self
            .call
            .unary(&operations::SEARCH_CONNECTED_ACCOUNTS)
            .await?;
        Ok(Page::new(
            response
                .connected_accounts
                .into_iter()
                .map(Into::into)
                .collect(),
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}

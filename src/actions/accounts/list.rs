//! List and search connected accounts.

use crate::builder::{owner_setters, page, pageable, rpc_builder, text_setters};
use crate::model::not_blank;
use crate::raw::connected_accounts as wire;
use crate::{ConnectedAccountSummary, Page};

rpc_builder! {
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
    ListConnectedAccounts() -> Page<ConnectedAccountSummary>,
    rpc: LIST_CONNECTED_ACCOUNTS(wire::ListConnectedAccountsRequest)
        -> wire::ListConnectedAccountsResponse,
    request: Ok(wire::ListConnectedAccountsRequest::default()),
    response: |response| page!(response.connected_accounts),
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
    /// Only accounts of these connections, at most 20. Cannot be combined with
    /// [`connection_name`](Self::connection_name).
    pub fn connection_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.call.request.connection_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// `true`: only the accounts that hold the shared credential of a connection whose
    /// [mode](crate::ConnectionAuthMode) is `ORG_WIDE`, at most one for each connection. `false`:
    /// only accounts of single users. Both by default.
    pub fn is_org_wide_credential(mut self, is_org_wide: bool) -> Self {
        self.call.request.is_org_wide_credential = Some(is_org_wide);
        self
    }
}

rpc_builder! {
    /// Searches accounts, without their credentials.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// # Errors
    /// `InvalidInput` when the query is blank; `BadRequest` when it is not of 3 to 200 characters
    /// or the page token is not acceptable. Also the errors of every call.
    SearchConnectedAccounts(query: String) -> Page<ConnectedAccountSummary>,
    rpc: SEARCH_CONNECTED_ACCOUNTS(wire::SearchConnectedAccountsRequest)
        -> wire::SearchConnectedAccountsResponse,
    request: Ok(wire::SearchConnectedAccountsRequest {
        query: not_blank("query", query)?,
        ..Default::default()
    }),
    response: |response| page!(response.connected_accounts),
}
text_setters!(SearchConnectedAccounts {
    /// Only accounts of this connection, by its id (`conn_…`); at most 32 characters.
    connection_id => [connection_id];
});
pageable!(
    SearchConnectedAccounts of ConnectedAccountSummary,
    /// The maximum number of accounts on a page; at most 30.
);

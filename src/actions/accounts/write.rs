//! Create, update, disconnect and delete connected accounts.

use super::{api_config_setter, authorization_details_setter, creation};
use crate::builder::{account_request, may_be_idempotent, owner_setters, rpc_builder};
use crate::model::not_blank;
use crate::raw::connected_accounts as wire;
use crate::{AccountRef, AuthorizationDetails, ConnectedAccount, ScopeSelection};

rpc_builder! {
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
    CreateConnectedAccount(
        connection_name: String,
        identifier: String,
        details: AuthorizationDetails
    ) -> ConnectedAccount,
    rpc: CREATE_CONNECTED_ACCOUNT(wire::CreateConnectedAccountRequest)
        -> wire::CreateConnectedAccountResponse,
    request: {
        let mut request = creation(connection_name, identifier)?;
        let account = request.connected_account.get_or_insert_default();
        account.authorization_details = Some(details.into_wire()?);
        Ok(request)
    },
    response: |response| ConnectedAccount::from_wire(response.connected_account),
}
may_be_idempotent!(CreateConnectedAccount);
owner_setters!(CreateConnectedAccount, 32);
api_config_setter!(
    CreateConnectedAccount,
    /// The provider's settings for this account, such as a subdomain: any value that serializes to
    /// a JSON object.
);

rpc_builder! {
    /// Updates the credentials, the API configuration or the scopes of an account. Fields that are
    /// not set keep their values.
    ///
    /// Retried after transient failures: doing it twice has the same effect as doing it once.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank or the API configuration is not an object;
    /// `NotFound` when there is no such account. Also the errors of every call.
    UpdateConnectedAccount(account: AccountRef) -> ConnectedAccount,
    rpc: UPDATE_CONNECTED_ACCOUNT(wire::UpdateConnectedAccountRequest)
        -> wire::UpdateConnectedAccountResponse,
    request: Ok(account_request!(account => wire::UpdateConnectedAccountRequest {
        id,
        connected_account: Some(wire::UpdateConnectedAccount::default()),
    })),
    response: |response| ConnectedAccount::from_wire(response.connected_account),
}
owner_setters!(UpdateConnectedAccount, 32);
authorization_details_setter!(
    UpdateConnectedAccount,
    /// Updates the credentials. Fields that are not set keep their values.
);
api_config_setter!(
    UpdateConnectedAccount,
    /// Updates the provider's settings for this account: any value that serializes to a JSON
    /// object. Its fields are merged into the present settings.
);

impl UpdateConnectedAccount {
    /// The scopes of the connection that the account uses. Only connections of the types
    /// `OAUTH_M2M` and `GOOGLE_DWD` that allow a selection use it; others ignore it.
    pub fn scope_selection(mut self, scopes: ScopeSelection) -> Self {
        self.call.request.scope_selection = Some(scopes.into_wire());
        self
    }
}

rpc_builder! {
    /// Disconnects an account. It is kept with the status
    /// [`Disconnected`](crate::AccountStatus::Disconnected), and cannot be used until the user
    /// authorizes again.
    ///
    /// Takes the id of the account (`ca_…`, at most 32 characters). Returns the account, without
    /// credentials. The service marks this call as a preview (descriptors of `scalekit-sdk-python`
    /// 2.21.0). Not retried after a failure that leaves open whether it took effect: the user may
    /// have connected again in between.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let account = client.actions().disconnect_connected_account("ca_1").await?;
    /// println!("{} is {}", account.identifier, account.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id is blank; `NotFound` when there is no such account. Also the
    /// errors of every call.
    DisconnectConnectedAccount(connected_account_id: String) -> ConnectedAccount,
    rpc: DISCONNECT_CONNECTED_ACCOUNT(wire::DisconnectConnectedAccountRequest)
        -> wire::DisconnectConnectedAccountResponse,
    // An empty id would mean the account that the access token is bound to.
    request: Ok(wire::DisconnectConnectedAccountRequest {
        id: not_blank("connected_account_id", connected_account_id)?,
    }),
    response: |response| ConnectedAccount::from_wire(response.connected_account),
}
may_be_idempotent!(DisconnectConnectedAccount);

rpc_builder! {
    /// Deletes an account and its credentials.
    ///
    /// Not retried after a failure that leaves open whether it took effect: the user may have
    /// connected again in between.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    DeleteConnectedAccount(account: AccountRef) -> (),
    rpc: DELETE_CONNECTED_ACCOUNT(wire::DeleteConnectedAccountRequest)
        -> wire::DeleteConnectedAccountResponse,
    request: Ok(account_request!(account => wire::DeleteConnectedAccountRequest { id })),
    response: |_| Ok(()),
}
may_be_idempotent!(DeleteConnectedAccount);
owner_setters!(DeleteConnectedAccount, 32);

//! Read one connected account, with or without its credentials.

use crate::builder::{account_request, owner_setters, rpc_builder};
use crate::raw::connected_accounts as wire;
use crate::{AccountRef, ConnectedAccount};

/// Declares a builder that reads an account.
macro_rules! get_builder {
    ($(#[$meta:meta])* $name:ident, $operation:ident) => {
        rpc_builder! {
            $(#[$meta])*
            $name(account: AccountRef) -> ConnectedAccount,
            rpc: $operation(wire::GetConnectedAccountByIdentifierRequest)
                -> wire::GetConnectedAccountByIdentifierResponse,
            request: Ok(
                account_request!(account => wire::GetConnectedAccountByIdentifierRequest { id })
            ),
            response: |response| ConnectedAccount::from_wire(response.connected_account),
        }
        owner_setters!($name, 32);
    };
}

get_builder! {
    /// Reads an account with its credentials.
    ///
    /// Use [`GetConnectedAccountDetails`] if you do not need the credentials. Retried after
    /// transient failures.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    GetConnectedAccount, GET_CONNECTED_ACCOUNT
}

get_builder! {
    /// Reads an account without its credentials, which do not leave the service.
    ///
    /// Retried after transient failures.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    GetConnectedAccountDetails, GET_CONNECTED_ACCOUNT_DETAILS
}

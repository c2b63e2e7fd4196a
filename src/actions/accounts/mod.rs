//! The calls that read, create, update, delete and list connected accounts.

mod get_or_create;
mod list;
mod read;
mod write;

pub use get_or_create::GetOrCreateConnectedAccount;
pub use list::{ListConnectedAccounts, SearchConnectedAccounts};
pub use read::{GetConnectedAccount, GetConnectedAccountDetails};
pub use write::{
    CreateConnectedAccount, DeleteConnectedAccount, DisconnectConnectedAccount,
    UpdateConnectedAccount,
};

use crate::Error;
use crate::model::not_blank;
use crate::raw::connected_accounts as wire;

/// The request that creates an account without credentials.
fn creation(
    connection_name: String,
    identifier: String,
) -> Result<wire::CreateConnectedAccountRequest, Error> {
    Ok(wire::CreateConnectedAccountRequest {
        connector: Some(not_blank("connection_name", connection_name)?),
        identifier: Some(not_blank("identifier", identifier)?),
        connected_account: Some(wire::CreateConnectedAccount::default()),
        ..Default::default()
    })
}

/// Adds `authorization_details` to a builder whose request has a `connected_account`.
macro_rules! authorization_details_setter {
    ($name:ident, $(#[$meta:meta])+) => {
        impl $name {
            $(#[$meta])+
            pub fn authorization_details(
                mut self,
                details: impl Into<$crate::AuthorizationDetails>,
            ) -> Self {
                let details = self.call.check(details.into().into_wire());
                let account = self.call.request.connected_account.get_or_insert_default();
                account.authorization_details = details;
                self
            }
        }
    };
}
use authorization_details_setter;

/// Adds `api_config` to a builder whose request has a `connected_account`.
macro_rules! api_config_setter {
    ($name:ident, $(#[$meta:meta])+) => {
        impl $name {
            $(#[$meta])+
            pub fn api_config(mut self, config: impl serde::Serialize) -> Self {
                let config = self.call.check($crate::json::to_struct("api_config", &config));
                let account = self.call.request.connected_account.get_or_insert_default();
                account.api_config = config;
                self
            }
        }
    };
}
use api_config_setter;

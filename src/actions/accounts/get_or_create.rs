//! The workflow that returns a user's account and creates it if there is none.

use super::{
    CreateConnectedAccount, GetConnectedAccountDetails, UpdateConnectedAccount, api_config_setter,
    authorization_details_setter, creation,
};
use crate::builder::{Call, call_builder, may_be_idempotent, owner_setters};
use crate::call::{CallOptions, Deadline, operations};
use crate::raw::connected_accounts as wire;
use crate::{AccountRef, Client, ConnectedAccount, Error, GetOrCreated, Outcome};

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

authorization_details_setter!(
    GetOrCreateConnectedAccount,
    /// The credentials of the account.
);
api_config_setter!(
    GetOrCreateConnectedAccount,
    /// The provider's settings of the account: any value that serializes to a JSON object.
);

impl GetOrCreateConnectedAccount {
    pub(in crate::actions) fn new(
        client: &Client,
        connection_name: String,
        identifier: String,
    ) -> Self {
        Self {
            call: Call::checked(client, creation(connection_name, identifier)),
        }
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
        let mut create = CreateConnectedAccount {
            call: self.call.clone(),
        };
        create.call.options = self.options_until(deadline);
        match create.send().await {
            Ok(account) => Ok(GetOrCreated {
                account: without_credentials(account),
                created: true,
                certain: true,
            }),
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
        let (client, request) = (&self.call.client, &self.call.request);
        let account = AccountRef::named(request.connector(), request.identifier());
        let mut read = GetConnectedAccountDetails::new(client, account);
        read.call.options = self.options_until(deadline);
        read.call.request.organization_id = request.organization_id.clone();
        read.call.request.user_id = request.user_id.clone();
        let account = match read.send().await {
            Ok(account) => account,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let wanted = request.connected_account.clone().unwrap_or_default();
        if wanted == wire::CreateConnectedAccount::default() {
            return Ok(Some(account));
        }
        let mut update = UpdateConnectedAccount::new(client, account.reference());
        update.call.options = self.options_until(deadline);
        update.call.request.organization_id = request.organization_id.clone();
        update.call.request.user_id = request.user_id.clone();
        update.call.request.connected_account = Some(wire::UpdateConnectedAccount {
            authorization_details: wanted.authorization_details,
            api_config: wanted.api_config,
        });
        update.send().await.map(without_credentials).map(Some)
    }
}

fn without_credentials(account: ConnectedAccount) -> ConnectedAccount {
    ConnectedAccount {
        authorization_details: None,
        ..account
    }
}

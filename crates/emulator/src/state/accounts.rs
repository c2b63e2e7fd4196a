//! Finds, creates and shows connected accounts.

use std::time::SystemTime;

use scalekit::raw::connected_accounts::{
    AuthorizationDetails, ConnectedAccount, ConnectedAccountForList,
};

use super::records::{AccountRecord, ConnectionRecord};
use super::{AccountRef, State, credentials, find};
use crate::clock::timestamp;
use crate::json::to_struct;
use crate::seed::{Account, AccountStatus, ConnectionKind};
use crate::status::{Status, already_exists, invalid, not_found, precondition};

impl State {
    /// The account that a request names.
    pub(crate) fn find_account(&self, wanted: AccountRef<'_>) -> Result<usize, Status> {
        if let Some(id) = wanted.id {
            return find(
                &self.accounts,
                "connected_account",
                format_args!("connected account {id}"),
                |account| account.id == id && wanted.covers(account),
            );
        }
        let Some(connector) = wanted.connector else {
            return Err(invalid(
                "connector",
                "name the account by id, or by connector and identifier",
            ));
        };
        if !wanted.has_owner() {
            return Err(invalid(
                "identifier",
                "name the account by id, or by connector and identifier",
            ));
        }
        let connection = self.connection_named(connector)?;
        let found: Vec<usize> = self
            .accounts
            .iter()
            .enumerate()
            .filter(|(_, account)| account.connection_id == connection.id && wanted.covers(account))
            .map(|(at, _)| at)
            .collect();
        match found.as_slice() {
            [] => Err(not_found(
                "connected_account",
                format!(
                    "there is no connected account for {} on connection \"{connector}\"",
                    wanted.owner()
                ),
            )),
            [only] => Ok(*only),
            // The same identifier may exist in several organizations. Without an organization, the
            // request means the account outside all of them.
            several => several
                .iter()
                .copied()
                .find(|at| {
                    let account = &self.accounts[*at];
                    (wanted.organization_id.is_some() || account.organization_id.is_none())
                        && (wanted.user_id.is_some() || account.user_id.is_none())
                })
                .ok_or_else(|| {
                    precondition(format!(
                        "{} accounts for {} on connection \"{connector}\": set organization_id, \
                         user_id or the account's id",
                        several.len(),
                        wanted.owner()
                    ))
                }),
        }
    }

    /// Creates the account that `wanted` names by connection and owner.
    pub(crate) fn create_account(
        &mut self,
        wanted: AccountRef<'_>,
        now: SystemTime,
    ) -> Result<usize, Status> {
        let Some(connector) = wanted.connector else {
            return Err(invalid("connector", "a connection name is required"));
        };
        if !wanted.has_owner() {
            return Err(invalid(
                "identifier",
                "identifier, organization_id or user_id is required",
            ));
        }
        let connection = self.connection_named(connector)?;
        if !connection.spec.enabled {
            return Err(precondition(format!(
                "connection \"{connector}\" is disabled"
            )));
        }
        let identifier = wanted.identifier.unwrap_or_default();
        let taken = self.accounts.iter().any(|account| {
            account.connection_id == connection.id
                && account.identifier == identifier
                && account.organization_id.as_deref() == wanted.organization_id
                && account.user_id.as_deref() == wanted.user_id
        });
        if taken {
            return Err(already_exists(
                "connected_account",
                format!(
                    "a connected account for {} on connection \"{connector}\" exists already",
                    wanted.owner()
                ),
            ));
        }
        let status = match connection.spec.kind {
            ConnectionKind::NoAuth => AccountStatus::Active,
            _ => AccountStatus::PendingAuth,
        };
        let connection_id = connection.id.clone();
        let id = self.ids.next("ca");
        let mut account = AccountRecord::new(id, connection_id, identifier, status, now);
        account.organization_id = wanted.organization_id.map(ToOwned::to_owned);
        account.user_id = wanted.user_id.map(ToOwned::to_owned);
        self.accounts.push(account);
        Ok(self.accounts.len() - 1)
    }

    /// Stores credentials from a request, after checking their kind.
    pub(crate) fn apply_details(
        &mut self,
        at: usize,
        details: Option<AuthorizationDetails>,
        now: SystemTime,
    ) -> Result<(), Status> {
        let details = details.and_then(|details| details.details);
        let Some(details) = details.filter(|details| !credentials::is_blank(details)) else {
            return Ok(());
        };
        let connection = self.connection_of(&self.accounts[at])?;
        credentials::check_fit(connection, &details)?;
        self.accounts[at].authorize(Some(details), now);
        Ok(())
    }

    pub(super) fn seed_account(&mut self, seed: &Account, now: SystemTime) {
        // The seed was validated: the connection exists.
        let Ok(connection) = self.connection_named(&seed.connection) else {
            return;
        };
        let connection_id = connection.id.clone();
        let generated = match seed.status {
            AccountStatus::Active | AccountStatus::Expired => {
                credentials::generate(connection, &[])
            }
            _ => None,
        };
        let id = seed.id.clone().unwrap_or_else(|| self.ids.next("ca"));
        let status = seed.status;
        let mut account = AccountRecord::new(id, connection_id, &seed.identifier, status, now);
        account.organization_id.clone_from(&seed.organization_id);
        account.user_id.clone_from(&seed.user_id);
        account.details = seed.details.as_ref().map(|d| d.to_proto()).or(generated);
        account.api_config = seed.api_config.as_ref().map(to_struct);
        account.token_expires_at = seed.token_expires_at;
        self.accounts.push(account);
    }

    /// Removes an account with its links and verifications.
    pub(crate) fn remove_account(&mut self, at: usize) {
        let account = self.accounts.remove(at);
        self.remove_flows(&account.id);
    }

    /// Invalidates the links and verifications of an account.
    pub(crate) fn remove_flows(&mut self, account_id: &str) {
        self.links.retain(|_, link| link.account_id != account_id);
        self.verifications
            .retain(|_, verification| verification.account_id != account_id);
    }

    /// The account as the API shows it, on request with its credentials.
    pub(crate) fn show(
        &self,
        account: &AccountRecord,
        credentials: bool,
    ) -> Result<ConnectedAccount, Status> {
        let connection = self.connection_of(account)?;
        Ok(ConnectedAccount {
            identifier: account.identifier.clone(),
            provider: connection.spec.provider.clone(),
            status: account.status.to_proto() as i32,
            authorization_type: connection.spec.kind.connector_type() as i32,
            authorization_details: credentials
                .then(|| account.authorization_details())
                .flatten(),
            token_expires_at: account.token_expires_at.map(timestamp),
            updated_at: Some(timestamp(account.updated_at)),
            connector: connection.spec.name.clone(),
            last_used_at: account.last_used_at.map(timestamp),
            id: account.id.clone(),
            connection_id: connection.id.clone(),
            api_config: account.api_config.clone(),
            is_org_wide_credential: false,
        })
    }

    /// The account as lists show it: without credentials and configuration.
    pub(crate) fn show_in_list(
        account: &AccountRecord,
        connection: &ConnectionRecord,
    ) -> ConnectedAccountForList {
        ConnectedAccountForList {
            identifier: account.identifier.clone(),
            provider: connection.spec.provider.clone(),
            status: account.status.to_proto() as i32,
            authorization_type: connection.spec.kind.connector_type() as i32,
            token_expires_at: account.token_expires_at.map(timestamp),
            updated_at: Some(timestamp(account.updated_at)),
            connector: connection.spec.name.clone(),
            last_used_at: account.last_used_at.map(timestamp),
            id: account.id.clone(),
            connection_id: connection.id.clone(),
            is_org_wide_credential: false,
        }
    }
}

//! The calls on connected accounts and connections: authorize, verify, read, update, execute,
//! request.

mod accounts;
mod authorization;
mod connections;
mod content;
mod execute;
mod headers;
mod multipart;
pub(crate) mod path;
mod request;

pub use accounts::{
    CreateConnectedAccount, DeleteConnectedAccount, DisconnectConnectedAccount,
    GetConnectedAccount, GetConnectedAccountDetails, GetOrCreateConnectedAccount,
    ListConnectedAccounts, SearchConnectedAccounts, UpdateConnectedAccount,
};
pub use authorization::{GetAuthorizationLink, VerifyConnectedAccountUser};
pub use connections::{
    CreateEnvironmentConnection, DeleteEnvironmentConnection, DisableEnvironmentConnection,
    EnableEnvironmentConnection, GetEnvironmentConnection, ListConnections,
    UpdateEnvironmentConnection,
};
pub use execute::ExecuteTool;
pub use multipart::Multipart;
pub use request::{ProxyRequest, ProxyResponse, ProxyStream};

use serde::Serialize;

use crate::{AccountRef, AuthorizationDetails, Client, ConnectionType, json};

/// The calls on connected accounts: see [`Client::actions`].
///
/// Each method returns the builder of a call. Set the optional parameters on it, then await it.
#[derive(Clone, Debug)]
pub struct Actions {
    client: Client,
}

impl Actions {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Returns an authorization link for a user; see [`GetAuthorizationLink`].
    pub fn get_authorization_link(&self, account: impl Into<AccountRef>) -> GetAuthorizationLink {
        GetAuthorizationLink::new(&self.client, account.into())
    }

    /// Verifies the user who consented; see [`VerifyConnectedAccountUser`].
    pub fn verify_connected_account_user(
        &self,
        auth_request_id: impl Into<String>,
        identifier: impl Into<String>,
    ) -> VerifyConnectedAccountUser {
        VerifyConnectedAccountUser::new(&self.client, auth_request_id.into(), identifier.into())
    }

    /// Returns the user's account, and creates it if there is none; see
    /// [`GetOrCreateConnectedAccount`].
    pub fn get_or_create_connected_account(
        &self,
        connection_name: impl Into<String>,
        identifier: impl Into<String>,
    ) -> GetOrCreateConnectedAccount {
        GetOrCreateConnectedAccount::new(&self.client, connection_name.into(), identifier.into())
    }

    /// An alias of [`get_or_create_connected_account`](Actions::get_or_create_connected_account).
    pub fn upsert_connected_account(
        &self,
        connection_name: impl Into<String>,
        identifier: impl Into<String>,
    ) -> GetOrCreateConnectedAccount {
        self.get_or_create_connected_account(connection_name, identifier)
    }

    /// Reads an account with its credentials; see [`GetConnectedAccount`].
    pub fn get_connected_account(&self, account: impl Into<AccountRef>) -> GetConnectedAccount {
        GetConnectedAccount::new(&self.client, account.into())
    }

    /// Reads an account without its credentials; see [`GetConnectedAccountDetails`].
    pub fn get_connected_account_details(
        &self,
        account: impl Into<AccountRef>,
    ) -> GetConnectedAccountDetails {
        GetConnectedAccountDetails::new(&self.client, account.into())
    }

    /// Lists the accounts of the environment; see [`ListConnectedAccounts`].
    pub fn list_connected_accounts(&self) -> ListConnectedAccounts {
        ListConnectedAccounts::new(&self.client)
    }

    /// Searches accounts; see [`SearchConnectedAccounts`].
    pub fn search_connected_accounts(&self, query: impl Into<String>) -> SearchConnectedAccounts {
        SearchConnectedAccounts::new(&self.client, query.into())
    }

    /// Creates an account with existing credentials; see [`CreateConnectedAccount`].
    pub fn create_connected_account(
        &self,
        connection_name: impl Into<String>,
        identifier: impl Into<String>,
        authorization_details: impl Into<AuthorizationDetails>,
    ) -> CreateConnectedAccount {
        CreateConnectedAccount::new(
            &self.client,
            connection_name.into(),
            identifier.into(),
            authorization_details.into(),
        )
    }

    /// Updates an account; see [`UpdateConnectedAccount`].
    pub fn update_connected_account(
        &self,
        account: impl Into<AccountRef>,
    ) -> UpdateConnectedAccount {
        UpdateConnectedAccount::new(&self.client, account.into())
    }

    /// Disconnects an account and keeps it; see [`DisconnectConnectedAccount`].
    pub fn disconnect_connected_account(
        &self,
        connected_account_id: impl Into<String>,
    ) -> DisconnectConnectedAccount {
        DisconnectConnectedAccount::new(&self.client, connected_account_id.into())
    }

    /// Deletes an account; see [`DeleteConnectedAccount`].
    pub fn delete_connected_account(
        &self,
        account: impl Into<AccountRef>,
    ) -> DeleteConnectedAccount {
        DeleteConnectedAccount::new(&self.client, account.into())
    }

    /// Executes a tool with a user's account; see [`ExecuteTool`].
    ///
    /// `input` is any value that serializes to a JSON object, such as a struct of your own or
    /// `serde_json::json!`. `()`, `None` and `null` stand for an empty object.
    pub fn execute_tool(&self, tool_name: impl Into<String>, input: impl Serialize) -> ExecuteTool {
        let input = json::to_input("input", &input);
        ExecuteTool::new(&self.client, tool_name.into(), input)
    }

    /// Executes a tool with an input that is JSON text, as language models produce it; see
    /// [`ExecuteTool`].
    ///
    /// Text that is empty, blank or `null` stands for an empty object: some models call a tool
    /// without parameters that way.
    pub fn execute_tool_json(
        &self,
        tool_name: impl Into<String>,
        input: impl AsRef<str>,
    ) -> ExecuteTool {
        let input = json::text_to_input("input", input.as_ref());
        ExecuteTool::new(&self.client, tool_name.into(), input)
    }

    /// Sends a request to the provider's API with a user's credentials; see [`ProxyRequest`].
    pub fn request(
        &self,
        connection_name: impl Into<String>,
        identifier: impl Into<String>,
        path: impl Into<String>,
    ) -> ProxyRequest {
        ProxyRequest::new(
            &self.client,
            connection_name.into(),
            identifier.into(),
            path.into(),
        )
    }

    /// Lists the connections of the environment; see [`ListConnections`].
    pub fn list_connections(&self) -> ListConnections {
        ListConnections::new(&self.client)
    }
    /// Reads a connection with its configuration; see [`GetEnvironmentConnection`].
    pub fn get_environment_connection(
        &self,
        connection_id: impl Into<String>,
    ) -> GetEnvironmentConnection {
        GetEnvironmentConnection::new(&self.client, connection_id.into())
    }

    /// Creates a connection; see [`CreateEnvironmentConnection`].
    pub fn create_environment_connection(
        &self,
        provider: impl Into<String>,
        connection_type: ConnectionType,
    ) -> CreateEnvironmentConnection {
        CreateEnvironmentConnection::new(&self.client, provider.into(), connection_type)
    }

    /// Updates a connection; see [`UpdateEnvironmentConnection`].
    pub fn update_environment_connection(
        &self,
        connection_id: impl Into<String>,
        provider: impl Into<String>,
    ) -> UpdateEnvironmentConnection {
        UpdateEnvironmentConnection::new(&self.client, connection_id.into(), provider.into())
    }

    /// Enables a connection; see [`EnableEnvironmentConnection`].
    pub fn enable_environment_connection(
        &self,
        connection_id: impl Into<String>,
    ) -> EnableEnvironmentConnection {
        EnableEnvironmentConnection::new(&self.client, connection_id.into())
    }

    /// Disables a connection; see [`DisableEnvironmentConnection`].
    pub fn disable_environment_connection(
        &self,
        connection_id: impl Into<String>,
    ) -> DisableEnvironmentConnection {
        DisableEnvironmentConnection::new(&self.client, connection_id.into())
    }

    /// Deletes a connection; see [`DeleteEnvironmentConnection`].
    pub fn delete_environment_connection(
        &self,
        connection_id: impl Into<String>,
    ) -> DeleteEnvironmentConnection {
        DeleteEnvironmentConnection::new(&self.client, connection_id.into())
    }
}

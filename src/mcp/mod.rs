//! MCP servers: their configurations, the accounts of their users, session tokens.

mod configs;
mod sessions;

pub use configs::{CreateConfig, DeleteConfig, GetConfig, ListConfigs, UpdateConfig};
pub use sessions::{CreateSessionToken, ListConnectedAccounts};

use crate::{Client, McpServerRef};

/// The calls on MCP servers: see [`Client::mcp`].
///
/// A configuration lists the tools of a server. A session token lets an MCP client use the server
/// as one user, with that user's connected accounts.
///
/// Each method returns the builder of a call. Set the optional parameters on it, then await it.
///
/// ```no_run
/// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
/// use scalekit::ConnectionToolMapping;
///
/// let mcp = client.mcp();
/// let mail = ConnectionToolMapping::new("gmail").tools(["gmail_fetch_mails"]);
/// let config = mcp.create_config("inbox").connection_tool_mappings([mail]).await?;
/// let session = mcp.create_session_token(config.server(), "alice@example.com").await?;
/// // An MCP client connects to config.mcp_server_url with the header
/// // `authorization: Bearer {session.token.expose()}`.
/// # let _ = session;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Mcp {
    client: Client,
}

impl Mcp {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates a configuration; see [`CreateConfig`].
    pub fn create_config(&self, name: impl Into<String>) -> CreateConfig {
        CreateConfig::new(&self.client, name.into())
    }

    /// Updates a configuration; see [`UpdateConfig`].
    pub fn update_config(&self, config_id: impl Into<String>) -> UpdateConfig {
        UpdateConfig::new(&self.client, config_id.into())
    }

    /// Lists the configurations of the environment; see [`ListConfigs`].
    pub fn list_configs(&self) -> ListConfigs {
        ListConfigs::new(&self.client)
    }

    /// Reads a configuration; see [`GetConfig`].
    pub fn get_config(&self, config_id: impl Into<String>) -> GetConfig {
        GetConfig::new(&self.client, config_id.into())
    }

    /// Deletes a configuration; see [`DeleteConfig`].
    pub fn delete_config(&self, config_id: impl Into<String>) -> DeleteConfig {
        DeleteConfig::new(&self.client, config_id.into())
    }

    /// Lists the state of a user's accounts at the connections of a configuration; see
    /// [`ListConnectedAccounts`].
    pub fn list_connected_accounts(
        &self,
        config_id: impl Into<String>,
        identifier: impl Into<String>,
    ) -> ListConnectedAccounts {
        ListConnectedAccounts::new(&self.client, config_id.into(), identifier.into())
    }

    /// Creates a session token for a user; see [`CreateSessionToken`].
    pub fn create_session_token(
        &self,
        server: impl Into<McpServerRef>,
        identifier: impl Into<String>,
    ) -> CreateSessionToken {
        CreateSessionToken::new(&self.client, server.into(), identifier.into())
    }
}

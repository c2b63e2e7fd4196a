//! The connected accounts of an MCP server's user, and session tokens.

use std::time::Duration;

use crate::builder::{may_be_idempotent, rpc_builder};
use crate::model::not_blank;
use crate::raw::mcp as wire;
use crate::{Error, McpAccessLevel, McpConnectionAuthState, McpServerRef, McpSessionToken};

rpc_builder! {
    /// Lists the state of a user's account at each connection of a configuration. Call it before an
    /// agent starts, to ask the user for missing authorizations.
    ///
    /// Retried after transient failures, unless it includes [links](Self::include_auth_link): then
    /// each call creates new links and missing accounts.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// use scalekit::AccountStatus;
    ///
    /// let mcp = client.mcp();
    /// let states = mcp.list_connected_accounts("cfg_1", "alice@example.com").await?;
    /// for state in states {
    ///     if state.connected_account_status != Some(AccountStatus::Active) {
    ///         println!("{} is not connected", state.connection_name);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id or the identifier is blank; `NotFound` when there is no such
    /// configuration. Also the errors of every call.
    ListConnectedAccounts(config_id: String, identifier: String) -> Vec<McpConnectionAuthState>,
    rpc: LIST_MCP_CONNECTED_ACCOUNTS(wire::ListMcpConnectedAccountsRequest)
        -> wire::ListMcpConnectedAccountsResponse,
    request: Ok(wire::ListMcpConnectedAccountsRequest {
        config_id: not_blank("config_id", config_id)?,
        identifier: not_blank("identifier", identifier)?,
        include_auth_link: false,
    }),
    // The RPC is classified as a call with links. Without them it only reads.
    prepare: |call| call.options.idempotent |= !call.request.include_auth_link,
    response: |response| {
        let states = response.connected_accounts.into_iter();
        Ok(states.map(Into::into).collect())
    },
}
may_be_idempotent!(ListConnectedAccounts);

impl ListConnectedAccounts {
    /// Also creates an authorization link for each connection. A link works once, within a minute:
    /// request links when the user is about to open them.
    pub fn include_auth_link(mut self) -> Self {
        self.call.request.include_auth_link = true;
        self
    }
}

rpc_builder! {
    /// Creates a token with which an MCP client uses one MCP server as one user. It is not valid
    /// for other servers.
    ///
    /// Not retried after a failure that leaves open whether it took effect: each call creates
    /// another token, which is valid until it expires.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// use std::time::Duration;
    /// use scalekit::{McpAccessLevel, McpServerRef};
    ///
    /// let session = client
    ///     .mcp()
    ///     .create_session_token(McpServerRef::connection("gmail"), "alice@example.com")
    ///     .access_level(McpAccessLevel::ReadOnly)
    ///     .expiry(Duration::from_secs(15 * 60))
    ///     .await?;
    /// let authorization = format!("Bearer {}", session.token.expose());
    /// # let _ = authorization;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the server or the identifier is blank; `BadRequest` when the identifier
    /// is longer than 255 characters, the lifetime is not acceptable, or, as a rule, the user has
    /// no active account at the connection; `NotFound` when there is no such configuration or no
    /// connection of this name is in use. Also the errors of every call.
    CreateSessionToken(server: McpServerRef, identifier: String) -> McpSessionToken,
    rpc: CREATE_SESSION_TOKEN(wire::CreateMcpSessionTokenRequest)
        -> wire::CreateMcpSessionTokenResponse,
    request: {
        let (mcp_config_id, key_id) = server.into_fields()?;
        Ok(wire::CreateMcpSessionTokenRequest {
            mcp_config_id,
            key_id,
            identifier: not_blank("identifier", identifier)?,
            ..Default::default()
        })
    },
    response: McpSessionToken::from_wire,
}
may_be_idempotent!(CreateSessionToken);

impl CreateSessionToken {
    /// The lifetime of the token: 60 seconds to 24 hours, one hour by default
    /// (`scalekit-sdk-python` 2.21.0). Fractions of a second are ignored.
    pub fn expiry(mut self, expiry: Duration) -> Self {
        let expiry = prost_types::Duration::try_from(Duration::from_secs(expiry.as_secs()))
            .map_err(|error| Error::invalid_input("expiry", error));
        self.call.request.expiry = self.call.check(expiry);
        self
    }

    /// The tools that the token gives access to; all tools of the server by default.
    pub fn access_level(mut self, level: McpAccessLevel) -> Self {
        self.call.request.access_level = level.name().to_owned();
        self
    }
}

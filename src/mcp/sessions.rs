//! The connected accounts of an MCP server's user, and session tokens.

use std::time::Duration;

use crate::call::{Call, call_builder, may_be_idempotent, operations};
use crate::model::not_blank;
use crate::raw::mcp as wire;
use crate::{Client, Error, McpAccessLevel, McpConnectionAuthState, McpServerRef, McpSessionToken};

call_builder! {
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
    ListConnectedAccounts(wire::ListMcpConnectedAccountsRequest) -> Vec<McpConnectionAuthState>
}
may_be_idempotent!(ListConnectedAccounts);

impl ListConnectedAccounts {
    pub(super) fn new(client: &Client, config_id: String, identifier: String) -> Self {
        let request = not_blank("config_id", config_id).and_then(|config_id| {
            Ok(wire::ListMcpConnectedAccountsRequest {
                config_id,
                identifier: not_blank("identifier", identifier)?,
                include_auth_link: false,
            })
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Also creates an authorization link for each connection. A link works once, within a minute:
    /// request links when the user is about to open them.
    pub fn include_auth_link(mut self) -> Self {
        self.call.request.include_auth_link = true;
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(mut self) -> Result<Vec<McpConnectionAuthState>, Error> {
        // The RPC is classified as a call with links. Without them it only reads.
        self.call.options.idempotent |= !self.call.request.include_auth_link;
        let response: wire::ListMcpConnectedAccountsResponse = self
            .call
            .unary(&operations::LIST_MCP_CONNECTED_ACCOUNTS)
            .await?;
        let states = response.connected_accounts.into_iter();
        Ok(states.map(Into::into).collect())
    }
}

call_builder! {
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
    CreateSessionToken(wire::CreateMcpSessionTokenRequest) -> McpSessionToken
}
may_be_idempotent!(CreateSessionToken);

impl CreateSessionToken {
    pub(super) fn new(client: &Client, server: McpServerRef, identifier: String) -> Self {
        let request = server.into_fields().and_then(|(mcp_config_id, key_id)| {
            Ok(wire::CreateMcpSessionTokenRequest {
                mcp_config_id,
                key_id,
                identifier: not_blank("identifier", identifier)?,
                ..Default::default()
            })
        });
        Self {
            call: Call::checked(client, request),
        }
    }

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

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<McpSessionToken, Error> {
        let operation = &operations::CREATE_SESSION_TOKEN;
        let response = self.call.unary(operation).await?;
        McpSessionToken::from_wire(response).map_err(|error| error.with_call(operation.name))
    }
}

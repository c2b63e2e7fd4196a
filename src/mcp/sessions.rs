//! A user at an MCP server: the accounts that are connected, and tokens.

use std::time::Duration;

use crate::call::{Call, call_builder, may_be_idempotent, operations};
use crate::model::not_blank;
use crate::raw::mcp as wire;
use crate::{Client, Error, McpAccessLevel, McpConnectionAuthState, McpServerRef, McpSessionToken};

call_builder! {
    /// Tells how a user stands with each connection of a configuration, so that the application can
    /// ask for what is missing before an agent starts.
    ///
    /// Repeated after transient failures, unless [links](Self::include_auth_link) are asked for:
    /// then each call makes new ones, and creates accounts that are missing.
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
    /// configuration; those of every call.
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

    /// Also makes a link for each connection, by which the user authorizes it, or authorizes it
    /// anew. Links work once, and for a minute: ask for them when the user is there to open them.
    pub fn include_auth_link(mut self) -> Self {
        self.call.request.include_auth_link = true;
        self
    }

    /// Makes the call.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(mut self) -> Result<Vec<McpConnectionAuthState>, Error> {
        // The class of the RPC is that of a call with links; without them it only reads.
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
    /// Issues a token by which one MCP server acts for one user. It opens no other server.
    ///
    /// Not repeated after a failure that leaves open whether it happened: each call issues another
    /// token, which stays good until it expires.
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
    /// `InvalidInput` when the server or the identifier is blank; `BadRequest` when the identifier is
    /// longer than 255 characters, the lifetime is not acceptable, or, as a rule, the user has no
    /// active account at the connection; `NotFound` when there is no such configuration or no
    /// connection of this name is in use; those of every call.
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

    /// How long the token is good: 60 seconds to 24 hours, an hour unless set
    /// (`scalekit-sdk-python` 2.21.0). Fractions of a second are dropped.
    pub fn expiry(mut self, expiry: Duration) -> Self {
        let expiry = prost_types::Duration::try_from(Duration::from_secs(expiry.as_secs()))
            .map_err(|error| Error::invalid_input("expiry", error));
        self.call.request.expiry = self.call.check(expiry);
        self
    }

    /// What the token can use: everything that the server offers unless set.
    pub fn access_level(mut self, level: McpAccessLevel) -> Self {
        self.call.request.access_level = level.name().to_owned();
        self
    }

    /// Makes the call.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<McpSessionToken, Error> {
        let operation = &operations::CREATE_SESSION_TOKEN;
        let response = self.call.unary(operation).await?;
        McpSessionToken::from_wire(response).map_err(|error| error.with_call(operation.name))
    }
}

//! MCP servers: their configurations, how a user stands with them, and tokens for them.

use std::fmt;
use std::time::SystemTime;

use super::{non_empty, not_blank, system_time};
use crate::raw::mcp as wire;
use crate::{AccountStatus, Error, Secret};

/// Which tools of which connections an MCP server offers.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct McpConfig {
    /// Its id.
    pub id: String,
    /// Its name, which stays as it was created.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The connections, and the tools of each.
    pub connection_tool_mappings: Vec<ConnectionToolMapping>,
    /// Where MCP clients reach the server, with an [`McpSessionToken`].
    pub mcp_server_url: String,
}

impl McpConfig {
    pub(crate) fn from_wire(config: Option<wire::McpConfig>) -> Result<Self, Error> {
        config
            .map(Self::from)
            .ok_or_else(|| Error::decode("the response has no config"))
    }

    /// The server of this configuration, for [`create_session_token`].
    ///
    /// [`create_session_token`]: crate::mcp::Mcp::create_session_token
    pub fn server(&self) -> McpServerRef {
        McpServerRef::config(&self.id)
    }
}

impl From<wire::McpConfig> for McpConfig {
    fn from(config: wire::McpConfig) -> Self {
        Self {
            id: config.id,
            name: config.name,
            description: non_empty(config.description),
            connection_tool_mappings: config
                .connection_tool_mappings
                .into_iter()
                .map(Into::into)
                .collect(),
            mcp_server_url: config.mcp_server_url,
        }
    }
}

/// A connection of an MCP server, and the tools of it that the server offers.
///
/// ```
/// let mail = scalekit::ConnectionToolMapping::new("gmail").tools(["gmail_fetch_mails"]);
/// assert_eq!(mail.connection_name, "gmail");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionToolMapping {
    /// The connection's name.
    pub connection_name: String,
    /// The names of its tools.
    pub tools: Vec<String>,
    /// The connection's id, `conn_…`; set by the service.
    pub connection_id: Option<String>,
    /// The connection's provider, such as `GMAIL`; set by the service.
    pub provider: Option<String>,
    /// The account that is used, `ca_…`; set by the service.
    pub connected_account_id: Option<String>,
    /// Where that account stands; set by the service.
    pub connected_account_status: Option<AccountStatus>,
}

impl ConnectionToolMapping {
    /// This connection, without naming tools.
    pub fn new(connection_name: impl Into<String>) -> Self {
        Self {
            connection_name: connection_name.into(),
            tools: Vec::new(),
            connection_id: None,
            provider: None,
            connected_account_id: None,
            connected_account_status: None,
        }
    }

    /// Names the tools to offer.
    pub fn tools(mut self, tools: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tools = tools.into_iter().map(Into::into).collect();
        self
    }

    /// The message to send. What the service sets by itself is not sent.
    pub(crate) fn into_wire(self) -> wire::McpConfigConnectionToolMapping {
        wire::McpConfigConnectionToolMapping {
            connection_name: self.connection_name,
            tools: self.tools,
            ..Default::default()
        }
    }
}

impl From<wire::McpConfigConnectionToolMapping> for ConnectionToolMapping {
    fn from(mapping: wire::McpConfigConnectionToolMapping) -> Self {
        Self {
            connection_name: mapping.connection_name,
            tools: mapping.tools,
            connection_id: non_empty(mapping.connection_id),
            provider: non_empty(mapping.provider),
            connected_account_id: mapping.connected_account_id.and_then(non_empty),
            connected_account_status: status(mapping.connected_account_status),
        }
    }
}

/// These messages have the status as text.
fn status(name: Option<String>) -> Option<AccountStatus> {
    name.and_then(non_empty)?.parse().ok()
}

/// How a user stands with one connection of an MCP server.
///
/// `Debug` does not show the link: who has it can connect an account of their own in the user's
/// place.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct McpConnectionAuthState {
    /// The connection's id, `conn_…`.
    pub connection_id: String,
    /// The connection's name.
    pub connection_name: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// The user's account, `ca_…`; `None` while there is none.
    pub connected_account_id: Option<String>,
    /// Where that account stands.
    pub connected_account_status: Option<AccountStatus>,
    /// A link by which the user authorizes the account, or authorizes it anew; only when links were
    /// asked for. It works once, and for a minute (`scalekit-sdk-python` 2.21.0).
    pub authentication_link: Option<String>,
}

impl From<wire::McpConnectionAuthState> for McpConnectionAuthState {
    fn from(state: wire::McpConnectionAuthState) -> Self {
        Self {
            connection_id: state.connection_id,
            connection_name: state.connection_name,
            provider: state.provider,
            connected_account_id: state.connected_account_id.and_then(non_empty),
            connected_account_status: status(state.connected_account_status),
            authentication_link: non_empty(state.authentication_link),
        }
    }
}

impl fmt::Debug for McpConnectionAuthState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = self.authentication_link.as_ref();
        f.debug_struct("McpConnectionAuthState")
            .field("connection_id", &self.connection_id)
            .field("connection_name", &self.connection_name)
            .field("provider", &self.provider)
            .field("connected_account_id", &self.connected_account_id)
            .field("connected_account_status", &self.connected_account_status)
            .field("authentication_link", &link.map(|_| "<redacted>"))
            .finish()
    }
}

/// Names an MCP server: that of a configuration, or that of one connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct McpServerRef(Server);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Server {
    Config(String),
    Connection(String),
}

impl McpServerRef {
    /// The server of the configuration with this id, at its [`mcp_server_url`]. It offers the tools
    /// that the configuration names.
    ///
    /// [`mcp_server_url`]: McpConfig::mcp_server_url
    pub fn config(id: impl Into<String>) -> Self {
        Self(Server::Config(id.into()))
    }

    /// The server of the connection with this name, at
    /// `{environment}/mcp/v3/connections/{connection_name}`. It offers all tools of the connection
    /// (`scalekit-sdk-python` 2.21.0).
    pub fn connection(name: impl Into<String>) -> Self {
        Self(Server::Connection(name.into()))
    }

    /// The two fields that requests have for it: a configuration's id and a connection's name.
    pub(crate) fn into_fields(self) -> Result<(String, String), Error> {
        match self.0 {
            Server::Config(id) => Ok((not_blank("mcp_config_id", id)?, String::new())),
            Server::Connection(name) => Ok((String::new(), not_blank("connection_name", name)?)),
        }
    }
}

/// What the bearer of an [`McpSessionToken`] can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum McpAccessLevel {
    /// All tools of the server.
    Full,
    /// The tools that say of themselves that they only read.
    ReadOnly,
}

impl McpAccessLevel {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::ReadOnly => "READ_ONLY",
        }
    }
}

/// A short-lived credential by which one MCP server acts for one user.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct McpSessionToken {
    /// The bearer token: MCP clients send it as `authorization: Bearer …`.
    pub token: Secret,
    /// When it stops working.
    pub expires_at: Option<SystemTime>,
}

impl McpSessionToken {
    pub(crate) fn from_wire(response: wire::CreateMcpSessionTokenResponse) -> Result<Self, Error> {
        if response.token.is_empty() {
            return Err(Error::decode("the response has no token"));
        }
        Ok(Self {
            token: response.token.into(),
            expires_at: system_time(response.expires_at),
        })
    }
}

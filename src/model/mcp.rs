//! MCP servers: configurations, the state of their users' accounts, and session tokens.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{non_empty, not_blank, system_time};
use crate::raw::mcp as wire;
use crate::{AccountStatus, Error, Secret};

/// The configuration of an MCP server: its connections and their tools.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct McpConfig {
    /// The id.
    pub id: String,
    /// The name. It cannot be changed.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The connections, and the tools of each.
    pub connection_tool_mappings: Vec<ConnectionToolMapping>,
    /// The URL of the server, for MCP clients with an [`McpSessionToken`].
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

/// A connection of an MCP server, and the tools that the server offers from it.
///
/// ```
/// let mail = scalekit::ConnectionToolMapping::new("gmail").tools(["gmail_fetch_mails"]);
/// assert_eq!(mail.connection_name, "gmail");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConnectionToolMapping {
    /// The name of the connection.
    pub connection_name: String,
    /// The names of the tools.
    pub tools: Vec<String>,
    /// The id of the connection, `conn_…`; set by the service.
    pub connection_id: Option<String>,
    /// The provider, such as `GMAIL`; set by the service.
    pub provider: Option<String>,
    /// The id of the account, `ca_…`; set by the service.
    pub connected_account_id: Option<String>,
    /// The status of that account; set by the service.
    pub connected_account_status: Option<AccountStatus>,
}

impl ConnectionToolMapping {
    /// A mapping of this connection without tools.
    pub fn new(connection_name: impl Into<String>) -> Self {
        Self {
            connection_name: connection_name.into(),
            ..Self::default()
        }
    }

    /// Sets the tools to offer.
    pub fn tools(mut self, tools: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tools = tools.into_iter().map(Into::into).collect();
        self
    }

    /// The message to send, without the fields that the service sets.
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

/// In these messages, the status is a string.
fn status(name: Option<String>) -> Option<AccountStatus> {
    name.and_then(non_empty)?.parse().ok()
}

/// The state of a user's account at one connection of an MCP server.
///
/// `Debug` does not show the link: anyone who opens it can connect their own account in the user's
/// place. For the same reason `Serialize` leaves it out.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct McpConnectionAuthState {
    /// The id of the connection, `conn_…`.
    pub connection_id: String,
    /// The name of the connection.
    pub connection_name: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// The id of the user's account, `ca_…`; `None` if there is none.
    pub connected_account_id: Option<String>,
    /// The status of that account.
    pub connected_account_status: Option<AccountStatus>,
    /// A link to authorize the account, or to authorize it again. Set only if the call included
    /// links. It works once, within a minute (`scalekit-sdk-python` 2.21.0).
    #[serde(skip)]
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

/// A reference to an MCP server: that of a configuration, or that of one connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct McpServerRef(Server);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Server {
    Config(String),
    Connection(String),
}

impl McpServerRef {
    /// The server of the configuration with this id, at its [`mcp_server_url`]. It offers the tools
    /// of the configuration.
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

    /// The two request fields: the id of a configuration and the name of a connection.
    pub(crate) fn into_fields(self) -> Result<(String, String), Error> {
        match self.0 {
            Server::Config(id) => Ok((not_blank("mcp_config_id", id)?, String::new())),
            Server::Connection(name) => Ok((String::new(), not_blank("connection_name", name)?)),
        }
    }
}

/// What an [`McpSessionToken`] gives access to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum McpAccessLevel {
    /// All tools of the server.
    Full,
    /// Tools that are annotated as read-only.
    ReadOnly,
}

impl McpAccessLevel {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::ReadOnly => "READ_ONLY",
        }
    }
}

/// A short-lived token for one user at one MCP server.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct McpSessionToken {
    /// The bearer token: MCP clients send it as `authorization: Bearer …`.
    pub token: Secret,
    /// When it expires.
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

//! Connections: a provider as configured in a Scalekit environment.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{non_empty, open_enum, system_time, timestamp};
use crate::raw::connections as wire;
use crate::{ConnectionConfig, Error};

open_enum! {
    /// How the users of a connection authorize.
    pub enum ConnectionType {
        /// Not specified.
        Invalid = 0 => "INVALID",
        /// OpenID Connect.
        Oidc = 1 => "OIDC",
        /// SAML.
        Saml = 2 => "SAML",
        /// A password at Scalekit.
        Password = 3 => "PASSWORD",
        /// OAuth 2.0 on behalf of a user.
        Oauth = 4 => "OAUTH",
        /// A link or code by mail.
        Passwordless = 5 => "PASSWORDLESS",
        /// HTTP basic authentication.
        Basic = 6 => "BASIC",
        /// A bearer token.
        Bearer = 7 => "BEARER",
        /// An API key.
        ApiKey = 8 => "API_KEY",
        /// Passkeys.
        Webauthn = 9 => "WEBAUTHN",
        /// OAuth 2.0 client credentials.
        OauthM2m = 10 => "OAUTH_M2M",
        /// Trello's OAuth 1.0.
        TrelloOauth1 = 11 => "TRELLO_OAUTH1",
        /// Google domain-wide delegation.
        GoogleDwd = 12 => "GOOGLE_DWD",
        /// A trusted identity provider.
        TrustedIdp = 13 => "TRUSTED_IDP",
        /// SMART on FHIR.
        SmartFhir = 14 => "SMART_FHIR",
        /// No authentication.
        NoAuth = 15 => "NO_AUTH",
    }
}

open_enum! {
    /// The status of a connection's configuration.
    pub enum ConnectionStatus {
        /// Not specified.
        Unspecified = 0 => "CONNECTION_STATUS_UNSPECIFIED",
        /// A draft.
        Draft = 1 => "DRAFT",
        /// In progress.
        InProgress = 2 => "IN_PROGRESS",
        /// Complete.
        Completed = 3 => "COMPLETED",
    }
}

open_enum! {
    /// Whose credentials a connection uses.
    pub enum ConnectionAuthMode {
        /// Not specified.
        Unspecified = 0 => "CONNECTION_AUTH_MODE_UNSPECIFIED",
        /// Each user authorizes an account of their own.
        User = 1 => "USER",
        /// All users share one credential, which an administrator authorizes. Each user still
        /// consents to its use.
        OrgWide = 2 => "ORG_WIDE",
    }
}

/// A connection of the environment, to which users can connect accounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AppConnection {
    /// The id, `conn_…`.
    pub id: String,
    /// The name, which calls take as `connection_name`.
    pub connection_name: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// How its users authorize.
    pub connection_type: ConnectionType,
    /// The status of its configuration.
    pub status: ConnectionStatus,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Whose credentials it uses.
    pub auth_mode: ConnectionAuthMode,
    /// The URL of an MCP server with the tools of this connection; `None` if the environment has no
    /// such servers.
    pub mcp_server_url: Option<String>,
    /// The time of its creation.
    #[serde(with = "timestamp")]
    pub created_at: Option<SystemTime>,
}

impl From<wire::ListConnection> for AppConnection {
    fn from(connection: wire::ListConnection) -> Self {
        Self {
            id: connection.id,
            connection_name: connection.key_id,
            provider: connection.provider_key,
            connection_type: connection.r#type.into(),
            status: connection.status.into(),
            enabled: connection.enabled,
            auth_mode: connection.auth_mode.into(),
            mcp_server_url: non_empty(connection.mcp_server_url),
            created_at: system_time(connection.created_at),
        }
    }
}

/// A connection of the environment, with its configuration.
///
/// `Serialize` leaves out the configuration, which can hold credentials.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EnvironmentConnection {
    /// The id, `conn_…`.
    pub id: String,
    /// The name, which calls take as `connection_name`.
    pub connection_name: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// How its users authorize.
    pub connection_type: ConnectionType,
    /// The status of its configuration.
    pub status: ConnectionStatus,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Whether URLs of the configuration may be without TLS.
    pub debug_enabled: bool,
    /// Whose credentials it uses.
    pub auth_mode: ConnectionAuthMode,
    /// The configuration, without secrets; `None` if it has none, or is a connection for sign-in.
    #[serde(skip)]
    pub config: Option<ConnectionConfig>,
    /// The URL of an MCP server with the tools of this connection; `None` if the environment has no
    /// such servers.
    pub mcp_server_url: Option<String>,
    /// The URL to which proxied requests go.
    pub resolved_proxy_url: Option<String>,
    /// The time of its creation.
    #[serde(with = "timestamp")]
    pub created_at: Option<SystemTime>,
    /// The time of the last change.
    #[serde(with = "timestamp")]
    pub updated_at: Option<SystemTime>,
}

impl EnvironmentConnection {
    pub(crate) fn from_wire(connection: Option<wire::Connection>) -> Result<Self, Error> {
        let connection =
            connection.ok_or_else(|| Error::decode("the response has no connection"))?;
        let config = connection.settings.map(ConnectionConfig::from_wire);
        Ok(Self {
            id: connection.id,
            connection_name: connection.key_id.unwrap_or_default(),
            provider: connection.provider_key,
            connection_type: connection.r#type.into(),
            status: connection.status.into(),
            enabled: connection.enabled,
            debug_enabled: connection.debug_enabled,
            auth_mode: connection.auth_mode.into(),
            config: config.transpose()?.flatten(),
            mcp_server_url: connection.mcp_server_url.and_then(non_empty),
            resolved_proxy_url: connection.resolved_proxy_url.and_then(non_empty),
            created_at: system_time(connection.create_time),
            updated_at: system_time(connection.update_time),
        })
    }
}

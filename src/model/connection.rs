//! Connections: a provider as configured in a Scalekit environment.

use std::time::SystemTime;

use super::{open_enum, system_time};
use crate::raw::connections as wire;

open_enum! {
    /// How a connection authorizes its users.
    pub enum ConnectionType {
        /// Not said.
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
        /// None needed.
        NoAuth = 15 => "NO_AUTH",
    }
}

open_enum! {
    /// How far a connection's configuration is.
    pub enum ConnectionStatus {
        /// Not said.
        Unspecified = 0 => "CONNECTION_STATUS_UNSPECIFIED",
        /// Just begun.
        Draft = 1 => "DRAFT",
        /// Not finished.
        InProgress = 2 => "IN_PROGRESS",
        /// Ready for use.
        Completed = 3 => "COMPLETED",
    }
}

/// A connection of the environment: what users can connect an account to.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AppConnection {
    /// Its id, `conn_…`.
    pub id: String,
    /// Its name: what calls take as `connection_name`.
    pub connection_name: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// How it authorizes users.
    pub connection_type: ConnectionType,
    /// How far its configuration is.
    pub status: ConnectionStatus,
    /// Whether it can be used.
    pub enabled: bool,
    /// When it was created.
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
            created_at: system_time(connection.created_at),
        }
    }
}

//! Connections: a provider as configured in a Scalekit environment.

use std::time::SystemTime;

use super::{open_enum, system_time};
use crate::raw::connections as wire;

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

/// A connection of the environment, to which users can connect accounts.
#[derive(Clone, Debug, Default)]
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
    /// The time of its creation.
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

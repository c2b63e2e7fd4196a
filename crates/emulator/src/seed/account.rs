//! Seeded connected accounts.

use std::fmt;
use std::time::SystemTime;

use scalekit::raw::connected_accounts::ConnectorStatus;
use serde::Deserialize;
use serde_json::{Value, json};

/// The status of a connected account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum AccountStatus {
    Active,
    Expired,
    PendingAuth,
    PendingVerification,
    Disconnected,
}

impl AccountStatus {
    pub(crate) fn to_proto(self) -> ConnectorStatus {
        match self {
            AccountStatus::Active => ConnectorStatus::Active,
            AccountStatus::Expired => ConnectorStatus::Expired,
            AccountStatus::PendingAuth => ConnectorStatus::PendingAuth,
            AccountStatus::PendingVerification => ConnectorStatus::PendingVerification,
            AccountStatus::Disconnected => ConnectorStatus::Disconnected,
        }
    }
}

/// The credentials of an account. `Debug` never prints them.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Details {
    /// An OAuth token.
    OauthToken {
        /// The token that tools and the proxy send to the provider.
        access_token: String,
        /// With a refresh token, an expired access token is renewed silently.
        #[serde(default)]
        refresh_token: String,
        /// The scopes that the user granted.
        #[serde(default)]
        scopes: Vec<String>,
        /// The provider's domain of the account, for providers that have one.
        #[serde(default)]
        domain: String,
    },
    /// The credentials of a connection without OAuth.
    StaticAuth {
        /// For example `{"api_key": "…"}` or `{"username": "…", "password": "…"}`.
        details: Value,
    },
    /// Google domain-wide delegation.
    GoogleDwd {
        /// The user who is impersonated.
        subject: String,
        /// The delegated token.
        #[serde(default)]
        access_token: String,
    },
    /// A trusted identity provider.
    TrustedIdp {
        /// The database user.
        db_user: String,
    },
}

impl Details {
    /// An OAuth token without a refresh token.
    pub fn oauth(access_token: impl Into<String>) -> Self {
        Details::OauthToken {
            access_token: access_token.into(),
            refresh_token: String::new(),
            scopes: Vec::new(),
            domain: String::new(),
        }
    }

    /// An API key.
    pub fn api_key(key: impl Into<String>) -> Self {
        Details::StaticAuth {
            details: json!({ "api_key": key.into() }),
        }
    }

    /// User name and password.
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        Details::StaticAuth {
            details: json!({ "username": username.into(), "password": password.into() }),
        }
    }

    /// A bearer token.
    pub fn bearer(token: impl Into<String>) -> Self {
        Details::StaticAuth {
            details: json!({ "token": token.into() }),
        }
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Details::OauthToken { .. } => "OauthToken([redacted])",
            Details::StaticAuth { .. } => "StaticAuth([redacted])",
            Details::GoogleDwd { .. } => "GoogleDwd([redacted])",
            Details::TrustedIdp { .. } => "TrustedIdp([redacted])",
        })
    }
}

/// A connected account.
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) connection: String,
    pub(crate) identifier: String,
    pub(crate) id: Option<String>,
    pub(crate) organization_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) status: AccountStatus,
    pub(crate) details: Option<Details>,
    pub(crate) api_config: Option<Value>,
    pub(crate) token_expires_at: Option<SystemTime>,
}

impl Account {
    /// An active account of `identifier` on the connection with this name. The emulator generates
    /// its credentials, and its built-in provider accepts them.
    pub fn new(connection: impl Into<String>, identifier: impl Into<String>) -> Self {
        Account {
            connection: connection.into(),
            identifier: identifier.into(),
            id: None,
            organization_id: None,
            user_id: None,
            status: AccountStatus::Active,
            details: None,
            api_config: None,
            token_expires_at: None,
        }
    }

    /// Sets the account's id (`ca_…`). By default, accounts are numbered.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the organization that the account belongs to.
    #[must_use]
    pub fn organization(mut self, organization_id: impl Into<String>) -> Self {
        self.organization_id = Some(organization_id.into());
        self
    }

    /// Sets the user that the account belongs to.
    #[must_use]
    pub fn user(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// Sets the status; active by default.
    #[must_use]
    pub fn status(mut self, status: AccountStatus) -> Self {
        self.status = status;
        self
    }

    /// Sets the credentials.
    #[must_use]
    pub fn details(mut self, details: Details) -> Self {
        self.details = Some(details);
        self
    }

    /// Sets the provider-specific configuration, an object.
    #[must_use]
    pub fn api_config(mut self, api_config: Value) -> Self {
        self.api_config = Some(api_config);
        self
    }

    /// Sets when the access token expires.
    #[must_use]
    pub fn token_expires_at(mut self, at: SystemTime) -> Self {
        self.token_expires_at = Some(at);
        self
    }
}

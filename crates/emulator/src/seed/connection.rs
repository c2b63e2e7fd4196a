//! Seeded connections: provider, authentication, proxy.

use scalekit::raw::connected_accounts::ConnectorType;
use scalekit::raw::connections::ConnectionType;
use serde::{Deserialize, Serialize};

/// How the accounts of a connection authenticate at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum ConnectionKind {
    Oauth,
    ApiKey,
    BasicAuth,
    BearerToken,
    Custom,
    OauthM2m,
    #[serde(rename = "TRELLO_OAUTH1")]
    TrelloOauth1,
    GoogleDwd,
    TrustedIdp,
    SmartFhir,
    NoAuth,
}

impl ConnectionKind {
    /// The type in the connected-accounts service.
    pub(crate) fn connector_type(self) -> ConnectorType {
        match self {
            ConnectionKind::Oauth => ConnectorType::Oauth,
            ConnectionKind::ApiKey => ConnectorType::ApiKey,
            ConnectionKind::BasicAuth => ConnectorType::BasicAuth,
            ConnectionKind::BearerToken => ConnectorType::BearerToken,
            ConnectionKind::Custom => ConnectorType::Custom,
            ConnectionKind::OauthM2m => ConnectorType::OauthM2m,
            ConnectionKind::TrelloOauth1 => ConnectorType::TrelloOauth1,
            ConnectionKind::GoogleDwd => ConnectorType::GoogleDwd,
            ConnectionKind::TrustedIdp => ConnectorType::TrustedIdp,
            ConnectionKind::SmartFhir => ConnectorType::SmartFhir,
            ConnectionKind::NoAuth => ConnectorType::NoAuth,
        }
    }

    /// The type in the connections service, which has no `CUSTOM`.
    pub(crate) fn connection_type(self) -> ConnectionType {
        match self {
            ConnectionKind::Oauth => ConnectionType::Oauth,
            ConnectionKind::ApiKey | ConnectionKind::Custom => ConnectionType::ApiKey,
            ConnectionKind::BasicAuth => ConnectionType::Basic,
            ConnectionKind::BearerToken => ConnectionType::Bearer,
            ConnectionKind::OauthM2m => ConnectionType::OauthM2m,
            ConnectionKind::TrelloOauth1 => ConnectionType::TrelloOauth1,
            ConnectionKind::GoogleDwd => ConnectionType::GoogleDwd,
            ConnectionKind::TrustedIdp => ConnectionType::TrustedIdp,
            ConnectionKind::SmartFhir => ConnectionType::SmartFhir,
            ConnectionKind::NoAuth => ConnectionType::NoAuth,
        }
    }

    /// The kind of a connection that is created through the API. `None` for login connections.
    pub(crate) fn from_connection_type(kind: ConnectionType) -> Option<Self> {
        Some(match kind {
            ConnectionType::Oauth => ConnectionKind::Oauth,
            ConnectionType::Basic => ConnectionKind::BasicAuth,
            ConnectionType::Bearer => ConnectionKind::BearerToken,
            ConnectionType::ApiKey => ConnectionKind::ApiKey,
            ConnectionType::OauthM2m => ConnectionKind::OauthM2m,
            ConnectionType::TrelloOauth1 => ConnectionKind::TrelloOauth1,
            ConnectionType::GoogleDwd => ConnectionKind::GoogleDwd,
            ConnectionType::TrustedIdp => ConnectionKind::TrustedIdp,
            ConnectionType::SmartFhir => ConnectionKind::SmartFhir,
            ConnectionType::NoAuth => ConnectionKind::NoAuth,
            _ => return None,
        })
    }

    /// Whether users authorize at the provider and must be verified afterwards.
    pub(crate) fn is_redirect_flow(self) -> bool {
        matches!(
            self,
            ConnectionKind::Oauth | ConnectionKind::TrelloOauth1 | ConnectionKind::SmartFhir
        )
    }

    /// Whether its accounts hold an `oauth_token`.
    pub(crate) fn holds_oauth_token(self) -> bool {
        self.is_redirect_flow() || self == ConnectionKind::OauthM2m
    }

    /// Whether its accounts hold a `static_auth`.
    pub(crate) fn holds_static_auth(self) -> bool {
        matches!(
            self,
            ConnectionKind::ApiKey
                | ConnectionKind::BasicAuth
                | ConnectionKind::BearerToken
                | ConnectionKind::Custom
        )
    }
}

/// Who confirms that the user who gave consent is the application's user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserVerification {
    /// The application: the browser is redirected to its `user_verify_url`, and it calls verify.
    #[default]
    Application,
    /// "Scalekit users only": the account is active as soon as the user has given consent.
    ScalekitUsers,
}

/// A connection to a provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    pub(crate) name: String,
    pub(crate) provider: String,
    #[serde(rename = "type")]
    pub(crate) kind: ConnectionKind,
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) proxy_url: Option<String>,
    #[serde(default = "yes")]
    pub(crate) proxy_enabled: bool,
    #[serde(default)]
    pub(crate) user_verification: UserVerification,
    #[serde(default = "api_key_header")]
    pub(crate) api_key_header: String,
    #[serde(default)]
    pub(crate) organization_id: Option<String>,
    #[serde(default)]
    pub(crate) id: Option<String>,
}

fn yes() -> bool {
    true
}

fn api_key_header() -> String {
    "x-api-key".to_owned()
}

impl Connection {
    /// A connection of any kind. `name` is the connection name that callers use (`connector` on the
    /// wire), `provider` the provider's key, for example `GMAIL`.
    pub fn new(name: impl Into<String>, provider: impl Into<String>, kind: ConnectionKind) -> Self {
        Connection {
            name: name.into(),
            provider: provider.into(),
            kind,
            enabled: true,
            scopes: Vec::new(),
            proxy_url: None,
            proxy_enabled: true,
            user_verification: UserVerification::default(),
            api_key_header: api_key_header(),
            organization_id: None,
            id: None,
        }
    }

    /// OAuth: the consent page has Allow and Deny.
    pub fn oauth(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Connection::new(name, provider, ConnectionKind::Oauth)
    }

    /// An API key: the consent page asks for it.
    pub fn api_key(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Connection::new(name, provider, ConnectionKind::ApiKey)
    }

    /// User name and password: the consent page asks for them.
    pub fn basic(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Connection::new(name, provider, ConnectionKind::BasicAuth)
    }

    /// A bearer token: the consent page asks for it.
    pub fn bearer(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Connection::new(name, provider, ConnectionKind::BearerToken)
    }

    /// No authentication: accounts are active at once.
    pub fn no_auth(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Connection::new(name, provider, ConnectionKind::NoAuth)
    }

    /// Sets the scopes that consent grants.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the URL that `/proxy/…` forwards to. By default, it forwards to the built-in provider.
    #[must_use]
    pub fn proxy_url(mut self, url: impl Into<String>) -> Self {
        self.proxy_url = Some(url.into());
        self
    }

    /// Sets whether the proxy may be used; it may by default.
    #[must_use]
    pub fn proxy_enabled(mut self, enabled: bool) -> Self {
        self.proxy_enabled = enabled;
        self
    }

    /// Sets who verifies the user after consent.
    #[must_use]
    pub fn user_verification(mut self, mode: UserVerification) -> Self {
        self.user_verification = mode;
        self
    }

    /// Sets the header in which the proxy sends an API key; `x-api-key` by default.
    #[must_use]
    pub fn api_key_header(mut self, header: impl Into<String>) -> Self {
        self.api_key_header = header.into();
        self
    }

    /// Sets whether the connection is enabled; it is by default.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Sets the organization that owns the connection; none by default.
    #[must_use]
    pub fn organization(mut self, organization_id: impl Into<String>) -> Self {
        self.organization_id = Some(organization_id.into());
        self
    }

    /// Sets the connection's id (`conn_…`). By default, connections are numbered.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

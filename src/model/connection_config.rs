//! The configuration of a connection: what it needs to authorize users at the provider.

use serde_json::{Map, Value};

use super::non_empty;
use crate::raw::connections as wire;
use crate::{Error, Secret, StaticAuth, json};

/// The configuration of a connection, of the kind that belongs to its
/// [type](crate::ConnectionType).
///
/// `Debug` shows the kind and the fields that are not secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectionConfig {
    /// An OAuth client.
    Oauth(Box<OauthConfig>),
    /// The fields that the provider requires of a connection with static credentials.
    Static(StaticAuth),
    /// Google domain-wide delegation.
    GoogleDwd(GoogleDwdConfig),
}

/// The OAuth client of a connection.
///
/// A field that is `None` or empty keeps its value in an update. Set fields without a method
/// directly:
///
/// ```
/// use scalekit::OauthConfig;
///
/// let mut config = OauthConfig::new().client_id("1234").client_secret("secret");
/// config.pkce_enabled = Some(true);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct OauthConfig {
    /// The client id at the provider.
    pub client_id: Option<String>,
    /// The client secret at the provider. `None` in results.
    pub client_secret: Option<Secret>,
    /// The scopes to request.
    pub scopes: Vec<String>,
    /// Scopes to request in a second parameter, such as the user scopes of Slack.
    pub optional_scopes: Vec<String>,
    /// The name of that parameter.
    pub optional_scopes_field_name: Option<String>,
    /// Whether users choose among the scopes in the hosted connect widget. If it is set, an update
    /// also replaces the two lists of required scopes.
    pub scope_selection_allowed: Option<bool>,
    /// The scopes that users cannot deselect; a subset of [`scopes`](Self::scopes).
    pub required_scopes: Vec<String>,
    /// The optional scopes that users cannot deselect; a subset of
    /// [`optional_scopes`](Self::optional_scopes).
    pub required_optional_scopes: Vec<String>,
    /// Whether to use Scalekit's client instead of your own.
    pub use_platform_creds: Option<bool>,
    /// The authorization endpoint.
    pub authorize_uri: Option<String>,
    /// The token endpoint.
    pub token_uri: Option<String>,
    /// The user info endpoint.
    pub user_info_uri: Option<String>,
    /// The redirect URI of the client.
    pub redirect_uri: Option<String>,
    /// Whether to use PKCE.
    pub pkce_enabled: Option<bool>,
    /// The `prompt` parameter of the authorization request.
    pub prompt: Option<String>,
    /// The `access_type` parameter of the authorization request, such as `offline`.
    pub access_type: Option<String>,
    /// The `token_access_type` parameter of the authorization request, such as `offline`.
    pub token_access_type: Option<String>,
    /// The name of the scope parameter, if it is not `scope`.
    pub custom_scope_name: Option<String>,
    /// How the client authenticates at the token endpoint: `client_secret_basic`,
    /// `client_secret_post` or `none`.
    pub token_endpoint_auth_method: Option<String>,
    /// The tenant id of an app that is registered in Microsoft Entra.
    pub tenant_id: Option<String>,
    /// The application name, for providers that show it, such as Trello.
    pub app_name: Option<String>,
    /// The developer token for the Google Ads API. `None` in results.
    pub googleads_developer_token: Option<Secret>,
    /// Whether the client was registered with a client id metadata document; set by the service.
    pub is_cimd: Option<bool>,
}

impl OauthConfig {
    /// Creates a configuration without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the client id.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Sets the client secret.
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Sets the scopes to request.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether to use Scalekit's client instead of your own.
    pub fn use_platform_creds(mut self, use_platform_creds: bool) -> Self {
        self.use_platform_creds = Some(use_platform_creds);
        self
    }

    /// The service masks the secrets. Without them here, an update with a configuration that was
    /// read does not replace a secret with its mask.
    fn from_wire(config: wire::OAuthConnectionConfig) -> Self {
        let optional = config.optional_scopes.unwrap_or_default();
        Self {
            client_id: config.client_id,
            client_secret: None,
            scopes: config.scopes,
            optional_scopes: optional.scopes,
            optional_scopes_field_name: non_empty(optional.field_name),
            scope_selection_allowed: config.scope_selection_allowed,
            required_scopes: config.required_scopes,
            required_optional_scopes: config.required_optional_scopes,
            use_platform_creds: config.use_platform_creds,
            authorize_uri: config.authorize_uri,
            token_uri: config.token_uri,
            user_info_uri: config.user_info_uri,
            redirect_uri: non_empty(config.redirect_uri),
            pkce_enabled: config.pkce_enabled,
            prompt: config.prompt,
            access_type: config.access_type,
            token_access_type: config.token_access_type,
            custom_scope_name: config.custom_scope_name,
            token_endpoint_auth_method: config.token_endpoint_auth_method,
            tenant_id: config.tenant_id,
            app_name: config.app_name,
            googleads_developer_token: None,
            is_cimd: config.is_cimd,
        }
    }

    /// The message to send, without the field that the service sets.
    fn into_wire(self) -> wire::OAuthConnectionConfig {
        let optional = wire::OptionalScopes {
            scopes: self.optional_scopes,
            field_name: self.optional_scopes_field_name.unwrap_or_default(),
        };
        wire::OAuthConnectionConfig {
            client_id: self.client_id,
            client_secret: clear(self.client_secret),
            scopes: self.scopes,
            optional_scopes: (optional != wire::OptionalScopes::default()).then_some(optional),
            scope_selection_allowed: self.scope_selection_allowed,
            required_scopes: self.required_scopes,
            required_optional_scopes: self.required_optional_scopes,
            use_platform_creds: self.use_platform_creds,
            authorize_uri: self.authorize_uri,
            token_uri: self.token_uri,
            user_info_uri: self.user_info_uri,
            redirect_uri: self.redirect_uri.unwrap_or_default(),
            pkce_enabled: self.pkce_enabled,
            prompt: self.prompt,
            access_type: self.access_type,
            token_access_type: self.token_access_type,
            custom_scope_name: self.custom_scope_name,
            token_endpoint_auth_method: self.token_endpoint_auth_method,
            tenant_id: self.tenant_id,
            app_name: self.app_name,
            googleads_developer_token: clear(self.googleads_developer_token),
            ..Default::default()
        }
    }
}

/// The service account of a connection with Google domain-wide delegation.
///
/// A field that is `None` or empty keeps its value in an update.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct GoogleDwdConfig {
    /// The JSON key of the service account. `None` in results.
    pub service_account_json: Option<Secret>,
    /// The scopes to request.
    pub scopes: Vec<String>,
    /// The token endpoint; Google's by default.
    pub token_uri: Option<String>,
    /// Whether users choose among the scopes in the hosted connect widget. If it is set, an update
    /// also replaces the required scopes.
    pub scope_selection_allowed: Option<bool>,
    /// The scopes that users cannot deselect; a subset of [`scopes`](Self::scopes).
    pub required_scopes: Vec<String>,
}

impl GoogleDwdConfig {
    /// Creates a configuration without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the JSON key of the service account.
    pub fn service_account_json(mut self, key: impl Into<Secret>) -> Self {
        self.service_account_json = Some(key.into());
        self
    }

    /// Sets the scopes to request.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    fn from_wire(config: wire::GoogleDwdConfig) -> Self {
        Self {
            // Masked: see `OauthConfig::from_wire`.
            service_account_json: None,
            scopes: config.scopes,
            token_uri: config.token_uri,
            scope_selection_allowed: config.scope_selection_allowed,
            required_scopes: config.required_scopes,
        }
    }

    fn into_wire(self) -> wire::GoogleDwdConfig {
        wire::GoogleDwdConfig {
            service_account_json: clear(self.service_account_json),
            scopes: self.scopes,
            token_uri: self.token_uri,
            scope_selection_allowed: self.scope_selection_allowed,
            required_scopes: self.required_scopes,
        }
    }
}

/// The text of a secret, for the message to send.
fn clear(secret: Option<Secret>) -> Option<String> {
    secret.map(|secret| secret.expose().to_owned())
}

impl From<OauthConfig> for ConnectionConfig {
    fn from(config: OauthConfig) -> Self {
        Self::Oauth(Box::new(config))
    }
}

impl From<StaticAuth> for ConnectionConfig {
    fn from(config: StaticAuth) -> Self {
        Self::Static(config)
    }
}

impl From<GoogleDwdConfig> for ConnectionConfig {
    fn from(config: GoogleDwdConfig) -> Self {
        Self::GoogleDwd(config)
    }
}

impl ConnectionConfig {
    /// `None` for the configuration of a connection for sign-in.
    pub(crate) fn from_wire(settings: wire::connection::Settings) -> Result<Option<Self>, Error> {
        use wire::connection::Settings;
        Ok(match settings {
            Settings::OauthConfig(config) => Some(OauthConfig::from_wire(config).into()),
            Settings::StaticConfig(config) => {
                let fields = config.static_config.unwrap_or_default().object();
                let fields = fields.map_err(|error| json::unreadable("static_config", &error))?;
                Some(static_auth(fields).into())
            }
            Settings::GoogleDwdConfig(config) => Some(GoogleDwdConfig::from_wire(config).into()),
            _ => None,
        })
    }

    pub(crate) fn into_wire(self) -> Result<wire::update_connection::Settings, Error> {
        use wire::update_connection::Settings;
        Ok(match self {
            Self::Oauth(config) => Settings::OauthConfig(config.into_wire()),
            Self::Static(config) => Settings::StaticConfig(wire::StaticAuthConfig {
                static_config: Some(json::to_struct("config", config.expose())?),
            }),
            Self::GoogleDwd(config) => Settings::GoogleDwdConfig(config.into_wire()),
        })
    }
}

fn static_auth(fields: Map<String, Value>) -> StaticAuth {
    let fields = fields.into_iter();
    fields.fold(StaticAuth::new(), |auth, (name, value)| {
        auth.field(name, value)
    })
}

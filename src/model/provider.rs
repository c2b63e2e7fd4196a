//! Providers: third-party services, and how users authorize with them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::raw::providers as wire;
use crate::{ConnectionType, Error, json};

/// A third-party service that tools and proxied requests use.
///
/// `Debug` shows neither the metadata values nor the details of the patterns, which are free-form.
/// `Serialize` writes both, since an update needs them: do not put secrets there.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Provider {
    /// The id.
    pub id: String,
    /// The identifier in other calls, such as `GMAIL`.
    pub identifier: String,
    /// The display name.
    pub display_name: String,
    /// The description.
    pub description: String,
    /// The categories.
    pub categories: Vec<String>,
    /// How users can authorize.
    pub auth_patterns: Vec<AuthPattern>,
    /// The URL of the icon.
    pub icon_src: String,
    /// The position in a list that is shown to users.
    pub display_priority: i32,
    /// Whether it is announced but not available yet.
    pub coming_soon: bool,
    /// The URL of proxied requests.
    pub proxy_url: String,
    /// Whether proxied requests are enabled.
    pub proxy_enabled: bool,
    /// Whether it is a custom provider of this environment.
    pub is_custom: bool,
    /// Whether a pattern declares it to be an MCP server.
    pub is_custom_mcp: bool,
    /// The application's metadata.
    pub metadata: BTreeMap<String, String>,
}

impl Provider {
    pub(crate) fn from_wire(provider: Option<wire::Provider>) -> Result<Self, Error> {
        provider
            .map(Self::from)
            .ok_or_else(|| Error::decode("the response has no provider"))
    }
}

impl From<wire::Provider> for Provider {
    fn from(provider: wire::Provider) -> Self {
        Self {
            id: provider.id,
            identifier: provider.identifier,
            display_name: provider.display_name,
            description: provider.description,
            categories: provider.categories,
            auth_patterns: patterns_from_wire(provider.auth_patterns),
            icon_src: provider.icon_src,
            display_priority: provider.display_priority,
            coming_soon: provider.coming_soon,
            proxy_url: provider.proxy_url,
            proxy_enabled: provider.proxy_enabled,
            is_custom: provider.is_custom,
            is_custom_mcp: provider.is_custom_mcp,
            metadata: provider.metadata.into_iter().collect(),
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("id", &self.id)
            .field("identifier", &self.identifier)
            .field("display_name", &self.display_name)
            .field("description", &self.description)
            .field("categories", &self.categories)
            .field("auth_patterns", &self.auth_patterns)
            .field("icon_src", &self.icon_src)
            .field("display_priority", &self.display_priority)
            .field("coming_soon", &self.coming_soon)
            .field("proxy_url", &self.proxy_url)
            .field("proxy_enabled", &self.proxy_enabled)
            .field("is_custom", &self.is_custom)
            .field("is_custom_mcp", &self.is_custom_mcp)
            .field("metadata", &self.metadata.keys())
            .finish()
    }
}

/// The providers that a list contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProviderType {
    /// Those of Scalekit's catalogue.
    Default,
    /// The custom providers of the environment.
    Custom,
    /// Both.
    All,
}

impl ProviderType {
    pub(crate) fn into_wire(self) -> i32 {
        match self {
            Self::Default => wire::ProviderType::Default as i32,
            Self::Custom => wire::ProviderType::Custom as i32,
            Self::All => wire::ProviderType::All as i32,
        }
    }
}

/// One way to authorize with a provider: a JSON object whose fields the service defines.
///
/// The methods set the fields that `scalekit-sdk-python` 2.21.0 names. [`with`](Self::with) sets
/// any other field. `Debug` shows only the type and the display name.
///
/// ```
/// use scalekit::{AuthField, AuthPattern};
///
/// let key = AuthField::password("api_key", "API key").hint("Settings > API").required();
/// let pattern = AuthPattern::api_key("API key").field(key).auth_header_key_override("x-api-key");
/// let mcp = AuthPattern::oauth("OAuth").mcp();
/// # let _ = (pattern, mcp);
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthPattern(Map<String, Value>);

impl AuthPattern {
    /// OAuth in the user's browser, with PKCE. The display name consists of letters, digits and
    /// spaces.
    ///
    /// For an MCP server with dynamic client registration, [`mcp`](Self::mcp) is the only other
    /// field.
    pub fn oauth(display_name: impl Into<String>) -> Self {
        Self::of(ConnectionType::Oauth, display_name.into()).pkce_enabled(true)
    }

    /// A bearer token that the user enters. Add a [`field`](Self::field) named `token`.
    pub fn bearer(display_name: impl Into<String>) -> Self {
        Self::of(ConnectionType::Bearer, display_name.into())
    }

    /// An API key that the user enters. Add a [`field`](Self::field) named `api_key`.
    pub fn api_key(display_name: impl Into<String>) -> Self {
        Self::of(ConnectionType::ApiKey, display_name.into())
    }

    /// No credentials.
    pub fn no_auth(display_name: impl Into<String>) -> Self {
        Self::of(ConnectionType::NoAuth, display_name.into())
    }

    fn of(kind: ConnectionType, display_name: String) -> Self {
        Self(Map::new())
            .with("type", kind.name())
            .with("display_name", display_name)
            .with("fields", Value::Array(Vec::new()))
    }

    /// Sets the description that users see.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.with("description", description.into())
    }

    /// Adds a field of the connection's configuration.
    pub fn field(mut self, field: AuthField) -> Self {
        self.push("fields", field);
        self
    }

    /// Adds a field that each account has.
    pub fn account_field(mut self, field: AuthField) -> Self {
        self.push("account_fields", field);
        self
    }

    /// Declares the provider to be an MCP server.
    pub fn mcp(self) -> Self {
        self.with("is_mcp", true)
    }

    /// Whether OAuth uses PKCE; `true` by default. Disable it for authorization servers without
    /// PKCE.
    pub fn pkce_enabled(self, enabled: bool) -> Self {
        self.with(
            "oauth_config",
            serde_json::json!({ "pkce_enabled": enabled }),
        )
    }

    /// The header that carries the token or key, instead of `authorization`.
    pub fn auth_header_key_override(self, header: impl Into<String>) -> Self {
        self.with("auth_header_key_override", header.into())
    }

    /// The domains to which proxied requests are restricted.
    pub fn allowed_proxy_domains(
        self,
        domains: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let domains: Vec<String> = domains.into_iter().map(Into::into).collect();
        self.with("allowed_proxy_domains", domains)
    }

    /// Sets a field for which there is no method.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// How it authorizes. [`as_object`](Self::as_object) has the name of a type that this version of
    /// the crate does not know.
    pub fn connection_type(&self) -> ConnectionType {
        let Ok(connection_type) = self.text("type").parse();
        connection_type
    }

    /// The display name.
    pub fn display_name(&self) -> &str {
        self.text("display_name")
    }

    /// The whole object.
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.0
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn push(&mut self, list: &str, field: AuthField) {
        let fields = self.0.entry(list).or_insert(Value::Null);
        match fields {
            Value::Array(fields) => fields.push(Value::Object(field.0)),
            other => *other = Value::Array(vec![Value::Object(field.0)]),
        }
    }
}

impl fmt::Debug for AuthPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthPattern")
            .field("type", &self.text("type"))
            .field("display_name", &self.display_name())
            .finish_non_exhaustive()
    }
}

/// A field that the user fills in: a JSON object whose fields the service defines.
///
/// `Debug` shows only the name.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthField(Map<String, Value>);

impl AuthField {
    /// A visible field. `field_name` is the name of the value, `label` is shown to the user.
    pub fn text(field_name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of("text", field_name.into(), label.into())
    }

    /// A masked field, such as a token, a key or a password.
    pub fn password(field_name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of("password", field_name.into(), label.into())
    }

    fn of(input_type: &str, field_name: String, label: String) -> Self {
        Self(Map::new())
            .with("field_name", field_name)
            .with("label", label)
            .with("input_type", input_type)
    }

    /// Sets the hint that users see.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.with("hint", hint.into())
    }

    /// Makes the field required.
    pub fn required(self) -> Self {
        self.with("required", true)
    }

    /// The header that carries this value, for providers with several credentials.
    pub fn header_name(self, header: impl Into<String>) -> Self {
        self.with("header_name", header.into())
    }

    /// Makes the value a part of request paths, such as a region. Such a value is no credential.
    pub fn path_param(self) -> Self {
        self.with("is_path_param", true)
    }

    /// Sets a field for which there is no method, such as `options`.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }
}

impl fmt::Debug for AuthField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthField")
            .field("field_name", &self.0.get("field_name"))
            .finish_non_exhaustive()
    }
}

/// The list to send.
pub(crate) fn patterns_to_wire(
    patterns: impl IntoIterator<Item = AuthPattern>,
) -> Result<json::ListValue, Error> {
    let values = patterns.into_iter().map(|pattern| {
        // What cannot be sent as it is is refused here.
        json::to_struct("auth_patterns", &pattern.0)?;
        Ok(Value::Object(pattern.0))
    });
    let values: Vec<Value> = values.collect::<Result<_, Error>>()?;
    Ok(values.as_slice().into())
}

/// What cannot be read as patterns is none.
fn patterns_from_wire(patterns: Option<json::ListValue>) -> Vec<AuthPattern> {
    let patterns = patterns.and_then(|patterns| patterns.json::<Vec<Value>>().ok());
    let patterns = patterns.unwrap_or_default().into_iter();
    patterns
        .filter_map(|value| match value {
            Value::Object(fields) => Some(AuthPattern(fields)),
            _ => None,
        })
        .collect()
}

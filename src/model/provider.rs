//! Providers: services that tools act at, and how users authorize there.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::raw::providers as wire;
use crate::{ConnectionType, Error, json};

/// A service that tools act at and that proxied requests go to.
///
/// `Debug` shows neither the values of the metadata nor the details of the patterns: both are
/// free-form.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Provider {
    /// Its id.
    pub id: String,
    /// What it is called in other calls, such as `GMAIL`.
    pub identifier: String,
    /// What people call it.
    pub display_name: String,
    /// What it is.
    pub description: String,
    /// What it is for.
    pub categories: Vec<String>,
    /// How users can authorize.
    pub auth_patterns: Vec<AuthPattern>,
    /// Where its icon is.
    pub icon_src: String,
    /// Where it stands in a list for people.
    pub display_priority: i32,
    /// Whether it is announced and cannot be used yet.
    pub coming_soon: bool,
    /// Where proxied requests go.
    pub proxy_url: String,
    /// Whether requests are proxied.
    pub proxy_enabled: bool,
    /// Whether it is one of this environment's own.
    pub is_custom: bool,
    /// Whether one of its patterns says that it is an MCP server.
    pub is_custom_mcp: bool,
    /// What the application noted on it.
    pub metadata: BTreeMap<String, String>,
}

impl Provider {
    pub(crate) fn from_wire(provider: Option<wire::Provider>) -> Result<Self, Error> {
        let provider = provider.ok_or_else(|| Error::decode("the response has no provider"))?;
        Ok(Self {
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
        })
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

/// One way to authorize at a provider: a JSON object, whose fields the service defines.
///
/// The methods set the fields that `scalekit-sdk-python` 2.21.0 names; [`with`](Self::with) sets any
/// other. `Debug` shows only the type and the name for people.
///
/// ```
/// use scalekit::{AuthField, AuthPattern};
///
/// let key = AuthField::password("api_key", "API key").hint("Settings > API").required();
/// let pattern = AuthPattern::api_key("API key").field(key).auth_header_key_override("x-api-key");
/// let mcp = AuthPattern::oauth("OAuth").mcp();
/// # let _ = (pattern, mcp);
/// ```
#[derive(Clone, PartialEq)]
pub struct AuthPattern(Map<String, Value>);

impl AuthPattern {
    /// OAuth in the user's browser, with PKCE. The name for people has letters, digits and spaces.
    ///
    /// An MCP server that registers clients dynamically needs no more than [`mcp`](Self::mcp).
    pub fn oauth(display_name: impl Into<String>) -> Self {
        Self::of(ConnectionType::Oauth, display_name.into()).pkce_enabled(true)
    }

    /// A bearer token that the user gives: add a [`field`](Self::field) `token` for it.
    pub fn bearer(display_name: impl Into<String>) -> Self {
        Self::of(ConnectionType::Bearer, display_name.into())
    }

    /// An API key that the user gives: add a [`field`](Self::field) `api_key` for it.
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

    /// Explains this way to the user.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.with("description", description.into())
    }

    /// Asks for one more value when the connection is set up.
    pub fn field(mut self, field: AuthField) -> Self {
        self.push("fields", field);
        self
    }

    /// Asks for one more value for each account.
    pub fn account_field(mut self, field: AuthField) -> Self {
        self.push("account_fields", field);
        self
    }

    /// Says that the provider is an MCP server.
    pub fn mcp(self) -> Self {
        self.with("is_mcp", true)
    }

    /// Whether OAuth uses PKCE: it does unless the authorization server cannot.
    pub fn pkce_enabled(self, enabled: bool) -> Self {
        self.with(
            "oauth_config",
            serde_json::json!({ "pkce_enabled": enabled }),
        )
    }

    /// The header that carries a token or key, instead of `authorization`.
    pub fn auth_header_key_override(self, header: impl Into<String>) -> Self {
        self.with("auth_header_key_override", header.into())
    }

    /// The only domains that proxied requests may go to.
    pub fn allowed_proxy_domains(
        self,
        domains: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let domains: Vec<String> = domains.into_iter().map(Into::into).collect();
        self.with("allowed_proxy_domains", domains)
    }

    /// Sets a field that has no method here.
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

    /// What people call it.
    pub fn display_name(&self) -> &str {
        self.text("display_name")
    }

    /// All of it, as the service gives it.
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

/// A value that the user is asked for: a JSON object, whose fields the service defines.
///
/// `Debug` shows only its name.
#[derive(Clone, PartialEq)]
pub struct AuthField(Map<String, Value>);

impl AuthField {
    /// A value that may be seen. `field_name` is what the value is stored under; `label` is for
    /// people.
    pub fn text(field_name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of("text", field_name.into(), label.into())
    }

    /// A value that is masked: a token, a key, a password.
    pub fn password(field_name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of("password", field_name.into(), label.into())
    }

    fn of(input_type: &str, field_name: String, label: String) -> Self {
        Self(Map::new())
            .with("field_name", field_name)
            .with("label", label)
            .with("input_type", input_type)
    }

    /// Helps people to find the value.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.with("hint", hint.into())
    }

    /// The user cannot leave it empty.
    pub fn required(self) -> Self {
        self.with("required", true)
    }

    /// The header that carries this value, for providers that take several.
    pub fn header_name(self, header: impl Into<String>) -> Self {
        self.with("header_name", header.into())
    }

    /// The value goes into the path of requests and is no credential, such as a region.
    pub fn path_param(self) -> Self {
        self.with("is_path_param", true)
    }

    /// Sets a field that has no method here, such as `options`.
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

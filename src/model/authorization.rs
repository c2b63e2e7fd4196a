//! Credentials of connected accounts, and authorization links.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{non_empty, system_time};
use crate::raw::connected_accounts as wire;
use crate::{Error, Secret, json};

/// The credentials of a connected account, of exactly one kind.
///
/// `Debug` shows the kind and the fields that are not secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AuthorizationDetails {
    /// OAuth tokens.
    OauthToken(OauthToken),
    /// Static credentials, such as an API key or a user name and password.
    StaticAuth(StaticAuth),
    /// Google domain-wide delegation.
    GoogleDwd(GoogleDwd),
    /// Credentials that a trusted identity provider issues.
    TrustedIdp(TrustedIdp),
}

/// OAuth tokens of a user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OauthToken {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
    /// The scopes that the user granted.
    pub scopes: Vec<String>,
    /// The provider's domain for this user, for providers with several domains.
    pub domain: Option<String>,
}

impl OauthToken {
    /// Creates tokens with this access token, without a refresh token, scopes or a domain.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
            refresh_token: None,
            scopes: Vec::new(),
            domain: None,
        }
    }

    /// Adds the refresh token.
    pub fn refresh_token(mut self, token: impl Into<Secret>) -> Self {
        self.refresh_token = Some(token.into());
        self
    }

    /// Sets the granted scopes.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the provider's domain for this user.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }
}

/// Static credentials: the fields that the connection requires, such as `api_key`, or `username`
/// and `password`.
///
/// `Debug` shows no field.
#[derive(Clone, Default)]
pub struct StaticAuth(Map<String, Value>);

impl StaticAuth {
    /// Creates credentials without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// The fields, in plain text.
    pub fn expose(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl fmt::Debug for StaticAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaticAuth(<redacted>)")
    }
}

/// Google domain-wide delegation: Scalekit acts as `subject`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GoogleDwd {
    /// The user to act as.
    pub subject: String,
    /// The current access token; set by the service.
    pub access_token: Option<Secret>,
    /// The scopes of the token; set by the service.
    pub scopes: Vec<String>,
    /// When the token expires; set by the service.
    pub token_expires_at: Option<SystemTime>,
}

impl GoogleDwd {
    /// Creates a delegation for this user.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            access_token: None,
            scopes: Vec::new(),
            token_expires_at: None,
        }
    }
}

/// Credentials that a trusted identity provider issues for a database user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrustedIdp {
    /// The database user to act as.
    pub db_user: String,
    /// The id of the access key; set by the service.
    pub access_key_id: Option<Secret>,
    /// The access key; set by the service.
    pub secret_access_key: Option<Secret>,
    /// The session token; set by the service.
    pub session_token: Option<Secret>,
    /// When the credentials expire; set by the service.
    pub expiry: Option<SystemTime>,
}

impl TrustedIdp {
    /// Creates credentials for this database user.
    pub fn new(db_user: impl Into<String>) -> Self {
        Self {
            db_user: db_user.into(),
            access_key_id: None,
            secret_access_key: None,
            session_token: None,
            expiry: None,
        }
    }
}

impl From<OauthToken> for AuthorizationDetails {
    fn from(token: OauthToken) -> Self {
        Self::OauthToken(token)
    }
}

impl From<StaticAuth> for AuthorizationDetails {
    fn from(auth: StaticAuth) -> Self {
        Self::StaticAuth(auth)
    }
}

impl From<GoogleDwd> for AuthorizationDetails {
    fn from(auth: GoogleDwd) -> Self {
        Self::GoogleDwd(auth)
    }
}

impl From<TrustedIdp> for AuthorizationDetails {
    fn from(auth: TrustedIdp) -> Self {
        Self::TrustedIdp(auth)
    }
}

impl AuthorizationDetails {
    pub(crate) fn from_wire(details: wire::authorization_details::Details) -> Result<Self, Error> {
        use wire::authorization_details::Details;
        let secret = |text: String| non_empty(text).map(Secret::from);
        Ok(match details {
            Details::OauthToken(token) => Self::OauthToken(OauthToken {
                access_token: token.access_token.into(),
                refresh_token: secret(token.refresh_token),
                scopes: token.scopes,
                domain: non_empty(token.domain),
            }),
            Details::StaticAuth(auth) => Self::StaticAuth(StaticAuth(
                auth.details
                    .unwrap_or_default()
                    .object()
                    .map_err(|error| json::unreadable("static_auth", &error))?,
            )),
            Details::GoogleDwd(auth) => Self::GoogleDwd(GoogleDwd {
                subject: auth.subject,
                access_token: secret(auth.access_token),
                scopes: auth.scopes,
                token_expires_at: system_time(auth.token_expires_at),
            }),
            Details::TrustedIdp(auth) => Self::TrustedIdp(TrustedIdp {
                db_user: auth.db_user,
                access_key_id: secret(auth.access_key_id),
                secret_access_key: secret(auth.secret_access_key),
                session_token: secret(auth.session_token),
                expiry: system_time(auth.expiry),
            }),
        })
    }

    /// The message to send, without the fields that the service sets.
    pub(crate) fn into_wire(self) -> Result<wire::AuthorizationDetails, Error> {
        use wire::authorization_details::Details;
        let clear = |secret: Option<Secret>| {
            secret
                .map(|secret| secret.expose().to_owned())
                .unwrap_or_default()
        };
        let details = match self {
            Self::OauthToken(token) => Details::OauthToken(wire::OauthToken {
                access_token: token.access_token.expose().to_owned(),
                refresh_token: clear(token.refresh_token),
                scopes: token.scopes,
                domain: token.domain.unwrap_or_default(),
            }),
            Self::StaticAuth(auth) => Details::StaticAuth(wire::StaticAuth {
                details: Some(json::to_struct("authorization_details", &auth.0)?),
            }),
            Self::GoogleDwd(auth) => Details::GoogleDwd(wire::GoogleDwdAuth {
                subject: auth.subject,
                ..Default::default()
            }),
            Self::TrustedIdp(auth) => Details::TrustedIdp(wire::TrustedIdpAuth {
                db_user: auth.db_user,
                ..Default::default()
            }),
        };
        Ok(wire::AuthorizationDetails {
            details: Some(details),
        })
    }
}

/// The scopes that an account uses, chosen from those of its connection.
///
/// Some providers have two kinds of scopes, such as the bot and user scopes of Slack. A kind that
/// is empty keeps only the scopes that the connection requires (descriptors of
/// `scalekit-sdk-python` 2.21.0).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ScopeSelection {
    /// Scopes of the first kind.
    pub scopes: Vec<String>,
    /// Scopes of the second kind, such as the user scopes of Slack.
    pub optional_scopes: Vec<String>,
}

impl ScopeSelection {
    /// Selects these scopes of the first kind and none of the second.
    pub fn new(scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            scopes: scopes.into_iter().map(Into::into).collect(),
            optional_scopes: Vec::new(),
        }
    }

    /// Sets the scopes of the second kind.
    pub fn optional(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.optional_scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    pub(crate) fn into_wire(self) -> wire::ScopeSelection {
        wire::ScopeSelection {
            scopes: self.scopes,
            optional_scopes: self.optional_scopes,
        }
    }
}

/// A link that lets one user authorize one connection, once.
///
/// `Debug` does not show the link: anyone who opens it can connect their own account in the user's
/// place. For the same reason it does not implement `Serialize`.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct AuthorizationLink {
    /// The link to open in the user's browser.
    pub link: String,
    /// When it expires.
    pub expiry: Option<SystemTime>,
}

impl AuthorizationLink {
    pub(crate) fn from_wire(
        response: wire::GetMagicLinkForConnectedAccountResponse,
    ) -> Result<Self, Error> {
        if response.link.is_empty() {
            return Err(Error::decode("the response has no link"));
        }
        Ok(Self {
            link: response.link,
            expiry: system_time(response.expiry),
        })
    }
}

impl fmt::Debug for AuthorizationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationLink")
            .field("link", &"<redacted>")
            .field("expiry", &self.expiry)
            .finish()
    }
}

/// The result of verifying a user. The account is active.
///
/// `Debug` does not show the URL, which can carry the application's state.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct VerifiedUser {
    /// Where to send the browser next; may be empty.
    pub post_user_verify_redirect_url: String,
}

impl fmt::Debug for VerifiedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedUser")
            .field("post_user_verify_redirect_url", &"<redacted>")
            .finish()
    }
}

//! Credentials of accounts: generates, renews and checks them, and adds them to requests.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scalekit::raw::connected_accounts::{
    AuthorizationDetails, GoogleDwdAuth, OauthToken, StaticAuth, TrustedIdpAuth,
    authorization_details::Details as Proto,
};
use serde_json::{Value, json};

use super::records::{AccountRecord, ConnectionRecord};
use crate::clock::timestamp;
use crate::ids;
use crate::json::{from_struct, to_struct};
use crate::seed::{AccountStatus, ConnectionKind, Details};
use crate::status::{Status, invalid};

/// How long a provider's access token lasts.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_secs(3_600);

/// A header that carries an account's credentials to its provider.
pub(crate) struct Injection {
    pub(crate) header: String,
    pub(crate) value: String,
}

impl Details {
    pub(crate) fn to_proto(&self) -> Proto {
        match self.clone() {
            Details::OauthToken {
                access_token,
                refresh_token,
                scopes,
                domain,
            } => Proto::OauthToken(OauthToken {
                access_token,
                refresh_token,
                scopes,
                domain,
            }),
            Details::StaticAuth { details } => Proto::StaticAuth(StaticAuth {
                details: Some(to_struct(&details)),
            }),
            Details::GoogleDwd {
                subject,
                access_token,
            } => Proto::GoogleDwd(GoogleDwdAuth {
                subject,
                access_token,
                ..GoogleDwdAuth::default()
            }),
            Details::TrustedIdp { db_user } => Proto::TrustedIdp(TrustedIdpAuth {
                db_user,
                ..TrustedIdpAuth::default()
            }),
        }
    }
}

/// Generates credentials, as if a user had just authorized.
pub(crate) fn generate(connection: &ConnectionRecord, scopes: &[String]) -> Option<Proto> {
    let token = |kind: &str| format!("{kind}-{}", ids::random(18));
    let scopes = if scopes.is_empty() {
        connection.spec.scopes.clone()
    } else {
        scopes.to_vec()
    };
    match connection.spec.kind {
        ConnectionKind::NoAuth => None,
        kind if kind.holds_oauth_token() => Some(Proto::OauthToken(OauthToken {
            access_token: token("access"),
            refresh_token: token("refresh"),
            scopes,
            domain: String::new(),
        })),
        ConnectionKind::BasicAuth => Some(static_auth(
            &json!({ "username": "user", "password": token("password") }),
        )),
        ConnectionKind::BearerToken => Some(static_auth(&json!({ "token": token("bearer") }))),
        ConnectionKind::GoogleDwd => Some(Proto::GoogleDwd(GoogleDwdAuth {
            subject: String::new(),
            access_token: token("dwd"),
            scopes,
            token_expires_at: None,
        })),
        ConnectionKind::TrustedIdp => Some(Proto::TrustedIdp(TrustedIdpAuth {
            db_user: "user".to_owned(),
            access_key_id: token("key"),
            secret_access_key: token("secret"),
            session_token: token("session"),
            expiry: None,
        })),
        _ => Some(static_auth(&json!({ "api_key": token("key") }))),
    }
}

pub(crate) fn static_auth(details: &Value) -> Proto {
    Proto::StaticAuth(StaticAuth {
        details: Some(to_struct(details)),
    })
}

/// Whether credentials are empty. To create an account without credentials, official clients send an
/// empty OAuth token, whatever the kind of connection.
pub(crate) fn is_blank(details: &Proto) -> bool {
    match details {
        Proto::OauthToken(token) => token.access_token.is_empty() && token.refresh_token.is_empty(),
        Proto::StaticAuth(auth) => auth
            .details
            .as_ref()
            .is_none_or(|details| details.is_empty()),
        Proto::GoogleDwd(dwd) => dwd.subject.is_empty(),
        Proto::TrustedIdp(idp) => idp.db_user.is_empty(),
    }
}

/// Rejects credentials of a kind that the connection's accounts do not hold.
pub(crate) fn check_fit(connection: &ConnectionRecord, details: &Proto) -> Result<(), Status> {
    let kind = connection.spec.kind;
    let (name, fits) = match details {
        Proto::OauthToken(_) => ("oauth_token", kind.holds_oauth_token()),
        Proto::StaticAuth(_) => ("static_auth", kind.holds_static_auth()),
        Proto::GoogleDwd(_) => ("google_dwd", kind == ConnectionKind::GoogleDwd),
        Proto::TrustedIdp(_) => ("trusted_idp", kind == ConnectionKind::TrustedIdp),
    };
    if fits {
        return Ok(());
    }
    Err(invalid(
        "connected_account.authorization_details",
        format!(
            "{name} does not fit connection \"{}\", whose type is {}",
            connection.spec.name,
            kind.connector_type().as_str_name()
        ),
    ))
}

impl AccountRecord {
    /// Stores credentials and activates the account.
    pub(crate) fn authorize(&mut self, details: Option<Proto>, now: SystemTime) {
        self.token_expires_at =
            matches!(details, Some(Proto::OauthToken(_))).then(|| now + TOKEN_LIFETIME);
        self.details = details;
        self.status = AccountStatus::Active;
        self.updated_at = now;
    }

    /// Renews an expired access token. Returns false without a refresh token.
    pub(super) fn renew(&mut self, now: SystemTime) -> bool {
        let Some(Proto::OauthToken(token)) = &mut self.details else {
            return false;
        };
        if token.refresh_token.is_empty() {
            return false;
        }
        token.access_token = format!("access-{}", ids::random(18));
        self.token_expires_at = Some(now + TOKEN_LIFETIME);
        self.updated_at = now;
        true
    }

    /// The credentials as the API shows them.
    pub(crate) fn authorization_details(&self) -> Option<AuthorizationDetails> {
        let mut details = self.details.clone()?;
        if let (Proto::GoogleDwd(dwd), Some(at)) = (&mut details, self.token_expires_at) {
            dwd.token_expires_at = Some(timestamp(at));
        }
        Some(AuthorizationDetails {
            details: Some(details),
        })
    }

    /// The header that carries these credentials.
    pub(crate) fn injection(&self, connection: &ConnectionRecord) -> Option<Injection> {
        let bearer = |token: &str| Injection {
            header: "authorization".to_owned(),
            value: format!("Bearer {token}"),
        };
        match self.details.as_ref()? {
            Proto::OauthToken(token) => Some(bearer(&token.access_token)),
            Proto::GoogleDwd(dwd) => Some(bearer(&dwd.access_token)),
            Proto::TrustedIdp(idp) => Some(bearer(&idp.session_token)),
            Proto::StaticAuth(auth) => {
                let fields = auth.details.as_ref().map(from_struct).unwrap_or_default();
                let field = |name: &str| fields.get(name).and_then(Value::as_str);
                match connection.spec.kind {
                    ConnectionKind::BasicAuth => {
                        let pair = format!(
                            "{}:{}",
                            field("username").unwrap_or_default(),
                            field("password").unwrap_or_default()
                        );
                        Some(Injection {
                            header: "authorization".to_owned(),
                            value: format!("Basic {}", STANDARD.encode(pair)),
                        })
                    }
                    ConnectionKind::BearerToken => Some(bearer(field("token").or(first(&fields))?)),
                    _ => Some(Injection {
                        header: connection.spec.api_key_header.clone(),
                        value: field("api_key").or(first(&fields))?.to_owned(),
                    }),
                }
            }
        }
    }
}

/// The only credential of a custom connection, under any name.
fn first(fields: &Value) -> Option<&str> {
    fields.as_object()?.values().find_map(Value::as_str)
}

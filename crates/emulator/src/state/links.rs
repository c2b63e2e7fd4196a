//! Authorization links: opened, completed once, then verified once.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::records::{Link, Verification};
use super::{State, credentials};
use crate::code::Code;
use crate::ids;
use crate::seed::{AccountStatus, ConnectionKind, UserVerification};
use crate::status::{Status, not_found};

/// How long a user who opened the page in time may take to submit it.
const OPEN_PAGE_LIFETIME: Duration = Duration::from_secs(600);

/// How long the application may take to verify the user.
const VERIFICATION_LIFETIME: Duration = Duration::from_secs(900);

/// A field that the consent page of a connection asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FormField {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) secret: bool,
}

/// What the consent page shows.
pub(crate) struct Prompt {
    pub(crate) connection: String,
    pub(crate) provider: String,
    pub(crate) identifier: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) fields: &'static [FormField],
    /// Scheme and host of the application that the browser returns to.
    pub(crate) returns_to: Option<String>,
}

/// What the consent page does with a submitted form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ConsentResult {
    /// Redirects to the application.
    Redirect(String),
    /// Shows that the account is active.
    Connected,
    /// Shows that the user denied access.
    Denied,
    /// Shows the page again: the field with this label is missing.
    Incomplete(&'static str),
}

const API_KEY: &[FormField] = &[FormField {
    name: "api_key",
    label: "API key",
    secret: true,
}];
const BASIC: &[FormField] = &[
    FormField {
        name: "username",
        label: "User name",
        secret: false,
    },
    FormField {
        name: "password",
        label: "Password",
        secret: true,
    },
];
const BEARER: &[FormField] = &[FormField {
    name: "token",
    label: "Access token",
    secret: true,
}];

fn form(kind: ConnectionKind) -> &'static [FormField] {
    match kind {
        ConnectionKind::ApiKey | ConnectionKind::Custom => API_KEY,
        ConnectionKind::BasicAuth => BASIC,
        ConnectionKind::BearerToken => BEARER,
        _ => &[],
    }
}

impl State {
    /// Adds a link. Returns its secret part.
    pub(crate) fn add_link(&mut self, link: Link) -> String {
        let token = ids::random(32);
        self.links.insert(token.clone(), link);
        token
    }

    /// Opens a link. Returns what its page shows, or `None` if the link is unknown or expired.
    pub(crate) fn open_link(&mut self, token: &str, now: SystemTime) -> Option<Prompt> {
        let link = self.links.get_mut(token)?;
        if link.expires_at <= now {
            return None;
        }
        link.opened_at.get_or_insert(now);
        let link = link.clone();
        self.prompt(&link)
    }

    /// What the page of an opened link shows.
    pub(crate) fn prompt_again(&self, token: &str) -> Option<Prompt> {
        self.prompt(self.links.get(token)?)
    }

    fn prompt(&self, link: &Link) -> Option<Prompt> {
        let account = self
            .accounts
            .iter()
            .find(|account| account.id == link.account_id)?;
        let connection = self.connection_of(account).ok()?;
        Some(Prompt {
            connection: connection.spec.name.clone(),
            provider: connection.spec.provider.clone(),
            identifier: account.identifier.clone(),
            scopes: if account.scopes.is_empty() {
                connection.spec.scopes.clone()
            } else {
                account.scopes.clone()
            },
            fields: form(connection.spec.kind),
            returns_to: origin(&link.user_verify_url),
        })
    }

    /// Completes a link with the user's decision, which uses the link up. `None` if it was used before or
    /// has expired.
    pub(crate) fn complete_link(
        &mut self,
        token: &str,
        allow: bool,
        fields: &BTreeMap<String, String>,
        now: SystemTime,
    ) -> Option<ConsentResult> {
        let link = self.links.get(token)?.clone();
        let opened_in_time = link
            .opened_at
            .is_some_and(|opened| opened + OPEN_PAGE_LIFETIME > now);
        if link.expires_at <= now && !opened_in_time {
            return None;
        }
        let at = self
            .accounts
            .iter()
            .position(|account| account.id == link.account_id)?;
        let connection = self.connection_of(&self.accounts[at]).ok()?;
        if !allow {
            self.links.remove(token);
            return Some(if link.user_verify_url.is_empty() {
                ConsentResult::Denied
            } else {
                ConsentResult::Redirect(with_query(
                    &link.user_verify_url,
                    &[("error", "access_denied"), ("state", &link.state)],
                ))
            });
        }
        let asked = form(connection.spec.kind);
        let details = if asked.is_empty() {
            credentials::generate(connection, &self.accounts[at].scopes)
        } else {
            let mut given = serde_json::Map::new();
            for field in asked {
                let value = fields.get(field.name).map(|value| value.trim());
                match value.filter(|value| !value.is_empty()) {
                    Some(value) => given.insert(field.name.to_owned(), json!(value)),
                    None => return Some(ConsentResult::Incomplete(field.label)),
                };
            }
            Some(credentials::static_auth(&Value::Object(given)))
        };
        let verify = connection.spec.kind.is_redirect_flow()
            && connection.spec.user_verification == UserVerification::Application
            && !link.user_verify_url.is_empty();
        self.links.remove(token);
        let account = &mut self.accounts[at];
        account.authorize(details, now);
        if !verify {
            return Some(ConsentResult::Connected);
        }
        account.status = AccountStatus::PendingVerification;
        let verification = Verification {
            account_id: account.id.clone(),
            identifier: account.identifier.clone(),
            expires_at: now + VERIFICATION_LIFETIME,
        };
        // Only the latest consent can be verified.
        self.verifications
            .retain(|_, other| other.account_id != verification.account_id);
        let id = ids::random(32);
        let target = with_query(
            &link.user_verify_url,
            &[("auth_request_id", &id), ("state", &link.state)],
        );
        self.verifications.insert(id, verification);
        Some(ConsentResult::Redirect(target))
    }

    /// Confirms that the consent behind `auth_request_id` was given by `identifier`.
    pub(crate) fn verify(
        &mut self,
        auth_request_id: &str,
        identifier: &str,
        now: SystemTime,
    ) -> Result<(), Status> {
        let gone = || {
            not_found(
                "auth_request",
                "this authorization request is unknown, expired or already verified",
            )
        };
        let verification = self
            .verifications
            .get(auth_request_id)
            .filter(|verification| verification.expires_at > now)
            .ok_or_else(gone)?;
        if verification.identifier != identifier {
            return Err(Status::new(
                Code::PermissionDenied,
                "the authorization was given for a different user than the one to be verified",
            ));
        }
        let account_id = verification.account_id.clone();
        self.verifications.remove(auth_request_id);
        let account = self
            .accounts
            .iter_mut()
            .find(|account| account.id == account_id)
            .ok_or_else(gone)?;
        account.status = AccountStatus::Active;
        account.updated_at = now;
        Ok(())
    }
}

/// Scheme and host of a URL, if the host has only characters that are safe in a header.
fn origin(url: &str) -> Option<String> {
    let url: http::Uri = url.parse().ok()?;
    let host = url.authority()?.as_str();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    host.chars()
        .all(plain)
        .then(|| format!("{}://{host}", url.scheme_str().unwrap_or("https")))
}

/// `url` with parameters added to its query. Empty values are left out.
fn with_query(url: &str, parameters: &[(&str, &str)]) -> String {
    let (url, fragment) = match url.split_once('#') {
        Some((url, fragment)) => (url, Some(fragment)),
        None => (url, None),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    let mut target = format!("{url}{separator}{}", query.finish());
    if let Some(fragment) = fragment {
        target.push('#');
        target.push_str(fragment);
    }
    target
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn parameters_join_an_existing_query_and_stay_before_the_fragment() {
        assert_eq!(
            with_query("https://app.test/cb", &[("a", "1 2"), ("b", "")]),
            "https://app.test/cb?a=1+2"
        );
        assert_eq!(
            with_query("https://app.test/cb?x=1#top", &[("a", "é&")]),
            "https://app.test/cb?x=1&a=%C3%A9%26#top"
        );
    }
}

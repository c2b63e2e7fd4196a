//! Parsing and checking the settings of a client.

use ::http::uri::{PathAndQuery, Scheme};
use ::http::{HeaderValue, Uri};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::transport::is_loopback;
use crate::{Error, header};

pub(super) fn variable(name: &str) -> Result<String, Error> {
    match std::env::var(name) {
        // A value from a file often ends with a line break.
        Ok(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Ok(_) => Err(Error::config(format!(
            "the environment variable {name} is empty"
        ))),
        Err(std::env::VarError::NotPresent) => Err(Error::config(format!(
            "the environment variable {name} is not set"
        ))),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::config(format!(
            "the environment variable {name} is not UTF-8"
        ))),
    }
}

pub(super) fn required(setting: &str, value: Option<String>) -> Result<String, Error> {
    value
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| missing(setting))
}

pub(super) fn missing(setting: &str) -> Error {
    Error::config(format!(
        "{setting} is not set: set it on the client builder"
    ))
}

/// Rejects text with blanks at its ends or control characters. The error does not show it, since it
/// can be a secret.
pub(super) fn check_text(setting: &str, text: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::config(format!("{setting} {what}")));
    if text.trim() != text {
        return wrong("begins or ends with a blank, such as the line break of a file: trim it");
    }
    if text.contains(char::is_control) {
        return wrong("holds a control character, such as a line break");
    }
    Ok(())
}

/// Scheme and authority of the environment's URL. A path or a query is an error, because it would
/// be ignored.
pub(super) fn parse_env_url(url: &str, allow_http: bool) -> Result<Uri, Error> {
    let wrong = |what: &str| {
        Err(Error::config(format!(
            "env_url {what}: expected something like https://acme.scalekit.dev"
        )))
    };
    let Ok(uri) = url.trim().parse::<Uri>() else {
        return wrong("is not a URL");
    };
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return wrong("has no scheme or no host");
    };
    if authority.as_str().contains('@') {
        return wrong("must not hold a user name or password");
    }
    if authority.host().is_empty() {
        return wrong("has no scheme or no host");
    }
    // The crate `http` uses the default port for a port that it cannot parse.
    let port = authority.as_str().strip_prefix(authority.host());
    if port != Some("") && !port.is_some_and(is_port) {
        return wrong("has a port that is not a number from 1 to 65535");
    }
    if uri.path() != "/" || uri.query().is_some() {
        return wrong("must not have a path or a query");
    }
    if *scheme == Scheme::HTTP {
        if !allow_http && !is_loopback(authority.host()) {
            return wrong(
                "uses http://, which would send the client secret in the clear (see \
                          ClientBuilder::allow_http)",
            );
        }
    } else if *scheme != Scheme::HTTPS {
        return wrong("must start with https://");
    }
    let mut parts = ::http::uri::Parts::default();
    parts.scheme = uri.scheme().cloned();
    parts.authority = uri.authority().cloned();
    parts.path_and_query = Some(PathAndQuery::from_static("/"));
    Uri::from_parts(parts).or_else(|_| wrong("is not a URL"))
}

/// Whether the text is a colon and a port.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').unwrap_or_default();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number && digits.parse().is_ok_and(|port: u16| port != 0)
}

pub(super) fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    const OWN: &str = concat!("scalekit-rust/", env!("CARGO_PKG_VERSION"));
    match suffix {
        None => Ok(HeaderValue::from_static(OWN)),
        Some(suffix) => header::exact(suffix)
            .and_then(|_| HeaderValue::try_from(format!("{OWN} {suffix}")).ok())
            .ok_or_else(|| Error::config(format!("user_agent_suffix {}", header::RULE))),
    }
}

pub(super) fn parse_certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut certificates = Vec::new();
    for pem in pems {
        let before = certificates.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            certificates.push(certificate.map_err(|error| {
                Error::config(format!("root_certificates_pem cannot be read: {error:?}"))
            })?);
        }
        if certificates.len() == before {
            return Err(Error::config("root_certificates_pem holds no certificate"));
        }
    }
    Ok(certificates)
}

//! The outbound HTTP proxy and its tunnels.

use std::fmt;
use std::net::IpAddr;

use ::http::uri::{Authority, Scheme};
use ::http::{HeaderValue, Uri};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::host::{address, is_loopback};
use super::socket::SocketIo;
use crate::{Error, Secret};

/// A proxy that opens tunnels with `CONNECT`.
#[derive(Clone)]
pub(crate) struct OutboundProxy {
    /// Scheme, host and port; without credentials.
    pub uri: Uri,
    authorization: Option<HeaderValue>,
}

impl fmt::Debug for OutboundProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// The proxy setting of the application.
#[derive(Clone, Debug, Default)]
pub(crate) enum ProxySetting {
    /// From the environment variables.
    #[default]
    Environment,
    None,
    /// The URL of a proxy.
    Url(Secret),
}

impl ProxySetting {
    /// The proxy for the host of `target`, which is not one of `exceptions`.
    ///
    /// # Errors
    /// `Config` when the URL of the proxy cannot be used; it names the variable or the setting.
    pub fn proxy_for(
        &self,
        target: &Uri,
        exceptions: &str,
    ) -> Result<Option<OutboundProxy>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Url(_) if is_listed(exceptions, target) => Ok(None),
            Self::Url(url) => OutboundProxy::parse("proxy", url.expose()).map(Some),
            Self::Environment => from_variables(target, |name| std::env::var(name).ok()),
        }
    }
}

/// The proxy that the variables of the environment name for the host of `target`.
fn from_variables(
    target: &Uri,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<OutboundProxy>, Error> {
    // A remote proxy cannot reach a loopback address.
    if target.host().is_none_or(is_loopback) {
        return Ok(None);
    }
    let first = |names: &[&'static str]| {
        let mut set = names.iter().filter_map(|name| {
            let value = variable(name)?.trim().to_owned();
            (!value.is_empty()).then_some((*name, value))
        });
        set.next()
    };
    let names: &[&str] = match target.scheme() == Some(&Scheme::HTTP) {
        // In a CGI program, HTTP_PROXY is a header of the request that it serves.
        true if variable("REQUEST_METHOD").is_some() => &["http_proxy", "ALL_PROXY", "all_proxy"],
        true => &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
        false => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
    };
    let Some((name, url)) = first(names) else {
        return Ok(None);
    };
    let exceptions = first(&["NO_PROXY", "no_proxy"]).map(|(_, list)| list);
    match is_listed(&exceptions.unwrap_or_default(), target) {
        true => Ok(None),
        false => OutboundProxy::parse(name, &url).map(Some),
    }
}

/// Whether a list in the form of `NO_PROXY` names the host: a domain with all below it, an address,
/// a network, or `*`. hyper-util reads such lists as well, at the price of a second version of base64.
fn is_listed(no_proxy: &str, target: &Uri) -> bool {
    let host = address(target.host().unwrap_or_default());
    let ip: Option<IpAddr> = host.parse().ok();
    let is_below = |domain: &str| {
        let domain = domain.trim_start_matches('.');
        let start = host.len().checked_sub(domain.len());
        let tail = start.and_then(|start| Some((host.get(..start)?, host.get(start..)?)));
        tail.is_some_and(|(before, tail)| {
            let whole = before.is_empty() || before.ends_with('.');
            !domain.is_empty() && whole && tail.eq_ignore_ascii_case(domain)
        })
    };
    no_proxy.split(',').map(str::trim).any(|entry| match ip {
        _ if entry == "*" => true,
        Some(ip) => is_in_network(entry, ip),
        None => is_below(entry),
    })
}

/// Whether an address is this one, or in this network: `10.0.0.0/8`.
fn is_in_network(entry: &str, ip: IpAddr) -> bool {
    let (network, length) = match entry.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (entry, Some(128)),
    };
    let (Ok(network), Some(length)) = (address(network).parse::<IpAddr>(), length) else {
        return false;
    };
    let (network, ip, bits) = match (network, ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => {
            (u128::from(network.to_bits()), u128::from(ip.to_bits()), 32)
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) => (network.to_bits(), ip.to_bits(), 128),
        _ => return false,
    };
    let differing = bits - length.min(bits);
    // A shift by all bits leaves nothing to compare.
    (network ^ ip).checked_shr(differing).unwrap_or(0) == 0
}

impl OutboundProxy {
    /// Reads a proxy's URL. `source` is the variable or setting that it comes from. No error shows
    /// the URL: it can hold a password.
    pub fn parse(source: &str, url: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::config(format!("{source} {what}"));
        let malformed =
            || wrong("is not the URL of a proxy: expected http://[user:password@]host:port");
        // As curl reads it, a proxy without a scheme is an HTTP one.
        let rest = match url.trim().split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some(_) => {
                return Err(wrong(
                    "names a proxy of a kind that is not supported: only http:// proxies are. To \
                     use none, call ClientBuilder::no_proxy",
                ));
            }
            None => url.trim(),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (credentials, host) = match rest.rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, rest),
        };
        let authority: Authority = host.parse().map_err(|_| malformed())?;
        let has_bad_port = authority.as_str().trim_end_matches(']').contains(':')
            && !authority.as_str().ends_with(']')
            && authority.port_u16().is_none();
        if authority.host().is_empty() || has_bad_port {
            return Err(malformed());
        }
        let port = authority.port_u16().unwrap_or(80);
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(format!("{}:{port}", authority.host()))
            .path_and_query("/")
            .build()
            .map_err(|_| malformed())?;
        let Some(credentials) = credentials else {
            return Ok(Self {
                uri,
                authorization: None,
            });
        };
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (decoded(user), decoded(password));
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        let mut authorization =
            HeaderValue::try_from(format!("Basic {encoded}")).map_err(|_| malformed())?;
        authorization.set_sensitive(true);
        Ok(Self {
            uri,
            authorization: Some(authorization),
        })
    }

    /// The value of `Proxy-Authorization`.
    #[cfg(feature = "raw-rest")]
    pub fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Opens a tunnel to `target`.
    ///
    /// Not with hyper-util's tunnel: it loses bytes of the server that arrive with the proxy's
    /// response, and the status of a rejection.
    pub(super) async fn tunnel(&self, io: &mut SocketIo, target: &Uri) -> Result<(), ProxyError> {
        let target = host_and_port(target);
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
        if let Some(authorization) = &self.authorization {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(authorization.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        io.write_all(&request)
            .await
            .map_err(|error| self.failed(&error))?;
        let mut head = Vec::with_capacity(256);
        // Byte by byte: the bytes after the head belong to the target.
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() == MAX_HEAD {
                return Err(self.failed(&"its response is not HTTP"));
            }
            head.push(io.read_u8().await.map_err(|error| self.failed(&error))?);
        }
        match status(&head) {
            Some(200..=299) => Ok(()),
            Some(status) => Err(self.refused(status)),
            None => Err(self.failed(&"its response is not HTTP")),
        }
    }

    fn failed(&self, reason: &impl fmt::Display) -> ProxyError {
        ProxyError {
            message: format!(
                "the proxy {} did not open a tunnel: {reason}",
                self.address()
            ),
            permanent: false,
        }
    }

    fn refused(&self, status: u16) -> ProxyError {
        let hint = match status {
            407 => ": set the user and password in its URL",
            _ => "",
        };
        ProxyError {
            message: format!(
                "the proxy {} refused to open a tunnel with HTTP {status}{hint} (it comes from \
                 HTTPS_PROXY, HTTP_PROXY, ALL_PROXY or ClientBuilder::proxy)",
                self.address()
            ),
            permanent: matches!(status, 400..=499) && !matches!(status, 408 | 429),
        }
    }

    /// Why the proxy itself could not be reached.
    pub fn unreachable(&self, reason: &impl fmt::Display) -> ProxyError {
        ProxyError {
            message: format!(
                "the proxy {} could not be reached: {reason}",
                self.address()
            ),
            permanent: false,
        }
    }

    fn address(&self) -> &str {
        self.uri.authority().map_or("", Authority::as_str)
    }
}

/// The maximum size of the head of a proxy's response, in bytes.
const MAX_HEAD: usize = 16 * 1024;

fn status(head: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(head.split(|byte| *byte == b'\r').next()?).ok()?;
    let (version, rest) = line.split_once(' ')?;
    version.starts_with("HTTP/1.").then_some(())?;
    rest.get(..3)?.parse().ok()
}

/// The target as `CONNECT` names it: always with a port.
fn host_and_port(target: &Uri) -> String {
    let default = match target.scheme() == Some(&Scheme::HTTP) {
        true => 80,
        false => 443,
    };
    let port = target.port_u16().unwrap_or(default);
    format!("{}:{port}", target.host().unwrap_or_default())
}

/// The proxy rejected a connection.
#[derive(Debug)]
pub(crate) struct ProxyError {
    message: String,
    /// Whether a retry cannot succeed.
    pub permanent: bool,
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ProxyError {}

#[cfg(test)]
mod tests;

//! Opens connections: TCP, outbound proxy, TLS. Classifies why one failed.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::AlertDescription;
use tower_service::Service;

#[cfg(feature = "proxy")]
use super::outbound::{OutboundProxy, ProxyError};
use super::socket::{Socket, SocketIo};
use super::{BoxError, TransportConfig, causes, tls};
use crate::{Error, Outcome};

/// A connection as HTTP uses it.
pub(super) type Stream = MaybeHttpsStream<TokioIo<SocketIo>>;

/// Opens connections for HTTP/1.1 or for HTTP/2.
#[derive(Clone)]
pub(super) struct Connector {
    stack: HttpsConnector<Tcp>,
    target: Uri,
    timeout: std::time::Duration,
}

/// The connectors for HTTP/1.1 and for HTTP/2. Reads the platform's root certificates when the
/// environment needs TLS.
pub(super) fn connectors(config: &TransportConfig) -> Result<(Connector, Connector), Error> {
    let tls = tls::client_config(config)?;
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    // HTTP/1.1 has no pings. TCP keep-alive detects a dead idle connection.
    http.set_keepalive(Some(config.keep_alive_interval));
    http.set_keepalive_interval(Some(config.keep_alive_timeout));
    http.set_keepalive_retries(Some(1));
    let tcp = Tcp {
        http,
        #[cfg(feature = "proxy")]
        proxy: config.proxy.clone(),
    };
    let builder = || {
        HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
    };
    let connector = |stack| Connector {
        stack,
        target: config.env_url.clone(),
        timeout: config.connect_timeout,
    };
    Ok((
        connector(builder().enable_http1().wrap_connector(tcp.clone())),
        connector(builder().enable_http2().wrap_connector(tcp)),
    ))
}

impl Connector {
    /// Opens a connection. Also returns its socket.
    pub async fn connect(&self) -> Result<(Stream, Socket), Error> {
        let mut stack = self.stack.clone();
        let connecting = stack.call(self.target.clone());
        let stream = tokio::time::timeout(self.timeout, connecting)
            .await
            .map_err(|_| self.timed_out())?
            .map_err(|error| self.failure(error))?;
        let mut extras = ::http::Extensions::new();
        stream.connected().get_extras(&mut extras);
        let socket = extras.remove::<Socket>();
        let socket = socket.ok_or_else(|| Error::config("the connection has no socket"))?;
        Ok((stream, socket))
    }

    fn timed_out(&self) -> Error {
        Error::connection(
            Outcome::NotSent,
            format!(
                "could not connect within {:?} (ClientBuilder::connect_timeout)",
                self.timeout
            ),
        )
    }

    fn failure(&self, error: BoxError) -> Error {
        match permanent(&*error, &self.target) {
            Some(message) => Error::config(message).with_source(Failed(error)),
            None => {
                let cause = causes(&*error).last().map(ToString::to_string);
                let message = format!("could not connect: {}", cause.unwrap_or_default());
                Error::connection(Outcome::NotSent, message).with_source(Failed(error))
            }
        }
    }
}

const TLS_REFUSED: &str = "the server refused the TLS connection: check the environment URL, or what \
    stands in front of the server. It may demand a client certificate \
    (ClientBuilder::client_certificate_pem)";

/// Why a retry cannot succeed, and what to do; `None` if it can.
fn permanent(error: &(dyn StdError + 'static), target: &Uri) -> Option<String> {
    let host = target.host().unwrap_or_default();
    #[cfg(feature = "proxy")]
    if let Some(error) = find::<ProxyError>(error) {
        return error.permanent.then(|| error.to_string());
    }
    let error = find::<rustls::Error>(error)?;
    let advice = match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            rustls::CertificateError::UnknownIssuer => {
                "trust its issuer with ClientBuilder::root_certificates_pem or SSL_CERT_FILE, if it \
                 is the right one"
            }
            rustls::CertificateError::NotValidForName
            | rustls::CertificateError::NotValidForNameContext { .. } => {
                "check the environment URL: the server has the certificate of another host"
            }
            rustls::CertificateError::Expired
            | rustls::CertificateError::ExpiredContext { .. }
            | rustls::CertificateError::NotValidYet
            | rustls::CertificateError::NotValidYetContext { .. } => {
                "check this machine's clock; else the server needs a new certificate"
            }
            _ => "the server needs another certificate",
        },
        rustls::Error::InvalidMessage(_) => {
            "the server does not speak TLS on this port: check port and scheme of the environment URL"
        }
        rustls::Error::AlertReceived(alert) => {
            about_client_certificate(*alert).unwrap_or(TLS_REFUSED)
        }
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::PeerMisbehaved(_)
        | rustls::Error::NoApplicationProtocol => TLS_REFUSED,
        _ => return None,
    };
    Some(format!("no TLS connection to {host}: {error}: {advice}"))
}

/// The error of a request to a server that rejected the client's certificate, or did not get one.
///
/// With TLS 1.3, the handshake is complete for the client before the server has checked the
/// certificate, so that this error comes after the request. The server reads no request until it has
/// accepted the certificate.
pub(super) fn certificate_rejected(error: &(dyn StdError + 'static)) -> Option<Error> {
    let Some(error @ rustls::Error::AlertReceived(alert)) = find::<rustls::Error>(error) else {
        return None;
    };
    let advice = about_client_certificate(*alert)?;
    Some(Error::config(format!(
        "no TLS connection: {error}: {advice}"
    )))
}

/// What to do about an alert that concerns the client's certificate.
fn about_client_certificate(alert: AlertDescription) -> Option<&'static str> {
    match alert {
        AlertDescription::CertificateRequired => Some(
            "the server demands a client certificate: set one with \
             ClientBuilder::client_certificate_pem",
        ),
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError => Some(
            "the server rejected the client certificate: check \
             ClientBuilder::client_certificate_pem",
        ),
        _ => None,
    }
}

/// A cause of this type. An `io::Error` hides what it was made from from `source`.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| {
        let inner = cause
            .downcast_ref::<io::Error>()
            .and_then(|error| error.get_ref())
            .and_then(|inner| find::<E>(inner));
        cause.downcast_ref::<E>().or(inner)
    })
}

/// A boxed error as the source of ours.
#[derive(Debug)]
struct Failed(BoxError);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Failed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// TCP to the target, directly or through the outbound proxy.
#[derive(Clone)]
struct Tcp {
    http: HttpConnector,
    #[cfg(feature = "proxy")]
    proxy: Option<OutboundProxy>,
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<SocketIo>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        #[cfg(feature = "proxy")]
        if let Some(proxy) = self.proxy.clone() {
            let connecting = self.http.call(proxy.uri.clone());
            return Box::pin(async move {
                let tcp = connecting.await;
                let tcp = tcp.map_err(|error| proxy.unreachable(&root_cause(&error)))?;
                let mut io = SocketIo::new(tcp.into_inner());
                proxy.tunnel(&mut io, &target).await?;
                Ok(TokioIo::new(io))
            });
        }
        let connecting = self.http.call(target);
        Box::pin(async move { Ok(TokioIo::new(SocketIo::new(connecting.await?.into_inner()))) })
    }
}

#[cfg(feature = "proxy")]
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

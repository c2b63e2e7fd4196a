//! The only code that touches a socket: connections, calls by gRPC or REST, plain HTTP requests.

mod body;
mod connect;
mod connection;
mod failure;
mod frames;
pub(crate) mod grpc;
mod host;
pub(crate) mod http;
mod http1;
mod http2;
mod interim;
mod json_fields;
mod labels;
#[cfg(feature = "proxy")]
mod outbound;
mod pool;
mod request_headers;
pub(crate) mod rest;
mod secrets;
mod socket;
mod status;
mod tls;
pub(crate) mod transcode;

pub(crate) use self::body::{BodyPart, BodyStream, RequestBody};
pub(crate) use self::grpc::Framed;
pub(crate) use self::host::is_loopback;
pub(crate) use self::http::{HttpRequest, HttpResponse, HttpStream, Proxied};
pub(crate) use self::labels::{record_request, record_response};
#[cfg(feature = "proxy")]
pub(crate) use self::outbound::{OutboundProxy, ProxySetting};
pub(crate) use self::request_headers::RequestHeaders;
pub(crate) use self::secrets::secrets;
pub(crate) use self::status::retry_after;
#[cfg(feature = "raw-rest")]
pub(crate) use self::tls::client_config;
pub(crate) use self::tls::{ClientCertificate, PemPair};

use std::error::Error as StdError;
use std::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use self::pool::Pools;
use crate::call::{Attempt, Operation};
use crate::credentials::Token;
use crate::{Error, Outcome, raw};

/// The service responds to pings closer than 30 s apart with GOAWAY, and a dead idle connection once
/// stalled a caller for a quarter of an hour: so ping this often, also when idle.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(60);
pub(crate) const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum size of the headers of a response. Tool errors are sent in headers, and larger
/// headers close an HTTP/2 connection with all its calls. A third above 256 KiB, because HTTP/2
/// counts 32 bytes for each header besides its text. hyper's limit for HTTP/1.1 is 408 KiB.
const MAX_HEADER_BYTES: u32 = 344 * 1024;

/// How many stale connections a request tries before it fails.
const STALE_CONNECTIONS: usize = 3;

/// The protocol of the calls. Results, errors, retries and deadlines are the same for both.
///
/// Token requests and proxied requests always use HTTP/1.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// gRPC over HTTP/2, with one connection for all calls.
    #[default]
    Grpc,
    /// JSON over HTTP/1.1, for networks in which HTTP/2 does not reach the service. Each call in
    /// flight has its own connection.
    Rest,
}

/// The configuration of the connections.
#[derive(Clone, Debug)]
pub(crate) struct TransportConfig {
    pub transport: Transport,
    /// Scheme and authority of the environment.
    pub env_url: Uri,
    pub user_agent: HeaderValue,
    pub root_certificates: Vec<rustls::pki_types::CertificateDer<'static>>,
    pub client_certificate: Option<ClientCertificate>,
    pub connect_timeout: Duration,
    /// The interval of HTTP/2 pings, also on idle connections.
    pub keep_alive_interval: Duration,
    /// The timeout of a ping.
    pub keep_alive_timeout: Duration,
    /// The maximum size of a response body.
    pub max_response_bytes: usize,
    /// The number of connections for gRPC.
    pub connections: usize,
    /// The outbound proxy.
    #[cfg(feature = "proxy")]
    pub proxy: Option<OutboundProxy>,
    /// Adds the application's headers to each request.
    pub request_headers: Option<RequestHeaders>,
}

/// The settings of HTTP connections.
#[derive(Clone, Debug)]
struct HttpSettings {
    keep_alive_interval: Duration,
    keep_alive_timeout: Duration,
    host: HeaderValue,
}

impl HttpSettings {
    fn of(config: &TransportConfig) -> Self {
        let authority = config.env_url.authority();
        let host = authority.and_then(|host| HeaderValue::try_from(host.as_str()).ok());
        Self {
            keep_alive_interval: config.keep_alive_interval,
            keep_alive_timeout: config.keep_alive_timeout,
            host: host.unwrap_or(HeaderValue::from_static("")),
        }
    }
}

/// Any error.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Connections to one environment: HTTP/2 for gRPC, HTTP/1.1 for everything else.
#[derive(Clone)]
pub(crate) struct Connections {
    config: TransportConfig,
    pools: Pools,
}

impl Connections {
    /// Opens no connection. Reads the platform's root certificates if the environment uses TLS.
    pub fn new(config: TransportConfig) -> Result<Self, Error> {
        let pools = Pools::new(&config)?;
        Ok(Self { config, pools })
    }

    /// The protocol of the calls.
    #[cfg(feature = "unstable-raw")]
    pub fn transport(&self) -> Transport {
        self.config.transport
    }

    /// Sends a request message and returns the response message.
    pub async fn unary(
        &self,
        operation: &Operation,
        message: Framed,
        token: Token,
        attempt: &Attempt,
    ) -> Result<Bytes, Error> {
        let response = match self.config.transport {
            Transport::Grpc => self.grpc(operation, message, token, attempt).await,
            Transport::Rest => self.rest(operation, message, token, attempt).await,
        }?;
        check_memory(operation, &response)?;
        Ok(response)
    }

    /// Adds the headers of every request. The API version is that of the spec in this crate.
    pub fn common_headers(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        const SDK_VERSION: HeaderValue =
            HeaderValue::from_static(concat!("Scalekit-Rust/", env!("CARGO_PKG_VERSION")));
        const API_VERSION: HeaderValue = HeaderValue::from_static(raw::API_VERSION);
        if let Some(added) = &self.config.request_headers {
            added.add(headers)?;
        }
        headers.insert(::http::header::USER_AGENT, self.config.user_agent.clone());
        headers.insert(HeaderName::from_static("x-sdk-version"), SDK_VERSION);
        headers.insert(HeaderName::from_static("x-api-version"), API_VERSION);
        Ok(())
    }

    /// Starts to open a connection for an RPC, so that it is there when the token is.
    pub fn warm_up(&self) {
        if self.config.transport == Transport::Grpc
            && let Ok(pool) = self.pools.here()
        {
            pool.http2().open();
        }
    }

    /// Reads the body of a response with its trailers, up to the size limit.
    async fn read_whole<B>(&self, body: B) -> Result<http_body_util::Collected<Bytes>, Error>
    where
        B: hyper::body::Body<Data = Bytes, Error: Into<BoxError>>,
    {
        let limit = self.config.max_response_bytes;
        let body = Limited::new(body, limit).collect().await;
        body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                return Error::decode(format!(
                    "the response is larger than {limit} bytes (see \
                     ClientBuilder::max_response_bytes)"
                ));
            }
            broken_response(&*error)
        })
    }
}

/// Decodes the message of a response.
pub(crate) fn decode<M: prost::Message + Default>(message: Bytes) -> Result<M, Error> {
    let length = message.len();
    M::decode(message).map_err(|error| undecodable(length, &error))
}

/// The error of a message that cannot be decoded. prost names every field on the path, which can be
/// a hundred. The first and the last ones are enough.
fn undecodable(length: usize, error: &prost::DecodeError) -> Error {
    const FIRST: usize = 4;
    const LAST: usize = 3;
    let text = error.to_string();
    let mut steps: Vec<_> = text.split(": ").collect();
    if text.ends_with("recursion limit reached") {
        steps = vec!["it nests deeper than 100 messages"];
    } else if steps.len() > FIRST + LAST {
        steps.splice(FIRST..steps.len() - LAST, ["…"]);
    }
    let reason = steps.join(": ");
    Error::decode(format!(
        "the response ({length} bytes) cannot be decoded: {reason}"
    ))
}

/// Rejects a response that would need far more memory than its own size.
fn check_memory(operation: &Operation, message: &[u8]) -> Result<(), Error> {
    let Some(route) = transcode::route(operation.path) else {
        return Ok(());
    };
    transcode::check_memory(route.output, message).map_err(|error| {
        let length = message.len();
        Error::decode(format!(
            "the response ({length} bytes) cannot be decoded: {error}"
        ))
    })
}

/// The error of a connection that broke while a response was read.
fn broken_response(error: &dyn StdError) -> Error {
    let message = format!("the connection broke before the response was complete: {error}");
    Error::connection(Outcome::Unknown, message)
}

/// The remaining time, in at most eight digits, as gRPC requires.
fn timeout_header(left: Duration) -> (HeaderName, HeaderValue) {
    let text = match left.as_millis() {
        milliseconds @ ..=99_999_999 => format!("{milliseconds}m"),
        _ => format!("{}S", left.as_secs().min(99_999_999)),
    };
    let value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("99999999m"));
    (HeaderName::from_static("grpc-timeout"), value)
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

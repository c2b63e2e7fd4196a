//! The only code that touches a socket: connections, calls on either wire, plain HTTP requests.

mod body;
mod connect;
mod connection;
mod failure;
mod frames;
pub(crate) mod grpc;
pub(crate) mod http;
mod http1;
mod http2;
mod interim;
mod object;
mod outbound;
mod pool;
pub(crate) mod rest;
mod secrets;
mod socket;
mod tls;
pub(crate) mod transcode;

pub(crate) use self::body::{Once, Piece, RequestBody};
pub(crate) use self::grpc::Framed;
pub(crate) use self::http::{HttpRequest, HttpResponse, HttpStream, Proxied, retry_after};
pub(crate) use self::outbound::{OutboundProxy, ProxySetting, is_loopback};
pub(crate) use self::secrets::secrets;
#[cfg(feature = "rest")]
pub(crate) use self::tls::client_config;

use std::error::Error as StdError;
use std::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::Instant;

use self::pool::Pools;
use crate::call::Operation;
use crate::credentials::Token;
use crate::raw;
use crate::{Error, Outcome};

/// The service answers pings closer than 30 s apart with GOAWAY, and a dead idle connection once
/// stalled a caller for a quarter of an hour: so ping this often, also when idle.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(60);
pub(crate) const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// The most that the headers of a response may hold: a tool's error travels in them, and one that
/// is larger ends an HTTP/2 connection with all calls on it. A third above 256 KiB, because HTTP/2
/// counts 32 bytes for each header besides its text. hyper's limit for HTTP/1.1 is 408 KiB.
const MAX_HEADER_BYTES: u32 = 344 * 1024;

/// How many connections may turn out to have ended before a request is written to one.
const STALE_CONNECTIONS: usize = 3;

/// How calls travel. Results, errors, repeats and deadlines are the same on both.
///
/// Tokens and proxied requests are plain HTTP/1.1 on either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wire {
    /// gRPC over HTTP/2: one connection for all calls.
    #[default]
    Grpc,
    /// JSON over HTTP/1.1, for networks where HTTP/2 does not pass through to the service. Each
    /// call under way has a connection of its own.
    Rest,
}

/// What a transport is made from.
#[derive(Clone, Debug)]
pub(crate) struct WireConfig {
    pub wire: Wire,
    /// Scheme and authority of the environment.
    pub env_url: Uri,
    pub user_agent: HeaderValue,
    pub root_certificates: Vec<rustls::pki_types::CertificateDer<'static>>,
    pub connect_timeout: Duration,
    /// How often a connection of the gRPC wire is pinged, also when idle, and how long an answer to
    /// that may take.
    pub keep_alive: (Duration, Duration),
    /// The most that an answer may hold.
    pub max_answer_bytes: usize,
    /// How many connections the calls of the gRPC wire share.
    pub connections: usize,
    /// What all connections go through.
    pub proxy: Option<OutboundProxy>,
}

/// What HTTP needs to know of the configuration.
#[derive(Clone, Debug)]
struct HttpSettings {
    keep_alive: (Duration, Duration),
    host: HeaderValue,
}

impl HttpSettings {
    fn of(config: &WireConfig) -> Self {
        let authority = config.env_url.authority();
        let host = authority.and_then(|host| HeaderValue::try_from(host.as_str()).ok());
        Self {
            keep_alive: config.keep_alive,
            host: host.unwrap_or(HeaderValue::from_static("")),
        }
    }
}

/// An error of anybody's.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Connections to one environment: HTTP/2 for gRPC, HTTP/1.1 for everything else.
#[derive(Clone)]
pub(crate) struct Transport {
    config: WireConfig,
    pools: Pools,
}

impl Transport {
    /// Opens nothing yet; reads the platform's root certificates when the environment needs TLS.
    pub fn new(config: WireConfig) -> Result<Self, Error> {
        let pools = Pools::new(&config)?;
        Ok(Self { config, pools })
    }

    /// Sends a request message and gives the message of the answer. Nothing above knows which wire.
    pub async fn unary(
        &self,
        operation: &Operation,
        message: Framed,
        token: Token,
        deadline: Instant,
    ) -> Result<Bytes, Error> {
        let answer = match self.config.wire {
            Wire::Grpc => self.grpc(operation, message, token, deadline).await,
            Wire::Rest => self.rest(operation, message, token, deadline).await,
        }?;
        check_weight(operation, &answer)?;
        Ok(answer)
    }

    /// The headers of every call. The API version is that of the spec this crate was made from.
    pub fn common_headers(&self, headers: &mut HeaderMap) {
        const SDK_VERSION: HeaderValue =
            HeaderValue::from_static(concat!("Scalekit-Rust/", env!("CARGO_PKG_VERSION")));
        const API_VERSION: HeaderValue = HeaderValue::from_static(raw::API_VERSION);
        headers.insert(::http::header::USER_AGENT, self.config.user_agent.clone());
        headers.insert(HeaderName::from_static("x-sdk-version"), SDK_VERSION);
        headers.insert(HeaderName::from_static("x-api-version"), API_VERSION);
    }

    /// The whole body of an answer, with its trailers, as far as memory is bounded.
    async fn read_whole<B>(&self, body: B) -> Result<http_body_util::Collected<Bytes>, Error>
    where
        B: hyper::body::Body<Data = Bytes, Error: Into<BoxError>>,
    {
        let limit = self.config.max_answer_bytes;
        let body = Limited::new(body, limit).collect().await;
        body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                return Error::decode(format!(
                    "the answer is larger than {limit} bytes (see \
                     ClientBuilder::max_answer_bytes)"
                ));
            }
            broken_answer(&*error)
        })
    }
}

/// Decodes the message of an answer.
pub(crate) fn decode<M: prost::Message + Default>(message: Bytes) -> Result<M, Error> {
    let length = message.len();
    M::decode(message).map_err(|error| undecodable(length, &error))
}

/// What is wrong with an encoded message. prost names every field on the way up from it, which can
/// be a hundred: the ends say enough.
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
        "the answer ({length} bytes) cannot be decoded: {reason}"
    ))
}

/// Refuses an answer that would take far more memory than it does itself.
fn check_weight(operation: &Operation, message: &[u8]) -> Result<(), Error> {
    let Some(route) = transcode::route(operation.path) else {
        return Ok(());
    };
    transcode::weigh(route.output, message).map_err(|unfit| {
        let length = message.len();
        Error::decode(format!(
            "the answer ({length} bytes) cannot be decoded: {unfit}"
        ))
    })
}

/// The connection broke while an answer was read.
fn broken_answer(error: &dyn StdError) -> Error {
    let message = format!("the connection broke before the answer was complete: {error}");
    Error::connection(Outcome::Unknown, message)
}

/// The time left, for the server to give up when we do; at most eight digits, as gRPC has it.
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

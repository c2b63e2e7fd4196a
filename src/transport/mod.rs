//! The only code that touches a socket: connections, calls on either wire, plain HTTP requests.

mod body;
pub(crate) mod grpc;
pub(crate) mod http;
mod lanes;
mod object;
pub(crate) mod rest;
mod tls;
pub(crate) mod transcode;

pub(crate) use self::body::{Once, Piece, RequestBody};
pub(crate) use self::grpc::Framed;
pub(crate) use self::http::{HttpRequest, HttpResponse, HttpStream};
#[cfg(feature = "rest")]
pub(crate) use self::tls::client_config;

use std::error::Error as StdError;
use std::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Instant;

use self::lanes::Lanes;
use crate::call::Operation;
use crate::credentials::Token;
use crate::raw;
use crate::{Error, Outcome};

/// The service answers pings closer than 30 s apart with GOAWAY, and a dead idle connection once
/// stalled a caller for a quarter of an hour: so ping this often, also when idle.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(60);
pub(crate) const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// The service closes a connection that was idle for 5 minutes; being first avoids the race.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4 * 60);

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
}

/// An error of anybody's.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

type HttpClient = legacy::Client<HttpsConnector<HttpConnector>, body::Sending>;

/// Connections to one environment: HTTP/2 for gRPC, HTTP/1.1 for everything else.
#[derive(Clone)]
pub(crate) struct Transport {
    config: WireConfig,
    http2: Lanes,
    http1: HttpClient,
}

impl Transport {
    /// Opens nothing yet; reads the platform's root certificates when the environment needs TLS.
    pub fn new(config: WireConfig) -> Result<Self, Error> {
        let tls = tls::client_config(&config)?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(config.connect_timeout));
        // HTTP/1.1 has no pings: the system's find a dead connection while it is idle.
        tcp.set_keepalive(Some(config.keep_alive.0));
        tcp.set_keepalive_interval(Some(config.keep_alive.1));
        tcp.set_keepalive_retries(Some(1));
        let connector = || {
            HttpsConnectorBuilder::new()
                .with_tls_config(tls.clone())
                .https_or_http()
        };
        // Nothing below `call` may send a request again: it cannot know whether that is safe.
        let mut pool = legacy::Client::builder(TokioExecutor::new());
        pool.retry_canceled_requests(false)
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT);
        let http1 = pool.build(connector().enable_http1().wrap_connector(tcp.clone()));
        pool.http2_only(true)
            .http2_keep_alive_interval(config.keep_alive.0)
            .http2_keep_alive_timeout(config.keep_alive.1)
            .http2_keep_alive_while_idle(true);
        let http2 = Lanes::new(config.connections, || {
            pool.build(connector().enable_http2().wrap_connector(tcp.clone()))
        });
        Ok(Self {
            config,
            http2,
            http1,
        })
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

/// A transport error in the terms of this crate: above all, whether the request was sent.
fn transport_error(error: legacy::Error) -> Error {
    let own = |cause: &hyper::Error| cause.is_user();
    if causes(&error).any(|cause| cause.downcast_ref().is_some_and(own)) {
        let cause = root_cause(&error).unwrap_or_default();
        return Error::invalid_input(
            "body",
            format_args!("could not be read to its end: {cause}"),
        )
        .with_outcome(Outcome::Unknown);
    }
    let outcome = if error.is_connect() || was_not_processed(&error) {
        Outcome::NotSent
    } else {
        Outcome::Unknown
    };
    let message = match outcome {
        Outcome::NotSent => "could not connect, or the connection closed before the call was sent",
        _ => "the connection broke after the call was sent",
    };
    let message = match root_cause(&error) {
        Some(cause) => format!("{message}: {cause}"),
        None => message.to_owned(),
    };
    Error::connection(outcome, message).with_source(error)
}

/// Whether the chain of causes shows that no server acted on the request.
fn was_not_processed(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        // hyper cancels a request only while it still has the whole of it.
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            return error.is_canceled();
        }
        // REFUSED_STREAM promises that the stream was not processed, and a GOAWAY promises it for
        // the streams above its last id (RFC 9113, sections 8.7 and 6.8): h2 gives a remote GOAWAY
        // as the error of those streams alone.
        cause.downcast_ref::<h2::Error>().is_some_and(|error| {
            error.reason() == Some(h2::Reason::REFUSED_STREAM)
                || (error.is_go_away() && error.is_remote())
        })
    })
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn root_cause(error: &legacy::Error) -> Option<String> {
    causes(error).last().map(ToString::to_string)
}

//! Unary gRPC calls.

use std::borrow::Cow;

use ::http::response::Parts;
use ::http::uri::PathAndQuery;
use ::http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, Version, header};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, Collected};
use percent_encoding::percent_decode;
#[cfg(any(feature = "unstable-raw", test, fuzzing))]
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use prost::Message;

use super::body::Sending;
use super::status::{RpcStatus, retry_after};
use super::{Connections, timeout_header};
use crate::call::{Attempt, Operation};
use crate::credentials::Token;
#[cfg(any(feature = "unstable-raw", test, fuzzing))]
use crate::error::Secrets;
use crate::error::{Code, Details};
use crate::{Error, Outcome};

/// The length of a message prefix: the compression flag, and the message length in four bytes.
pub(crate) const PREFIX: usize = 5;

/// The response to a gRPC request, and the server's error.
pub(crate) struct Exchanged {
    #[cfg(feature = "unstable-raw")]
    pub head: Parts,
    pub body: Collected<Bytes>,
    pub error: Option<Error>,
}

impl Connections {
    /// Sends a request message and returns the response message.
    pub(super) async fn grpc(
        &self,
        operation: &Operation,
        message: Framed,
        token: Token,
        attempt: &Attempt,
    ) -> Result<Bytes, Error> {
        let mut uri = self.config.env_url.clone().into_parts();
        uri.path_and_query = Some(PathAndQuery::from_static(operation.path));
        let mut request = Request::new(message.0);
        *request.headers_mut() = HeaderMap::with_capacity(8);
        *request.method_mut() = ::http::Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = Uri::from_parts(uri)
            .map_err(|error| Error::config(format!("no call can go to this URL: {error}")))?;
        const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
        const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");
        request.headers_mut().insert(header::CONTENT_TYPE, GRPC);
        request.headers_mut().insert(header::TE, TRAILERS);
        let must_not_repeat = !operation.idempotent;
        let response = self.exchange(request, must_not_repeat, token, attempt);
        let response = response.await?;
        match response.error {
            Some(error) => Err(error),
            None => unframe(response.body.to_bytes()),
        }
    }

    /// Sends a framed message and reads the response with its trailers.
    pub async fn exchange(
        &self,
        mut request: Request<Bytes>,
        must_not_repeat: bool,
        token: Token,
        attempt: &Attempt,
    ) -> Result<Exchanged, Error> {
        let headers = request.headers_mut();
        let (name, timeout) = timeout_header(attempt.time_left());
        headers.insert(name, timeout);
        headers.insert(header::AUTHORIZATION, token.header);
        self.common_headers(headers)?;
        let pool = self.pools.here()?;
        let connection = pool.http2();
        let request = request.map(Sending::from);
        // The connection is in use until the response has been read.
        let (response, _in_use) = connection
            .request(request, must_not_repeat, attempt)
            .await?;
        let (head, body) = response.into_parts();
        if head.status != StatusCode::OK && !head.headers.contains_key(STATUS) {
            // The body can be anything.
            return Err(gateway_error(&head));
        }
        let mut has_message = false;
        let body = body.map_frame(|frame| {
            has_message |= frame.data_ref().is_some_and(|data| !data.is_empty());
            frame
        });
        let body = self.read_whole(body).await?;
        let error = error(&head, body.trailers(), has_message)?;
        Ok(Exchanged {
            #[cfg(feature = "unstable-raw")]
            head,
            body,
            error,
        })
    }
}

/// The body of a gRPC request.
#[derive(Clone)]
pub(crate) struct Framed(Bytes);

impl Framed {
    pub fn new(message: &impl Message) -> Result<Self, Error> {
        let length = message.encoded_len();
        let Ok(prefix) = u32::try_from(length) else {
            return Err(Error::invalid_input(
                "request",
                "is larger than the 4 GiB that a gRPC message can hold",
            ));
        };
        let mut body = BytesMut::with_capacity(PREFIX + length);
        body.put_u8(0);
        body.put_u32(prefix);
        message.encode_raw(&mut body);
        Ok(Self(body.freeze()))
    }

    /// The body that a generated client has written.
    #[cfg(feature = "unstable-raw")]
    pub fn of_body(body: Bytes) -> Result<Self, Error> {
        match unframe(body.clone()) {
            Ok(_) => Ok(Self(body)),
            Err(_) => Err(Error::invalid_input(
                "request",
                "is not one uncompressed message",
            )),
        }
    }

    #[cfg(feature = "unstable-raw")]
    pub fn into_body(self) -> Bytes {
        self.0
    }

    pub fn message(&self) -> &[u8] {
        &self.0[PREFIX..]
    }
}

/// The body of a response with this message.
#[cfg(feature = "unstable-raw")]
pub(crate) fn frame(message: &[u8]) -> Bytes {
    let mut body = BytesMut::with_capacity(PREFIX + message.len());
    body.put_u8(0);
    // No response is larger: it came with a limit, and JSON is seldom shorter than the message.
    body.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    body.put_slice(message);
    body.freeze()
}

/// Returns the message in the body of a response.
pub(crate) fn unframe(mut body: Bytes) -> Result<Bytes, Error> {
    let length = body.len();
    let unreadable = |what: &str| {
        Error::decode(format!(
            "the response ({length} bytes) cannot be decoded: {what}"
        ))
    };
    if length < PREFIX {
        return Err(unreadable("it is shorter than the head of a message"));
    }
    if body.get_u8() != 0 {
        return Err(unreadable("it is compressed, which was not asked for"));
    }
    if body.get_u32() as usize != body.len() {
        return Err(unreadable("it is not as long as its head says"));
    }
    Ok(body)
}

const STATUS: &str = "grpc-status";
const MESSAGE: &str = "grpc-message";
const DETAILS: &str = "grpc-status-details-bin";

/// As strict as tonic, except for padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Sanitizes trailers for tonic, which panics on details that are not base64, and loses the code if
/// the message is not UTF-8.
#[cfg(any(feature = "unstable-raw", test, fuzzing))]
pub(crate) fn sanitize(trailers: &mut HeaderMap) {
    let details = trailers.get(DETAILS);
    if details.is_some_and(|details| BASE64.decode(details).is_err()) {
        trailers.remove(DETAILS);
    }
    if let Some(Cow::Owned(text)) = trailers.get(MESSAGE).map(lossy) {
        set_message(trailers, &text);
    }
}

/// Redacts secrets in trailers for a generated client. Details that quote a secret are removed,
/// because they contain messages of any type, with lengths.
#[cfg(any(feature = "unstable-raw", test, fuzzing))]
pub(crate) fn scrub(trailers: &mut HeaderMap, secrets: &Secrets) {
    let decoded = |value: &HeaderValue| BASE64.decode(value).unwrap_or_default();
    let quotes = |value: &HeaderValue| secrets.are_in(&String::from_utf8_lossy(&decoded(value)));
    if trailers.get_all(DETAILS).iter().any(quotes) {
        trailers.remove(DETAILS);
    }
    if let Some(text) = trailers.get(MESSAGE).map(lossy) {
        let mut text = text.into_owned();
        if secrets.are_in(&text) {
            secrets.hide(&mut text);
            set_message(trailers, &text);
        }
    }
}

#[cfg(any(feature = "unstable-raw", test, fuzzing))]
fn set_message(trailers: &mut HeaderMap, text: &str) {
    let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    if let Ok(value) = HeaderValue::try_from(encoded) {
        trailers.insert(MESSAGE, value);
    }
}

/// A `grpc-message`; borrowed when it is UTF-8 without percent-encoding.
fn lossy(value: &HeaderValue) -> Cow<'_, str> {
    match percent_decode(value.as_bytes()).into() {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// The error of a gateway's response, which does not tell what the service did.
fn gateway_error(head: &Parts) -> Error {
    let retry_after = retry_after(&head.headers);
    Error::http(head.status.as_u16()).with_retry_after(retry_after)
}

/// The error in the head and the trailers of a response. `Err` if they cannot be read.
pub(crate) fn error(
    head: &Parts,
    trailers: Option<&HeaderMap>,
    has_message: bool,
) -> Result<Option<Error>, Error> {
    let blocks = || trailers.into_iter().chain([&head.headers]);
    let mut statuses = blocks()
        .flat_map(|block| block.get_all(STATUS))
        .map(|value| tonic::Code::from_bytes(value.as_bytes()));
    let is_http_ok = head.status == StatusCode::OK;
    let Some(status) = statuses.next() else {
        return Err(match is_http_ok {
            true => Error::decode("the response has no gRPC status"),
            false => gateway_error(head),
        });
    };
    let mut is_alone = true;
    for other in statuses {
        is_alone = false;
        if other != status {
            return Err(Error::decode(
                "the response has two gRPC statuses that differ",
            ));
        }
    }
    if status == tonic::Code::Ok {
        // The service does not use another HTTP status with it.
        return match is_http_ok {
            true => Ok(None),
            false => Err(gateway_error(head)),
        };
    }
    let message = blocks().find_map(|block| block.get(MESSAGE));
    let mut details = details(blocks(), status);
    details.retry_after = details
        .retry_after
        .or_else(|| blocks().find_map(retry_after));
    let refuses_token = is_alone
        && status == tonic::Code::Unauthenticated
        && !has_message
        && refuses_token(head, &details);
    let message = message.map(lossy).unwrap_or_default();
    let mut error = Error::status(Code::from(status as i32), message, details);
    if !is_http_ok {
        error = error.with_http_status(head.status.as_u16(), false);
    }
    // The service had a result before it failed, or a gateway rejected the credentials.
    if has_message || !is_http_ok && status == tonic::Code::Unauthenticated {
        error = error.with_outcome(Outcome::Unknown);
    }
    Ok(Some(match refuses_token {
        true => error.with_token_refused(),
        false => error,
    }))
}

/// Whether a response without a message and with a single status UNAUTHENTICATED means that
/// Scalekit rejected our token before any work. Only this function decides that for gRPC.
///
/// The service responds to gRPC with HTTP status 200 and its content type; details are absent or
/// readable, and none of them says that a tool failed.
fn refuses_token(head: &Parts, details: &Details) -> bool {
    let content_type = head.headers.get(header::CONTENT_TYPE);
    let is_grpc =
        content_type.is_none_or(|value| value.as_bytes().starts_with(b"application/grpc"));
    head.status == StatusCode::OK && is_grpc && !details.unreadable && details.tool_error.is_none()
}

/// The known details of a response, and whether there were others that could not be decoded. The
/// status tells what happened, but not who rejected the call.
fn details<'a>(blocks: impl Iterator<Item = &'a HeaderMap>, status: tonic::Code) -> Details {
    let mut details = Details::default();
    let values: Vec<_> = blocks.flat_map(|block| block.get_all(DETAILS)).collect();
    details.unreadable = values.len() > 1;
    for value in values {
        let decoded = BASE64.decode(value).ok();
        match decoded.and_then(|bytes| RpcStatus::decode(&*bytes).ok()) {
            None => details.unreadable = true,
            Some(rpc_status) => rpc_status.add_to(&mut details, status as i32),
        }
    }
    details
}

#[cfg(test)]
mod tests;

//! Unary gRPC calls: a framed message there, a framed message and a status back.

use std::borrow::Cow;

use ::http::uri::PathAndQuery;
use ::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, Version, header};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body_util::BodyExt;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use prost::Message;
use tokio::time::Instant;
use tonic::Status;

use super::body::Sending;
use super::{Transport, timeout_header};
use crate::call::Operation;
use crate::credentials::Token;
use crate::error::{Code, Details, FieldViolation, HelpLink};
use crate::raw::errdetails::ErrorInfo;
use crate::{Error, ToolError, model};

/// What comes before a message: whether it is compressed, and its length in four bytes.
const PREFIX: usize = 5;

/// The whole answer to a gRPC request, and what the server said is wrong.
pub(crate) struct Exchanged {
    pub response: Response<http_body_util::Collected<Bytes>>,
    pub error: Option<Error>,
}

impl Transport {
    /// Sends a request message and gives the message of the answer.
    pub(super) async fn grpc(
        &self,
        operation: &Operation,
        message: Framed,
        token: Token,
        deadline: Instant,
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
        let answer = self.exchange(request, must_not_repeat, token, deadline);
        let answer = answer.await?;
        match answer.error {
            Some(error) => Err(error),
            None => unframe(answer.response.into_body().to_bytes()),
        }
    }

    /// Sends a framed message, and reads the answer with its trailers.
    pub async fn exchange(
        &self,
        mut request: Request<Bytes>,
        must_not_repeat: bool,
        token: Token,
        deadline: Instant,
    ) -> Result<Exchanged, Error> {
        let headers = request.headers_mut();
        let (name, timeout) = timeout_header(deadline.saturating_duration_since(Instant::now()));
        headers.insert(name, timeout);
        headers.insert(header::AUTHORIZATION, token.header);
        self.common_headers(headers);
        let pool = self.pools.here()?;
        let connection = pool.http2();
        let request = request.map(Sending::from);
        // In use until the response is read.
        let (answer, _in_use) = connection.request(request, must_not_repeat).await?;
        let (mut head, body) = answer.into_parts();
        mend(&mut head.headers);
        let body = body.map_frame(|mut frame| {
            if let Some(trailers) = frame.trailers_mut() {
                mend(trailers);
            }
            frame
        });
        if head.status != StatusCode::OK && !head.headers.contains_key("grpc-status") {
            // From something in front of the service: it says nothing about what the service did.
            let message = "something in front of the service answered instead of it";
            let retry_after = super::http::retry_after(&head.headers);
            return Err(Error::http(head.status.as_u16(), message).with_retry_after(retry_after));
        }
        let body = self.read_whole(body).await?;
        let error = error(body.trailers().unwrap_or(&head.headers))?;
        let response = Response::from_parts(head, body);
        Ok(Exchanged { response, error })
    }
}

/// An encoded request message, as the body of a gRPC request.
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

    pub fn message(&self) -> &[u8] {
        &self.0[PREFIX..]
    }
}

/// The message in the body of an answer.
pub(crate) fn unframe(mut body: Bytes) -> Result<Bytes, Error> {
    let length = body.len();
    let unreadable = |what: &str| {
        Error::decode(format!(
            "the answer ({length} bytes) cannot be decoded: {what}"
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

const MESSAGE: &str = "grpc-message";
const DETAILS: &str = "grpc-status-details-bin";

/// Mends what tonic cannot read, here or in a generated client: it panics over details that are not
/// base64, and forgets the code over a message that is not UTF-8.
pub(crate) fn mend(trailers: &mut HeaderMap) {
    // As strict as tonic, padding aside.
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let base64 = GeneralPurpose::new(&STANDARD, config);
    let details = trailers.get(DETAILS);
    if details.is_some_and(|details| base64.decode(details).is_err()) {
        trailers.remove(DETAILS);
    }
    let message = trailers
        .get(MESSAGE)
        .map(|value| percent_decode(value.as_bytes()));
    let lossy = message.and_then(|message| match message.decode_utf8_lossy() {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()),
    });
    if let Some(value) = lossy.and_then(|text| HeaderValue::try_from(text).ok()) {
        trailers.insert(MESSAGE, value);
    }
}

/// What went wrong, as mended trailers say.
pub(crate) fn error(trailers: &HeaderMap) -> Result<Option<Error>, Error> {
    let Some(status) = Status::from_header_map(trailers) else {
        return Err(Error::decode("the answer has no gRPC status"));
    };
    Ok((status.code() != tonic::Code::Ok).then(|| status_error(&status)))
}

/// What the server said, as an error.
fn status_error(status: &Status) -> Error {
    let mut details = details(status.details());
    details.retry_after = details
        .retry_after
        .or_else(|| super::http::retry_after(status.metadata().as_ref()));
    Error::status(Code::from(status.code() as i32), status.message(), details)
}

/// `google.rpc.Status`, as the trailer `grpc-status-details-bin` carries it.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<prost_types::Duration>,
}

/// What the details hold that this crate knows. Details that cannot be read are left out: the
/// status itself says what happened.
fn details(encoded: &[u8]) -> Details {
    let mut details = Details::default();
    for any in RpcStatus::decode(encoded).unwrap_or_default().details {
        match any.type_url.rsplit('/').next() {
            Some("scalekit.v1.errdetails.ErrorInfo") => {
                if let Ok(info) = ErrorInfo::decode(&*any.value) {
                    details = Details {
                        retry_after: details.retry_after,
                        ..error_info(info)
                    };
                }
            }
            Some("google.rpc.RetryInfo") => {
                details.retry_after = RetryInfo::decode(&*any.value)
                    .ok()
                    .and_then(|info| model::duration(info.retry_delay));
            }
            _ => {}
        }
    }
    details
}

pub(super) fn error_info(info: ErrorInfo) -> Details {
    let is_tool_error = info.error_code == "TOOL_ERROR";
    Details {
        error_code: model::non_empty(info.error_code),
        request_id: info
            .request_info
            .and_then(|info| model::non_empty(info.request_id)),
        field_violations: info
            .validation_error_info
            .into_iter()
            .flat_map(|info| info.field_violations)
            .map(|violation| FieldViolation {
                field: violation.field,
                description: violation.description,
                constraint: violation.constraint,
            })
            .collect(),
        help_links: info
            .help_info
            .into_iter()
            .flat_map(|info| info.links)
            .map(|link| HelpLink {
                description: link.description,
                url: link.url,
            })
            .collect(),
        required_permissions: info
            .resource_info
            .map(|info| info.required_permissions)
            .unwrap_or_default(),
        tool_error: is_tool_error.then(|| {
            let tool = info.tool_error_info.unwrap_or_default();
            ToolError {
                execution_id: tool.execution_id,
                code: tool.tool_error_code,
                message: tool.tool_error_message,
            }
        }),
        retry_after: None,
    }
}

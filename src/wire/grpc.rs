//! Unary gRPC calls: tonic's framing over our connections, and statuses as errors of this crate.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::uri::PathAndQuery;
use ::http::{Request, Response, header};
use bytes::{Buf, BufMut, Bytes};
use hyper::body::Incoming;
use prost::Message;
use tokio::time::Instant;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

use super::{MAX_ANSWER_BYTES, Transport, transport_error};
use crate::call::Operation;
use crate::credentials::Token;
use crate::error::{Code, Details, FieldViolation, HelpLink};
use crate::raw::errdetails::ErrorInfo;
use crate::{Error, Outcome, ToolError, model};

impl Transport {
    /// Sends an encoded request message and decodes the answer.
    pub(super) async fn grpc<M: Message + Default + 'static>(
        &self,
        operation: &Operation,
        message: Bytes,
        token: Token,
        deadline: Instant,
    ) -> Result<M, Error> {
        let mut request = tonic::Request::new(message);
        self.common_headers(request.metadata_mut().as_mut());
        request
            .metadata_mut()
            .as_mut()
            .insert(header::AUTHORIZATION, token.header);
        request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        let origin = self.config.env_url.clone();
        let mut grpc = tonic::client::Grpc::with_origin(Channel(self.http2.clone()), origin)
            .max_decoding_message_size(MAX_ANSWER_BYTES);
        let path = PathAndQuery::from_static(operation.path);
        match grpc.unary(request, path, MessageCodec(PhantomData)).await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => Err(status_error(status)),
        }
    }
}

/// The whole answer to a gRPC request, and what is wrong with it.
#[cfg(feature = "raw")]
pub(crate) struct Exchanged {
    pub response: Response<tonic::body::Body>,
    pub error: Option<Error>,
}

#[cfg(feature = "raw")]
impl Transport {
    /// Sends a framed request message as the generated clients made it, and reads the answer with
    /// its trailers.
    pub async fn exchange(
        &self,
        head: ::http::request::Parts,
        message: Bytes,
        token: Token,
        deadline: Instant,
    ) -> Result<Exchanged, Error> {
        use http_body_util::Full;

        let mut request = tonic::Request::from_parts(
            tonic::metadata::MetadataMap::from_headers(head.headers),
            tonic::Extensions::default(),
            (),
        );
        request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        let mut sent = Request::new(tonic::body::Body::new(Full::new(message)));
        *sent.method_mut() = head.method;
        *sent.uri_mut() = head.uri;
        *sent.version_mut() = head.version;
        *sent.headers_mut() = request.into_parts().0.into_headers();
        sent.headers_mut()
            .insert(header::AUTHORIZATION, token.header);
        self.common_headers(sent.headers_mut());
        let (head, body) = Channel(self.http2.clone()).send(sent).await?.into_parts();
        let body = super::read_whole(body).await?;
        let trailers = body.trailers().unwrap_or(&head.headers);
        let error = match Status::from_header_map(trailers) {
            Some(status) if status.code() != tonic::Code::Ok => Some(status_error(status)),
            Some(_) => None,
            None => return Err(Error::decode("the answer has no gRPC status")),
        };
        let response = Response::from_parts(head, tonic::body::Body::new(body));
        Ok(Exchanged { response, error })
    }
}

/// Our connections as tonic wants them. An answer that is not gRPC's, from something in front of
/// the service, is an error of its own here: it says nothing about what the service did.
struct Channel(super::HttpClient<tonic::body::Body>);

type ChannelFuture = Pin<Box<dyn Future<Output = Result<Response<Incoming>, Error>> + Send>>;

impl tower_service::Service<Request<tonic::body::Body>> for Channel {
    type Response = Response<Incoming>;
    type Error = Error;
    type Future = ChannelFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> ChannelFuture {
        Box::pin(self.send(request))
    }
}

impl Channel {
    fn send(
        &self,
        request: Request<tonic::body::Body>,
    ) -> impl Future<Output = Result<Response<Incoming>, Error>> + Send + use<> {
        let answer = self.0.request(request);
        async move {
            let answer = answer.await.map_err(transport_error)?;
            let status = answer.status();
            if status != ::http::StatusCode::OK && !answer.headers().contains_key("grpc-status") {
                let message = "something in front of the service answered instead of it";
                let retry_after = super::http::retry_after(answer.headers());
                return Err(Error::http(status.as_u16(), message).with_retry_after(retry_after));
            }
            Ok(answer)
        }
    }
}

/// Takes requests that are encoded already, so that a repeat does not encode them again.
struct MessageCodec<M>(PhantomData<M>);

impl<M: Message + Default + 'static> Codec for MessageCodec<M> {
    type Encode = Bytes;
    type Decode = M;
    type Encoder = EncodedMessage;
    type Decoder = MessageCodec<M>;

    fn encoder(&mut self) -> EncodedMessage {
        EncodedMessage
    }

    fn decoder(&mut self) -> MessageCodec<M> {
        MessageCodec(PhantomData)
    }
}

struct EncodedMessage;

impl Encoder for EncodedMessage {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl<M: Message + Default + 'static> Decoder for MessageCodec<M> {
    type Item = M;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<M>, Status> {
        let length = buffer.remaining();
        M::decode(buffer).map(Some).map_err(|error| {
            let message = format!("the answer ({length} bytes) cannot be decoded: {error}");
            Status::from_error(Box::new(Error::decode(message)))
        })
    }
}

/// The error of a failed call: the wire's own when there is one, else what the server said.
fn status_error(status: Status) -> Error {
    if let Some(error) = std::error::Error::source(&status) {
        if let Some(error) = super::causes(error).find_map(|cause| cause.downcast_ref::<Error>()) {
            return error.clone();
        }
        if super::was_not_processed(error) {
            return Error::connection(
                Outcome::NotSent,
                "the server closed the stream without processing it",
            )
            .with_source(status);
        }
        let message = format!("the connection broke before the answer was complete: {status}");
        return Error::connection(Outcome::Unknown, message).with_source(status);
    }
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

//! The gRPC door: framing and trailers are tonic's, messages pass through as bytes.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf as _, BufMut as _, Bytes};
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

use crate::answer::{Response, empty};
use crate::journal::{Body, CallStatus, Protocol};
use crate::rpc::{self, Failure};
use crate::shared::Shared;
use crate::status::{Code, Status};

/// The largest request that is read.
const MAX_REQUEST: usize = 64 * 1024 * 1024;

/// Whether a request is gRPC.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

pub(crate) async fn serve(shared: Arc<Shared>, request: http::Request<Incoming>) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let in_front = Arc::new(Mutex::new(None));
    let call = UnaryCall {
        shared,
        path,
        headers,
        in_front: Arc::clone(&in_front),
    };
    let response = tonic::server::Grpc::new(BytesCodec)
        .max_decoding_message_size(MAX_REQUEST)
        .unary(call, request)
        .await;
    let in_front = in_front
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(status) = in_front {
        return empty(status);
    }
    response.map(|body| body.map_err(Into::into).boxed_unsync())
}

/// One call, as tonic wants it.
struct UnaryCall {
    shared: Arc<Shared>,
    path: String,
    headers: HeaderMap,
    /// A plain HTTP status that replaces the gRPC answer.
    in_front: Arc<Mutex<Option<u16>>>,
}

type Answer = Result<tonic::Response<Bytes>, tonic::Status>;

impl tonic::server::UnaryService<Bytes> for UnaryCall {
    type Response = Bytes;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let path = std::mem::take(&mut self.path);
        let headers = std::mem::take(&mut self.headers);
        let in_front = Arc::clone(&self.in_front);
        Box::pin(async move {
            let bytes = request.into_inner();
            let rpc = shared.schema.rpc(&path).cloned();
            let (name, body) = match &rpc {
                Some(rpc) => (
                    Some(rpc.name.clone()),
                    Body::Message(rpc.input.clone(), bytes.clone()),
                ),
                None => (path.rsplit('/').next().map(ToOwned::to_owned), Body::None),
            };
            let method = path.trim_start_matches('/').to_owned();
            let entered =
                shared
                    .journal
                    .begin(Protocol::Grpc, method.clone(), name, &headers, body);
            let result = match rpc {
                Some(rpc) => rpc::serve(&shared, &rpc, &headers, bytes).await,
                // Who asks for something that does not exist is told so, token or not.
                None => Err(rpc::unimplemented(&method).into()),
            };
            let request_id = format!("req_{}", entered.seq());
            match result {
                Ok(bytes) => {
                    entered.end(CallStatus::Rpc(Code::Ok));
                    Ok(tonic::Response::new(bytes.into()))
                }
                Err(Failure::Status(status)) => {
                    entered.end(CallStatus::Rpc(status.code()));
                    Err(status.with_default_request_id(&request_id).to_grpc())
                }
                Err(Failure::Http(status)) => {
                    entered.end(CallStatus::Http(status));
                    *in_front.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
                    Err(Status::bare(Code::Unavailable, "").to_grpc())
                }
            }
        })
    }
}

/// Messages as they are on the wire.
#[derive(Clone, Copy, Default)]
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = BytesCodec;
    type Decoder = BytesCodec;

    fn encoder(&mut self) -> Self::Encoder {
        BytesCodec
    }

    fn decoder(&mut self) -> Self::Decoder {
        BytesCodec
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = tonic::Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Self::Error> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = tonic::Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Self::Error> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}

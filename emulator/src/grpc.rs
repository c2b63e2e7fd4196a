//! The gRPC door: framing and trailers are tonic's, messages pass through as bytes.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf as _, BufMut as _, Bytes};
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

use crate::answer::Response;
use crate::faults::{Ending, Form};
use crate::journal::{Body, CallStatus, Protocol};
use crate::line::Line;
use crate::rpc;
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

pub(crate) async fn serve(
    shared: Arc<Shared>,
    line: &Line,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let ending = Arc::new(Mutex::new(Ending::none()));
    let call = UnaryCall {
        shared,
        line: line.clone(),
        path,
        headers,
        ending: Arc::clone(&ending),
    };
    let response = tonic::server::Grpc::new(BytesCodec)
        .max_decoding_message_size(MAX_REQUEST)
        .unary(call, request)
        .await;
    let ending = std::mem::replace(
        &mut *ending.lock().unwrap_or_else(PoisonError::into_inner),
        Ending::none(),
    );
    let response = response.map(|body| body.map_err(Into::into).boxed_unsync());
    ending.apply(response, Form::Grpc, line).await
}

/// One call, as tonic wants it.
struct UnaryCall {
    shared: Arc<Shared>,
    line: Line,
    path: String,
    headers: HeaderMap,
    /// What a fault does to the answer, once tonic has made it.
    ending: Arc<Mutex<Ending>>,
}

type Answer = Result<tonic::Response<Bytes>, tonic::Status>;

impl tonic::server::UnaryService<Bytes> for UnaryCall {
    type Response = Bytes;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let path = std::mem::take(&mut self.path);
        let headers = std::mem::take(&mut self.headers);
        let line = self.line.clone();
        let ending = Arc::clone(&self.ending);
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
            let (result, end) = match rpc {
                Some(rpc) => rpc::serve(&shared, &rpc, &headers, &line, bytes).await,
                // Who asks for something that does not exist is told so, token or not.
                None => (Err(rpc::unimplemented(&method)), Ending::none()),
            };
            let request_id = format!("req_{}", entered.seq());
            let code = result.as_ref().map_or_else(Status::code, |_| Code::Ok);
            entered.end(end.journaled(CallStatus::Rpc(code)));
            *ending.lock().unwrap_or_else(PoisonError::into_inner) = end;
            result
                .map(|bytes| tonic::Response::new(bytes.into()))
                .map_err(|status| status.with_default_request_id(&request_id).to_grpc())
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

//! The gRPC door: framing and trailers are tonic's, messages pass through as bytes.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Buf as _, BufMut as _, Bytes};
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};
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
        deadline: deadline(&headers),
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
    deadline: Option<Instant>,
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
        let deadline = self.deadline;
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
                Some(rpc) => {
                    let call = rpc::serve(&shared, &rpc, &headers, &line, bytes);
                    by(deadline, call)
                        .await
                        .unwrap_or_else(|| (Err(too_late()), Ending::none()))
                }
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

/// When the caller stops waiting. Counted from the arrival of the headers; one that cannot be read
/// is none.
fn deadline(headers: &HeaderMap) -> Option<Instant> {
    let value = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let number = number.parse().ok()?;
    let timeout = match unit {
        "H" => Duration::from_secs(3_600).checked_mul(number)?,
        "M" => Duration::from_secs(60).checked_mul(number)?,
        "S" => Duration::from_secs(number.into()),
        "m" => Duration::from_millis(number.into()),
        "u" => Duration::from_micros(number.into()),
        "n" => Duration::from_nanos(number.into()),
        _ => return None,
    };
    Instant::now().checked_add(timeout)
}

/// What the call comes to by then. One that is late is dropped where it waits: before it executed
/// anything, or while the tool is at work, which goes on.
async fn by<T>(deadline: Option<Instant>, call: impl Future<Output = T>) -> Option<T> {
    match deadline {
        None => Some(call.await),
        // The timeout would let it begin.
        Some(deadline) if deadline <= Instant::now() => None,
        Some(deadline) => timeout_at(deadline, call).await.ok(),
    }
}

fn too_late() -> Status {
    Status::new(
        Code::DeadlineExceeded,
        "the call did not end within its grpc-timeout",
    )
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

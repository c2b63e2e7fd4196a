//! Serves gRPC. tonic does framing and trailers; messages pass through as bytes.

mod codec;
mod deadline;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::Instant;

use self::codec::BytesCodec;
use self::deadline::{deadline, until};
use crate::call::{CallStatus, Protocol};
use crate::code::Code;
use crate::connection::ConnectionHandle;
use crate::inject::{Encoding, ResponseFault};
use crate::journal::RecordedBody;
use crate::response::Response;
use crate::rpc;
use crate::shared::Shared;
use crate::status::Status;

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
    connection: &ConnectionHandle,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let fault = Arc::new(Mutex::new(ResponseFault::none()));
    let call = UnaryCall {
        shared,
        connection: connection.clone(),
        deadline: deadline(&headers),
        path,
        headers,
        fault: Arc::clone(&fault),
    };
    let response = tonic::server::Grpc::new(BytesCodec)
        .max_decoding_message_size(MAX_REQUEST)
        .unary(call, request)
        .await;
    let fault = std::mem::replace(
        &mut *fault.lock().unwrap_or_else(PoisonError::into_inner),
        ResponseFault::none(),
    );
    let response = response.map(|body| body.map_err(Into::into).boxed_unsync());
    fault.apply(response, Encoding::Grpc, connection).await
}

/// One call, as a tonic service.
struct UnaryCall {
    shared: Arc<Shared>,
    connection: ConnectionHandle,
    deadline: Option<Instant>,
    path: String,
    headers: HeaderMap,
    /// What a fault does to the response that tonic builds.
    fault: Arc<Mutex<ResponseFault>>,
}

type UnaryResult = Result<tonic::Response<Bytes>, tonic::Status>;

impl tonic::server::UnaryService<Bytes> for UnaryCall {
    type Response = Bytes;
    type Future = Pin<Box<dyn Future<Output = UnaryResult> + Send>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let path = std::mem::take(&mut self.path);
        let headers = std::mem::take(&mut self.headers);
        let connection = self.connection.clone();
        let deadline = self.deadline;
        let fault = Arc::clone(&self.fault);
        Box::pin(async move {
            let bytes = request.into_inner();
            let rpc = shared.schema.rpc(&path).cloned();
            let (name, body) = match &rpc {
                Some(rpc) => (
                    Some(rpc.name.clone()),
                    RecordedBody::Message(rpc.input.clone(), bytes.clone()),
                ),
                None => (
                    path.rsplit('/').next().map(ToOwned::to_owned),
                    RecordedBody::None,
                ),
            };
            let method = path.trim_start_matches('/').to_owned();
            let entry = shared
                .journal
                .begin(Protocol::Grpc, method.clone(), name, &headers, body);
            let (result, response_fault) = match rpc {
                Some(rpc) => {
                    let call = rpc::serve(&shared, &rpc, &headers, &connection, bytes);
                    until(deadline, call)
                        .await
                        .unwrap_or_else(|| (Err(deadline_exceeded()), ResponseFault::none()))
                }
                // An unknown RPC is reported as such, with or without a valid token.
                None => (Err(rpc::unimplemented(&method)), ResponseFault::none()),
            };
            let request_id = entry.request_id();
            let code = result.as_ref().map_or_else(Status::code, |_| Code::Ok);
            entry.end(response_fault.journaled(CallStatus::Rpc(code)));
            *fault.lock().unwrap_or_else(PoisonError::into_inner) = response_fault;
            result
                .map(|bytes| tonic::Response::new(bytes.into()))
                .map_err(|status| status.with_default_request_id(&request_id).to_grpc())
        })
    }
}

fn deadline_exceeded() -> Status {
    Status::new(
        Code::DeadlineExceeded,
        "the call did not end within its grpc-timeout",
    )
}

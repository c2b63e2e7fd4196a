//! The service behind the generated clients: token, headers, deadline and retries as in the facade.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use tonic::Status;
use tonic::body::Body;

use super::*;
use crate::call::{self, Attempt, CallOptions, Deadline, Operation};
use crate::error::{Code, Secrets};
use crate::transport::grpc::{self, Exchanged};
use crate::transport::{self, Framed, Transport};
use crate::{Client, Error, ErrorKind};

/// The generated clients; see [`Client::raw`].
#[derive(Clone, Debug)]
pub struct Raw {
    pub(super) client: Client,
}

impl Raw {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    fn channel(&self) -> Channel {
        Channel {
            client: self.client.clone(),
        }
    }

    fn origin(&self) -> Uri {
        self.client.env_url().clone()
    }
}

#[cfg(not(feature = "_codegen"))]
include!("../../generated/services.rs");
#[cfg(feature = "_codegen")]
include!(concat!(env!("OUT_DIR"), "/services.rs"));

/// The service through which the generated clients send requests.
///
/// An RPC is retried after the same failures as in the facade, if `spec/operations.toml` in the
/// repository of this crate classifies it as idempotent. Its deadline is the client's default for
/// the service, or the value of `tonic::Request::set_timeout`. A failure without a response of the
/// server is a `tonic::Status` whose source is the [`Error`].
///
/// With [`Transport::Rest`], the RPCs of the AgentKit services are sent as REST requests. Every
/// failure is then a status whose source is the [`Error`], with the details of the server; those of
/// the status are empty. Response metadata is not available. Other RPCs fail with a
/// [`Config`](ErrorKind::Config) error that names the RPC: the crate has their REST form only in
/// `raw::rest`.
#[derive(Clone)]
pub struct Channel {
    client: Client,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("client", &self.client)
            .finish()
    }
}

impl tower_service::Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(send(self.client.clone(), request))
    }
}

async fn send(client: Client, request: Request<Body>) -> Result<Response<Body>, Status> {
    let (head, body) = request.into_parts();
    let Some(operation) = Operation::at(head.uri.path()) else {
        return Err(Status::unimplemented(format!(
            "the spec has no RPC {}",
            head.uri.path()
        )));
    };
    // Collected, so that it can be sent again.
    let message = Framed::of_body(body.collect().await?.to_bytes()).map_err(status)?;
    let timeout = head
        .headers
        .get(GRPC_TIMEOUT)
        .and_then(|value| timeout(value.to_str().ok()?))
        .unwrap_or_else(|| client.default_timeout(operation.class));
    client.warm_up();
    let refusal = Mutex::new(None);
    let in_request = || transport::secrets(operation.path, message.message());
    let attempt = Attempt::until(Deadline::after(timeout));
    let result = call::run(
        &client,
        &operation,
        client.retry_policy(&operation, &CallOptions::default()),
        &attempt,
        |_| {},
        |token| {
            let (head, message) = (head.clone(), message.clone());
            let (client, refusal, attempt) = (&client, &refusal, &attempt);
            async move {
                let must_not_repeat = !operation.idempotent;
                let connections = client.connections()?;
                if connections.transport() == Transport::Rest {
                    let response = connections.unary(&operation, message, token, attempt);
                    return Ok(transcoded(&response.await?));
                }
                let request = Request::from_parts(head, message.into_body());
                let exchange =
                    connections.exchange(request, must_not_repeat, token.clone(), attempt);
                let mut response = exchange.await?;
                let Some(error) = response.error.take() else {
                    return Ok(tonic_response(response, &[]));
                };
                let hidden = [
                    call::secrets(client, Some(&token)),
                    Secrets::new(in_request().iter().map(String::as_str)),
                ];
                *lock(refusal) = Some(tonic_response(response, &hidden));
                Err(error)
            }
        },
    )
    .await
    .map_err(|error| error.without(&Secrets::new(in_request().iter().map(String::as_str))));
    match result {
        Ok(done) => Ok(done.value),
        // The generated client reads the status from the server's response.
        Err(error) if error.code().is_some() => match lock(&refusal).take() {
            Some(response) => Ok(response),
            None => Err(status(error)),
        },
        Err(error) => Err(status(error)),
    }
}

/// The response for a generated client: sanitized for tonic, with quoted secrets redacted.
fn tonic_response(response: Exchanged, hidden: &[Secrets]) -> Response<Body> {
    let Exchanged { mut head, body, .. } = response;
    let mut trailers = body.trailers().cloned();
    for block in std::iter::once(&mut head.headers).chain(trailers.as_mut()) {
        grpc::sanitize(block);
        hidden
            .iter()
            .for_each(|secrets| grpc::scrub(block, secrets));
    }
    let body = Full::new(body.to_bytes()).with_trailers(std::future::ready(trailers.map(Ok)));
    Response::from_parts(head, Body::new(body))
}

/// The message of a REST response, as a generated client expects it.
fn transcoded(message: &[u8]) -> Response<Body> {
    let trailers = HeaderMap::from_iter([(
        HeaderName::from_static("grpc-status"),
        HeaderValue::from_static("0"),
    )]);
    let body = Full::new(grpc::frame(message));
    let body = body.with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(Body::new(body));
    let content_type = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

const GRPC_TIMEOUT: &str = "grpc-timeout";

/// Parses a `grpc-timeout` header: up to eight digits and a unit.
fn timeout(value: &str) -> Option<Duration> {
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let number: u64 = match number.len() {
        ..=8 => number.parse().ok()?,
        _ => return None,
    };
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// Converts a failure without a gRPC response to a status.
fn status(error: Error) -> Status {
    let mut status = match error.code().and_then(Code::number) {
        // The server's own, of a REST response.
        Some(code) => Status::new(tonic::Code::from_i32(code), error.message()),
        None => Status::new(code(error.kind()), error.to_string()),
    };
    status.set_source(std::sync::Arc::new(error));
    status
}

fn code(kind: ErrorKind) -> tonic::Code {
    match kind {
        ErrorKind::Unauthorized => tonic::Code::Unauthenticated,
        ErrorKind::Forbidden => tonic::Code::PermissionDenied,
        ErrorKind::Connection | ErrorKind::ServiceUnavailable => tonic::Code::Unavailable,
        ErrorKind::GatewayTimeout => tonic::Code::DeadlineExceeded,
        ErrorKind::InternalServer => tonic::Code::Internal,
        ErrorKind::NotImplemented => tonic::Code::Unimplemented,
        ErrorKind::Config => tonic::Code::FailedPrecondition,
        _ => tonic::Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_in_every_unit() {
        assert_eq!(timeout("2S"), Some(Duration::from_secs(2)));
        assert_eq!(timeout("1H"), Some(Duration::from_secs(3600)));
        assert_eq!(timeout("150m"), Some(Duration::from_millis(150)));
        assert_eq!(
            timeout("99999999u"),
            Some(Duration::from_micros(99_999_999))
        );
        for wrong in ["", "S", "1", "1s", "-1S", "é", "18446744073709551615H"] {
            assert_eq!(timeout(wrong), None, "{wrong}");
        }
    }
}

//! One port: HTTP/1.1 and HTTP/2, plain or TLS, and the way to each door.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::answer::{Response, plain_error};
use crate::journal::{Body, CallStatus, Protocol};
use crate::shared::Shared;
use crate::status::Code;
use crate::{admin, consent, grpc, oauth, provider, proxy, rest};

/// How long calls in flight may take once the emulator is told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until `stop` changes; dropping the future cuts every connection.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    max_streams: u32,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    // The peer's problem, or a lack of file handles that only time mends.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let shared = Arc::clone(&shared);
                let tls = tls.clone();
                let watcher = graceful.watcher();
                connections.spawn(async move {
                    let service = service_fn(move |request| {
                        let shared = Arc::clone(&shared);
                        async move { Ok::<_, Infallible>(route(shared, request).await) }
                    });
                    let builder = builder(max_streams);
                    // How a connection ends is the peer's choice; nobody is left to be told.
                    if let Some(tls) = tls {
                        let Ok(stream) = tls.accept(stream).await else { return };
                        let connection = builder.serve_connection(TokioIo::new(stream), service);
                        let _ = watcher.watch(connection.into_owned()).await;
                    } else {
                        let connection = builder.serve_connection(TokioIo::new(stream), service);
                        let _ = watcher.watch(connection.into_owned()).await;
                    }
                });
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    connections.shutdown().await;
}

fn builder(max_streams: u32) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new());
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(max_streams)
        // Tests cancel calls by the hundred; the defaults take that for an attack.
        .max_pending_accept_reset_streams(10_000)
        .max_local_error_reset_streams(None);
    builder
}

async fn route(shared: Arc<Shared>, request: http::Request<Incoming>) -> Response {
    let path = request.uri().path();
    // gRPC first: a gRPC client shows itself by its content type, whatever the path.
    if grpc::is_grpc(request.headers()) {
        return grpc::serve(shared, request).await;
    }
    if path.starts_with("/api/") {
        rest::serve(shared, request).await
    } else if path == "/oauth/token" || path == "/keys" {
        oauth::serve(shared, request).await
    } else if path.starts_with("/connect/") || path == "/connected" {
        consent::serve(shared, request).await
    } else if path.starts_with("/proxy/") {
        proxy::serve(shared, request).await
    } else if path.starts_with("/_provider/") {
        provider::serve(shared, request).await
    } else if path.starts_with("/_emulator/") {
        admin::serve(shared, request).await
    } else {
        let method = format!("{} {path}", request.method());
        let entered = shared.journal.begin(
            Protocol::Other,
            method.clone(),
            None,
            request.headers(),
            Body::None,
        );
        entered.end(CallStatus::Http(404));
        plain_error(404, Code::NotFound, &format!("nothing at {method}"))
    }
}

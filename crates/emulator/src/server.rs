//! One port: HTTP/1.1 and HTTP/2, plain or TLS, and the way to each door.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::answer::{Response, plain_error};
use crate::journal::{Body, CallStatus, Protocol};
use crate::line::{Line, Order, Socket};
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
                let mut stop = stop.clone();
                connections.spawn(async move {
                    let socket = Socket::new(stream);
                    if let Some(tls) = tls {
                        let stream = tokio::select! {
                            accepted = tls.accept(socket.clone()) => accepted,
                            _ = stop.changed() => return,
                        };
                        if let Ok(stream) = stream {
                            connection(stream, socket, shared, max_streams, stop).await;
                        }
                    } else {
                        connection(socket.clone(), socket, shared, max_streams, stop).await;
                    }
                });
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, ended).await;
    connections.shutdown().await;
}

/// Serves one connection until it ends, is cut, or falls silent and is given up by its peer.
async fn connection<S>(
    stream: S,
    socket: Socket,
    shared: Arc<Shared>,
    max_streams: u32,
    mut stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (line, mut orders) = Line::new();
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        let line = line.clone();
        async move { route(shared, line, request).await }
    });
    let builder = builder(max_streams);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut stopping = false;
    loop {
        tokio::select! {
            // Orders come before what they are about.
            biased;
            Ok(()) = orders.changed() => match *orders.borrow_and_update() {
                Order::Serve => {}
                Order::GoAway => served.as_mut().graceful_shutdown(),
                Order::Cut => return,
                Order::BlackHole => break,
            },
            _ = stop.changed(), if !stopping => {
                stopping = true;
                served.as_mut().graceful_shutdown();
            }
            // How a connection ends is the peer's choice; nobody is left to be told.
            _ = served.as_mut() => return,
        }
    }
    // Nobody moves `served` any more, but while it is here the connection is open.
    if !stopping {
        tokio::select! {
            () = socket.closed() => {}
            _ = stop.changed() => {}
        }
    }
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

/// An error resets the stream, or closes a connection that has no streams.
async fn route(
    shared: Arc<Shared>,
    line: Line,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let path = request.uri().path();
    // gRPC first: a gRPC client shows itself by its content type, whatever the path.
    if grpc::is_grpc(request.headers()) {
        return grpc::serve(shared, &line, request).await;
    }
    if path.starts_with("/api/") {
        return rest::serve(shared, &line, request).await;
    }
    if path == "/oauth/token" || path == "/keys" {
        return oauth::serve(shared, &line, request).await;
    }
    if path.starts_with("/proxy/") {
        return proxy::serve(shared, &line, request).await;
    }
    Ok(if path.starts_with("/connect/") || path == "/connected" {
        consent::serve(shared, request).await
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
    })
}

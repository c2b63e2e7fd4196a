//! The listener: HTTP/1.1 and HTTP/2, with or without TLS, and the routing of requests.

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

use crate::call::{CallStatus, Protocol};
use crate::code::Code;
use crate::connection::{ConnectionCommand, ConnectionHandle};
use crate::journal::RecordedBody;
use crate::response::{Response, plain_error};
use crate::shared::Shared;
use crate::socket::Socket;
use crate::{admin, consent, grpc, oauth, provider, proxy, rest};

/// How long calls in flight may take after the emulator was told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until `stop` changes. Dropping the future closes every connection.
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
                    // The peer is gone, or file handles ran out, which may pass.
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
                            serve_connection(stream, socket, shared, max_streams, stop).await;
                        }
                    } else {
                        serve_connection(socket.clone(), socket, shared, max_streams, stop).await;
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

/// Serves one connection until it ends, a fault closes it, or a fault silences it and the peer closes
/// it.
async fn serve_connection<S>(
    stream: S,
    socket: Socket,
    shared: Arc<Shared>,
    max_streams: u32,
    mut stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (handle, mut commands) = ConnectionHandle::new();
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        let handle = handle.clone();
        async move { route(shared, handle, request).await }
    });
    let builder = builder(max_streams);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut stopping = false;
    loop {
        tokio::select! {
            // A command takes effect before the response that it concerns is written.
            biased;
            Ok(()) = commands.changed() => match *commands.borrow_and_update() {
                ConnectionCommand::Serve => {}
                ConnectionCommand::GoAway => served.as_mut().graceful_shutdown(),
                ConnectionCommand::Close => return,
                ConnectionCommand::BlackHole => break,
            },
            _ = stop.changed(), if !stopping => {
                stopping = true;
                served.as_mut().graceful_shutdown();
            }
            // The error of a connection that ended has no recipient.
            _ = served.as_mut() => return,
        }
    }
    // `served` is not polled any more, but keeps the connection open until it is dropped.
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
        // Tests cancel hundreds of calls, which the defaults treat as an attack.
        .max_pending_accept_reset_streams(10_000)
        .max_local_error_reset_streams(None);
    builder
}

/// Routes a request to its handler. An error resets the HTTP/2 stream or closes the HTTP/1.1
/// connection.
async fn route(
    shared: Arc<Shared>,
    connection: ConnectionHandle,
    request: http::Request<Incoming>,
) -> Result<Response, h2::Error> {
    let path = request.uri().path();
    // gRPC first: its content type identifies it, whatever the path.
    if grpc::is_grpc(request.headers()) {
        return grpc::serve(shared, &connection, request).await;
    }
    if path.starts_with("/api/") {
        return rest::serve(shared, &connection, request).await;
    }
    if path == "/oauth/token" || path == "/keys" {
        return oauth::serve(shared, &connection, request).await;
    }
    if path.starts_with("/proxy/") {
        return proxy::serve(shared, &connection, request).await;
    }
    Ok(if path.starts_with("/connect/") || path == "/connected" {
        consent::serve(shared, request).await
    } else if path.starts_with("/_provider/") {
        provider::serve(shared, request).await
    } else if path.starts_with("/_emulator/") {
        admin::serve(shared, request).await
    } else {
        let method = format!("{} {path}", request.method());
        let entry = shared.journal.begin(
            Protocol::Other,
            method.clone(),
            None,
            request.headers(),
            RecordedBody::None,
        );
        entry.end(CallStatus::Http(404));
        plain_error(404, Code::NotFound, &format!("no endpoint at {method}"))
    })
}

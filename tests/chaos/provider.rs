//! A provider behind the proxy that counts its effects per call.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::ledger::Ledger;

/// Serves `/{id}` until the runtime ends. Returns the URL.
pub async fn start(effects: Arc<Ledger>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let effects = effects.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let id = request.uri().path().trim_start_matches('/').to_owned();
                effects.count(id.parse().expect("an id"));
                let response = Bytes::from(format!("{{\"id\":{id}}}"));
                async { Ok::<_, Infallible>(Response::new(Full::new(response))) }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    url
}

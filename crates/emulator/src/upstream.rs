//! HTTP requests to tools over HTTP and to providers behind the proxy.

use std::sync::OnceLock;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// An upstream request failed. The text includes the causes.
#[derive(Debug)]
pub(crate) struct UpstreamError(String);

impl std::fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UpstreamError {}

fn failed(error: &dyn std::error::Error) -> UpstreamError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    UpstreamError(text)
}

type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// An HTTP client that follows no redirects and does not retry.
#[derive(Default)]
pub(crate) struct Upstream {
    client: OnceLock<HttpClient>,
}

impl Upstream {
    pub(crate) async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Incoming>, UpstreamError> {
        self.client()?
            .request(request.map(Full::new))
            .await
            .map_err(|error| failed(&error))
    }

    pub(crate) async fn collect(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<(http::response::Parts, Bytes), UpstreamError> {
        let (parts, body) = self.send(request).await?.into_parts();
        let body = body.collect().await.map_err(|error| failed(&error))?;
        Ok((parts, body.to_bytes()))
    }

    /// The client, created on first use because loading the system's certificates takes time.
    fn client(&self) -> Result<&HttpClient, UpstreamError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .retry_canceled_requests(false)
            .build(connector);
        Ok(self.client.get_or_init(|| client))
    }
}

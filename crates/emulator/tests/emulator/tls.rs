//! TLS: both protocols on one port, with a CA of the test.

use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use scalekit::raw::tools::ListToolsRequest;
use scalekit::raw::tools::tool_service_client::ToolServiceClient;
use scalekit_emulator::{Consent, Emulator, ErrorKind};

struct Pki {
    root: CertificateDer<'static>,
    cert_pem: String,
    key_pem: String,
}

/// A CA and a certificate for localhost that it signed.
fn pki() -> Pki {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(vec![]).unwrap();
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = ca.self_signed(&ca_key).unwrap().der().clone();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let cert = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    Pki {
        root,
        cert_pem: cert.pem(),
        key_pem: key.serialize_pem(),
    }
}

fn client_config(root: CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[tokio::test]
async fn http1_grpc_and_the_consent_page_work_over_tls() {
    let pki = pki();
    let emulator = Emulator::builder()
        .tls(pki.cert_pem, pki.key_pem)
        .start()
        .await
        .unwrap();
    assert!(emulator.env_url().starts_with("https://localhost:"));
    let connector = |config| {
        hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_only()
    };
    let http1: Client<_, Empty<bytes::Bytes>> = Client::builder(TokioExecutor::new()).build(
        connector(client_config(pki.root.clone()))
            .enable_http1()
            .build(),
    );
    let url = format!("{}/_emulator/health", emulator.env_url());
    let response = http1.get(url.parse().unwrap()).await.unwrap();
    assert_eq!(response.version(), http::Version::HTTP_11);
    assert!(response.into_body().collect().await.is_ok());
    let http2: Client<_, tonic::body::Body> = Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build(connector(client_config(pki.root)).enable_http2().build());
    let origin = emulator.env_url().parse().unwrap();
    let status = ToolServiceClient::with_origin(http2, origin)
        .list_tools(ListToolsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unauthenticated);
    let unknown = format!("{}/connect/unknown", emulator.env_url());
    let error = emulator
        .consent(&unknown, Consent::Allow)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Consent);
}

#[tokio::test]
async fn unusable_certificates_are_errors() {
    let pki = pki();
    for (cert, key) in [
        ("", pki.key_pem.as_str()),
        (pki.cert_pem.as_str(), "nonsense"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            pki.key_pem.as_str(),
        ),
    ] {
        let error = Emulator::builder()
            .tls(cert, key)
            .start()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
    }
}

//! Mutual TLS: a gateway that demands client certificates, in front of an emulator.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{Acceptor, WebPkiClientVerifier};
use scalekit::{Client, ClientBuilder, Error, ErrorKind, Outcome};
use scalekit_emulator::Emulator;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;

use super::TRANSPORT;
use super::harness::{GMAIL, Served, client_builder, connect, emulator};

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::new(params, key);
        Self { pem, issuer }
    }

    /// A certificate and its key, in PEM.
    fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        (certificate.pem(), key.serialize_pem())
    }
}

/// An authority of clients, and a gateway that lets them through to the emulator.
struct Gateway {
    url: String,
    authority: Authority,
}

impl Gateway {
    /// Demands a certificate on connections of HTTP/2 only, if `spares_http1` is set.
    async fn of(emulator: SocketAddr, spares_http1: bool) -> Self {
        let authority = Authority::new();
        let (certificate, key) = authority.issue("127.0.0.1");
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(authority.pem.as_bytes()).expect("PEM");
        roots.add(root).expect("a root");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone())
            .build()
            .expect("a verifier");
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
        let config = |verifier: Arc<dyn ClientCertVerifier>| {
            let mut config = rustls::ServerConfig::builder_with_provider(provider.clone())
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_client_cert_verifier(verifier)
                .with_single_cert(vec![certificate.clone()], key.clone_key())
                .expect("a configuration");
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            Arc::new(config)
        };
        let demanding = config(verifier);
        let open = config(WebPkiClientVerifier::no_client_auth());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (demanding, open) = (demanding.clone(), open.clone());
                tokio::spawn(async move {
                    let start = LazyConfigAcceptor::new(Acceptor::default(), client).await?;
                    let names = start.client_hello().alpn();
                    let is_http2 = names.is_some_and(|mut names| names.any(|it| it == b"h2"));
                    let config = match spares_http1 && !is_http2 {
                        true => open,
                        false => demanding,
                    };
                    let mut client = match start.into_stream(config).into_fallible().await {
                        Ok(client) => client,
                        // A reset would make the client lose the alert.
                        Err((error, mut client)) => {
                            tokio::io::copy(&mut client, &mut tokio::io::sink()).await?;
                            return Err(error);
                        }
                    };
                    let mut server = TcpStream::connect(emulator).await?;
                    tokio::io::copy_bidirectional(&mut client, &mut server).await
                });
            }
        });
        Self { url, authority }
    }

    fn client_builder(&self, emulator: &Emulator) -> ClientBuilder {
        client_builder()
            .env_url(&self.url)
            .client_id(emulator.client_id())
            .client_secret(emulator.client_secret())
            .root_certificates_pem(self.authority.pem.as_str())
    }
}

async fn served() -> (Served, Gateway) {
    let emulator = emulator().await;
    let gateway = Gateway::of(emulator.address(), false).await;
    (emulator, gateway)
}

/// A call is rejected by the gateway, once, and nothing reaches the service.
async fn rejected(emulator: &Emulator, client: Client) -> Error {
    let error = client.tools().list_tools().await.expect_err("rejected");
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::Config, Outcome::NotSent, 1),
        "{error:?}"
    );
    assert!(emulator.calls().is_empty());
    assert_eq!(emulator.token_requests(), 0);
    error
}

#[tokio::test]
async fn a_client_certificate_is_shown_with_every_request() {
    let (emulator, gateway) = served().await;
    let (certificate, key) = gateway.authority.issue("client");
    let client = gateway
        .client_builder(&emulator)
        .client_certificate_pem(certificate, key)
        .build()
        .expect("a client");
    connect(&client).await;
    client.tools().list_tools().await.expect("a page");
    client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .await
        .expect("a response");
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test]
async fn a_client_without_a_certificate_is_told_what_to_do() {
    let (emulator, gateway) = served().await;
    let client = gateway.client_builder(&emulator).build();
    let error = rejected(&emulator, client.expect("a client")).await;
    let text = error.to_string();
    assert!(text.contains("demands a client certificate"), "{text}");
    assert!(text.contains("client_certificate_pem"), "{text}");
}

#[tokio::test]
async fn a_certificate_that_the_server_does_not_trust_is_rejected_as_such() {
    let (emulator, gateway) = served().await;
    let (certificate, key) = Authority::new().issue("client");
    let client = gateway
        .client_builder(&emulator)
        .client_certificate_pem(certificate, key)
        .build();
    let error = rejected(&emulator, client.expect("a client")).await;
    let text = error.to_string();
    assert!(text.contains("rejected the client certificate"), "{text}");
}

#[tokio::test]
async fn a_rejection_over_http2_is_recognised() {
    let emulator = emulator().await;
    let gateway = Gateway::of(emulator.address(), true).await;
    let client = gateway.client_builder(&emulator).build().expect("a client");
    let result = client.tools().list_tools().await;
    if TRANSPORT == scalekit::Transport::Rest {
        result.expect("a page over HTTP/1.1");
        return;
    }
    let error = result.expect_err("rejected");
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::Config, Outcome::NotSent, 1),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(text.contains("demands a client certificate"), "{text}");
}

#[test]
fn a_pair_that_cannot_be_used_is_an_error_that_says_why() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("client");
    let (_, other_key) = authority.issue("other");
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let damaged = key.replace("\nM", "\n%");
    for (chain, key, part) in [
        ("", &*key, "holds no certificate"),
        (&*key, &*key, "holds no certificate"),
        (&*certificate, "", "holds no key"),
        (&*certificate, &*certificate, "holds no key"),
        (&*certificate, &*encrypted, "decrypted"),
        (&*certificate, &*damaged, "private key is not PEM"),
        (&*certificate, &*other_key, "does not match the certificate"),
    ] {
        let builder = client_builder()
            .env_url("https://127.0.0.1:1")
            .client_id("skc_1")
            .client_secret("sentinel-secret")
            .client_certificate_pem(chain, key);
        let secret = key.lines().nth(1).unwrap_or("BEGIN PRIVATE KEY\n");
        let debug = format!("{builder:?}");
        assert!(
            debug.contains("client_certificate_pem: Some(<redacted>)"),
            "{debug}"
        );
        assert!(!debug.contains(secret), "{debug}");
        let error = builder.build().expect_err(part);
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(
            text.contains("client_certificate_pem") && text.contains(part),
            "{text}"
        );
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
    }
}

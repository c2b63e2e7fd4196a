//! TLS: whom a client believes, and that nothing is sent to anybody else.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use scalekit::{Error, ErrorKind, Outcome};
use scalekit_emulator::Emulator;

use super::harness::{GMAIL, client_builder, connect, serve};

/// What a call into a server with this certificate comes to, for a client that trusts its issuer.
async fn call_into(params: CertificateParams) -> Error {
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    let builder = Emulator::builder().tls(certificate.as_str(), key.serialize_pem());
    let emulator = serve(builder).await;
    let client = client_builder()
        .env_url(emulator.env_url())
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .root_certificates_pem(certificate)
        .max_attempts(1)
        .build()
        .expect("a client");
    let error = client
        .tools()
        .list_tools()
        .await
        .expect_err("a bad certificate");
    assert!(emulator.calls().is_empty(), "something was sent");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connection, Outcome::NotSent)
    );
    error
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused_by_name() {
    let params = CertificateParams::new(["elsewhere.example".to_owned()]).expect("a name");
    let error = call_into(params).await;
    assert!(error.to_string().contains("not valid for name"), "{error}");
}

#[tokio::test]
async fn an_expired_certificate_is_refused_as_such() {
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2020, 1, 1);
    let error = call_into(params).await;
    assert!(error.to_string().contains("expired"), "{error}");
}

#[tokio::test]
async fn tls_is_checked_against_the_roots_given() {
    let authority =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])
            .expect("a certificate");
    let (certificate, key) = (authority.cert.pem(), authority.signing_key.serialize_pem());
    let emulator = serve(Emulator::builder().tls(certificate.as_str(), key.as_str())).await;
    assert!(emulator.env_url().starts_with("https://"));
    let builder = || {
        client_builder()
            .env_url(emulator.env_url())
            .client_id(emulator.client_id())
            .client_secret(emulator.client_secret())
    };
    let trusted = builder()
        .root_certificates_pem(certificate)
        .build()
        .expect("a client");
    connect(&trusted).await;
    trusted
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .await
        .expect("a response over TLS");
    let error = builder()
        .build()
        .expect("a client")
        .tools()
        .list_tools()
        .await;
    let error = error.expect_err("an unknown authority");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(
        matches!(error.kind(), ErrorKind::Connection | ErrorKind::Config),
        "untrusted, or no root certificates on this machine: {error:?}"
    );
}

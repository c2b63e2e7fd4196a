//! TLS: which servers a client trusts, and that nothing is sent to others.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use scalekit::{Error, ErrorKind, Outcome};
use scalekit_emulator::Emulator;

use super::harness::{GMAIL, client_builder, connect, serve};

/// The result of a call to a server with this certificate, for a client that trusts its issuer.
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
        .build()
        .expect("a client");
    let error = client
        .tools()
        .list_tools()
        .await
        .expect_err("a bad certificate");
    assert!(emulator.calls().is_empty(), "something was sent");
    assert_permanent(&error);
    error
}

/// No further attempt could succeed, so there was only one.
#[track_caller]
fn assert_permanent(error: &Error) {
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::Config, Outcome::NotSent, 1),
        "{error:?}"
    );
    assert!(!error.is_unavailable());
}

#[tokio::test]
async fn a_certificate_of_another_host_is_rejected_by_name() {
    let params = CertificateParams::new(["elsewhere.example".to_owned()]).expect("a name");
    let error = call_into(params).await;
    assert!(error.to_string().contains("not valid for name"), "{error}");
}

#[tokio::test]
async fn an_expired_certificate_is_rejected_as_expired() {
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2020, 1, 1);
    let error = call_into(params).await;
    assert!(error.to_string().contains("expired"), "{error}");
}

#[tokio::test]
async fn certificates_are_checked_against_the_given_roots() {
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
    if error.to_string().contains("no root certificates") {
        println!("not asked whether the platform trusts it: this machine has no root certificates");
    } else {
        assert_permanent(&error);
        for advice in ["root_certificates_pem", "SSL_CERT_FILE"] {
            assert!(error.to_string().contains(advice), "{error}");
        }
    }
}

fn client_of(url: String, certificate: Option<String>) -> scalekit::Client {
    let builder = client_builder()
        .env_url(url)
        .client_id("skc_1")
        .client_secret("sentinel-secret");
    let builder = match certificate {
        Some(pem) => builder.root_certificates_pem(pem),
        None => builder,
    };
    builder.build().expect("a client")
}

fn self_signed() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]);
    let made = made.expect("a certificate");
    (made.cert.pem(), made.signing_key.serialize_pem())
}

#[tokio::test]
async fn the_error_of_https_to_a_port_without_tls_says_so() {
    let plain = serve(Emulator::builder()).await;
    let url = plain.env_url().replace("http://", "https://");
    let client = client_of(url, Some(self_signed().0));
    let error = client.tools().list_tools().await.expect_err("no TLS");
    assert_permanent(&error);
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}

#[tokio::test]
async fn the_error_of_http_to_a_port_with_tls_says_so() {
    let (certificate, key) = self_signed();
    let emulator = serve(Emulator::builder().tls(certificate, key)).await;
    let url = emulator.env_url().replace("https://", "http://");
    let error = client_of(url, None).tools().list_tools().await;
    let error = error.expect_err("TLS");
    assert_permanent(&error);
    assert!(error.to_string().contains("https://"), "{error}");
}

/// In a process of its own, because the environment belongs to the whole process.
#[test]
fn an_error_names_an_unreadable_certificate_file() {
    const CHILD: &str = "SCALEKIT_TEST_BAD_CERTIFICATE_FILE";
    const MISSING: &str = "/no/such/certificates.pem";
    if std::env::var_os(CHILD).is_none() {
        let name = std::thread::current().name().expect("named").to_owned();
        let child = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args([&name, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .env("SSL_CERT_FILE", MISSING)
            .output()
            .expect("it starts");
        let output = String::from_utf8_lossy(&child.stdout);
        assert!(
            child.status.success() && output.contains("1 passed"),
            "{output}"
        );
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let client = client_of("https://127.0.0.1:1".to_owned(), None);
    let error = runtime.block_on(async { client.tools().list_tools().await });
    let error = error.expect_err("no certificates");
    assert_permanent(&error);
    for part in ["SSL_CERT_FILE", MISSING] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

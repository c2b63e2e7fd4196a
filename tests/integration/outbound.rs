//! An outbound proxy, which all connections go through: tunnels by `CONNECT`, and rejections.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scalekit::{Client, ErrorKind, Outcome, Transport};
use scalekit_emulator::Emulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::harness::{GMAIL, Served, client_builder, connect, emulator, serve};

/// A proxy in this process.
struct Proxy {
    address: SocketAddr,
    /// The head of each request to the proxy.
    heads: Arc<Mutex<Vec<String>>>,
}

/// What a proxy does with a `CONNECT` request.
#[derive(Clone, Copy)]
enum ProxyBehavior {
    Connect,
    Respond(&'static str),
    Close,
    Silent,
    /// Connects the first request, which is for the token, and does not respond to the others.
    ConnectOnce,
}

impl Proxy {
    async fn with_behavior(behavior: ProxyBehavior) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = heads.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve_one(client, behavior, seen.clone()));
            }
        });
        Self { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("a lock").clone()
    }
}

async fn serve_one(mut client: TcpStream, behavior: ProxyBehavior, heads: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = client.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let head = String::from_utf8(head).expect("ASCII");
    let target = head.split(' ').nth(1).expect("a target").to_owned();
    let number = {
        let mut heads = heads.lock().expect("a lock");
        heads.push(head);
        heads.len()
    };
    match behavior {
        ProxyBehavior::ConnectOnce if number > 1 => std::future::pending().await,
        ProxyBehavior::Close => {}
        ProxyBehavior::Silent => std::future::pending().await,
        ProxyBehavior::Respond(text) => client.write_all(text.as_bytes()).await.expect("written"),
        ProxyBehavior::Connect | ProxyBehavior::ConnectOnce => {
            let mut server = TcpStream::connect(target).await.expect("the target");
            // Together with the first bytes of the server, as happens on real networks.
            let mut response = b"HTTP/1.1 200 Connection established\r\nvia: x\r\n\r\n".to_vec();
            let mut first = vec![0; 1024];
            let read = server.read(&mut first);
            if let Ok(Ok(read)) = tokio::time::timeout(Duration::from_millis(100), read).await {
                response.extend_from_slice(&first[..read]);
            }
            client.write_all(&response).await.expect("written");
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        }
    }
}

fn client_of(emulator: &Served, proxy: &str) -> Client {
    let builder = emulator.client_builder().proxy(proxy.to_owned());
    builder.build().expect("a client")
}

/// One request each: a token, an RPC, a proxied request.
async fn call_everything(client: &Client) {
    connect(client).await;
    client.tools().list_tools().await.expect("a page");
    let echo = client.actions().request(GMAIL.0, GMAIL.1, "/echo");
    assert_eq!(echo.await.expect("a response").status(), 200);
}

#[tokio::test]
async fn tokens_calls_and_proxied_requests_go_through_the_proxy() {
    let emulator = emulator().await;
    let proxy = Proxy::with_behavior(ProxyBehavior::Connect).await;
    let url = format!("http://agent:sentinel%40pass@{}", proxy.address);
    let client = client_of(&emulator, &url);
    call_everything(&client).await;
    let heads = proxy.heads();
    assert!(!heads.is_empty());
    for head in heads {
        let connect = format!("CONNECT {} HTTP/1.1\r\n", emulator.address());
        assert!(head.starts_with(&connect), "{head}");
        // agent:sentinel@pass
        assert!(
            head.contains("Proxy-Authorization: Basic YWdlbnQ6c2VudGluZWxAcGFzcw=="),
            "{head}"
        );
    }
    // The emulator does not know the proxy.
    for call in emulator.calls() {
        assert_eq!(call.header("proxy-authorization"), None);
    }
    assert!(!format!("{client:?}").contains("sentinel"), "{client:?}");
}

#[tokio::test]
async fn tls_goes_through_the_tunnel_to_the_environment() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]);
    let made = made.expect("a certificate");
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let emulator = serve(Emulator::builder().tls(certificate.as_str(), key.as_str())).await;
    let proxy = Proxy::with_behavior(ProxyBehavior::Connect).await;
    let client = client_builder()
        .env_url(emulator.env_url())
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .root_certificates_pem(certificate)
        .proxy(format!("http://{}", proxy.address))
        .build()
        .expect("a client");
    call_everything(&client).await;
    assert!(!proxy.heads().is_empty());
}

#[tokio::test]
async fn an_excluded_host_is_reached_directly() {
    let emulator = emulator().await;
    let proxy = Proxy::with_behavior(ProxyBehavior::Close).await;
    let client = emulator
        .client_builder()
        .proxy(format!("http://{}", proxy.address))
        .proxy_exceptions("example.com, 127.0.0.0/8")
        .build()
        .expect("a client");
    call_everything(&client).await;
    assert!(proxy.heads().is_empty());
}

#[tokio::test]
async fn an_error_names_the_proxy_that_rejects_the_connection() {
    let emulator = emulator().await;
    for (behavior, kind, part) in [
        (
            ProxyBehavior::Respond("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
            ErrorKind::Config,
            "HTTP 407",
        ),
        (
            ProxyBehavior::Respond("HTTP/1.0 403 Filtered\r\ncontent-length: 0\r\n\r\n"),
            ErrorKind::Config,
            "HTTP 403",
        ),
        (
            ProxyBehavior::Respond("HTTP/1.1 502 Bad Gateway\r\n\r\n"),
            ErrorKind::Connection,
            "HTTP 502",
        ),
        (
            ProxyBehavior::Respond("SSH-2.0-x\r\n\r\n"),
            ErrorKind::Connection,
            "not HTTP",
        ),
        (
            ProxyBehavior::Close,
            ErrorKind::Connection,
            "did not open a tunnel",
        ),
    ] {
        let proxy = Proxy::with_behavior(behavior).await;
        let url = format!("http://agent:sentinel-pass@{}", proxy.address);
        let client = client_of(&emulator, &url);
        let call = client
            .actions()
            .execute_tool("gmail_fetch_mails", serde_json::json!({}));
        let error = call.account(GMAIL).await.expect_err("no way through");
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotSent));
        let attempts = if kind == ErrorKind::Config { 1 } else { 3 };
        assert_eq!(error.attempts(), attempts, "{error}");
        let text = error.to_string();
        let named = format!("the proxy {}", proxy.address);
        assert!(text.contains(&named) && text.contains(part), "{text}");
        assert!(!format!("{error:?}").contains("sentinel"), "{error:?}");
    }
    assert!(emulator.calls().is_empty());
}

#[tokio::test]
async fn a_silent_proxy_fails_after_the_connect_timeout() {
    let emulator = emulator().await;
    let proxy = Proxy::with_behavior(ProxyBehavior::Silent).await;
    let client = emulator
        .client_builder()
        .proxy(format!("http://{}", proxy.address))
        .connect_timeout(Duration::from_millis(100))
        .max_attempts(1)
        .build()
        .expect("a client");
    let error = client.tools().list_tools().await.expect_err("silence");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connection, Outcome::NotSent)
    );
}

#[tokio::test]
async fn a_deadline_that_passes_while_connecting_has_outcome_not_sent() {
    let emulator = emulator().await;
    let proxy = Proxy::with_behavior(ProxyBehavior::ConnectOnce).await;
    let client = emulator
        .client_builder()
        .transport(Transport::Grpc)
        .proxy(format!("http://{}", proxy.address))
        .build()
        .expect("a client");
    let call = client
        .actions()
        .execute_tool("gmail_fetch_mails", serde_json::json!({}));
    let call = call.account(GMAIL).timeout(Duration::from_millis(300));
    let error = call.await.expect_err("silence");
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(proxy.heads().len(), 2, "a token, and no more");
}

#[tokio::test]
async fn an_error_names_the_proxy_that_refuses_connections() {
    let emulator = emulator().await;
    let client = client_of(&emulator, "http://127.0.0.1:1");
    let error = client.tools().list_tools().await.expect_err("nobody");
    assert_eq!(error.outcome(), Outcome::NotSent);
    let text = error.to_string();
    assert!(
        text.contains("the proxy 127.0.0.1:1 could not be reached"),
        "{text}"
    );
}

#[test]
fn an_unsupported_proxy_scheme_fails_when_building() {
    for url in [
        "socks5://127.0.0.1:1",
        "https://127.0.0.1:1",
        "http://",
        "http://a:b:c",
    ] {
        let builder = Client::builder()
            .env_url("https://a.dev")
            .client_id("skc_1")
            .client_secret("sentinel-secret")
            .proxy(url);
        let error = builder.build().expect_err(url);
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

/// A child process that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_real_proxy_forwards_everything() {
    let found = Command::new("tinyproxy")
        .arg("-v")
        .stdout(Stdio::null())
        .status();
    if found.is_err() {
        println!("not run: tinyproxy is not installed");
        return;
    }
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let directory = std::env::temp_dir().join(format!("scalekit-proxy-{port}"));
    std::fs::create_dir_all(&directory).expect("a directory");
    let file = directory.join("tinyproxy.conf");
    let configuration = format!(
        "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nAllow 127.0.0.1\n\
         BasicAuth agent secretpass\nLogLevel Error\n"
    );
    std::fs::write(&file, configuration).expect("written");
    let child = Command::new("tinyproxy")
        .args(["-d", "-c"])
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _program = Program(child.expect("it starts"));
    let mut up = false;
    for _ in 0..200 {
        up = TcpStream::connect(("127.0.0.1", port)).await.is_ok();
        if up {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(up, "it does not listen");
    let emulator = emulator().await;
    call_everything(&client_of(
        &emulator,
        &format!("http://agent:secretpass@127.0.0.1:{port}"),
    ))
    .await;
    let client = client_of(&emulator, &format!("http://agent:wrong@127.0.0.1:{port}"));
    let error = client.tools().list_tools().await.expect_err("refused");
    assert!(error.to_string().contains("the proxy"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    let _ = std::fs::remove_dir_all(&directory);
}

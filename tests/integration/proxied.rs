//! Proxied requests byte for byte, and responses as providers send them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::Method;
use scalekit::actions::{Multipart, ProxyRequest};
use scalekit::{Client, ErrorKind, Outcome};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const TOKEN: &str = r#"{"access_token":"sentinel-token","expires_in":3600}"#;

/// A request as it was received.
#[derive(Clone, Debug)]
struct Received {
    head: String,
    body: Vec<u8>,
    is_whole: bool,
}

impl Received {
    /// The values of a header.
    fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1);
        let pairs = lines.filter_map(|line| line.split_once(": "));
        pairs
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .collect()
    }

    fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }
}

/// A server that records requests below `/proxy/` and responds to all of them in the same way.
struct Server {
    client: Client,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    async fn start(response: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let received = Arc::new(Mutex::new(Vec::new()));
        let (noted, response) = (received.clone(), Arc::new(response.into()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, noted.clone(), response.clone()));
            }
        });
        let client = Client::builder()
            .env_url(url)
            .client_id("skc_1")
            .client_secret("sentinel-secret")
            .build();
        let client = client.expect("a client");
        Self { client, received }
    }

    fn request(&self, path: &str) -> ProxyRequest {
        self.client.actions().request("gmail", "bob", path)
    }

    fn post(&self) -> ProxyRequest {
        self.request("/x").method(Method::POST)
    }

    /// Waits for the last request: a call can fail before the server has read all of it.
    async fn last(&self, count: usize) -> Received {
        for _ in 0..500 {
            let received = self.received.lock().expect("a lock").clone();
            if received.len() >= count {
                return received[count - 1].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no request came");
    }

    fn count(&self) -> usize {
        self.received.lock().expect("a lock").len()
    }

    async fn send(&self, request: ProxyRequest) -> Received {
        request.await.expect("a response");
        self.last(self.count()).await
    }
}

async fn serve(mut stream: TcpStream, noted: Arc<Mutex<Vec<Received>>>, response: Arc<Vec<u8>>) {
    let mut buffer = Vec::new();
    while let Some(request) = receive(&mut stream, &mut buffer).await {
        let is_token = request.line().starts_with("POST /oauth/token ");
        let is_whole = request.is_whole;
        let token = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{TOKEN}",
            TOKEN.len()
        );
        let response = match is_token {
            true => token.as_bytes(),
            false => {
                noted.lock().expect("a lock").push(request);
                &response[..]
            }
        };
        if !is_whole || stream.write_all(response).await.is_err() {
            return;
        }
    }
}

/// The next request, or the part of it that was received.
async fn receive(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Received> {
    let head = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            let rest = buffer.split_off(end + 4);
            break std::mem::replace(buffer, rest);
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let mut request = Received {
        head: String::from_utf8(head).expect("ASCII"),
        body: Vec::new(),
        is_whole: false,
    };
    let length = request
        .header("content-length")
        .first()
        .map(|length| length.parse());
    let length: Option<usize> = length.map(|length| length.expect("a number"));
    let is_chunked = request.header("transfer-encoding") == ["chunked"];
    loop {
        let end = match (length, is_chunked) {
            (Some(length), _) => (buffer.len() >= length).then_some(length),
            (None, true) => find(buffer, b"0\r\n\r\n").map(|end| end + 5),
            (None, false) => Some(0),
        };
        if let Some(end) = end {
            let rest = buffer.split_off(end);
            request.body = std::mem::replace(buffer, rest);
            request.is_whole = true;
            return Some(request);
        }
        if !matches!(stream.read_buf(buffer).await, Ok(1..)) {
            request.body = std::mem::take(buffer);
            return Some(request);
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

async fn server() -> Server {
    Server::start("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await
}

/// A stream of these chunks that yields between them.
fn chunks(
    chunks: impl IntoIterator<Item = &'static str>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    struct Chunks(std::collections::VecDeque<&'static str>, bool);
    impl Stream for Chunks {
        type Item = Result<Bytes, std::io::Error>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            self.1 = !self.1;
            if self.1 {
                context.waker().wake_by_ref();
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(self.0.pop_front().map(|chunk| Ok(Bytes::from(chunk))))
        }
    }
    Chunks(chunks.into_iter().collect(), false)
}

#[tokio::test]
async fn a_request_without_a_body_has_a_content_length_where_servers_require_it() {
    let server = server().await;
    for method in [Method::POST, Method::PUT, Method::PATCH] {
        let received = server.send(server.request("/x").method(method)).await;
        assert_eq!(received.header("content-length"), ["0"], "{received:?}");
        assert!(received.header("transfer-encoding").is_empty());
    }
    let empty = server.send(server.post().body("", "text/plain")).await;
    assert_eq!(empty.header("content-length"), ["0"]);
    for method in [Method::GET, Method::DELETE, Method::OPTIONS] {
        let received = server.send(server.request("/x").method(method)).await;
        assert!(received.header("content-length").is_empty(), "{received:?}");
    }
    let received = server.send(server.post().body("12345", "text/plain")).await;
    assert_eq!(received.header("content-length"), ["5"]);
    assert_eq!(received.body, b"12345");
}

#[tokio::test]
async fn a_request_has_one_content_type_and_it_is_the_caller_s() {
    let server = server().await;
    const OWN: &str = "application/vnd.api+json";
    for request in [
        server.post().header("Content-Type", OWN).json(&json!({})),
        server.post().json(&json!({})).header("content-type", OWN),
        server
            .post()
            .body("x", "text/plain")
            .header("content-type", OWN),
        server
            .post()
            .header("content-type", "text/a")
            .header("content-type", OWN)
            .body("x", "a/b"),
        server
            .post()
            .header("content-type", OWN)
            .body_stream(chunks(["x"]), "a/b"),
        server.post().header("content-type", OWN),
    ] {
        let received = server.send(request).await;
        assert_eq!(received.header("content-type"), [OWN], "{received:?}");
    }
    let received = server.send(server.post().json(&json!({}))).await;
    assert_eq!(received.header("content-type"), ["application/json"]);
    let received = server.send(server.request("/x")).await;
    assert!(received.header("content-type").is_empty());
    assert_eq!(received.header("accept"), ["*/*"]);
    let received = server
        .send(server.request("/x").header("Accept", "text/csv"))
        .await;
    assert_eq!(received.header("accept"), ["text/csv"]);

    let before = server.count();
    let form = server
        .post()
        .multipart([("a", "1")])
        .header("content-type", OWN);
    let error = form
        .await
        .expect_err("it cannot be parsed without a boundary");
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(server.count(), before);
}

#[tokio::test]
async fn methods_and_queries_are_sent_as_given() {
    let server = server().await;
    let lower = Method::from_bytes(b"post").expect("a token");
    let pairs = [("q", "a b"), ("r", "1|2")];
    for (request, line) in [
        (server.request("/x").method(lower), "POST /proxy/x HTTP/1.1"),
        (
            server.request("/x?").query(pairs),
            "GET /proxy/x?q=a%20b&r=1%7C2 HTTP/1.1",
        ),
        (
            server.request("/x?a=1&").query(pairs),
            "GET /proxy/x?a=1&q=a%20b&r=1%7C2 HTTP/1.1",
        ),
        (
            server.request("/x?f={a|b c}"),
            "GET /proxy/x?f=%7Ba%7Cb%20c%7D HTTP/1.1",
        ),
        (server.request("/.%23lock"), "GET /proxy/.%23lock HTTP/1.1"),
    ] {
        assert_eq!(server.send(request).await.line(), line);
    }
    let before = server.count();
    for name in ["CONNECT", "connect", "TRACE", "Track"] {
        let method = Method::from_bytes(name.as_bytes()).expect("a token");
        let error = server.request("/x").method(method).await.expect_err(name);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidInput, Outcome::NotSent)
        );
    }
    assert_eq!(server.count(), before);
}

#[tokio::test]
async fn a_blank_identifier_selects_no_other_user() {
    let server = server().await;
    for name in [
        " bob ",
        "bob ",
        "\tbob",
        "bob\n",
        "b\tb",
        "bób",
        "bob\u{a0}",
        "\u{2003}bob",
    ] {
        for (connection, identifier, parameter) in [
            ("gmail", name, "identifier"),
            (name, "bob", "connection_name"),
        ] {
            let request = server
                .client
                .actions()
                .request(connection, identifier, "/x");
            let error = request.await.expect_err(name);
            assert_eq!(
                (error.kind(), error.outcome()),
                (ErrorKind::InvalidInput, Outcome::NotSent)
            );
            assert!(error.message().starts_with(parameter), "{error}");
        }
        let error = server
            .request("/x")
            .header("x-user", name)
            .await
            .expect_err(name);
        assert!(error.is_invalid_input(), "{error}");
        let error = server.post().body("x", name).await.expect_err(name);
        assert!(error.is_invalid_input(), "{error}");
        let form = Multipart::new().file("f", "f", name, "x");
        assert!(
            server
                .post()
                .multipart(form)
                .await
                .expect_err(name)
                .is_invalid_input()
        );
    }
    assert_eq!(server.count(), 0);
    let received = server
        .send(server.client.actions().request("my mail", "b  b", "/x"))
        .await;
    assert_eq!(received.header("connection_name"), ["my mail"]);
    assert_eq!(received.header("identifier"), ["b  b"]);
}

#[tokio::test]
async fn forty_thousand_headers_are_an_error() {
    let server = server().await;
    let many = (0..40_000).fold(server.request("/x"), |request, n| {
        request.header(format!("x-{n}"), "1")
    });
    let error = many.await.expect_err("too many");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::InvalidInput, Outcome::NotSent)
    );
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_stream_of_known_length_has_a_content_length() {
    let server = server().await;
    let sized = |length| {
        server
            .post()
            .body_stream_with_length(chunks(["ab", "", "cde"]), length, "a/b")
    };
    let received = server.send(sized(5)).await;
    assert_eq!(received.header("content-length"), ["5"]);
    assert!(received.header("transfer-encoding").is_empty());
    assert_eq!(received.body, b"abcde");
    let empty = server.post().body_stream_with_length(chunks([]), 0, "a/b");
    assert_eq!(server.send(empty).await.header("content-length"), ["0"]);

    let received = server
        .send(server.post().body_stream(chunks(["ab"]), "a/b"))
        .await;
    assert_eq!(received.header("transfer-encoding"), ["chunked"]);

    let form = |length| {
        let file = chunks(["1,", "2"]);
        Multipart::new()
            .text("a", "b")
            .file_stream_with_length("f", "f.csv", "text/csv", file, length)
    };
    let received = server.send(server.post().multipart(form(3))).await;
    assert_eq!(
        received.header("content-length"),
        [received.body.len().to_string()]
    );
    assert!(find(&received.body, b"\r\n\r\n1,2\r\n--").is_some());

    for (request, reason) in [
        (sized(4), "more than the 4 bytes"),
        (sized(2), "more than the 2 bytes"),
        (sized(0), "more than the 0 bytes"),
        (sized(6), "after 5 of the 6 bytes"),
        (sized(u64::MAX), "after 5 of"),
        (server.post().multipart(form(2)), "more than the 2 bytes"),
        (server.post().multipart(form(9)), "after 3 of the 9 bytes"),
    ] {
        let before = server.count();
        let error = request.await.expect_err(reason);
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        let outcome = match reason {
            "more than the 0 bytes" => Outcome::NotSent,
            _ => Outcome::Unknown,
        };
        assert_eq!(error.outcome(), outcome, "{error}");
        assert!(error.to_string().contains(reason), "{error}");
        if server.count() > before {
            assert!(!server.last(before + 1).await.is_whole, "{reason}");
        }
    }
}

#[tokio::test]
async fn json_is_read_after_a_byte_order_mark_and_compression_is_reported() {
    let respond = async |headers: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        let server = Server::start([head.as_bytes(), body].concat()).await;
        server.request("/x").await.expect("a response")
    };
    let response = respond("", b"\xef\xbb\xbf{\"a\": 1}").await;
    assert_eq!(response.json::<Value>().expect("JSON"), json!({"a": 1}));
    assert_eq!(response.text().expect("text"), "{\"a\": 1}");
    assert_eq!(response.bytes().len(), 11, "the bytes are as they came");

    let compressed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0";
    for encoding in ["gzip", "br", "zstd", "deflate"] {
        let response = respond(&format!("content-encoding: {encoding}\r\n"), compressed).await;
        for error in [
            response.json::<Value>().expect_err(encoding),
            response.text().map(drop).expect_err(encoding),
        ] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.message().contains(encoding), "{error}");
        }
        assert_eq!(&response.bytes()[..], compressed);
    }
    let response = respond("content-encoding: identity\r\n", b"{}").await;
    assert_eq!(response.json::<Value>().expect("JSON"), json!({}));
    let response = respond("", b"\xff\xfe{\0}\0").await;
    let error = response.json::<Value>().expect_err("UTF-16");
    assert!(error.message().contains("UTF-16"), "{error}");
}

#[tokio::test]
async fn a_deadline_holds_while_data_is_waiting() {
    // Much more than the test reads.
    let body = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 64 << 20]].concat();
    let server = Server::start(body).await;
    let timeout = Duration::from_millis(300);
    let request = server.request("/x").timeout(timeout);
    let mut stream = request.send_streaming().await.expect("a head");
    for _ in 0..100 {
        match stream.chunk().await {
            Ok(chunk) => assert!(chunk.is_some(), "there is more"),
            Err(error) => {
                assert!(error.is_timeout(), "{error}");
                assert_eq!(error.outcome(), Outcome::Unknown);
                assert!(stream.chunk().await.expect("the end").is_none());
                return;
            }
        }
        // A reader that is slower than the provider.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("still receiving long after the deadline");
}

#[tokio::test]
async fn no_request_timeout_panics() {
    let server = server().await;
    for timeout in [Duration::MAX, Duration::from_secs(u64::MAX / 2)] {
        server
            .request("/x")
            .timeout(timeout)
            .await
            .expect("a response");
        let stream = server.request("/x").timeout(timeout).send_streaming().await;
        let mut stream = stream.expect("a head");
        assert_eq!(
            stream.chunk().await.expect("a chunk").as_deref(),
            Some(&b"{}"[..])
        );
    }
    for timeout in [Duration::ZERO, Duration::from_nanos(1)] {
        let request = || server.request("/x").timeout(timeout);
        let errors = [
            request().await.err(),
            request().send_streaming().await.err(),
        ];
        assert!(errors.into_iter().flatten().all(|error| error.is_timeout()));
    }
}

//! Rejections, byte for byte: which of them is Scalekit's own rejection of the token, and the
//! result of a call that must not be executed twice.

use std::sync::{Arc, Mutex};

use http::Method;
use scalekit::{Client, Error, ErrorKind, OauthToken, Outcome, Transport};
use scalekit_emulator::{Account, Connection, Emulator, Fault, Seed, Status, Tool};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::canary;
use crate::gateway::{Gateway, GatewayResponse};

/// An HTTP/1.1 server that issues tokens and gives one response to everything else.
struct Server {
    url: String,
    /// The requests by their first line, each with its token.
    log: Arc<Mutex<Vec<(String, String)>>>,
}

impl Server {
    /// Issues `tokens` in order, and repeats the last one.
    async fn start(tokens: &'static [&'static str], response: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let shared = log.clone();
        tokio::spawn(async move {
            let mut issued = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let token = tokens[issued.min(tokens.len() - 1)];
                if serve(stream, token, &response, &shared).await == Some(true) {
                    issued += 1;
                }
            }
        });
        Self { url, log }
    }

    fn client(&self, transport: Transport) -> Client {
        let builder = Client::builder().env_url(&self.url).transport(transport);
        let builder = builder.client_id("skc_1").client_secret("sentinel-secret");
        builder.build().expect("a client")
    }

    fn count(&self, part: &str) -> usize {
        let log = self.log.lock().expect("a lock");
        log.iter().filter(|(line, _)| line.contains(part)).count()
    }

    /// The tokens of all requests except those to the token endpoint.
    fn tokens(&self) -> Vec<String> {
        let log = self.log.lock().expect("a lock");
        let calls = log
            .iter()
            .filter(|(line, _)| !line.contains("/oauth/token"));
        calls.map(|(_, token)| token.clone()).collect()
    }
}

/// Serves one request. Returns whether it was for a token.
async fn serve(
    mut stream: TcpStream,
    token: &str,
    response: &str,
    log: &Mutex<Vec<(String, String)>>,
) -> Option<bool> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    let head = loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
                rest.split("\r\n")
                    .next()
                    .unwrap_or("0")
                    .parse()
                    .unwrap_or(0)
            });
            let is_chunked = head.contains("transfer-encoding: chunked");
            if body.len() >= length && (!is_chunked || body.ends_with("0\r\n\r\n")) {
                break head;
            }
        }
        let count = stream.read(&mut buffer).await.ok()?;
        if count == 0 {
            return None;
        }
        read.extend_from_slice(&buffer[..count]);
    };
    let line = head.lines().next().unwrap_or_default().to_owned();
    let sent = head.split_once("authorization: bearer ");
    let sent = sent.map_or("", |(_, rest)| rest.lines().next().unwrap_or_default());
    let is_token = line.contains("/oauth/token");
    log.lock().expect("a lock").push((line, sent.to_owned()));
    let issued = json!({"access_token": token, "expires_in": 3600}).to_string();
    let response = match is_token {
        true => http_response("200 OK", "application/json", &issued),
        false => response.to_owned(),
    };
    stream.write_all(response.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()?;
    Some(is_token)
}

fn http_response(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

const INVALID_TOKEN: &str = r#"{"detail":"invalid token","code":"UNAUTHORIZED"}"#;
const JSON: &str = "application/json";

async fn post(client: &Client) -> Result<scalekit::actions::ProxyResponse, Error> {
    let request = client.actions().request("gmail", "bob", "/send");
    request.method(Method::POST).body("x", "text/plain").await
}

#[tokio::test]
async fn a_token_that_the_proxy_rejects_is_renewed_and_the_request_sent_again() {
    let response = http_response("401 Unauthorized", JSON, INVALID_TOKEN);
    let server = Server::start(&["t1", "t2", "t3"], response).await;
    let client = server.client(Transport::Grpc);
    let error = post(&client).await.expect_err("rejected twice");
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::Unauthorized, Outcome::Rejected, 2)
    );
    assert_eq!(error.message(), "invalid token");
    assert_eq!(error.error_code(), Some("UNAUTHORIZED"));
    assert_eq!(server.tokens(), ["t1", "t2"]);
    // The second token was rejected too, so the next call does not begin with it.
    post(&client).await.expect_err("refused");
    assert_eq!(server.tokens()[2], "t3");
}

#[tokio::test]
async fn a_renewed_token_that_is_unchanged_is_not_sent_again() {
    let response = http_response("401 Unauthorized", JSON, INVALID_TOKEN);
    let server = Server::start(&["t1"], response).await;
    let error = post(&server.client(Transport::Grpc))
        .await
        .expect_err("refused");
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::Unauthorized, Outcome::Rejected, 1)
    );
    assert_eq!(
        (server.count("/proxy"), server.count("/oauth/token")),
        (1, 2)
    );
}

#[tokio::test]
async fn a_similar_401_of_a_provider_does_not_renew_the_token() {
    for (content_type, body) in [
        (JSON, r#"{"detail":"x","code":"UNAUTHORIZED","extra":1}"#),
        (JSON, r#"{"detail":"x","code":"EXPIRED"}"#),
        (JSON, r#"{"detail":"x","code":"unauthorized"}"#),
        (JSON, r#"{"error":"UNAUTHORIZED"}"#),
        (JSON, r#"{"code":16,"message":"x","details":[]}"#),
        ("text/plain", INVALID_TOKEN),
        ("application/problem+json", INVALID_TOKEN),
        ("text/html", "<html>"),
    ] {
        let response = http_response("401 Unauthorized", content_type, body);
        let server = Server::start(&["t1", "t2"], response).await;
        let client = server.client(Transport::Grpc);
        for _ in 0..2 {
            let response = post(&client).await.expect("the provider's response");
            assert_eq!(response.text().expect("text"), body);
            let error = response.error_for_status().expect_err("a 401");
            assert_eq!(error.kind(), ErrorKind::ToolUnauthorized);
            assert_eq!(error.outcome(), Outcome::Unknown);
        }
        assert_eq!(server.tokens(), ["t1", "t1"], "{body}");
        assert_eq!(server.count("/oauth/token"), 1);
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_again_renews_the_token_for_the_next_call() {
    let response = http_response("401 Unauthorized", JSON, INVALID_TOKEN);
    let server = Server::start(&["t1", "t2", "t3", "t4"], response).await;
    let client = server.client(Transport::Grpc);
    let chunks = tokio_stream_of(["a", "b"]);
    let upload = client.actions().request("gmail", "bob", "/send");
    let upload = upload
        .method(Method::POST)
        .body_stream(chunks, "text/plain");
    let error = upload.await.expect_err("refused");
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Unauthorized, 1)
    );
    let once = client
        .actions()
        .request("gmail", "bob", "/get")
        .max_attempts(1);
    once.await.expect_err("refused");
    assert_eq!(server.tokens(), ["t1", "t2"]);
    let download = client.actions().request("gmail", "bob", "/get");
    let error = download.send_streaming().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(server.tokens(), ["t1", "t2", "t3", "t4"]);
}

fn tokio_stream_of(
    chunks: [&'static str; 2],
) -> impl futures_core::Stream<Item = Result<bytes::Bytes, std::io::Error>> + Send + 'static {
    struct Chunks(std::array::IntoIter<&'static str, 2>);
    impl futures_core::Stream for Chunks {
        type Item = Result<bytes::Bytes, std::io::Error>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            let chunk = self.0.next();
            std::task::Poll::Ready(chunk.map(|chunk| Ok(chunk.as_bytes().into())))
        }
    }
    Chunks(chunks.into_iter())
}

#[tokio::test]
async fn a_long_error_of_a_provider_is_complete() {
    let body = format!("[{}]", vec!["\"xxxxxxxx\""; 20_000].join(","));
    let response = http_response("422 Unprocessable Entity", JSON, &body);
    let server = Server::start(&["t1"], response).await;
    let client = server.client(Transport::Grpc);
    let response = post(&client).await.expect("a response");
    assert_eq!(response.text().expect("text"), body);
    let download = client.actions().request("gmail", "bob", "/get");
    let mut stream = download.send_streaming().await.expect("a response");
    let mut read = Vec::new();
    while let Some(chunk) = stream.chunk().await.expect("a chunk") {
        read.extend_from_slice(&chunk);
    }
    assert!(read == body.as_bytes());
}

#[tokio::test]
async fn an_unreadable_rejection_over_rest_is_not_retried() {
    let info = r#"{"@type":"x/scalekit.v1.errdetails.ErrorInfo","error_code":"TOOL_ERROR"}"#;
    let api = |details: &str| format!(r#"{{"code":16,"message":"no","details":[{details}]}}"#);
    let with_info = api(info);
    for (status, content_type, body) in [
        ("401 Unauthorized", "text/html", "<html>".to_owned()),
        ("401 Unauthorized", JSON, String::new()),
        ("401 Unauthorized", JSON, INVALID_TOKEN.to_owned()),
        (
            "401 Unauthorized",
            JSON,
            with_info[..with_info.len() - 3].to_owned(),
        ),
        (
            "401 Unauthorized",
            JSON,
            api(r#"{"@type":"x/scalekit.v1.errdetails.ErrorInfo","error_code":1}"#),
        ),
        ("401 Unauthorized", "text/plain", api("")),
        ("403 Forbidden", JSON, api("")),
    ] {
        let response = http_response(status, content_type, &body);
        let server = Server::start(&["t1", "t2"], response).await;
        let client = server.client(Transport::Rest);
        let call = || client.actions().execute_tool("note", json!({}));
        let error = call().await.expect_err("refused");
        assert_eq!(error.outcome(), Outcome::Unknown, "{body}: {error:?}");
        let error = call().idempotent(true).await.expect_err("refused");
        assert_eq!(error.attempts(), 1, "{body}: {error:?}");
        assert_eq!(server.tokens(), ["t1", "t1"], "{body}");
    }
    let server = Server::start(
        &["t1", "t2"],
        http_response("401 Unauthorized", JSON, &with_info),
    )
    .await;
    let call = server.client(Transport::Rest);
    let call = call.actions().execute_tool("note", json!({}));
    let error = call.await.expect_err("the provider's");
    assert_eq!(error.kind(), ErrorKind::ToolUnauthorized);
    assert_eq!(server.tokens(), ["t1"]);
}

#[tokio::test]
async fn an_empty_response_over_rest_is_an_error_unless_it_is_declared_empty() {
    for (status, is_result) in [
        ("200 OK", false),
        ("201 Created", false),
        ("204 No Content", true),
    ] {
        let response =
            format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let response = match is_result {
            true => response.replace("content-length: 0\r\n", ""),
            false => response,
        };
        let server = Server::start(&["t1"], response).await;
        let client = server.client(Transport::Rest);
        let result = client.actions().execute_tool("note", json!({})).await;
        match result {
            Ok(_) => assert!(is_result, "{status}"),
            Err(error) => {
                assert_eq!(
                    (error.kind(), error.outcome(), is_result),
                    (ErrorKind::Decode, Outcome::Unknown, false)
                );
            }
        }
    }
}

async fn behind_gateway() -> (Emulator, Gateway, Client) {
    let seed = Seed::empty()
        .connection(Connection::no_auth("notes", "NOTES"))
        .account(Account::new("notes", "alice@example.com"))
        .tool(Tool::new("note", "NOTES").result(json!({ "ok": true })));
    let emulator = canary::emulator(Emulator::builder().seed(seed)).await;
    let gateway = Gateway::of(emulator.address()).await;
    let client = emulator.client_builder().env_url(&gateway.url).build();
    (emulator, gateway, client.expect("a client"))
}

async fn execute(client: &Client) -> Result<scalekit::ToolOutput, Error> {
    let call = client.actions().execute_tool("note", json!({}));
    call.account(("notes", "alice@example.com")).await
}

/// `TOOL_ERROR` in an `ErrorInfo` whose last byte is missing.
const TRUNCATED: &str = "CBAaRAo0dHlwZS5nb29nbGVhcGlzLmNvbS9zY2FsZWtpdC52MS5lcnJkZXRhaWxzLkVycm9ySW5mbxIMCgpUT09MX0VSUk8";

#[tokio::test]
async fn a_rejection_over_grpc_is_retried_if_readable_and_before_any_work() {
    const GRPC: (&str, &str) = ("content-type", "application/grpc");
    const REFUSED: (&str, &str) = ("grpc-status", "16");
    const NOT_BASE64: &[(&str, &str)] = &[GRPC, REFUSED, ("grpc-status-details-bin", "!!!")];
    const TRUNCATED_DETAILS: &[(&str, &str)] =
        &[GRPC, REFUSED, ("grpc-status-details-bin", TRUNCATED)];
    const TWICE: &[(&str, &str)] = &[GRPC, REFUSED, REFUSED];
    const BOTH: &[(&str, &str)] = &[GRPC, REFUSED, ("grpc-status", "0")];
    const PAGE: &[(&str, &str)] = &[("content-type", "text/html"), REFUSED];
    for refusal in [NOT_BASE64, TRUNCATED_DETAILS, TWICE, BOTH, PAGE] {
        let (emulator, gateway, client) = behind_gateway().await;
        gateway.respond_next(GatewayResponse::Headers(refusal));
        let error = execute(&client).await.expect_err("not certainly ours");
        assert_eq!(
            (error.outcome(), error.attempts()),
            (Outcome::Unknown, 1),
            "{refusal:?}"
        );
        assert_eq!(emulator.executions("note"), 0, "{refusal:?}");
        assert_eq!(emulator.token_requests(), 1);
    }
    for readable in [
        Status::bare(scalekit_emulator::Code::Unauthenticated, "expired"),
        Status::new(scalekit_emulator::Code::Unauthenticated, "expired"),
    ] {
        let (emulator, _front, client) = behind_gateway().await;
        emulator.fail_next("ExecuteTool", Fault::status(readable));
        execute(&client).await.expect("with another token");
        let counts = (emulator.executions("note"), emulator.token_requests());
        assert_eq!(counts, (1, 2));
    }
}

#[tokio::test]
async fn errors_of_generated_clients_contain_no_secret() {
    let seed = Seed::builtin();
    let emulator = canary::emulator(Emulator::builder().seed(seed)).await;
    let client = emulator.client();
    let quoting = format!("not {} nor ya29.sentinel-access", emulator.client_secret());
    let status = Status::new(scalekit_emulator::Code::InvalidArgument, &quoting);
    let status = status.field_violation("token", &quoting, "");
    emulator.fail_next("CreateConnectedAccount", Fault::status(status));
    let request = scalekit::raw::connected_accounts::CreateConnectedAccountRequest {
        connector: Some("gmail".to_owned()),
        identifier: Some("bob".to_owned()),
        connected_account: Some(oauth_account("ya29.sentinel-access")),
        ..Default::default()
    };
    let mut accounts = client.raw().connected_account_service();
    let status = accounts
        .create_connected_account(request)
        .await
        .expect_err("a fault");
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    assert_eq!(status.message(), "not [redacted] nor [redacted]");
    let details = String::from_utf8_lossy(status.details());
    assert!(!details.contains("sentinel") && !details.contains(emulator.client_secret()));
    // The facade hides it as well.
    let token = OauthToken::new("ya29.sentinel-access");
    let status = Status::new(scalekit_emulator::Code::InvalidArgument, &quoting);
    emulator.fail_next("CreateConnectedAccount", Fault::status(status));
    let created = client
        .actions()
        .create_connected_account("gmail", "bob", token);
    let error = created.await.expect_err("a fault");
    assert_eq!(error.message(), "not [redacted] nor [redacted]");
}

fn oauth_account(token: &str) -> scalekit::raw::connected_accounts::CreateConnectedAccount {
    use scalekit::raw::connected_accounts as api;
    let details = api::authorization_details::Details::OauthToken(api::OauthToken {
        access_token: token.to_owned(),
        ..Default::default()
    });
    api::CreateConnectedAccount {
        authorization_details: Some(api::AuthorizationDetails {
            details: Some(details),
        }),
        api_config: None,
    }
}

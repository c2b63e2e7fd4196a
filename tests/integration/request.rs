//! Proxied requests: what arrives at the provider, the response, and rejected input.

use std::collections::HashMap;
use std::time::Duration;

use http::{Method, StatusCode};
use scalekit::actions::Multipart;
use scalekit::{ErrorKind, Outcome, Remedy};
use scalekit_emulator::{Code, Connection, Fault, Status};
use serde_json::{Value, json};

use super::harness::{GMAIL, connected, emulator_with};

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    email_address: String,
}

#[tokio::test]
async fn a_get_reaches_the_provider_with_the_user_s_credentials() {
    let (_emulator, client) = connected().await;
    let response = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/gmail/v1/users/me/profile")
        .await
        .expect("a response");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    let profile: Profile = response.json().expect("a profile");
    assert_eq!(profile.email_address, GMAIL.1);
    assert_eq!(
        response.text().expect("text").as_bytes(),
        &response.bytes()[..]
    );
}

#[tokio::test]
async fn method_query_headers_and_json_reach_the_provider_but_internal_headers_do_not() {
    let (emulator, client) = connected().await;
    let echo: Value = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "echo/a%2Fb?x=1")
        .method(Method::PATCH)
        .query([("q", "a b&c")])
        .query([("n", 2)])
        .header("X-Trace", "7")
        .json(&json!({"k": [1, 2]}))
        .await
        .expect("a response")
        .json()
        .expect("json");
    assert_eq!(echo["method"], "PATCH");
    assert!(
        echo["path"]
            .as_str()
            .expect("a path")
            .ends_with("echo/a%2Fb"),
        "{echo}"
    );
    assert_eq!(echo["query"], "x=1&q=a%20b%26c&n=2");
    assert_eq!(echo["headers"]["x-trace"], "7");
    assert_eq!(echo["headers"]["content-type"], "application/json");
    assert_eq!(
        echo["headers"]["authorization"],
        "Bearer ya29.sentinel-access"
    );
    for own in ["connection_name", "identifier"] {
        assert!(
            echo["headers"].get(own).is_none(),
            "{own} reached the provider"
        );
    }
    let body = &echo["body"];
    assert!(
        *body == json!({"k": [1, 2]}) || *body == json!("{\"k\":[1,2]}"),
        "{body}"
    );

    let calls = emulator.calls();
    let call = calls.last().expect("the call");
    assert_eq!(call.header("connection_name"), Some(GMAIL.0));
    assert_eq!(call.header("identifier"), Some(GMAIL.1));
    for header in ["user-agent", "x-sdk-version", "x-api-version"] {
        assert!(call.header(header).is_some(), "{header}");
    }
}

#[tokio::test]
async fn a_form_is_multipart_and_bytes_are_sent_unchanged() {
    let (_emulator, client) = connected().await;
    let post = || {
        client
            .actions()
            .request(GMAIL.0, GMAIL.1, "/echo")
            .method(Method::POST)
    };
    let form = Multipart::new()
        .text("title", "Ünï")
        .file("f", "a.txt", "text/plain", "content");
    let echo: Value = post()
        .multipart(form)
        .await
        .expect("a response")
        .json()
        .expect("json");
    let content_type = echo["headers"]["content-type"].as_str().expect("a type");
    assert!(
        content_type.starts_with("multipart/form-data; boundary="),
        "{content_type}"
    );
    let body = echo["body"].as_str().expect("text");
    assert!(body.contains("name=\"title\"\r\n\r\nÜnï\r\n"), "{body}");
    assert!(
        body.contains("filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\ncontent"),
        "{body}"
    );

    let echo: Value = post()
        .multipart([("a", "1")])
        .await
        .expect("a response")
        .json()
        .expect("json");
    assert!(
        echo["body"]
            .as_str()
            .expect("text")
            .contains("name=\"a\"\r\n\r\n1")
    );
    let echo: Value = post()
        .body("<x/>", "application/xml")
        .await
        .expect("a response")
        .json()
        .expect("json");
    assert_eq!(echo["body"], "<x/>");
    assert_eq!(echo["headers"]["content-type"], "application/xml");
}

#[tokio::test]
async fn every_status_is_a_response_and_on_request_an_error() {
    let (emulator, client) = connected().await;
    for (status, kind) in [
        (400, ErrorKind::Tool),
        (401, ErrorKind::ToolUnauthorized),
        (403, ErrorKind::ToolForbidden),
        (404, ErrorKind::Tool),
        (409, ErrorKind::Tool),
        (429, ErrorKind::ToolRateLimit),
        (500, ErrorKind::Tool),
        (503, ErrorKind::Tool),
    ] {
        let response = client
            .actions()
            .request(GMAIL.0, GMAIL.1, format!("/status/{status}"))
            .await
            .expect("a response");
        assert_eq!(response.status(), status);
        let error = response.error_for_status().expect_err("an error status");
        assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
        assert!(error.is_tool_error() && error.attempts() == 1, "{error:?}");
        let wait = (status == 429).then_some(Duration::from_secs(7));
        assert_eq!(error.retry_after(), wait);
    }
    assert_eq!(emulator.token_requests(), 1, "a provider's 401 is not ours");
}

#[tokio::test]
async fn an_unknown_account_and_a_disabled_proxy_are_responses_that_say_so() {
    let emulator = emulator_with(|seed| {
        seed.connection(Connection::oauth("closed", "GMAIL").proxy_enabled(false))
    })
    .await;
    let client = emulator.client();
    let token = scalekit::OauthToken::new("t");
    client
        .actions()
        .create_connected_account("closed", "u", token)
        .await
        .expect("an account");
    let response = client
        .actions()
        .request("closed", "u", "/x")
        .await
        .expect("a response");
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let error = response.error_for_status().expect_err("it is off");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.error_code(), Some("TOOL_PROXY_DISABLED"));
    assert!(error.message().contains("proxy not enabled"), "{error}");
    assert_eq!(error.remedy(), Remedy::FixSetup);
    assert!(!error.is_tool_error());
    let response = client
        .actions()
        .request("gmail", "nobody", "/x")
        .await
        .expect("a response");
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let error = response.error_for_status().expect_err("no account");
    assert!(error.is_not_found() && error.attempts() == 1, "{error:?}");
    assert_eq!(error.remedy(), Remedy::UserMustAuthorize);
    client
        .actions()
        .get_or_create_connected_account("gmail", "pending")
        .await
        .expect("an account");
    let stream = client.actions().request("gmail", "pending", "/x");
    let stream = stream.send_streaming().await.expect("a response");
    let error = stream.error_for_status().expect_err("not active");
    assert_eq!(error.kind(), ErrorKind::BadRequest);
    assert!(error.message().contains("not active"), "{error}");
    assert_eq!(error.remedy(), Remedy::UserMustAuthorize);
}

#[tokio::test]
async fn an_error_of_a_layer_around_the_proxy_keeps_its_message() {
    let (emulator, client) = connected().await;
    let status = Status::new(Code::PermissionDenied, "the plan does not include this")
        .request_id("req_77")
        .error_code("PLAN")
        .retry_after(Duration::from_secs(2));
    emulator.fail_next("/proxy", Fault::status(status));
    let response = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .await
        .expect("a response");
    let error = response.error_for_status().expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.message(), "the plan does not include this");
    assert_eq!(error.request_id(), Some("req_77"));
    assert_eq!(error.error_code(), Some("PLAN"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    assert_eq!((error.call(), error.attempts()), ("request", 1));
}

#[tokio::test]
async fn a_rejected_token_is_renewed_and_the_request_sent_again() {
    let (emulator, client) = connected().await;
    let profile = || {
        client
            .actions()
            .request(GMAIL.0, GMAIL.1, "/gmail/v1/users/me/profile")
    };
    profile().await.expect("a response");
    emulator.revoke_tokens();
    let response = profile().method(Method::GET).await.expect("a response");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn unsafe_paths_and_headers_fail_before_anything_is_sent() {
    let (emulator, client) = connected().await;
    let before = emulator.calls().len();
    let request = |path: &str| client.actions().request(GMAIL.0, GMAIL.1, path);
    let errors = [
        (
            request("/../api/v1/connected_accounts/auth").await.err(),
            "path",
        ),
        (request("/%2e%2e/oauth/token").await.err(), "path"),
        (request("//evil.example/x").await.err(), "path"),
        (request("https://evil.example/x").await.err(), "path"),
        (request("").await.err(), "path"),
        (
            request("/x")
                .header("Authorization", "Bearer x")
                .await
                .err(),
            "header",
        ),
        (
            request("/x").header("identifier", "mallory").await.err(),
            "header",
        ),
        (
            request("/x").header("Host", "evil.example").await.err(),
            "header",
        ),
        (
            client.actions().request("", "u", "/x").await.err(),
            "connection_name",
        ),
        (
            client.actions().request("gmail", " ", "/x").await.err(),
            "identifier",
        ),
        (
            client.actions().request("gmail", "é", "/x").await.err(),
            "identifier",
        ),
    ];
    for (error, parameter) in errors {
        let error = error.expect(parameter);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidInput, Outcome::NotSent)
        );
        assert!(error.message().starts_with(parameter), "{error}");
        assert_eq!(error.call(), "request");
    }
    assert_eq!(emulator.calls().len(), before);
}

#[tokio::test]
async fn a_request_to_a_slow_provider_ends_at_its_deadline() {
    let (emulator, client) = connected().await;
    emulator.fail_next("/proxy", Fault::delay(Duration::from_secs(30)));
    let error = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .timeout(Duration::from_millis(200))
        .await
        .expect_err("too slow");
    assert!(error.is_timeout());
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn a_body_of_an_unexpected_type_is_a_clear_error() {
    let (_emulator, client) = connected().await;
    let response = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/gmail/v1/users/me/profile")
        .await
        .expect("a response");
    let error = response.json::<Vec<u8>>().expect_err("not a list");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        !error.to_string().contains(GMAIL.1),
        "an error never quotes a body: {error}"
    );
    let numbers = response.json::<HashMap<String, u32>>();
    let text = numbers.expect_err("an address").to_string();
    assert!(text.contains("expected u32"), "{text}");
    assert!(!text.contains(GMAIL.1), "{text}");
}

/// A stream of three chunks, as in an application.
struct Chunks(u8);

impl futures_core::Stream for Chunks {
    type Item = Result<bytes::Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        use std::task::Poll;
        self.0 += 1;
        match self.0 {
            // Streams are usually not ready at once.
            1 | 3 | 5 => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            2 | 4 | 6 => Poll::Ready(Some(Ok(bytes::Bytes::from_static(b"chunk;")))),
            7 => Poll::Ready(None),
            // Ranges that start beyond the end: one chunk, then an error.
            8 => Poll::Ready(Some(Ok(bytes::Bytes::from_static(b"chunk;")))),
            _ => Poll::Ready(Some(Err(std::io::Error::other("the disk is gone")))),
        }
    }
}

/// A stream that fails after one chunk.
fn broken() -> Chunks {
    Chunks(7)
}

#[tokio::test]
async fn a_stream_is_sent_without_buffering_and_only_once() {
    let (emulator, client) = connected().await;
    let upload = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .method(Method::PUT)
        .body_stream(Chunks(0), "text/plain");
    let echo: Value = upload.clone().await.expect("sent").json().expect("json");
    assert_eq!(echo["body"], "chunk;chunk;chunk;");
    assert_eq!(echo["headers"]["content-type"], "text/plain");
    let error = upload.await.expect_err("the stream is used up");
    assert!(error.to_string().contains("sent already"), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);

    // Other PUT requests are retried. A stream that was partly read cannot be.
    emulator.fail_next("/proxy", Fault::http(503));
    let upload = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .method(Method::PUT)
        .body_stream(Chunks(0), "text/plain");
    assert_eq!(upload.await.expect("the response").status(), 503);
}

#[tokio::test]
async fn a_failed_request_stream_is_the_caller_s_error_of_unknown_outcome() {
    let (_emulator, client) = connected().await;
    let upload = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .method(Method::POST)
        .body_stream(broken(), "text/plain");
    let error = upload.await.expect_err("the stream broke");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::InvalidInput, Outcome::Unknown)
    );
    assert!(error.to_string().contains("the disk is gone"), "{error}");
}

#[tokio::test]
async fn a_form_sends_files_as_streams() {
    let (_emulator, client) = connected().await;
    let form = Multipart::new()
        .text("title", "Report")
        .file_stream("attachment", "a.txt", "text/plain", Chunks(0))
        .text("after", "1");
    let upload = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .method(Method::POST);
    let echo: Value = upload
        .multipart(form)
        .await
        .expect("sent")
        .json()
        .expect("json");
    let body = echo["body"].as_str().expect("text");
    assert!(body.contains(
        "filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nchunk;chunk;chunk;\r\n--"
    ));
    assert!(body.contains("name=\"after\"\r\n\r\n1\r\n--"), "{body}");
}

#[tokio::test]
async fn a_response_can_be_read_as_a_stream() {
    let (emulator, _) = connected().await;
    let client = emulator
        .client_builder()
        .max_response_bytes(100_000)
        .build()
        .expect("a client");
    let large = "x".repeat(200_000);
    let request = || {
        client
            .actions()
            .request(GMAIL.0, GMAIL.1, "/echo")
            .method(Method::POST)
            .body(large.clone(), "text/plain")
    };
    let error = request()
        .await
        .expect_err("beyond the limit for whole responses");
    assert!(error.to_string().contains("max_response_bytes"), "{error}");

    let mut stream = request().send_streaming().await.expect("a response");
    assert_eq!(stream.status(), StatusCode::OK);
    let mut length = 0;
    while let Some(chunk) = stream.chunk().await.expect("a chunk") {
        length += chunk.len();
    }
    assert!(length > large.len());
    assert!(
        stream.chunk().await.expect("the end").is_none(),
        "and stays there"
    );

    emulator.fail_next("/proxy", Fault::half_body());
    let mut stream = request().send_streaming().await.expect("a response");
    let error = loop {
        match stream.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("half a response passed for a whole one"),
            Err(error) => break error,
        }
    };
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connection, Outcome::Unknown)
    );
    assert!(stream.chunk().await.expect("the end").is_none());
}

#[tokio::test]
async fn a_streamed_response_ends_at_the_deadline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    // A provider that sends the headers and a little of the body, then nothing.
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            use tokio::io::AsyncWriteExt;
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nthe start";
            let _ = stream.write_all(head).await;
            kept.push(stream);
        }
    });
    let emulator = emulator_with(|seed| {
        seed.connection(Connection::no_auth("slow", "SLOW").proxy_url(url))
            .account(scalekit_emulator::Account::new("slow", GMAIL.1))
    })
    .await;
    let client = emulator.client();
    let request = client.actions().request("slow", GMAIL.1, "/");
    let request = request.timeout(Duration::from_millis(500));
    let mut stream = request.send_streaming().await.expect("a head");
    assert_eq!(
        stream.chunk().await.expect("a chunk").as_deref(),
        Some(&b"the start"[..])
    );
    let error = stream.chunk().await.expect_err("no more data arrives");
    assert!(
        error.is_timeout() && error.outcome() == Outcome::Unknown,
        "{error:?}"
    );
}

#[tokio::test]
async fn a_streamed_request_gets_a_new_token() {
    let (emulator, client) = connected().await;
    client.tools().list_tools().await.expect("a token");
    emulator.revoke_tokens();
    let request = client.actions().request(GMAIL.0, GMAIL.1, "/status/401");
    let stream = request.send_streaming().await.expect("a response");
    assert_eq!(
        stream.status(),
        StatusCode::UNAUTHORIZED,
        "the provider's own"
    );
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn an_error_status_after_an_attempt_of_unknown_outcome_keeps_it_unknown() {
    let (emulator, client) = connected().await;
    let request = || client.actions().request(GMAIL.0, GMAIL.1, "/echo");
    emulator.fail_next("/proxy", Fault::http(404));
    let error = request().await.expect("a response").error_for_status();
    assert_eq!(error.expect_err("404").outcome(), Outcome::Rejected);
    for streamed in [false, true] {
        emulator.fail_next("/proxy", Fault::close().after_executing());
        emulator.fail_next("/proxy", Fault::http(404));
        let request = request().method(http::Method::PUT);
        let error = match streamed {
            false => request.await.expect("a response").error_for_status().err(),
            true => {
                let response = request.send_streaming().await.expect("a response");
                response.error_for_status().err()
            }
        };
        let error = error.expect("404");
        assert_eq!(
            (error.http_status(), error.outcome(), error.attempts()),
            (Some(404), Outcome::Unknown, 2)
        );
    }
}

#[tokio::test]
async fn a_request_whose_method_a_header_overrides_is_not_repeated() {
    let (emulator, client) = connected().await;
    for (name, is_repeated) in [("x-http-method-override", false), ("x-note", true)] {
        emulator.fail_next("/proxy", Fault::close().after_executing());
        let request = client.actions().request(GMAIL.0, GMAIL.1, "/echo");
        let result = request.header(name, "DELETE").await;
        assert_eq!(result.is_ok(), is_repeated, "{name}: {result:?}");
    }
}

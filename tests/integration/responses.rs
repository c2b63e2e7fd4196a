//! Invalid responses, and responses that quote secrets.

use std::time::Duration;

use scalekit::{Error, ErrorKind, Outcome};
use scalekit_emulator::{Code, Fault, Status, Tool};
use serde_json::json;

use super::harness::{GMAIL, connect, connected, emulator_with};

const MEBIBYTE: usize = 1024 * 1024;

/// Makes one execution under a fault. Expects an error that leaves open whether it took effect.
async fn execute_with_fault(fault: Fault) -> Error {
    let (emulator, client) = connected().await;
    emulator.fail_next("ExecuteTool", fault);
    let call = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(GMAIL);
    let error = call.await.expect_err("a fault");
    assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
    assert_eq!(error.attempts(), 1, "{error:?}");
    assert_eq!(emulator.executions("gmail_fetch_mails"), 1);
    error
}

#[tokio::test]
async fn a_malformed_response_is_an_error_of_unknown_outcome() {
    let error = execute_with_fault(Fault::malformed()).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_truncated_response_is_an_error() {
    let error = execute_with_fault(Fault::half_body()).await;
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(
        error
            .to_string()
            .contains("before the response was complete"),
        "{error}"
    );
}

#[tokio::test]
async fn a_response_beyond_the_limit_is_an_error_that_names_the_limit() {
    let (emulator, _) = connected().await;
    let client = emulator
        .client_builder()
        .max_response_bytes(MEBIBYTE)
        .build()
        .expect("a client");
    emulator.fail_next("ExecuteTool", Fault::oversized(2 * MEBIBYTE));
    let call = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(GMAIL);
    let error = call.await.expect_err("too large");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Decode, Outcome::Unknown)
    );
    let text = error.to_string();
    assert!(
        text.contains("1048576 bytes") && text.contains("max_response_bytes"),
        "{text}"
    );
    client
        .tools()
        .list_tools()
        .await
        .expect("the client still works");
}

#[tokio::test]
async fn a_result_of_sixteen_megabytes_arrives_whole() {
    let text = "x".repeat(16 * MEBIBYTE);
    let length = text.len();
    let big = Tool::new("big", "GMAIL").result(json!({ "text": text }));
    let emulator = emulator_with(|seed| seed.tool(big)).await;
    let client = emulator.client();
    connect(&client).await;
    let output = client
        .actions()
        .execute_tool("big", json!({}))
        .account(GMAIL)
        .await;
    let data = output.expect("a result").value().expect("JSON");
    assert_eq!(data["text"].as_str().map(str::len), Some(length));
}

#[tokio::test]
async fn a_closed_connection_fails_the_call_but_not_the_client() {
    for fault in [
        Fault::close(),
        Fault::close().after_executing(),
        Fault::reset(0x2),
    ] {
        let (emulator, client) = connected().await;
        emulator.fail_next("ExecuteTool", fault);
        let execute = || {
            client
                .actions()
                .execute_tool("gmail_fetch_mails", json!({}))
                .account(GMAIL)
                .send()
        };
        let error = execute().await.expect_err("cut");
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Connection, Outcome::Unknown)
        );
        execute().await.expect("on a new connection");
    }
}

#[tokio::test]
async fn a_read_is_retried_after_a_closed_connection_and_a_goaway() {
    let (emulator, client) = connected().await;
    for fault in [
        Fault::close(),
        Fault::go_away(),
        Fault::half_body(),
        Fault::reset(0x2),
    ] {
        emulator.fail_next("ListTools", fault);
        client.tools().list_tools().await.expect("a page");
        client.tools().list_tools().await.expect("a page");
    }
}

#[tokio::test]
async fn a_call_to_a_silent_server_ends_at_its_deadline() {
    let (emulator, client) = connected().await;
    emulator.fail_next("ExecuteTool", Fault::black_hole());
    let limit = Duration::from_millis(300);
    let call = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(GMAIL)
        .timeout(limit);
    let error = call.await.expect_err("silence");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::GatewayTimeout, Outcome::Unknown)
    );
}

#[tokio::test]
async fn secrets_that_a_server_quotes_are_not_in_errors() {
    let (emulator, client) = connected().await;
    client.tools().list_tools().await.expect("a page");
    let calls = emulator.calls();
    let token = calls
        .iter()
        .rev()
        .find_map(|call| call.header("authorization"));
    let token = token
        .and_then(|value| value.strip_prefix("Bearer "))
        .expect("a token");
    let quoting = format!("you sent {token} and {}", emulator.client_secret());
    let status = Status::new(Code::Internal, &quoting)
        .request_id(token)
        .field_violation(token, &quoting, "");
    emulator.fail_next("ListTools", status);
    let error = client.tools().list_tools().await.expect_err("a fault");
    let printed = format!(
        "{error} {error:?} {:?} {:?}",
        error.request_id(),
        error.message()
    );
    assert!(
        printed.contains("you sent [redacted] and [redacted]"),
        "{printed}"
    );
    assert!(!printed.contains(token) && !printed.contains(emulator.client_secret()));
}

#[tokio::test]
async fn a_token_that_is_revoked_early_is_replaced() {
    let (emulator, _) = connected().await;
    emulator.fail_next("/oauth/token", Fault::expire_early(Duration::ZERO));
    let client = emulator.client();
    client
        .tools()
        .list_tools()
        .await
        .expect("with the second token");
    assert_eq!(emulator.calls_to("ListTools").len(), 2);
}

#[tokio::test]
async fn a_broken_token_response_is_an_error_with_outcome_not_sent() {
    for fault in [
        Fault::malformed(),
        Fault::half_body(),
        Fault::close(),
        Fault::http(302),
    ] {
        let (emulator, _) = connected().await;
        let before = emulator.calls_to("ListTools").len();
        emulator.fail_next("/oauth/token", fault.times(3));
        let error = emulator
            .client()
            .tools()
            .list_tools()
            .await
            .expect_err("no token");
        assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
        assert_eq!(emulator.calls_to("ListTools").len(), before);
    }
}

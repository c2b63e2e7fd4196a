//! HTTP/2 frames that affect a call, and the result of the call.

use std::time::Duration;

use scalekit::{Client, ErrorKind, Outcome};
use scalekit_emulator::{Account, Connection, Emulator, Fault, Seed, Tool};
use serde_json::json;

use crate::canary;
use crate::gateway::{Gateway, GatewayResponse};

const REFUSED_STREAM: u32 = 0x7;
const INTERNAL_ERROR: u32 = 0x2;
const CANCEL: u32 = 0x8;

fn seed() -> Seed {
    Seed::empty()
        .connection(Connection::no_auth("notes", "NOTES"))
        .account(Account::new("notes", "alice@example.com"))
        .tool(Tool::new("note", "NOTES").result(json!({ "ok": true })))
}

async fn behind_gateway(seed: Seed) -> (Emulator, Gateway, Client) {
    let emulator = canary::emulator(Emulator::builder().seed(seed)).await;
    let gateway = Gateway::of(emulator.address()).await;
    let client = emulator
        .client_builder()
        .env_url(&gateway.url)
        .keep_alive_interval(Duration::from_millis(300))
        .keep_alive_timeout(Duration::from_millis(300))
        .build()
        .expect("a client");
    (emulator, gateway, client)
}

async fn execute(client: &Client) -> Result<scalekit::ToolOutput, scalekit::Error> {
    let call = client.actions().execute_tool("note", json!({}));
    call.account(("notes", "alice@example.com")).await
}

#[tokio::test]
async fn a_goaway_below_the_stream_means_not_sent_and_is_retried() {
    let (emulator, gateway, client) = behind_gateway(seed()).await;
    gateway.respond_next(GatewayResponse::GoAway);
    execute(&client).await.expect("on another connection");
    assert_eq!(emulator.executions("note"), 1);
    assert_eq!(gateway.connections(), 3, "token, rejected, served");
}

/// Headers that make tonic panic, or lose the status code.
const UNREADABLE: &[(&str, &str)] = &[
    ("content-type", "application/grpc"),
    ("grpc-status", "5"),
    ("grpc-message", "no %ff"),
    ("grpc-status-details-bin", "{not base64}"),
];

#[tokio::test]
async fn a_status_with_only_a_readable_code_is_that_status() {
    let (_emulator, gateway, client) = behind_gateway(seed()).await;
    gateway.respond_next(GatewayResponse::Headers(UNREADABLE));
    let error = execute(&client).await.expect_err("a status");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::NotFound, Outcome::Rejected)
    );
    assert_eq!(error.message(), "no \u{fffd}");
}

#[tokio::test]
async fn a_generated_client_survives_an_unreadable_status() {
    let (_emulator, gateway, client) = behind_gateway(seed()).await;
    gateway.respond_next(GatewayResponse::Headers(UNREADABLE));
    let mut tools = client.raw().tool_service();
    let request = scalekit::raw::tools::ExecuteToolRequest::default();
    let status = tools.execute_tool(request).await.expect_err("a status");
    assert_eq!(
        (status.code(), status.details()),
        (tonic::Code::NotFound, &b""[..])
    );
}

#[tokio::test]
async fn a_goaway_at_every_attempt_is_an_error_with_outcome_not_sent() {
    let (emulator, gateway, client) = behind_gateway(seed()).await;
    for _ in 0..3 {
        gateway.respond_next(GatewayResponse::GoAway);
    }
    let error = execute(&client).await.expect_err("rejected each time");
    assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
    assert_eq!((error.attempts(), emulator.executions("note")), (3, 0));
}

#[tokio::test]
async fn a_refused_stream_means_not_sent_and_is_retried() {
    let (emulator, gateway, client) = behind_gateway(seed()).await;
    gateway.respond_next(GatewayResponse::Reset(REFUSED_STREAM));
    // One attempt: the connection stays open, and another attempt on it would get no response.
    let error = client
        .actions()
        .execute_tool("note", json!({}))
        .account(("notes", "alice@example.com"))
        .max_attempts(1)
        .await
        .expect_err("refused");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connection, Outcome::NotSent)
    );
    assert_eq!(emulator.executions("note"), 0);
    emulator.fail_next("ExecuteTool", Fault::reset(REFUSED_STREAM).times(2));
    let client = emulator.client();
    execute(&client).await.expect("the third attempt");
    assert_eq!(emulator.executions("note"), 1);
}

#[tokio::test]
async fn concurrent_calls_use_the_configured_number_of_connections() {
    let slow = Tool::new("slow", "NOTES").delay(Duration::from_millis(200));
    let (emulator, gateway, _) = behind_gateway(seed().tool(slow)).await;
    let client = emulator
        .client_builder()
        .env_url(&gateway.url)
        .connections(3)
        .build();
    let client = client.expect("a client");
    let calls: Vec<_> = (0..9)
        .map(|_| {
            let call = client.actions().execute_tool("slow", json!({}));
            tokio::spawn(call.account(("notes", "alice@example.com")).send())
        })
        .collect();
    for call in calls {
        call.await.expect("joined").expect("served");
    }
    assert_eq!(gateway.connections(), 1 + 3, "one for the token");
    execute(&client).await.expect("on one of them");
    assert_eq!(gateway.connections(), 1 + 3);
}

#[tokio::test]
async fn any_other_reset_has_an_unknown_outcome_and_is_not_retried() {
    let (emulator, gateway, client) = behind_gateway(seed()).await;
    gateway.respond_next(GatewayResponse::Reset(INTERNAL_ERROR));
    let error = execute(&client).await.expect_err("reset");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connection, Outcome::Unknown)
    );
    assert_eq!((error.attempts(), emulator.executions("note")), (1, 0));
}

#[tokio::test]
async fn a_goaway_sent_by_the_client_has_an_unknown_outcome() {
    let (emulator, gateway, client) = behind_gateway(seed()).await;
    gateway.respond_next(GatewayResponse::Invalid);
    let error = execute(&client).await.expect_err("the connection is over");
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::Connection, Outcome::Unknown, 1)
    );
    assert_eq!(emulator.executions("note"), 0);
}

#[tokio::test]
async fn endless_interim_responses_end_the_call() {
    let (emulator, gateway, client) = behind_gateway(seed()).await;
    gateway.respond_next(GatewayResponse::Interim);
    let call = client.actions().execute_tool("note", json!({}));
    let call = call.account(("notes", "alice@example.com"));
    let error = call.await.expect_err("no response");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Decode, Outcome::Unknown)
    );
    assert!(error.to_string().contains("interim responses"), "{error}");
    execute(&client).await.expect("on another connection");
    assert_eq!(emulator.executions("note"), 1);
}

#[tokio::test]
async fn a_dropped_call_resets_its_stream_and_leaves_the_connection_usable() {
    let slow = Tool::new("slow", "NOTES").delay(Duration::from_secs(30));
    let (emulator, gateway, client) = behind_gateway(seed().tool(slow)).await;
    execute(&client).await.expect("a connection");
    let connections = gateway.connections();
    let call = client.actions().execute_tool("slow", json!({}));
    let call = call.account(("notes", "alice@example.com")).send();
    let dropped = tokio::time::timeout(Duration::from_millis(200), call).await;
    assert!(dropped.is_err(), "dropped before its response");
    assert_eq!(gateway.resets().await, [CANCEL]);
    execute(&client).await.expect("the same connection");
    assert_eq!(gateway.connections(), connections);
    assert_eq!(
        emulator.executions("slow"),
        0,
        "the server was notified in time"
    );
}

#[tokio::test]
async fn a_connection_that_dies_while_idle_is_detected_before_the_next_call() {
    let (_emulator, gateway, client) = behind_gateway(seed()).await;
    execute(&client).await.expect("a connection");
    let open = gateway.open();
    gateway.black_hole(true);
    // The keepalive interval and its timeout, doubled.
    for _ in 0..120 {
        if gateway.open() < open {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(gateway.open() < open, "the dead connection is still open");
    gateway.black_hole(false);
    let started = std::time::Instant::now();
    execute(&client).await.expect("a new connection");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn calls_that_are_not_polled_block_no_other_call() {
    let large = Tool::new("large", "NOTES")
        .delay(Duration::from_millis(500))
        .result(json!({ "text": "x".repeat(3 << 20) }));
    let emulator = canary::emulator(Emulator::builder().seed(seed().tool(large))).await;
    let client = emulator.client();
    execute(&client).await.expect("a connection");
    let mut held = Vec::new();
    for _ in 0..6 {
        let call = client.actions().execute_tool("large", json!({}));
        let mut call = Box::pin(call.account(("notes", "alice@example.com")).send());
        // Polled until the request has arrived, but not for the response.
        let calls = emulator.calls_to("ExecuteTool").len();
        while emulator.calls_to("ExecuteTool").len() == calls {
            let sent = tokio::time::timeout(Duration::from_millis(10), &mut call).await;
            assert!(sent.is_err(), "the tool takes longer");
        }
        held.push(call);
    }
    // All responses have begun, and the flow-control windows are full.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let call = client.actions().execute_tool("note", json!({}));
    let call = call.account(("notes", "alice@example.com"));
    call.timeout(Duration::from_secs(5)).await.expect("served");
    for call in held {
        call.await.expect("served when it is polled");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_beyond_the_concurrency_limit_of_a_server_wait() {
    let builder = Emulator::builder().seed(seed()).max_concurrent_streams(100);
    let emulator = canary::emulator(builder).await;
    let client = emulator.client();
    let calls: Vec<_> = (0..1_000)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { execute(&client).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.expect("joined").expect("served");
    }
    assert_eq!(emulator.executions("note"), 1_000);
}

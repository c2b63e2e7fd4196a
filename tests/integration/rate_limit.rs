//! Waits after a rejection by a rate limit.

use std::time::{Duration, Instant};

use http::Method;
use scalekit::{Client, ErrorKind, Outcome};
use scalekit_emulator::{Code, Fault, Status};
use serde_json::json;

use super::harness::*;

const WAIT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(5);

fn limited(retry_after: Duration) -> Fault {
    Fault::status(Status::new(Code::ResourceExhausted, "too many").retry_after(retry_after))
}

fn waiting(emulator: &Served, max: Duration) -> Client {
    let builder = emulator.client_builder().wait_on_rate_limit(max);
    builder.build().expect("a client")
}

#[tokio::test]
async fn a_rejected_call_waits_as_long_as_the_server_says() {
    let (emulator, _) = connected().await;
    let client = waiting(&emulator, LONG);
    emulator.fail_next("ExecuteTool", limited(WAIT).times(4));
    let started = Instant::now();
    let execute = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(GMAIL);
    execute.await.expect("an output after the limit");
    assert!(started.elapsed() >= WAIT * 4, "{:?}", started.elapsed());
    // More attempts than `max_attempts`, and one execution.
    assert_eq!(emulator.calls_to("ExecuteTool").len(), 5);
    assert_eq!(emulator.executions("gmail_fetch_mails"), 1);
}

#[tokio::test]
async fn it_fails_at_once_by_default_and_if_the_wait_is_too_long() {
    let (emulator, client) = connected().await;
    let calls = [
        (client.clone(), None, LONG),
        (waiting(&emulator, WAIT), None, LONG),
        // The setting of the call replaces that of the client.
        (waiting(&emulator, LONG), Some(Duration::ZERO), WAIT),
        (client, Some(WAIT), LONG),
    ];
    for (number, (client, max, wait)) in calls.into_iter().enumerate() {
        emulator.fail_next("ListTools", limited(wait));
        let started = Instant::now();
        let list = client.tools().list_tools();
        let list = match max {
            Some(max) => list.wait_on_rate_limit(max),
            None => list,
        };
        let error = list.await.expect_err("a limit");
        assert!(error.is_rate_limited(), "{error}");
        assert_eq!(error.attempts(), 1, "{number}");
        assert!(started.elapsed() < LONG);
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_started() {
    let (emulator, client) = connected().await;
    emulator.fail_next("ListTools", limited(LONG));
    let started = Instant::now();
    let list = client.tools().list_tools();
    let list = list.wait_on_rate_limit(LONG * 2).timeout(LONG / 2);
    let error = list.await.expect_err("a limit");
    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert!(started.elapsed() < LONG / 2);
}

#[tokio::test]
async fn the_total_wait_of_a_call_is_limited() {
    let (emulator, client) = connected().await;
    emulator.fail_next("ListTools", limited(WAIT).times(100));
    let list = client.tools().list_tools().wait_on_rate_limit(WAIT * 4);
    let error = list.await.expect_err("a limit");
    assert!((3..=5).contains(&error.attempts()), "{}", error.attempts());
    assert_eq!(error.outcome(), Outcome::Rejected);
}

#[tokio::test]
async fn a_call_that_may_have_happened_is_not_repeated() {
    let (emulator, _) = connected().await;
    let client = waiting(&emulator, LONG);
    let unavailable = Status::new(Code::Unavailable, "not now").retry_after(WAIT);
    emulator.fail_next("ExecuteTool", Fault::status(unavailable).after_executing());
    let execute = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(GMAIL);
    let error = execute.await.expect_err("unavailable");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(emulator.executions("gmail_fetch_mails"), 1);
}

#[tokio::test]
async fn an_idempotent_execution_waits_on_the_limit_of_the_provider() {
    let emulator = emulator_with(test_tools).await;
    connect(&emulator.client()).await;
    let client = waiting(&emulator, Duration::from_secs(4));
    // Without a hint of the server, after a second and after two more. A tool may have made other
    // requests before, so that the call must be idempotent.
    for (idempotent, attempts) in [(true, 3), (false, 1)] {
        let execute = client.actions().execute_tool("fail_rate", json!({}));
        let execute = execute.account(GMAIL).idempotent(idempotent);
        let error = execute.await.expect_err("the provider's limit");
        assert_eq!(error.kind(), ErrorKind::ToolRateLimit);
        assert_eq!(error.attempts(), attempts, "{idempotent}");
    }
}

#[tokio::test]
async fn a_proxied_read_waits_on_the_limit_of_the_provider_and_a_write_does_not() {
    let (emulator, _) = connected().await;
    let client = waiting(&emulator, LONG);
    let request = |method| {
        let request = client.actions().request(GMAIL.0, GMAIL.1, "/echo");
        request.method(method).send()
    };
    emulator.fail_next("/proxy", Fault::http(429));
    let response = request(Method::GET).await.expect("a response");
    assert_eq!(response.status(), 200);
    // The limit may be behind the effect.
    emulator.fail_next("/proxy", Fault::http(429));
    let response = request(Method::POST).await.expect("a response");
    assert_eq!(response.status(), 429);
    let error = response.error_for_status().expect_err("a limit");
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::ToolRateLimit, 1)
    );
}

#[tokio::test]
async fn the_last_response_of_a_provider_is_returned_when_no_wait_is_left() {
    let (emulator, client) = connected().await;
    emulator.fail_next("/proxy", Fault::http(429).times(100));
    let request = client.actions().request(GMAIL.0, GMAIL.1, "/echo");
    let request = request.wait_on_rate_limit(Duration::from_millis(1500));
    let response = request.await.expect("a response");
    assert_eq!(response.status(), 429);
    let error = response.error_for_status().expect_err("a limit");
    assert_eq!(error.attempts(), 2);
    assert_eq!(error.call(), "request");
}

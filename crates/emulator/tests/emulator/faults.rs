//! Fault injection.

use std::time::{Duration, Instant};

use prost::Message as _;
use scalekit::raw::tools::ListToolsRequest;
use scalekit_emulator::{Account, CallStatus, Code as GrpcCode, Fault, FaultPlan, Seed, Status};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tonic::Code;

use crate::raw::{EXECUTE, Http1, Http2, LONG, content_length, execute};
use crate::support::{Harness, detail, info, request, seeded, violations};

async fn harness() -> Harness {
    seeded(Seed::builtin().account(Account::new("gmail", "a@x.test"))).await
}

async fn fetch(harness: &Harness) -> Result<(), tonic::Status> {
    harness
        .execute("gmail_fetch_mails", "gmail", "a@x.test", json!({}))
        .await
        .map(|_| ())
}

#[tokio::test]
async fn a_status_has_all_its_details() {
    let harness = harness().await;
    harness.emulator.fail_next(
        "ExecuteTool",
        Status::new(GrpcCode::ResourceExhausted, "slow down")
            .error_code("RATE_LIMITED")
            .request_id("req_7")
            .field_violation("params.to", "is wrong", "string.pattern")
            .help_link("Limits", "https://example.org/limits")
            .resource("tool", ["tools:execute"])
            .retry_after(Duration::from_millis(2_500)),
    );
    let status = fetch(&harness).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(status.message(), "slow down");
    assert_eq!(
        violations(&status),
        [("params.to".to_owned(), "string.pattern".to_owned())]
    );
    let info = info(&status);
    assert_eq!(info.error_code, "RATE_LIMITED");
    assert_eq!(info.request_info.unwrap().request_id, "req_7");
    assert_eq!(
        info.help_info.unwrap().links[0].url,
        "https://example.org/limits"
    );
    let resource = info.resource_info.unwrap();
    assert_eq!(resource.required_permissions, ["tools:execute"]);
    #[derive(Clone, PartialEq, prost::Message)]
    struct RetryInfo {
        #[prost(message, optional, tag = "1")]
        retry_delay: Option<prost_types::Duration>,
    }
    let retry = detail(&status, "type.googleapis.com/google.rpc.RetryInfo").unwrap();
    let delay = RetryInfo::decode(retry.as_slice())
        .unwrap()
        .retry_delay
        .unwrap();
    assert_eq!((delay.seconds, delay.nanos), (2, 500_000_000));
    fetch(&harness).await.unwrap();
}

#[tokio::test]
async fn a_fault_applies_before_or_after_the_execution() {
    let harness = harness().await;
    let unavailable = || Status::bare(GrpcCode::Unavailable, "gone");
    harness.emulator.fail_next("ExecuteTool", unavailable());
    assert_eq!(fetch(&harness).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(harness.emulator.executions("gmail_fetch_mails"), 0);
    let after = Fault::status(unavailable()).after_executing();
    harness.emulator.fail_next("ExecuteTool", after);
    let status = fetch(&harness).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.details().is_empty());
    assert_eq!(harness.emulator.executions("gmail_fetch_mails"), 1);
}

#[tokio::test]
async fn faults_queue_up_and_repeat() {
    let harness = harness().await;
    let target = "scalekit.v1.tools.ToolService/ExecuteTool";
    harness.emulator.fail_next(
        target,
        Fault::status(Status::new(GrpcCode::Aborted, "1")).times(2),
    );
    harness
        .emulator
        .fail_next(target, Status::new(GrpcCode::DataLoss, "2"));
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(
            fetch(&harness)
                .await
                .map_or_else(|s| s.code(), |()| Code::Ok),
        );
    }
    assert_eq!(
        codes,
        [Code::Aborted, Code::Aborted, Code::DataLoss, Code::Ok]
    );
}

#[tokio::test]
async fn a_fault_can_respond_with_plain_http_to_grpc() {
    let harness = harness().await;
    harness
        .emulator
        .fail_next("ListTools", Fault::http(502).times(2));
    let status = harness
        .tools()
        .list_tools(harness.with_token(ListToolsRequest::default()))
        .await
        .unwrap_err();
    // tonic reads the page as a gRPC frame, as it would with a load balancer's.
    assert_ne!(status.code(), Code::Ok);
    assert!(status.details().is_empty());
    let response = harness.rest("GET", "/api/v1/tools", None).await;
    assert_eq!(response.status, 502);
    assert!(
        response
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    let calls = harness.emulator.calls_to("ListTools");
    assert_eq!(calls[0].status.http(), Some(502));
}

#[tokio::test]
async fn a_delay_is_real_time() {
    let harness = harness().await;
    harness
        .emulator
        .fail_next("ExecuteTool", Fault::delay(Duration::from_millis(80)));
    let begin = Instant::now();
    fetch(&harness).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_call_without_a_token_does_not_consume_a_fault() {
    let harness = harness().await;
    harness
        .emulator
        .fail_next("ListTools", Status::new(GrpcCode::Internal, "x"));
    let status = harness
        .tools()
        .list_tools(request("old", ListToolsRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    let status = harness
        .tools()
        .list_tools(harness.with_token(ListToolsRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Internal);
}

const INTERNAL_ERROR: u32 = 0x2;
const REFUSED_STREAM: u32 = 0x7;
const ENHANCE_YOUR_CALM: u32 = 0xb;

/// How often the tool was executed, and the journal's status of the newest call to it.
fn executed(harness: &Harness) -> (u64, CallStatus) {
    let calls = harness.emulator.calls_to("ExecuteTool");
    (
        harness.emulator.executions("gmail_fetch_mails"),
        calls.last().unwrap().status,
    )
}

#[tokio::test]
async fn a_connection_is_closed_before_or_after_the_execution() {
    let harness = harness().await;
    let fail = |fault| harness.emulator.fail_next("ExecuteTool", fault);
    fail(Fault::close());
    assert!(Http2::open(&harness).await.execute().await.is_cut());
    assert_eq!(executed(&harness), (0, CallStatus::Broken));
    fail(Fault::close().after_executing());
    assert!(Http2::open(&harness).await.execute().await.is_cut());
    assert_eq!(executed(&harness), (1, CallStatus::Broken));
    fail(Fault::close());
    let mut http1 = Http1::open(&harness).await;
    http1.execute().await;
    assert_eq!(http1.until_closed().await, Default::default());
    assert_eq!(executed(&harness), (1, CallStatus::Broken));
    fail(Fault::close().after_executing());
    let mut http1 = Http1::open(&harness).await;
    http1.execute().await;
    assert_eq!(http1.until_closed().await, Default::default());
    assert_eq!(executed(&harness), (2, CallStatus::Broken));
    assert_eq!(harness.emulator.fault_hits()["close"], 4);
}

#[tokio::test]
async fn closing_a_connection_fails_every_call_on_it() {
    let harness = harness().await;
    let http2 = Http2::open(&harness).await;
    let emulator = &harness.emulator;
    emulator.fail_next("ExecuteTool", Fault::delay(Duration::from_millis(150)));
    let delayed = http2.execute();
    let cut = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        emulator.fail_next("ListTools", Fault::close());
        http2.list().await
    };
    let (delayed, cut) = tokio::join!(delayed, cut);
    assert!(delayed.is_cut() && cut.is_cut());
    tokio::time::sleep(Duration::from_millis(200)).await;
    // The call was waiting, so it was not executed, and the journal says so.
    assert_eq!(executed(&harness), (0, CallStatus::Cancelled));
    assert_eq!(emulator.calls_to("ListTools")[0].status, CallStatus::Broken);
}

#[tokio::test]
async fn a_stream_is_reset_with_the_given_code() {
    let harness = harness().await;
    let http2 = Http2::open(&harness).await;
    let fail = |fault| harness.emulator.fail_next("ExecuteTool", fault);
    fail(Fault::reset(INTERNAL_ERROR));
    assert_eq!(http2.execute().await.reset(), Some(INTERNAL_ERROR));
    assert_eq!(executed(&harness), (0, CallStatus::Broken));
    fail(Fault::reset(ENHANCE_YOUR_CALM).after_executing());
    assert_eq!(http2.execute().await.reset(), Some(ENHANCE_YOUR_CALM));
    assert_eq!(executed(&harness), (1, CallStatus::Broken));
    // The connection still works.
    assert_eq!(http2.execute().await.code(), Some("0"));
    fail(Fault::reset(INTERNAL_ERROR));
    let mut http1 = Http1::open(&harness).await;
    http1.execute().await;
    assert_eq!(http1.until_closed().await, Default::default());
    assert_eq!(executed(&harness), (2, CallStatus::Broken));
}

#[tokio::test]
async fn a_fault_that_denies_the_execution_prevents_it() {
    let harness = harness().await;
    let http2 = Http2::open(&harness).await;
    let fail = |fault: Fault| {
        let fault = fault.after_executing();
        harness.emulator.fail_next("ExecuteTool", fault);
    };
    fail(Fault::reset(REFUSED_STREAM));
    assert_eq!(http2.execute().await.reset(), Some(REFUSED_STREAM));
    fail(Fault::revoke_tokens());
    assert_eq!(http2.execute().await.code(), Some("16"));
    assert_eq!(harness.emulator.executions("gmail_fetch_mails"), 0);
}

#[tokio::test]
async fn a_connection_that_goes_away_finishes_calls_in_flight() {
    let harness = harness().await;
    let http2 = Http2::open(&harness).await;
    let emulator = &harness.emulator;
    let slow = Fault::delay(Duration::from_millis(150));
    emulator.fail_next("ListTools", slow);
    emulator.fail_next("ExecuteTool", Fault::go_away());
    let under_way = http2.list();
    let going = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        http2.execute().await
    };
    let (under_way, going) = tokio::join!(under_way, going);
    assert_eq!(under_way.code(), Some("0"));
    assert_eq!(going.code(), Some("0"));
    assert_eq!(executed(&harness), (1, CallStatus::Rpc(GrpcCode::Ok)));
    let refused = http2.execute().await.error.unwrap();
    assert!(refused.is_go_away() || refused.is_io(), "{refused:?}");
    tokio::time::timeout(LONG, http2.connection)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    emulator.fail_next("*", Fault::go_away());
    let mut http1 = Http1::open(&harness).await;
    http1.execute().await;
    let (head, body) = http1.until_closed().await;
    assert!(head.contains("connection: close"), "{head}");
    assert_eq!(content_length(&head), body.len());
    assert_eq!(executed(&harness), (2, CallStatus::Rpc(GrpcCode::Ok)));
}

#[tokio::test]
async fn a_black_hole_is_open_and_silent_on_either_protocol() {
    let harness = harness().await;
    let emulator = &harness.emulator;
    let silence = Duration::from_millis(200);
    emulator.fail_next("ExecuteTool", Fault::black_hole().after_executing());
    let mut http2 = Http2::open(&harness).await;
    let call = tokio::time::timeout(silence, http2.execute()).await;
    assert!(call.is_err());
    assert_eq!(executed(&harness), (1, CallStatus::Broken));
    let ping = http2.ping.ping(h2::Ping::opaque());
    assert!(tokio::time::timeout(silence, ping).await.is_err());
    // Later requests are not read and do not count as calls.
    let call = http2.list();
    assert!(tokio::time::timeout(silence, call).await.is_err());
    assert!(emulator.calls_to("ListTools").is_empty());
    assert!(!http2.connection.is_finished());

    emulator.fail_next("ExecuteTool", Fault::black_hole());
    let mut http1 = Http1::open(&harness).await;
    http1.execute().await;
    let read = tokio::time::timeout(silence, http1.stream.read_u8()).await;
    assert!(read.is_err());
    assert_eq!(executed(&harness), (1, CallStatus::Broken));

    // Silent connections do not keep the emulator from stopping, and end with it.
    let begin = Instant::now();
    harness.emulator.shutdown().await;
    assert!(begin.elapsed() < Duration::from_secs(1));
    let ended = tokio::time::timeout(LONG, http1.stream.read_u8()).await;
    assert!(ended.unwrap().is_err());
}

#[tokio::test]
async fn a_half_body_ends_with_an_error() {
    let harness = harness().await;
    let fail = || {
        harness
            .emulator
            .fail_next("ExecuteTool", Fault::half_body())
    };
    let http2 = Http2::open(&harness).await;
    let whole = http2.execute().await;
    fail();
    let half = http2.execute().await;
    assert_eq!(half.headers["content-type"], "application/grpc");
    assert_eq!(half.body.len(), whole.body.len() / 2);
    assert_eq!(half.reset(), Some(INTERNAL_ERROR));
    assert_eq!(half.code(), None);
    fail();
    let mut http1 = Http1::open(&harness).await;
    http1.execute().await;
    let (head, body) = http1.until_closed().await;
    assert!(head.starts_with("HTTP/1.1 200"));
    assert_eq!(body.len(), content_length(&head) / 2);
    // The tool was executed, and the journal shows its status.
    assert_eq!(executed(&harness), (3, CallStatus::Rpc(GrpcCode::Ok)));
    // A response without a body also breaks.
    fail();
    let unknown = http2
        .call(
            EXECUTE,
            &scalekit::raw::tools::ExecuteToolRequest::default(),
        )
        .await;
    assert_eq!(unknown.reset(), Some(INTERNAL_ERROR));
}

#[tokio::test]
async fn a_response_can_have_the_right_type_and_be_malformed() {
    let harness = harness().await;
    harness
        .emulator
        .fail_next("ExecuteTool", Fault::malformed().times(3));
    let http2 = Http2::open(&harness).await;
    let outcome = http2.execute().await;
    assert_eq!(outcome.headers["content-type"], "application/grpc");
    assert_eq!(outcome.code(), Some("0"));
    let message = &outcome.body[5..];
    assert_eq!(outcome.body[..5], [0, 0, 0, 0, message.len() as u8]);
    assert!(scalekit::raw::tools::ExecuteToolResponse::decode(message).is_err());
    let status = fetch(&harness).await.unwrap_err();
    assert!(status.message().contains("decode"), "{status:?}");
    let body = json!({ "tool_name": "gmail_fetch_mails", "identifier": "a@x.test" });
    let response = harness
        .rest("POST", "/api/v1/execute_tool", Some(body))
        .await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert!(serde_json::from_slice::<serde_json::Value>(&response.body).is_err());
    assert_eq!(executed(&harness), (3, CallStatus::Rpc(GrpcCode::Ok)));
}

#[tokio::test]
async fn a_correct_response_can_have_the_wrong_content_type() {
    let harness = harness().await;
    let http2 = Http2::open(&harness).await;
    let fail = |content_type| {
        let fault = Fault::content_type(content_type);
        harness.emulator.fail_next("*", fault);
    };
    fail("text/plain");
    let outcome = http2.list().await;
    assert_eq!(outcome.headers["content-type"], "text/plain");
    assert_eq!(outcome.code(), Some("0"));
    fail("application/grpc");
    let response = harness.rest("GET", "/api/v1/tools", None).await;
    assert_eq!(response.header("content-type"), Some("application/grpc"));
    assert!(response.json()["tools"].is_array());
    fail("no\nheader");
    let response = harness.rest("GET", "/api/v1/tools", None).await;
    assert_eq!(response.header("content-type"), None);
}

#[tokio::test]
async fn a_response_can_have_any_size() {
    const SIZE: usize = 20_000_000;
    let harness = harness().await;
    harness
        .emulator
        .fail_next("*", Fault::oversized(SIZE).times(2));
    let http2 = Http2::open(&harness).await;
    let outcome = http2.list().await;
    assert_eq!(outcome.body.len(), 5 + SIZE);
    assert_eq!(outcome.body[0], 0);
    assert_eq!(
        outcome.body[1..5],
        u32::try_from(SIZE).unwrap().to_be_bytes()
    );
    assert_eq!(outcome.code(), Some("0"));
    let response = harness.rest("GET", "/api/v1/tools", None).await;
    assert_eq!(response.body.len(), SIZE);
    assert_eq!(response.header("content-length"), Some("20000000"));
    assert!(response.json().is_string());
    assert_eq!(harness.emulator.fault_hits()["oversized"], 2);
}

#[tokio::test]
async fn revoking_tokens_rejects_the_call() {
    let harness = harness().await;
    harness
        .emulator
        .fail_next("ListTools", Fault::revoke_tokens().nth(2));
    let http2 = Http2::open(&harness).await;
    let list = || async { http2.list().await };
    assert_eq!(list().await.code(), Some("0"));
    assert_eq!(list().await.code(), Some("16"));
    assert_eq!(list().await.code(), Some("16"));
    assert_eq!(harness.emulator.fault_hits()["revoke_tokens"], 1);
    let response = harness.rest("GET", "/api/v1/tools", None).await;
    assert_eq!(response.status, 401);
    harness.fetch_token().await;
}

#[tokio::test]
async fn a_token_can_expire_earlier_than_it_states() {
    let mut harness = harness().await;
    harness
        .emulator
        .fail_next("/oauth/token", Fault::expire_early(Duration::from_secs(9)));
    let old = std::mem::take(&mut harness.token);
    harness.token = harness.fetch_token().await;
    let clock = harness.emulator.clock().clone();
    clock.advance(Duration::from_secs(8));
    fetch(&harness).await.unwrap();
    clock.advance(Duration::from_secs(1));
    let status = fetch(&harness).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    // The other tokens keep their lifetime.
    harness.token = old;
    fetch(&harness).await.unwrap();
}

#[tokio::test]
async fn faults_apply_to_the_proxy_and_the_token_endpoint() {
    let harness = harness().await;
    let emulator = &harness.emulator;
    for path in ["/proxy", "/oauth/token"] {
        let send = || async {
            let mut http1 = Http1::open(&harness).await;
            if path == "/proxy" {
                http1.proxy().await;
            } else {
                let form = format!(
                    "grant_type=client_credentials&client_id={}&client_secret={}",
                    emulator.client_id(),
                    emulator.client_secret()
                );
                http1.send("POST", path, "", &form).await;
            }
            http1
        };
        for fault in [Fault::close(), Fault::reset(INTERNAL_ERROR)] {
            emulator.fail_next(path, fault);
            assert_eq!(send().await.until_closed().await, Default::default());
            assert_eq!(emulator.calls().last().unwrap().status, CallStatus::Broken);
        }
        emulator.fail_next(path, Fault::black_hole());
        let mut http1 = send().await;
        let read = http1.stream.read_u8();
        let read = tokio::time::timeout(Duration::from_millis(100), read).await;
        assert!(read.is_err(), "{path}");
        emulator.fail_next(path, Fault::half_body());
        let (head, body) = send().await.until_closed().await;
        assert_eq!(body.len(), content_length(&head) / 2, "{path}");
        emulator.fail_next(path, Fault::go_away());
        let (head, body) = send().await.until_closed().await;
        assert_eq!(body.len(), content_length(&head), "{path}");
        for (fault, status) in [
            (Fault::http(502), "502"),
            (
                Fault::status(Status::new(GrpcCode::Unavailable, "x")),
                "503",
            ),
            (Fault::malformed(), "200"),
            (Fault::revoke_tokens(), "401"),
        ] {
            emulator.fail_next(path, fault);
            let mut http1 = send().await;
            let mut response = [0; 12];
            http1.stream.read_exact(&mut response).await.unwrap();
            assert_eq!(response, *format!("HTTP/1.1 {status}").as_bytes(), "{path}");
        }
    }
}

/// Which of that many calls were hit by a fault that responds with ABORTED.
async fn hits(harness: &Harness, calls: usize) -> Vec<usize> {
    let http2 = Http2::open(harness).await;
    let mut hits = Vec::new();
    for call in 1..=calls {
        if http2.list().await.code() == Some("10") {
            hits.push(call);
        }
    }
    hits
}

fn aborted() -> Fault {
    Fault::status(Status::new(GrpcCode::Aborted, "hit"))
}

#[tokio::test]
async fn a_fault_applies_to_the_nth_call_of_its_target() {
    let harness = harness().await;
    let emulator = &harness.emulator;
    emulator.fail_next("ListTools", aborted().nth(3));
    emulator.fail_next("ListTools", aborted().nth(5).times(2));
    // Calls to other targets do not count.
    fetch(&harness).await.unwrap();
    assert_eq!(hits(&harness, 8).await, [3, 5, 6]);
    // A fault for a certain call takes precedence over one for any call.
    emulator.fail_next("ListTools", Fault::delay(Duration::ZERO).times(3));
    emulator.fail_next("ListTools", aborted().nth(2));
    assert_eq!(hits(&harness, 5).await, [2]);
    assert_eq!(emulator.fault_hits()["delay"], 3);
    assert_eq!(emulator.fault_hits()["status"], 4);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_faults() {
    let harness = harness().await;
    let emulator = &harness.emulator;
    let plan = |seed| {
        FaultPlan::new()
            .seed(seed)
            .fault("ListTools", aborted().probability(0.2))
    };
    emulator.set_faults(plan(7));
    let first = hits(&harness, 300).await;
    assert!((30..=90).contains(&first.len()), "{first:?}");
    // A new plan starts over, and calls to other targets do not affect it.
    emulator.set_faults(plan(7).fault("ExecuteTool", aborted().probability(0.5)));
    for _ in 0..5 {
        let _ = fetch(&harness).await;
    }
    assert_eq!(hits(&harness, 300).await, first);
    emulator.set_faults(plan(8));
    assert_ne!(hits(&harness, 300).await, first);
    let always = aborted().probability(1.0).times(2);
    emulator.set_faults(FaultPlan::new().fault("*", always));
    assert_eq!(hits(&harness, 4).await, [1, 2]);
    emulator.set_faults(FaultPlan::new().fault("*", aborted().probability(0.0)));
    assert!(hits(&harness, 50).await.is_empty());
}

#[tokio::test]
async fn a_plan_replaces_all_faults_and_a_reset_removes_them() {
    let harness = harness().await;
    let emulator = &harness.emulator;
    emulator.fail_next("ListTools", aborted());
    emulator.set_faults(FaultPlan::new().fault("*", aborted().nth(2)));
    assert_eq!(hits(&harness, 3).await, [2]);
    emulator.set_faults(FaultPlan::new().fault("ListTools", aborted().times(9)));
    assert_eq!(emulator.fault_hits()["status"], 1);
    emulator.reset();
    assert!(emulator.fault_hits().is_empty());
    assert!(hits(&harness, 3).await.is_empty());
}

#[tokio::test]
async fn executions_are_counted_by_agent_run() {
    let harness = harness().await;
    let http2 = Http2::open(&harness).await;
    let unavailable = Fault::status(Status::new(GrpcCode::Unavailable, "lost"));
    harness
        .emulator
        .fail_next("ExecuteTool", unavailable.after_executing());
    for run in ["a", "a", "b"] {
        http2.call(EXECUTE, &execute(run)).await;
    }
    let of = |run| harness.emulator.executions_of_run(run);
    assert_eq!((of("a"), of("b"), of("c")), (2, 1, 0));
    harness.emulator.reset();
    assert_eq!(of("a"), 0);
}

#[tokio::test]
async fn a_plan_can_be_set_and_read_over_http() {
    let harness = harness().await;
    let plan = json!({ "seed": 7, "faults": [
        { "target": "ExecuteTool", "status": { "code": "UNAVAILABLE", "message": "gone",
            "retry_after_ms": 1500 }, "after_executing": true, "delay_ms": 5, "times": 2 },
        { "target": "*", "probability": 0.0, "http": 503 },
        { "target": "ListTools", "nth": 2, "reset": 7 },
        { "target": "/proxy", "close": true },
        { "target": "/proxy", "go_away": true },
        { "target": "/proxy", "black_hole": true },
        { "target": "/proxy", "half_body": true },
        { "target": "/proxy", "malformed": true },
        { "target": "/proxy", "content_type": "text/plain" },
        { "target": "/proxy", "oversized_bytes": 1_000_000 },
        { "target": "/proxy", "revoke_tokens": true, "probability": 0.5, "times": 3 },
        { "target": "/proxy", "delay_ms": 10 },
        { "target": "/oauth/token", "expire_early_ms": 100 },
    ] });
    harness.emulator.fail_next("ListTools", aborted());
    let response = harness
        .bare("POST", "/_emulator/faults", &plan.to_string())
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
    // The same faults in order: none is missing, and none is added.
    let entries = |value: &serde_json::Value| {
        let mut entries: Vec<String> = value["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        entries.sort();
        entries
    };
    assert_eq!(entries(&response.json()), entries(&plan));
    let first = response.json()["faults"][0].clone();
    assert_eq!(first["target"], "ListTools");

    let status = fetch(&harness).await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::Unavailable, "gone")
    );
    assert_eq!(harness.emulator.executions("gmail_fetch_mails"), 1);
    let http2 = Http2::open(&harness).await;
    assert_eq!(http2.list().await.code(), Some("0"));
    let left = harness.bare("GET", "/_emulator/faults", "").await.json();
    assert_eq!(left["hits"], json!({ "status": 1 }));
    assert_eq!(
        left["faults"][0],
        json!({ "target": "ListTools", "nth": 1, "reset": 7 })
    );
    assert!(left["faults"][1].get("times").is_none());
    assert_eq!(http2.list().await.reset(), Some(REFUSED_STREAM));
    let none = harness.bare("DELETE", "/_emulator/faults", "").await.json();
    let hits = json!({ "status": 1, "reset": 1 });
    assert_eq!(none, json!({ "faults": [], "hits": hits }));
    fetch(&harness).await.unwrap();
}

/// Invalid entries, and what their errors mention.
const WRONG: [(&str, &str); 17] = [
    (r#"{"close": true}"#, "target"),
    (
        r#"{"target": "ExecutTool", "close": true}"#,
        "(ExecutTool): target",
    ),
    (r#"{"target": "*"}"#, "no action"),
    (r#"{"target": "*", "colse": true}"#, ".colse: unknown field"),
    (r#"{"target": "*", "close": 1}"#, ".close: invalid type"),
    (
        r#"{"target": "*", "close": true, "reset": 2}"#,
        "close and reset exclude",
    ),
    (r#"{"target": "*", "reset": -1}"#, ".reset: invalid value"),
    (
        r#"{"target": "*", "reset": 7, "after_executing": true}"#,
        "after_executing: reset",
    ),
    (
        r#"{"target": "*", "revoke_tokens": true, "after_executing": true}"#,
        "after_executing",
    ),
    (r#"{"target": "*", "close": true, "nth": 0}"#, "nth"),
    (r#"{"target": "*", "close": true, "times": 0}"#, "times"),
    (
        r#"{"target": "*", "close": true, "probability": 1.5}"#,
        "probability",
    ),
    (r#"{"target": "*", "http": 101}"#, "http"),
    (
        r#"{"target": "*", "status": {"code": "GONE"}}"#,
        ".status.code: unknown variant",
    ),
    (
        r#"{"target": "*", "status": {"code": "OK"}}"#,
        "status.code: must not be OK",
    ),
    (
        r#"{"target": "*", "content_type": "a\u0000"}"#,
        "content_type",
    ),
    (
        r#"{"target": "*", "expire_early_ms": 5}"#,
        "expire_early_ms",
    ),
];

#[tokio::test]
async fn an_invalid_plan_is_rejected_with_entry_and_key() {
    let harness = harness().await;
    harness.emulator.fail_next("ListTools", aborted());
    for (entry, part) in WRONG {
        let good = r#"{"target": "*", "close": true}"#;
        let list = format!(r#"{{"faults": [{good}, {entry}]}}"#);
        let response = harness.bare("POST", "/_emulator/faults", &list).await;
        assert_eq!(response.status, 400, "{entry}");
        let message = response.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("faults[1]"), "{message}");
        assert!(message.contains(part), "{part} in {message}");
        let error = Seed::from_json(&list).unwrap_err().to_string();
        assert!(
            error.contains("faults[1]") && error.contains(part),
            "{error}"
        );
    }
    for plan in ["", "{}", "[]", r#"{"seeds": 1, "faults": []}"#] {
        let response = harness.bare("POST", "/_emulator/faults", plan).await;
        assert_eq!(response.status, 400, "{plan}");
    }
    // A rejected plan changes nothing.
    assert_eq!(hits(&harness, 2).await, [1]);
}

#[tokio::test]
async fn a_reset_restores_the_faults_of_a_seed_file() {
    let seed = Seed::from_toml(
        r#"
        builtin = true
        fault_seed = 7

        [[faults]]
        target = "ListTools"
        nth = 2
        status = { code = "ABORTED" }

        [[faults]]
        target = "*"
        probability = 0
        close = true
        "#,
    )
    .unwrap();
    let harness = seeded(seed).await;
    assert_eq!(hits(&harness, 3).await, [2]);
    assert_eq!(hits(&harness, 3).await, [0; 0]);
    harness.emulator.reset();
    assert!(harness.emulator.fault_hits().is_empty());
    assert_eq!(hits(&harness, 3).await, [2]);
    let plan = FaultPlan::new().fault("ListTools", aborted());
    let harness = seeded(Seed::builtin().faults(plan)).await;
    assert_eq!(hits(&harness, 3).await, [1]);
    let error = Seed::from_toml("[[faults]]\ntarget = \"*\"\nclose = 1").unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("line 3") && error.contains("close"),
        "{error}"
    );
}

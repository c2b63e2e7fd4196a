//! Faults on demand.

use std::time::{Duration, Instant};

use prost::Message as _;
use scalekit::raw::tools::ListToolsRequest;
use scalekit_emulator::{Account, Code as GrpcCode, Fault, Seed, Status};
use serde_json::json;
use tonic::Code;

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
async fn a_status_comes_with_every_detail_it_was_given() {
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
async fn a_fault_hits_before_or_after_executing() {
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
async fn plain_http_can_stand_in_front_of_grpc() {
    let harness = harness().await;
    harness
        .emulator
        .fail_next("ListTools", Fault::http(502).times(2));
    let status = harness
        .tools()
        .list_tools(harness.with_token(ListToolsRequest::default()))
        .await
        .unwrap_err();
    // tonic takes the page for a gRPC frame, as it would a load balancer's.
    assert_ne!(status.code(), Code::Ok);
    assert!(status.details().is_empty());
    let answer = harness.rest("GET", "/api/v1/tools", None).await;
    assert_eq!(answer.status, 502);
    assert!(
        answer
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
async fn a_call_without_a_token_does_not_use_a_fault_up() {
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

//! Tool execution: account selection, input, results.

use std::time::{Duration, Instant};

use scalekit::raw::tools as api;
use scalekit_emulator::{
    Account, AccountStatus, Code as GrpcCode, Connection, Emulator, Fault, Seed, Tool, ToolFailure,
};
use serde_json::{Value, json};
use tonic::Code;

use crate::raw::{self, Http2};
use crate::support::{Harness, from_struct, info, seeded, start, with};

fn seed() -> Seed {
    Seed::builtin()
        .account(Account::new("gmail", "a@x.test").id("ca_1"))
        .account(Account::new("exa", "a@x.test"))
}

fn data(response: &api::ExecuteToolResponse) -> Value {
    from_struct(response.data.as_ref().unwrap())
}

#[tokio::test]
async fn a_tool_returns_data_and_a_unique_execution_id() {
    let harness = seeded(seed()).await;
    let input = json!({ "max_results": 2 });
    let first = harness
        .execute("gmail_fetch_mails", "gmail", "a@x.test", input.clone())
        .await
        .unwrap();
    assert_eq!(data(&first)["result_size"], 2.0);
    assert_eq!(data(&first)["messages"][0]["size_bytes"], 2048.0);
    let second = harness
        .execute("gmail_fetch_mails", "gmail", "a@x.test", input)
        .await
        .unwrap();
    assert_eq!(data(&first), data(&second));
    assert_ne!(first.execution_id, second.execution_id);
    assert_eq!(harness.emulator.executions("gmail_fetch_mails"), 2);
    assert!(
        harness
            .account("gmail", "a@x.test")
            .await
            .last_used_at
            .is_some()
    );
}

#[tokio::test]
async fn an_unknown_tool_or_account_is_not_found() {
    let harness = seeded(seed()).await;
    let status = harness
        .execute("nope", "gmail", "a@x.test", json!({}))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(info(&status).resource_info.unwrap().resource_name, "tool");
    let status = harness
        .execute("gmail_fetch_mails", "gmail", "nobody", json!({}))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert!(status.message().contains("nobody"));
    let status = harness
        .tools()
        .execute_tool(harness.with_token(api::ExecuteToolRequest {
            tool_name: "gmail_fetch_mails".to_owned(),
            ..Default::default()
        }))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_error_of_an_inactive_account_has_a_remedy() {
    let mut seed = Seed::builtin();
    let states = [
        (AccountStatus::PendingAuth, "authorization link"),
        (
            AccountStatus::PendingVerification,
            "VerifyConnectedAccountUser",
        ),
        (AccountStatus::Expired, "authorization link"),
        (AccountStatus::Disconnected, "authorization link"),
    ];
    for (number, (status, _)) in states.iter().enumerate() {
        seed = seed.account(Account::new("gmail", format!("u{number}")).status(*status));
    }
    let harness = seeded(seed).await;
    for (number, (_, todo)) in states.iter().enumerate() {
        let status = harness
            .execute(
                "gmail_fetch_mails",
                "gmail",
                &format!("u{number}"),
                json!({}),
            )
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::FailedPrecondition);
        assert!(status.message().contains(todo), "{}", status.message());
    }
    assert_eq!(harness.emulator.executions("gmail_fetch_mails"), 0);
}

#[cfg(feature = "validation")]
#[tokio::test]
async fn input_is_checked_by_the_tools_schema() {
    let harness = seeded(seed()).await;
    let status = harness
        .execute(
            "gmail_send_mail",
            "gmail",
            "a@x.test",
            json!({ "to": 5, "subject": "s", "extra": true }),
        )
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let violations = crate::support::violations(&status);
    let has = |field: &str, rule: &str| violations.contains(&(field.to_owned(), rule.to_owned()));
    assert!(has("params.to", "type"), "{violations:?}");
    assert!(has("params", "required"), "{violations:?}");
    assert!(has("params", "additionalProperties"), "{violations:?}");
    assert_eq!(harness.emulator.executions("gmail_send_mail"), 0);
    // A whole number is an integer, although the wire has only doubles.
    harness
        .execute(
            "gmail_fetch_mails",
            "gmail",
            "a@x.test",
            json!({ "max_results": 3 }),
        )
        .await
        .unwrap();
    let status = harness
        .execute(
            "gmail_fetch_mails",
            "gmail",
            "a@x.test",
            json!({ "max_results": 2.5 }),
        )
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[cfg(not(feature = "validation"))]
#[tokio::test]
async fn without_validation_a_tool_gets_input_that_its_schema_excludes() {
    let harness = seeded(seed()).await;
    harness
        .execute(
            "gmail_send_mail",
            "gmail",
            "a@x.test",
            json!({ "to": "a@b.test", "extra": true }),
        )
        .await
        .unwrap();
    assert_eq!(harness.emulator.executions("gmail_send_mail"), 1);
}

#[tokio::test]
async fn an_account_is_selected_by_id_or_as_the_only_suitable_one() {
    let harness = seeded(
        seed()
            .connection(Connection::oauth("work", "GMAIL"))
            .account(Account::new("work", "b@x.test"))
            .account(Account::new("gmail", "b@x.test"))
            .account(Account::new("work", "c@x.test").status(AccountStatus::Expired))
            .account(Account::new("gmail", "c@x.test")),
    )
    .await;
    let execute = |id: Option<&str>, identifier: Option<&str>, connector: Option<&str>| {
        let request = harness.with_token(api::ExecuteToolRequest {
            tool_name: "gmail_fetch_mails".to_owned(),
            connected_account_id: id.map(ToOwned::to_owned),
            identifier: identifier.map(ToOwned::to_owned),
            connector: connector.map(ToOwned::to_owned),
            ..Default::default()
        });
        let mut client = harness.tools();
        async move {
            client
                .execute_tool(request)
                .await
                .map_err(|status| status.code())
        }
    };
    assert!(execute(Some("ca_1"), None, None).await.is_ok());
    assert!(execute(None, Some("a@x.test"), None).await.is_ok());
    assert_eq!(
        execute(None, Some("b@x.test"), None).await.unwrap_err(),
        Code::InvalidArgument
    );
    assert!(execute(None, Some("b@x.test"), Some("work")).await.is_ok());
    // Only one of the two accounts is active, so it is selected.
    assert!(execute(None, Some("c@x.test"), None).await.is_ok());
    assert_eq!(
        execute(None, Some("a@x.test"), Some("exa"))
            .await
            .unwrap_err(),
        Code::InvalidArgument
    );
}

#[tokio::test]
async fn a_handler_receives_the_call_and_sets_the_result() {
    let harness = seeded(
        seed()
            .tool(Tool::new("who", "GMAIL").handler(|call| {
                Ok(json!({
                    "tool": call.tool_name,
                    "user": call.identifier,
                    "account": call.connected_account_id,
                    "connection": call.connection_name,
                    "run": call.agent_run_id,
                    "execution": call.execution_id,
                    "integer": call.input["n"].is_i64(),
                }))
            }))
            .tool(
                Tool::new("later", "GMAIL").async_handler(|call| async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    Ok(call.input)
                }),
            )
            .tool(Tool::new("still", "GMAIL").result(json!({ "list": [1, { "a": null }] })))
            .tool(Tool::new("echo", "GMAIL")),
    )
    .await;
    let response = harness
        .tools()
        .execute_tool(harness.with_token(api::ExecuteToolRequest {
            tool_name: "who".to_owned(),
            connected_account_id: Some("ca_1".to_owned()),
            params: Some(crate::support::to_struct(&json!({ "n": 7 }))),
            agent_run_id: Some("run-1".to_owned()),
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        data(&response),
        json!({
            "tool": "who", "user": "a@x.test", "account": "ca_1", "connection": "gmail",
            "run": "run-1", "execution": response.execution_id, "integer": true,
        })
    );
    for (tool, wanted) in [
        ("later", json!({ "x": "y" })),
        ("still", json!({ "list": [1, { "a": null }] })),
        (
            "echo",
            json!({ "tool_name": "echo", "input": { "x": "y" } }),
        ),
    ] {
        let response = harness
            .execute(tool, "gmail", "a@x.test", json!({ "x": "y" }))
            .await
            .unwrap();
        assert_eq!(data(&response), wanted);
    }
}

#[tokio::test]
async fn a_failure_of_the_provider_is_a_tool_error_with_its_execution_id() {
    let harness = seeded(
        seed()
            .tool(Tool::new("limited", "GMAIL").handler(|_| {
                Err(ToolFailure::new(
                    GrpcCode::ResourceExhausted,
                    "rateLimitExceeded",
                    "too many requests",
                ))
            }))
            .tool(Tool::new("refused", "GMAIL").failure(ToolFailure::new(
                GrpcCode::Unauthenticated,
                "invalid_grant",
                "the user revoked access",
            ))),
    )
    .await;
    for (tool, code, provider_code) in [
        ("limited", Code::ResourceExhausted, "rateLimitExceeded"),
        ("refused", Code::Unauthenticated, "invalid_grant"),
    ] {
        let status = harness
            .execute(tool, "gmail", "a@x.test", json!({}))
            .await
            .unwrap_err();
        assert_eq!(status.code(), code);
        let info = info(&status);
        assert_eq!(info.error_code, "TOOL_ERROR");
        let tool_error = info.tool_error_info.unwrap();
        assert!(tool_error.execution_id.starts_with("exec_"));
        assert_eq!(tool_error.tool_error_code, provider_code);
        assert_eq!(tool_error.tool_error_message, status.message());
        assert_eq!(harness.emulator.executions(tool), 1);
    }
}

#[tokio::test]
async fn a_tool_can_be_executed_over_http() {
    let provider = start().await;
    let harness = seeded(
        seed()
            .tool(Tool::new("echoed", "GMAIL").http(provider.url("/_provider/echo")))
            .tool(Tool::new("limited", "GMAIL").http(provider.url("/_provider/status/429")))
            .tool(Tool::new("down", "GMAIL").http("http://127.0.0.1:1/")),
    )
    .await;
    let response = harness
        .execute("echoed", "gmail", "a@x.test", json!({ "n": 1 }))
        .await
        .unwrap();
    let sent = data(&response);
    assert_eq!(sent["method"], "POST");
    assert_eq!(sent["json"]["tool_name"], "echoed");
    assert_eq!(sent["json"]["input"]["n"], 1.0);
    assert_eq!(sent["json"]["execution_id"], response.execution_id.as_str());
    let authorization = sent["headers"]["authorization"].as_str().unwrap();
    assert!(authorization.starts_with("Bearer access-"));
    let status = harness
        .execute("limited", "gmail", "a@x.test", json!({}))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(
        info(&status).tool_error_info.unwrap().tool_error_code,
        "429"
    );
    let status = harness
        .execute("down", "gmail", "a@x.test", json!({}))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(info(&status).error_code, "TOOL_ERROR");
}

#[tokio::test]
async fn a_call_cancelled_during_the_delay_of_a_tool_executes_nothing() {
    let harness = seeded(
        seed().tool(
            Tool::new("slow", "GMAIL")
                .delay(Duration::from_millis(120))
                .result(json!({})),
        ),
    )
    .await;
    let begin = Instant::now();
    harness
        .execute("slow", "gmail", "a@x.test", json!({}))
        .await
        .unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(120));
    let call = harness.execute("slow", "gmail", "a@x.test", json!({}));
    assert!(
        tokio::time::timeout(Duration::from_millis(40), call)
            .await
            .is_err()
    );
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(harness.emulator.executions("slow"), 1);
    let calls = harness.emulator.calls_to("ExecuteTool");
    assert_eq!(calls[1].status, scalekit_emulator::CallStatus::Cancelled);
}

#[tokio::test]
async fn a_handler_that_panics_fails_one_call() {
    let harness =
        seeded(seed().tool(Tool::new("broken", "GMAIL").handler(|_| panic!("broken")))).await;
    let status = harness
        .execute("broken", "gmail", "a@x.test", json!({}))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    harness
        .execute("gmail_fetch_mails", "gmail", "a@x.test", json!({}))
        .await
        .unwrap();
}

#[tokio::test]
async fn concurrent_calls_get_their_own_responses() {
    let seed = seed().tool(Tool::new("echo", "GMAIL"));
    // Fewer streams than calls: the other calls wait.
    let builder = Emulator::builder().seed(seed).max_concurrent_streams(50);
    let harness: &'static Harness = Box::leak(Box::new(with(builder).await));
    let calls: Vec<_> = (0..200)
        .map(|number| {
            tokio::spawn(async move {
                let response = harness
                    .execute("echo", "gmail", "a@x.test", json!({ "n": number }))
                    .await
                    .unwrap();
                assert_eq!(data(&response)["input"]["n"], f64::from(number));
                response.execution_id
            })
        })
        .collect();
    let mut ids = Vec::new();
    for call in calls {
        ids.push(call.await.unwrap());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 200);
    assert_eq!(harness.emulator.executions("echo"), 200);
}

#[tokio::test]
async fn a_call_past_its_deadline_is_not_executed() {
    let slow = Tool::new("slow", "GMAIL").delay(Duration::from_millis(150));
    let harness = seeded(seed().tool(slow.result(json!({})))).await;
    let http2 = Http2::open(&harness).await;
    let mut request = raw::execute("late");
    request.tool_name = "slow".to_owned();
    for (timeout, code) in [
        ("30m", "4"),
        ("1n", "4"),
        ("0S", "4"),
        ("20000u", "4"),
        ("5S", "0"),
        ("99999999H", "0"),
        ("soon", "0"),
        ("S", "0"),
    ] {
        let headers = [("grpc-timeout", timeout)];
        let outcome = http2.call_with(raw::EXECUTE, &request, &headers).await;
        assert_eq!(outcome.code(), Some(code), "{timeout}");
    }
    assert_eq!(harness.emulator.executions_of_run("late"), 4);
    let late = harness.emulator.calls_to("ExecuteTool");
    let status = scalekit_emulator::CallStatus::Rpc(GrpcCode::DeadlineExceeded);
    assert_eq!(late[0].status, status);
    // A fault that comes after the deadline is not applied.
    harness.emulator.fail_next(
        "ExecuteTool",
        Fault::close().delayed(Duration::from_millis(80)),
    );
    let headers = [("grpc-timeout", "20m")];
    let outcome = http2.call_with(raw::EXECUTE, &request, &headers).await;
    assert_eq!(outcome.code(), Some("4"));
    assert!(harness.emulator.fault_hits().is_empty());
}

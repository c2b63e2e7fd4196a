//! Tool execution: results, account selection, failures, no repeated execution.

use std::time::Duration;

use scalekit::{AccountRef, ErrorKind, Outcome};
use scalekit_emulator::{Account, AccountStatus, Code, Fault, Status};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::harness::{GMAIL, connect, connected, emulator_with, test_tools};

#[derive(Serialize)]
struct Fetch<'a> {
    query: &'a str,
    max_results: u8,
}

#[derive(Deserialize)]
struct Fetched {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    size_bytes: u64,
}

#[tokio::test]
async fn a_tool_takes_a_type_and_returns_a_type() {
    let (emulator, client) = connected().await;
    let input = Fetch {
        query: "",
        max_results: 2,
    };
    let output = client
        .actions()
        .execute_tool("gmail_fetch_mails", input)
        .account(GMAIL)
        .await;
    let output = output.expect("a result");
    assert!(!output.execution_id.is_empty());
    let data = output.value().expect("JSON");
    assert!(
        data["messages"][0]["size_bytes"].is_u64(),
        "integers stay integers"
    );
    let fetched: Fetched = output.json().expect("the type");
    assert_eq!(fetched.messages.len(), 2);
    assert!(!fetched.messages[0].id.is_empty() && fetched.messages[0].size_bytes > 0);
    let calls = emulator.calls_to("ExecuteTool");
    assert_eq!(
        calls[0].request["params"],
        json!({"query": "", "max_results": 2})
    );

    let error = output.json::<Vec<u8>>().expect_err("another type");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Decode, Outcome::Unknown)
    );
    assert!(error.to_string().contains(&output.execution_id), "{error}");
}

#[tokio::test]
async fn an_account_is_selected_by_id_names_or_identifier() {
    let emulator = emulator_with(test_tools).await;
    let client = emulator.client();
    connect(&client).await;
    let account = client
        .actions()
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    let echo = || client.actions().execute_tool("echo", json!({"n": 1}));
    let runs = [
        echo().account(account.reference()).await,
        echo().account(GMAIL).await,
        echo().connected_account_id(&account.id).await,
        echo().identifier(GMAIL.1).await,
        echo().identifier(GMAIL.1).connection_name(GMAIL.0).await,
        client
            .tools()
            .execute_tool("echo", json!({"n": 1}))
            .account(GMAIL)
            .await,
    ];
    for run in runs {
        let data = run.expect("a result").value().expect("JSON");
        assert_eq!(data["account"], account.id);
        assert_eq!(data["input"], json!({"n": 1}));
    }
}

#[tokio::test]
async fn no_input_is_an_empty_object() {
    let emulator = emulator_with(test_tools).await;
    let client = emulator.client();
    connect(&client).await;
    #[derive(Serialize)]
    struct Nothing;
    let actions = client.actions();
    let runs = [
        actions.execute_tool("echo", ()),
        actions.execute_tool("echo", json!(null)),
        actions.execute_tool("echo", None::<Fetch<'_>>),
        actions.execute_tool("echo", Some(json!({}))),
        actions.execute_tool("echo", Nothing),
        client.tools().execute_tool("echo", ()),
        actions.execute_tool_json("echo", ""),
        actions.execute_tool_json("echo", " \n\t"),
        actions.execute_tool_json("echo", "null"),
        actions.execute_tool_json("echo", " {} "),
    ];
    for run in runs {
        let output = run.account(GMAIL).await.expect("a result");
        assert_eq!(output.value().expect("JSON")["input"], json!({}));
    }
}

#[tokio::test]
async fn an_input_can_be_json_text_from_a_model() {
    let emulator = emulator_with(test_tools).await;
    let client = emulator.client();
    connect(&client).await;
    for (text, input) in [
        (
            r#"{"n": 1, "s": "a\u00e9\"b"}"#,
            json!({"n": 1, "s": "aé\"b"}),
        ),
        (
            "\n{ \"a\": [1.5, -2, null, {\"b\": true}] }\n",
            json!({"a": [1.5, -2, null, {"b": true}]}),
        ),
        (r#"{"a": 1, "a": 2}"#, json!({"a": 2})),
        (
            r#"{"id": "9007199254740993"}"#,
            json!({"id": "9007199254740993"}),
        ),
    ] {
        let runs = [
            client.actions().execute_tool_json("echo", text),
            client
                .actions()
                .execute_tool_json("echo", String::from(text)),
        ];
        for run in runs {
            let output = run.account(GMAIL).await.expect("a result");
            assert_eq!(output.value().expect("JSON")["input"], input, "{text}");
        }
    }
    let before = emulator.calls_to("ExecuteTool").len();
    for (text, reason) in [
        ("[1]", "must be a JSON object, not an array"),
        ("\"{}\"", "must be a JSON object, not a string"),
        ("5", "must be a JSON object, not a number"),
        ("true", "must be a JSON object, not a boolean"),
        (
            "{\"a\": }",
            "is not JSON: expected value at line 1 column 7",
        ),
        (
            "{\"a\": 1",
            "is not JSON: EOF while parsing an object at line 1 column 7",
        ),
        (
            "{} {}",
            "is not JSON: trailing characters at line 1 column 4",
        ),
        (
            "{\n'a': 1}",
            "is not JSON: key must be a string at line 2 column 1",
        ),
        ("sentinel", "is not JSON: expected value at line 1 column 1"),
        (
            "{\"a\": NaN}",
            "is not JSON: expected value at line 1 column 7",
        ),
        (
            "{\"a\": 1e400}",
            "is not JSON: number out of range at line 1 column",
        ),
        ("{\"id\": 9007199254740993}", "contains 9007199254740993"),
        (
            "{\"id\": [18446744073709551617]}",
            "contains 18446744073709551617",
        ),
    ] {
        let error = client
            .actions()
            .execute_tool_json("echo", text)
            .account(GMAIL)
            .await;
        let error = error.expect_err(text);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidInput, Outcome::NotSent)
        );
        assert!(
            error.message().starts_with(&format!("input {reason}")),
            "{text}: {error}"
        );
        assert!(!error.message().contains("sentinel"), "{error}");
    }
    let nan = client
        .actions()
        .execute_tool("echo", f64::NAN)
        .account(GMAIL)
        .await;
    assert!(
        nan.expect_err("no object")
            .message()
            .contains("not a number")
    );
    assert_eq!(emulator.calls_to("ExecuteTool").len(), before);
}

#[tokio::test]
async fn every_optional_field_is_sent() {
    let emulator = emulator_with(|seed| {
        let account = Account::new("gmail", "org-user")
            .organization("org_1")
            .user("usr_1");
        test_tools(seed).account(account.status(AccountStatus::Active))
    })
    .await;
    let client = emulator.client();
    let output = client
        .actions()
        .execute_tool("echo", json!({}))
        .identifier("org-user")
        .connection_name("gmail")
        .organization_id("org_1")
        .user_id("usr_1")
        .agent_run_id("run-7")
        .await
        .expect("a result");
    let data = output.value().expect("JSON");
    assert_eq!(data["organization"], "org_1");
    assert_eq!(data["user"], "usr_1");
    assert_eq!(data["run"], "run-7");
}

#[tokio::test]
async fn a_tool_failure_has_its_own_kind_and_keeps_the_token() {
    let emulator = emulator_with(test_tools).await;
    let client = emulator.client();
    connect(&client).await;
    for (tool, kind, code) in [
        ("fail_rate", ErrorKind::ToolRateLimit, "RATE_LIMITED"),
        ("fail_auth", ErrorKind::ToolUnauthorized, "INVALID_GRANT"),
        ("fail_scope", ErrorKind::ToolForbidden, "MISSING_SCOPE"),
        ("fail_other", ErrorKind::Tool, "BOOM"),
    ] {
        let error = client
            .actions()
            .execute_tool(tool, json!({}))
            .account(GMAIL)
            .await;
        let error = error.expect_err(tool);
        assert_eq!(error.kind(), kind);
        assert!(error.is_tool_error());
        assert_eq!(error.error_code(), Some("TOOL_ERROR"));
        let tool_error = error.tool_error().expect("its error");
        assert_eq!(tool_error.code, code);
        assert_eq!(tool_error.message, "the provider said no");
        assert!(!tool_error.execution_id.is_empty());
        assert!(
            error.to_string().contains(&tool_error.execution_id),
            "{error}"
        );
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(
        emulator.token_requests(),
        1,
        "a provider's rejection is not the service's"
    );
    assert_eq!(
        emulator.calls_to("ExecuteTool").len(),
        4,
        "none was repeated"
    );
}

#[tokio::test]
async fn an_unknown_tool_account_or_input_is_rejected() {
    let (_emulator, client) = connected().await;
    let actions = client.actions();
    let error = actions
        .execute_tool("no_such_tool", json!({}))
        .account(GMAIL)
        .await;
    assert!(error.expect_err("no tool").is_not_found());
    for account in [
        AccountRef::named("gmail", "nobody"),
        AccountRef::id("ca_404"),
    ] {
        let error = actions
            .execute_tool("gmail_fetch_mails", json!({}))
            .account(account)
            .await;
        assert!(error.expect_err("no account").is_not_found());
    }
    let input = json!({"max_results": "many"});
    let error = actions
        .execute_tool("gmail_fetch_mails", input)
        .account(GMAIL)
        .await;
    let error = error.expect_err("not the schema's type");
    assert_eq!(error.kind(), ErrorKind::BadRequest);
    assert!(
        error.field_violations()[0].field.contains("max_results"),
        "{error:?}"
    );

    let pending = actions
        .get_or_create_connected_account("gmail", "pending")
        .await
        .expect("it");
    let error = actions
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(pending.account.reference())
        .await
        .expect_err("not active");
    assert_eq!(error.code(), Some(scalekit::Code::FailedPrecondition));
}

#[tokio::test]
async fn input_that_cannot_be_encoded_fails_before_anything_is_sent() {
    let (emulator, client) = connected().await;
    emulator.reset();
    let actions = client.actions();
    let errors = [
        (
            actions
                .execute_tool(" ", json!({}))
                .account(GMAIL)
                .await
                .err(),
            "tool_name",
        ),
        (
            actions
                .execute_tool("t", json!([1]))
                .account(GMAIL)
                .await
                .err(),
            "input",
        ),
        (
            actions
                .execute_tool("t", json!({"id": u64::MAX}))
                .account(GMAIL)
                .await
                .err(),
            "$.id",
        ),
        (
            actions
                .execute_tool("t", json!({}))
                .account(("gmail", ""))
                .await
                .err(),
            "identifier",
        ),
    ];
    for (error, named) in errors {
        let error = error.expect(named);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidInput, Outcome::NotSent)
        );
        assert!(error.to_string().contains(named), "{error}");
        assert!(error.to_string().starts_with("execute_tool: "), "{error}");
    }
    assert!(emulator.calls_to("ExecuteTool").is_empty());
}

#[tokio::test]
async fn a_call_that_was_declared_idempotent_is_retried() {
    let emulator = emulator_with(test_tools).await;
    let client = emulator.client();
    connect(&client).await;
    emulator.fail_next("ExecuteTool", Fault::http(503));
    let output = client
        .actions()
        .execute_tool("echo", json!({}))
        .account(GMAIL)
        .idempotent(true)
        .await;
    output.expect("a result of the second attempt");
    assert_eq!(emulator.calls_to("ExecuteTool").len(), 2);
}

#[tokio::test]
async fn a_rate_limit_is_returned_with_its_retry_delay() {
    let (emulator, client) = connected().await;
    let limited = Status::new(Code::ResourceExhausted, "slow down");
    emulator.fail_next("ExecuteTool", limited.retry_after(Duration::from_secs(7)));
    let error = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(GMAIL)
        .await;
    let error = error.expect_err("limited");
    assert!(error.is_rate_limited());
    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    let (emulator, client) = connected().await;
    emulator.fail_next("ExecuteTool", Fault::delay(Duration::from_secs(30)));
    let error = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}))
        .account(GMAIL)
        .timeout(Duration::from_millis(200))
        .await
        .expect_err("too slow");
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    let calls = emulator.calls_to("ExecuteTool");
    assert!(
        calls[0].header("grpc-timeout").is_some(),
        "the server knows the deadline"
    );
}

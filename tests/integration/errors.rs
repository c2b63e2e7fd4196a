//! Errors of the server reach the caller, on both transports and in both encodings.

use std::time::Duration;

use scalekit::{Code, ErrorKind, Outcome, Remedy, StaticAuth};
use scalekit_emulator::{Fault, Status};
use serde_json::json;

use super::harness::{GMAIL, connected, emulator};

#[tokio::test]
async fn everything_in_the_error_details_is_readable() {
    let emulator = emulator().await;
    let client = emulator.client();
    let status = Status::new(scalekit_emulator::Code::PermissionDenied, "not allowed")
        .error_code("MISSING_PERMISSION")
        .request_id("req_42")
        .field_violation("filter.query", "too short", "string.min_len")
        .help_link("how to", "https://docs.example.com")
        .resource("tools", ["agent_connectors:read"])
        .retry_after(Duration::from_secs(3));
    emulator.fail_next("ListTools", Fault::status(status));
    let error = client.tools().list_tools().await.expect_err("denied");
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Forbidden, Some(Code::PermissionDenied))
    );
    assert_eq!(error.error_code(), Some("MISSING_PERMISSION"));
    assert_eq!(error.request_id(), Some("req_42"));
    assert_eq!(error.http_status(), Some(403));
    assert_eq!(error.message(), "not allowed");
    let violation = &error.field_violations()[0];
    assert_eq!(
        (
            &*violation.field,
            &*violation.description,
            &*violation.constraint
        ),
        ("filter.query", "too short", "string.min_len")
    );
    assert_eq!(error.help_links()[0].url, "https://docs.example.com");
    assert_eq!(error.required_permissions(), ["agent_connectors:read"]);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    assert!(error.tool_error().is_none());
    let text = error.to_string();
    for part in [
        "list_tools: not allowed",
        "PERMISSION_DENIED",
        "req_42",
        "filter.query: too short",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn every_code_has_its_kind_status_and_outcome() {
    use ErrorKind as Kind;
    use Outcome::{Rejected, Unknown};
    use scalekit_emulator::Code as Wire;
    let emulator = emulator().await;
    let client = emulator.client();
    for (code, kind, http, outcome) in [
        (Wire::Cancelled, Kind::Cancelled, 499, Unknown),
        (Wire::Unknown, Kind::Unknown, 500, Unknown),
        (Wire::InvalidArgument, Kind::BadRequest, 400, Rejected),
        (Wire::DeadlineExceeded, Kind::GatewayTimeout, 504, Unknown),
        (Wire::NotFound, Kind::NotFound, 404, Rejected),
        (Wire::AlreadyExists, Kind::Conflict, 409, Rejected),
        (Wire::PermissionDenied, Kind::Forbidden, 403, Rejected),
        (
            Wire::ResourceExhausted,
            Kind::TooManyRequests,
            429,
            Rejected,
        ),
        (Wire::FailedPrecondition, Kind::BadRequest, 400, Rejected),
        (Wire::Aborted, Kind::Conflict, 409, Unknown),
        (Wire::OutOfRange, Kind::BadRequest, 400, Rejected),
        (Wire::Unimplemented, Kind::NotImplemented, 501, Rejected),
        (Wire::Internal, Kind::InternalServer, 500, Unknown),
        (Wire::Unavailable, Kind::ServiceUnavailable, 503, Unknown),
        (Wire::DataLoss, Kind::InternalServer, 500, Unknown),
        // Rejected twice: by the service, readably, with two tokens.
        (Wire::Unauthenticated, Kind::Unauthorized, 401, Rejected),
    ] {
        // Three attempts, if the call is retried.
        emulator.fail_next(
            "RefreshTools",
            Fault::status(Status::bare(code, "as asked")).times(3),
        );
        let error = client
            .tools()
            .refresh_tools(("gmail", "u"))
            .await
            .expect_err("a status");
        assert_eq!(error.kind(), kind, "{code:?}");
        assert_eq!(error.http_status(), Some(http), "{code:?}");
        assert_eq!(error.outcome(), outcome, "{code:?}");
        assert_eq!(error.code().expect("a code").name(), Some(code.name()));
        assert_eq!(error.message(), "as asked");
        emulator.reset();
    }
}

#[tokio::test]
async fn a_gateway_response_keeps_its_http_status() {
    let emulator = emulator().await;
    let client = emulator.client();
    for (status, kind, outcome) in [
        (400, ErrorKind::InternalServer, Outcome::Rejected),
        (401, ErrorKind::InternalServer, Outcome::Unknown),
        (403, ErrorKind::InternalServer, Outcome::Rejected),
        (404, ErrorKind::NotImplemented, Outcome::Rejected),
        (408, ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (409, ErrorKind::InternalServer, Outcome::Rejected),
        (429, ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (499, ErrorKind::InternalServer, Outcome::Unknown),
        (500, ErrorKind::InternalServer, Outcome::Unknown),
        (501, ErrorKind::NotImplemented, Outcome::Unknown),
        (502, ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (503, ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (504, ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (522, ErrorKind::ServiceUnavailable, Outcome::Unknown),
    ] {
        emulator.fail_next("RefreshTools", Fault::http(status));
        let error = client
            .tools()
            .refresh_tools(("gmail", "u"))
            .await
            .expect_err("a status");
        assert_eq!((error.kind(), error.outcome()), (kind, outcome), "{error}");
        assert_eq!((error.http_status(), error.code()), (Some(status), None));
    }
}

#[tokio::test]
async fn a_bare_404_does_not_make_get_or_create_create() {
    let emulator = emulator().await;
    let client = emulator.client();
    emulator.fail_next("GetConnectedAccountDetails", Fault::http(404).times(3));
    let found = client
        .actions()
        .get_or_create_connected_account("gmail", "bob")
        .await;
    let error = found.expect_err("no such route");
    assert!(!error.is_not_found(), "{error:?}");
    assert_eq!(error.remedy(), Remedy::FixSetup);
    assert!(emulator.calls_to("CreateConnectedAccount").is_empty());
}

#[tokio::test]
async fn a_read_is_retried_after_a_gateway_504_but_not_after_an_api_504() {
    let emulator = emulator().await;
    let client = emulator.client();
    let tries = |fault: Fault| {
        let before = emulator.calls_to("ListTools").len();
        emulator.fail_next("ListTools", fault);
        let (client, emulator) = (client.clone(), &emulator);
        async move {
            let listed = client.tools().list_tools().await;
            (
                listed.is_ok(),
                emulator.calls_to("ListTools").len() - before,
            )
        }
    };
    assert_eq!(tries(Fault::http(504)).await, (true, 2));
    assert_eq!(tries(Fault::http(408)).await, (true, 2));
    assert_eq!(tries(Fault::http(429)).await, (false, 1));
    let late = Status::new(scalekit_emulator::Code::DeadlineExceeded, "late");
    assert_eq!(tries(Fault::status(late)).await, (false, 1));
}

#[tokio::test]
async fn a_deadline_in_an_error_is_the_one_that_was_set() {
    let emulator = emulator().await;
    let client = emulator.client();
    emulator.fail_next(
        "CreateConnectedAccount",
        Fault::delay(Duration::from_secs(30)),
    );
    let error = client
        .actions()
        .get_or_create_connected_account("gmail", "late")
        .timeout(Duration::from_millis(700))
        .await
        .expect_err("too late");
    assert!(error.to_string().contains("deadline of 700ms"), "{error}");
}

#[tokio::test]
async fn a_call_without_time_left_sends_nothing() {
    let emulator = emulator().await;
    let client = emulator.client();
    let at_once = client.tools().list_tools().timeout(Duration::ZERO).await;
    let error = at_once.expect_err("no time");
    assert!(error.is_timeout());
    assert_eq!(error.outcome(), Outcome::NotSent);
    // No token is requested either; that request would outlive the call.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(emulator.calls().is_empty());
    client.tools().list_tools().await.expect("a token is held");
    let before = emulator.calls().len();
    let at_once = client.tools().list_tools().timeout(Duration::ZERO).await;
    assert_eq!(at_once.expect_err("no time").outcome(), Outcome::NotSent);
    assert_eq!(emulator.calls().len(), before);
}

#[tokio::test]
async fn credentials_of_a_request_that_a_server_quotes_are_not_in_errors() {
    let emulator = emulator().await;
    let client = emulator.client();
    let secret = "key /+\"é";
    let spellings = [
        secret,
        "key+%2F%2B%22%C3%A9",
        "key%20%2f%2b%22%c3%a9",
        r#"key /+\"é"#,
    ];
    let quoting = format!("cannot use {}", spellings.join(" or "));
    let status = || {
        Status::new(scalekit_emulator::Code::InvalidArgument, &quoting)
            .field_violation("api_key", &quoting, "")
    };
    let key = || StaticAuth::new().field("api_key", secret);
    emulator.fail_next("CreateConnectedAccount", Fault::status(status()));
    let created = client
        .actions()
        .create_connected_account("exa", "bob", key())
        .await
        .expect_err("refused");
    client
        .actions()
        .create_connected_account("exa", "bob", key())
        .await
        .expect("an account");
    emulator.fail_next("UpdateConnectedAccount", Fault::status(status()));
    let updated = client
        .actions()
        .update_connected_account(("exa", "bob"))
        .authorization_details(key())
        .await
        .expect_err("refused");
    for error in [created, updated] {
        let printed = format!("{error} {error:?} {}", error.for_model());
        for spelling in spellings {
            assert!(!printed.contains(spelling), "{printed}");
        }
        let hidden = "cannot use [redacted] or [redacted] or [redacted] or [redacted]";
        assert_eq!(error.message(), hidden);
        assert_eq!(error.field_violations()[0].description, hidden);
    }
}

#[tokio::test]
async fn messages_of_this_crate_are_not_scrubbed() {
    let emulator = emulator().await;
    let client = emulator
        .client_builder()
        .client_secret("the")
        .build()
        .expect("a client");
    let error = client.tools().list_tools().await.expect_err("wrong secret");
    let text = error.to_string();
    assert!(text.contains("the token endpoint refused"), "{text}");
}

#[tokio::test]
async fn errors_of_accounts_tools_and_arguments_have_a_remedy() {
    let (emulator, client) = connected().await;
    let execute = |tool: &str, user: &str, input: serde_json::Value| {
        let call = client.actions().execute_tool(tool, input);
        call.account(("gmail", user)).send()
    };
    let tool = "gmail_fetch_mails";
    let never = execute(tool, "nobody", json!({})).await;
    client
        .actions()
        .get_or_create_connected_account("gmail", "pending")
        .await
        .expect("an account");
    let pending = execute(tool, "pending", json!({})).await;
    for error in [never, pending] {
        let error = error.expect_err("not connected");
        assert_eq!(error.remedy(), Remedy::UserMustAuthorize, "{error}");
        assert!(error.for_model().contains("Ask the user"), "{error}");
    }
    let unknown = execute("no_such_tool", GMAIL.1, json!({})).await;
    assert_eq!(unknown.expect_err("no tool").remedy(), Remedy::FixRequest);
    let wrong = execute(tool, GMAIL.1, json!({"max_results": "many"})).await;
    let wrong = wrong.expect_err("wrong type");
    assert_eq!(wrong.remedy(), Remedy::FixRequest);
    let text = wrong.for_model();
    assert!(text.contains("max_results"), "{text}");
    assert_eq!(wrong.to_string().matches("integer").count(), 1, "{wrong}");
    emulator.fail_next("ExecuteTool", Fault::http(502).after_executing());
    let lost = execute(tool, GMAIL.1, json!({})).await.expect_err("lost");
    assert_eq!(lost.remedy(), Remedy::LookFirst);
    assert!(lost.for_model().contains("may have happened"), "{lost}");
}

#[tokio::test]
async fn a_bare_401_of_a_gateway_is_returned_and_not_retried() {
    let (emulator, client) = connected().await;
    let tokens = emulator.token_requests();
    emulator.fail_next("ExecuteTool", Fault::http(401).after_executing());
    let tool = "gmail_fetch_mails";
    let call = client
        .actions()
        .execute_tool(tool, json!({}))
        .account(GMAIL);
    let error = call.clone().await.expect_err("a 401");
    assert!(
        !error.is_unauthorized(),
        "whose it is is not known: {error:?}"
    );
    let facts = (error.outcome(), error.attempts(), error.http_status());
    assert_eq!(facts, (Outcome::Unknown, 1, Some(401)));
    emulator.fail_next("ExecuteTool", Fault::http(401).after_executing());
    let error = call.idempotent(true).await.expect_err("a 401");
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1));
    assert_eq!(emulator.executions(tool), 2);
    assert_eq!(
        emulator.token_requests(),
        tokens,
        "the token is still valid"
    );
}

#[tokio::test]
async fn a_call_with_a_single_attempt_also_drops_a_rejected_token() {
    let (emulator, client) = connected().await;
    emulator.revoke_tokens();
    let before = emulator.token_requests();
    let once = || client.tools().list_tools().max_attempts(1);
    let error = once().await.expect_err("refused");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Unauthorized, Outcome::Rejected)
    );
    assert_eq!(error.remedy(), Remedy::FixSetup);
    once().await.expect("with another token");
    assert_eq!(emulator.token_requests(), before + 1);
}

#[tokio::test]
async fn a_token_request_is_retried_after_transient_errors() {
    for status in [408, 429, 500, 502, 503, 520, 530] {
        let emulator = emulator().await;
        emulator.fail_next("/oauth/token", Fault::http(status));
        let client = emulator.client();
        let listed = client.tools().list_tools().await;
        listed.unwrap_or_else(|error| panic!("{status}: {error}"));
        assert_eq!(emulator.token_requests(), 2, "{status}");
    }
    // The token is shared by all calls, so a call that is not idempotent waits for it too.
    let (emulator, _) = connected().await;
    let before = emulator.token_requests();
    emulator.fail_next("/oauth/token", Fault::http(503));
    let client = emulator.client();
    let call = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({}));
    call.account(GMAIL).await.expect("a result");
    assert_eq!(emulator.token_requests(), before + 2);
}

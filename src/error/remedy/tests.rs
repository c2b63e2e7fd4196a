//! Which error has which remedy, and that a model reads nothing of how calls are made.

use std::time::Duration;

use super::*;
use crate::call::operations;
use crate::error::{Code, Details, FieldViolation, ToolError};

fn status(code: Code, message: &str) -> Error {
    Error::status(code, message, Details::default())
}

fn tool(code: Code) -> Error {
    let tool_error = ToolError {
        execution_id: "exec_17ab".to_owned(),
        code: "BOOM".to_owned(),
        message: "the mailbox is full".to_owned(),
    };
    let details = Details {
        tool_error: Some(tool_error),
        ..Default::default()
    };
    Error::status(code, "the tool failed", details)
}

fn violating(field: &str, description: &str) -> Error {
    let violation = FieldViolation {
        field: field.to_owned(),
        description: description.to_owned(),
        constraint: String::new(),
    };
    let details = Details {
        field_violations: vec![violation],
        ..Default::default()
    };
    Error::status(Code::InvalidArgument, "invalid argument", details)
}

fn all() -> Vec<(Error, Remedy)> {
    use Remedy::*;
    let second = Duration::from_secs(1);
    let execute = |error: Error| error.with_call(operations::EXECUTE_TOOL.name);
    let read = |error: Error| error.with_repeatable(true);
    let waits = |error: Error| error.with_retry_after(Some(second));
    vec![
        (
            Error::invalid_input("input", "must be an object"),
            FixRequest,
        ),
        (Error::config("env_url is not a URL"), FixSetup),
        (
            violating("params.max_results", "must be an integer"),
            FixRequest,
        ),
        (
            execute(status(Code::InvalidArgument, "tool not found")),
            FixRequest,
        ),
        (
            status(Code::Unauthenticated, "bad token").with_token_refused(),
            FixSetup,
        ),
        (status(Code::Unauthenticated, "whose is it?"), LookFirst),
        (status(Code::PermissionDenied, "no scope"), FixSetup),
        (
            status(Code::PermissionDenied, "another user")
                .with_call(operations::VERIFY_CONNECTED_ACCOUNT_USER.name),
            UserMustAuthorize,
        ),
        (status(Code::NotFound, "no such configuration"), FixRequest),
        (status(Code::AlreadyExists, "an account exists"), FixRequest),
        (status(Code::Aborted, "changed"), LookFirst),
        (read(status(Code::Aborted, "changed")), CallAgain),
        (
            waits(status(Code::ResourceExhausted, "limit")),
            Wait(Some(second)),
        ),
        (status(Code::ResourceExhausted, "limit"), Wait(None)),
        (status(Code::Cancelled, "gone"), LookFirst),
        (status(Code::Internal, "panic"), LookFirst),
        (read(status(Code::Internal, "panic")), Report),
        (status(Code::Unimplemented, "no such call"), FixSetup),
        (status(Code::Unavailable, "later"), LookFirst),
        (read(status(Code::Unavailable, "later")), CallAgain),
        (
            waits(read(status(Code::Unavailable, "later"))),
            Wait(Some(second)),
        ),
        (status(Code::Unknown, "?"), LookFirst),
        (read(status(Code::Unknown, "?")), Report),
        (status(Code::DeadlineExceeded, "late"), LookFirst),
        (Error::timeout(Outcome::NotSent, second), CallAgain),
        (Error::timeout(Outcome::Unknown, second), LookFirst),
        (read(Error::timeout(Outcome::Unknown, second)), CallAgain),
        (Error::connection(Outcome::NotSent, "refused"), CallAgain),
        (Error::connection(Outcome::Unknown, "reset"), LookFirst),
        (Error::decode("not a message"), LookFirst),
        (read(Error::decode("not a message")), Report),
        (Error::http(404), FixSetup),
        (read(Error::http(401)), FixSetup),
        (Error::http(401), LookFirst),
        (Error::http(403), FixSetup),
        (Error::http(503), LookFirst),
        (read(Error::http(503)), CallAgain),
        (read(Error::http(429)), Wait(None)),
        (tool(Code::Unauthenticated), UserMustAuthorize),
        (tool(Code::PermissionDenied), UserMustAuthorize),
        (waits(tool(Code::ResourceExhausted)), Wait(Some(second))),
        (tool(Code::InvalidArgument), FixRequest),
        (tool(Code::Internal), LookFirst),
        (read(tool(Code::Internal)), CallAgain),
        (Error::provider(401), UserMustAuthorize),
        (Error::provider(403), UserMustAuthorize),
        (read(Error::provider(429)), Wait(None)),
        (Error::provider(404), FixRequest),
        (Error::provider(500), LookFirst),
        (
            Error::proxy(403, "TOOL_PROXY_DISABLED".into(), "it is off".into()),
            FixSetup,
        ),
        (
            Error::no_token(ErrorKind::Unauthorized, 401, "the token endpoint refused"),
            FixSetup,
        ),
        (
            Error::no_token(ErrorKind::ServiceUnavailable, 503, "not available"),
            CallAgain,
        ),
    ]
}

#[test]
fn every_error_has_its_remedy() {
    for (error, remedy) in all() {
        assert_eq!(error.remedy(), remedy, "{error:?}");
    }
}

#[test]
fn every_kind_has_a_remedy_that_is_tested() {
    let tested: std::collections::HashSet<_> =
        all().iter().map(|(error, _)| error.kind()).collect();
    // Without a wildcard in `remedy` the compiler finds one that is missing there.
    assert_eq!(tested.len(), 20, "{tested:?}");
}

#[test]
fn a_user_who_must_authorize_is_told_from_a_wrong_request() {
    let calls = |name: &'static str, code, message: &str| status(code, message).with_call(name);
    let execute = operations::EXECUTE_TOOL.name;
    for (error, must) in [
        (
            calls(
                execute,
                Code::FailedPrecondition,
                "account ca_1 is not active (EXPIRED)",
            ),
            true,
        ),
        (
            calls(
                execute,
                Code::InvalidArgument,
                "connected account is not active: PENDING_AUTH",
            ),
            true,
        ),
        (
            calls(
                execute,
                Code::FailedPrecondition,
                "Connected account status is DISCONNECTED",
            ),
            true,
        ),
        (
            calls(execute, Code::NotFound, "connected account not found"),
            true,
        ),
        (calls(execute, Code::NotFound, "not found"), true),
        (calls(execute, Code::NotFound, "tool not found"), false),
        (
            calls(execute, Code::NotFound, "connection not found"),
            false,
        ),
        (
            calls(
                "request",
                Code::NotFound,
                "there is no connected account for \"bob\"",
            ),
            true,
        ),
        (
            calls(
                "list_scoped_tools",
                Code::NotFound,
                "no connected accounts found",
            ),
            true,
        ),
        (calls("get_config", Code::NotFound, "not found"), false),
        (
            calls(
                "delete_connected_account",
                Code::NotFound,
                "account not found",
            ),
            false,
        ),
        (
            calls(
                "get_connected_account",
                Code::NotFound,
                "connected account not found",
            ),
            true,
        ),
        (
            calls(
                VERIFY,
                Code::NotFound,
                "auth request not found or no longer valid",
            ),
            true,
        ),
        (
            calls(
                "create_session_token",
                Code::InvalidArgument,
                "no ACTIVE account of the user: no active connected account",
            ),
            true,
        ),
        (
            calls(
                execute,
                Code::InvalidArgument,
                "max_results must be below 100",
            ),
            false,
        ),
        (
            calls(
                execute,
                Code::InvalidArgument,
                "the field active is not a boolean",
            ),
            false,
        ),
    ] {
        let is_it = error.remedy() == Remedy::UserMustAuthorize;
        assert_eq!(is_it, must, "{error}");
        assert_eq!(
            error.for_model().contains("Ask the user to connect"),
            must,
            "{error}"
        );
    }
}

#[test]
fn the_names_of_calls_are_those_of_the_operations() {
    let operations = [
        &operations::EXECUTE_TOOL,
        &operations::REQUEST,
        &operations::LIST_SCOPED_TOOLS,
        &operations::LIST_AVAILABLE_TOOLS,
    ];
    assert_eq!(operations.map(|operation| operation.name), ACT_FOR_A_USER);
    assert_eq!(operations::VERIFY_CONNECTED_ACCOUNT_USER.name, VERIFY);
    assert_eq!(operations::DELETE_CONNECTED_ACCOUNT.name, DELETE);
}

#[test]
fn a_model_reads_one_or_two_sentences_without_our_words_and_ids() {
    let ours = [
        "ca_",
        "req_",
        "exec_",
        "grpc",
        "http",
        "deadline",
        "token",
        "scalekit",
        "proxy",
        "env_url",
        "status",
        "endpoint",
        "credential",
    ];
    for (error, _) in all() {
        let text = error.for_model();
        let lower = text.to_lowercase();
        for word in ours {
            assert!(!lower.contains(word), "{word}: {text}");
        }
        let sentences = text.matches(['.', '?', '!']).count();
        assert!((1..=2).contains(&sentences), "{text}");
        assert!(text.ends_with('.') && text.len() < 400, "{text}");
    }
}

#[test]
fn a_model_reads_what_was_wrong_with_its_arguments() {
    for (error, part) in [
        (
            violating("params.max_results", "must be an integer"),
            "max_results must be an integer",
        ),
        (violating("input.to", "to is required"), ": to is required."),
        (violating("", "unexpected field"), "unexpected field"),
        (violating("connector", "bad"), "an argument bad"),
        (
            Error::invalid_input("input", "must be a JSON object"),
            "input must be a JSON object",
        ),
        (tool(Code::InvalidArgument), "\"the mailbox is full\""),
        (tool(Code::Internal), "it may have happened nevertheless"),
        (
            tool(Code::Internal),
            "Look up whether it did before you repeat it",
        ),
        (
            tool(Code::ResourceExhausted).with_retry_after(Some(Duration::from_millis(6_500))),
            "in 7 seconds",
        ),
    ] {
        let text = error.for_model();
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_a_message_says_of_us_does_not_reach_a_model() {
    for message in [
        "connected_account_id ca_48213 does not fit",
        "unknown field in grpc message",
        "see request req_99",
        "header Authorization is missing",
        "the access token has no such scope",
        "HTTP 400",
        "",
    ] {
        let text = status(Code::InvalidArgument, message).for_model();
        assert_eq!(
            text,
            "The arguments were not accepted. Check them and try again."
        );
    }
    let long = "x ".repeat(10_000);
    let text = status(Code::InvalidArgument, &long).for_model();
    assert!(text.len() < 400, "{}", text.len());
}

#[test]
fn violations_that_the_message_has_are_not_printed_twice() {
    let error = |message: &str, field: &str, description: &str| {
        let details = Details {
            field_violations: vec![FieldViolation {
                field: field.to_owned(),
                description: description.to_owned(),
                constraint: String::new(),
            }],
            ..Default::default()
        };
        Error::status(Code::InvalidArgument, message, details).to_string()
    };
    let what = "must be an integer";
    for (message, printed) in [
        (
            "params.n: must be an integer",
            "params.n: must be an integer",
        ),
        (
            "the value must be an integer",
            "the value must be an integer; params.n",
        ),
        (
            "validation error",
            "validation error; params.n: must be an integer",
        ),
    ] {
        let text = error(message, "params.n", what);
        assert_eq!(text, format!("{printed} (INVALID_ARGUMENT)"));
    }
}

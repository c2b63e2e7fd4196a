//! What the server says of a failure reaches the caller, over both ways it can say it.

use std::time::Duration;

use scalekit::{Code, ErrorKind, Outcome};
use scalekit_emulator::{Fault, Status};

use super::harness::emulator;

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
async fn every_code_has_its_class_status_and_outcome() {
    use ErrorKind as Kind;
    use Outcome::{Rejected, Unknown};
    use scalekit_emulator::Code as Wire;
    let emulator = emulator().await;
    let client = emulator.client();
    for (wire, kind, http, outcome) in [
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
        (Wire::Unauthenticated, Kind::Unauthorized, 401, Rejected),
    ] {
        // Three times, for what is repeated.
        emulator.fail_next(
            "RefreshTools",
            Fault::status(Status::bare(wire, "as asked")).times(3),
        );
        let error = client
            .tools()
            .refresh_tools()
            .identifier("u")
            .await
            .expect_err("a status");
        assert_eq!(error.kind(), kind, "{wire:?}");
        assert_eq!(error.http_status(), Some(http), "{wire:?}");
        assert_eq!(error.outcome(), outcome, "{wire:?}");
        assert_eq!(error.code().expect("a code").name(), Some(wire.name()));
        assert_eq!(error.message(), "as asked");
        emulator.reset();
    }
}

#[tokio::test]
async fn an_answer_from_in_front_of_the_service_keeps_its_http_status() {
    let emulator = emulator().await;
    let client = emulator.client();
    for (status, kind, outcome) in [
        (403, ErrorKind::Forbidden, Outcome::Rejected),
        (404, ErrorKind::NotFound, Outcome::Rejected),
        (429, ErrorKind::TooManyRequests, Outcome::Unknown),
        (502, ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (504, ErrorKind::GatewayTimeout, Outcome::Unknown),
    ] {
        emulator.fail_next("RefreshTools", Fault::http(status));
        let error = client
            .tools()
            .refresh_tools()
            .identifier("u")
            .await
            .expect_err("a status");
        assert_eq!((error.kind(), error.outcome()), (kind, outcome), "{error}");
        assert_eq!((error.http_status(), error.code()), (Some(status), None));
    }
}

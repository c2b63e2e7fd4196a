//! The spans of calls and attempts. Fields have the names of OpenTelemetry's semantic conventions.
//!
//! A span holds no content: no header, no input, no output, no identifier of a user.

use tracing::field::Empty;
use tracing::{Span, debug_span, info_span};

use super::{Environment, Operation, operations};
use crate::{Error, Outcome};

/// The server of a call, and its RPC system.
pub(crate) struct Endpoint<'a> {
    pub host: &'a str,
    pub port: u16,
    /// `None` for calls that are plain HTTP.
    pub rpc_system: Option<&'static str>,
}

/// The span of a call, whose fields are recorded as they become known.
pub(super) fn call(environment: &impl Environment, operation: &Operation) -> Span {
    let rpc_method = operation.path.strip_prefix('/');
    let rpc_system = || rpc_method.and(environment.endpoint().rpc_system);
    let is_execution = operation.path == operations::EXECUTE_TOOL.path;
    info_span!(
        "scalekit.call",
        otel.name = operation.name,
        otel.kind = "client",
        otel.status_code = Empty,
        rpc.system.name = rpc_system(),
        rpc.method = rpc_method,
        rpc.response.status_code = Empty,
        http.request.method = Empty,
        http.response.status_code = Empty,
        server.address = environment.endpoint().host,
        server.port = environment.endpoint().port,
        error.type = Empty,
        gen_ai.operation.name = is_execution.then_some("execute_tool"),
        gen_ai.tool.name = Empty,
        gen_ai.tool.call.id = Empty,
        gen_ai.conversation.id = Empty,
        scalekit.operation = operation.name,
        scalekit.connection_name = Empty,
        scalekit.attempts = Empty,
        scalekit.outcome = Empty,
        scalekit.request_id = Empty,
    )
}

/// The span of an attempt, after this many others.
pub(super) fn attempt(earlier: u32) -> Span {
    debug_span!(
        "scalekit.attempt",
        http.request.resend_count = (earlier > 0).then_some(earlier),
        error.type = Empty,
    )
}

/// Records the error of an attempt.
pub(super) fn attempt_failed(span: &Span, error: &Error) {
    if !span.is_disabled() {
        span.record("error.type", tracing::field::debug(error.kind()));
    }
}

/// Records the result of a call.
pub(super) fn ended(span: &Span, operation: &Operation, result: Result<u32, &Error>) {
    if span.is_disabled() {
        return;
    }
    match result {
        Ok(attempts) => {
            span.record("scalekit.attempts", attempts);
            if !operation.path.is_empty() {
                span.record("rpc.response.status_code", "OK");
            }
        }
        Err(error) => failed(span, error),
    }
}

fn failed(span: &Span, error: &Error) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", tracing::field::debug(error.kind()));
    span.record("scalekit.attempts", error.attempts());
    span.record("scalekit.outcome", outcome(error.outcome()));
    match (error.code(), error.http_status()) {
        (Some(code), _) => {
            span.record("rpc.response.status_code", tracing::field::display(code));
        }
        (None, Some(status)) => {
            span.record("http.response.status_code", status);
        }
        (None, None) => {}
    }
    if let Some(id) = error.request_id() {
        span.record("scalekit.request_id", id);
    }
    let execution = error.tool_error().map(|tool| tool.execution_id.as_str());
    if let Some(id) = execution.filter(|id| !id.is_empty()) {
        span.record("gen_ai.tool.call.id", id);
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not_sent",
        Outcome::Rejected => "rejected",
        Outcome::Unknown => "unknown",
    }
}

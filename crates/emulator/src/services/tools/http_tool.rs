//! Tools that are executed by an HTTP request.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::code::Code;
use crate::seed::{ToolCall, ToolFailure};
use crate::shared::Shared;
use crate::state::Injection;

/// Calls a tool over HTTP.
pub(super) async fn execute(
    shared: &Shared,
    url: &str,
    call: &ToolCall,
    credentials: Option<Injection>,
) -> Result<Value, ToolFailure> {
    let body = json!({
        "tool_name": call.tool_name,
        "input": call.input,
        "identifier": call.identifier,
        "connection_name": call.connection_name,
        "connected_account_id": call.connected_account_id,
        "execution_id": call.execution_id,
    });
    let unreachable = |reason: String| ToolFailure::new(Code::Unavailable, "UNREACHABLE", reason);
    let mut request = http::Request::post(url).header("content-type", "application/json");
    if let Some(credentials) = credentials {
        request = request.header(credentials.header, credentials.value);
    }
    let request = request
        .body(Bytes::from(body.to_string()))
        .map_err(|error| unreachable(error.to_string()))?;
    let (parts, body) = shared
        .upstream
        .collect(request)
        .await
        .map_err(|error| unreachable(error.to_string()))?;
    let value: Value =
        serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)));
    if parts.status.as_u16() < 400 {
        return Ok(value);
    }
    let code = match parts.status.as_u16() {
        400 | 422 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        409 => Code::Aborted,
        429 => Code::ResourceExhausted,
        503 => Code::Unavailable,
        504 => Code::DeadlineExceeded,
        _ => Code::Internal,
    };
    let message = value.get("message").and_then(Value::as_str).map_or_else(
        || format!("the tool returned {}", parts.status),
        ToOwned::to_owned,
    );
    Err(ToolFailure::new(
        code,
        parts.status.as_u16().to_string(),
        message,
    ))
}

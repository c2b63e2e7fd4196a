//! What servers say about failures: the details that gRPC and REST have in common, and `retry-after`.

use std::time::{Duration, SystemTime};

use ::http::{HeaderMap, header};
use prost::Message;
use serde_json::{Map, Value};

use super::json_fields::read_fields;
use super::transcode::{self, from_json};
use crate::error::{Code, Details, FieldViolation, HelpLink};
use crate::raw::errdetails::ErrorInfo;
use crate::{ToolError, model};

/// `google.rpc.Status`, as the trailer `grpc-status-details-bin` carries it.
#[derive(Clone, PartialEq, Message)]
pub(super) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub code: i32,
    #[prost(message, repeated, tag = "3")]
    pub details: Vec<prost_types::Any>,
}

impl RpcStatus {
    /// Adds the known details. Details of another status than `code` are unreadable.
    pub fn add_to(self, details: &mut Details, code: i32) {
        details.unreadable |= self.code != 0 && self.code != code;
        for any in self.details {
            rpc_detail(&any, details);
        }
    }
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<prost_types::Duration>,
}

fn rpc_detail(any: &prost_types::Any, details: &mut Details) {
    match any.type_url.rsplit('/').next() {
        Some("scalekit.v1.errdetails.ErrorInfo") => match ErrorInfo::decode(&*any.value) {
            Ok(info) => details.merge(error_info(info)),
            Err(_) => details.unreadable = true,
        },
        Some("google.rpc.RetryInfo") => match RetryInfo::decode(&*any.value) {
            Ok(info) => details.retry_after = model::duration(info.retry_delay),
            Err(_) => details.unreadable = true,
        },
        _ => {}
    }
}

/// An error as the REST side of the API writes it.
pub(super) struct RestStatus {
    code: i32,
    pub message: String,
    details: Vec<Value>,
}

impl RestStatus {
    /// The status that a body holds. Others write JSON with such fields too, but put the HTTP
    /// status into `code`.
    pub fn read(body: &[u8]) -> Option<Self> {
        let [code, message, details] = read_fields(body, ["code", "message", "details"]).ok()?;
        let code = i32::try_from(code?.as_i64()?).ok()?;
        let Value::String(message) = message? else {
            return None;
        };
        let details = match details {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(details)) => details,
            Some(_) => return None,
        };
        (1..=16).contains(&code).then_some(Self {
            code,
            message,
            details,
        })
    }

    pub fn code(&self) -> Code {
        Code::from(self.code)
    }

    /// The known details, and whether there were others that could not be decoded. The status tells
    /// what happened, but not who rejected the call.
    pub fn details(&self) -> Details {
        let mut details = Details::default();
        for value in &self.details {
            let type_url = value.get("@type").and_then(Value::as_str);
            let (Some(fields), Some(type_url)) = (value.as_object(), type_url) else {
                details.unreadable = true;
                continue;
            };
            rest_detail(type_url, fields, &mut details);
        }
        details
    }
}

fn rest_detail(type_url: &str, fields: &Map<String, Value>, details: &mut Details) {
    match type_url.rsplit('/').next() {
        Some("scalekit.v1.errdetails.ErrorInfo") => {
            let bytes = from_json(transcode::ERROR_INFO, fields.clone());
            match bytes.ok().and_then(|bytes| ErrorInfo::decode(&*bytes).ok()) {
                Some(info) => details.merge(error_info(info)),
                None => details.unreadable = true,
            }
        }
        Some("google.rpc.RetryInfo") => {
            let delay = fields.get("retry_delay").or(fields.get("retryDelay"));
            let delay = delay.and_then(Value::as_str);
            details.retry_after = delay.and_then(|delay| model::duration(delay.parse().ok()));
        }
        _ => {}
    }
}

fn error_info(info: ErrorInfo) -> Details {
    // A failure with an execution is a tool error, whatever its code.
    let is_tool_error = info.error_code == "TOOL_ERROR" || info.tool_error_info.is_some();
    Details {
        error_code: model::non_empty(info.error_code),
        request_id: info
            .request_info
            .and_then(|info| model::non_empty(info.request_id)),
        field_violations: info
            .validation_error_info
            .into_iter()
            .flat_map(|info| info.field_violations)
            .map(|violation| FieldViolation {
                field: violation.field,
                description: violation.description,
                constraint: violation.constraint,
            })
            .collect(),
        help_links: info
            .help_info
            .into_iter()
            .flat_map(|info| info.links)
            .map(|link| HelpLink {
                description: link.description,
                url: link.url,
            })
            .collect(),
        required_permissions: info
            .resource_info
            .map(|info| info.required_permissions)
            .unwrap_or_default(),
        tool_error: is_tool_error.then(|| {
            let tool = info.tool_error_info.unwrap_or_default();
            ToolError {
                execution_id: tool.execution_id,
                code: tool.tool_error_code,
                message: tool.tool_error_message,
            }
        }),
        retry_after: None,
        unreadable: false,
    }
}

/// The value of `retry-after`, in seconds or as a date. A date is relative to the `date` header of
/// the response, if there is one.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(value).ok()?;
    let date = headers
        .get(header::DATE)
        .and_then(|date| date.to_str().ok());
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let now = now.unwrap_or_else(SystemTime::now);
    // A date in the past means no wait.
    Some(then.duration_since(now).unwrap_or_default())
}

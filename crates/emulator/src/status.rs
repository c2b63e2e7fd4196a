//! The failure of a call: the gRPC code, the message and the details that Scalekit sends.

use std::time::Duration;

use prost::Message as _;
use scalekit::raw::errdetails::{
    ErrorInfo, HelpInfo, RequestInfo, ResourceInfo, ToolErrorInfo, ValidationErrorInfo, help_info,
    validation_error_info,
};
use serde_json::{Value, json};

use crate::code::Code;

/// The failure of a call, returned by the handlers of RPCs and by faults (see
/// [`Emulator::fail_next`]).
///
/// [`Emulator::fail_next`]: crate::Emulator::fail_next
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    code: Code,
    message: String,
    info: Option<Box<ErrorInfo>>,
    retry_after: Option<Duration>,
}

impl Status {
    /// A status with the `ErrorInfo` that the service sends with every error: its `error_code` is
    /// the name of `code`.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Status {
            code,
            message: message.into(),
            info: Some(Box::new(ErrorInfo {
                error_code: code.name().to_owned(),
                ..ErrorInfo::default()
            })),
            retry_after: None,
        }
    }

    /// A status without details, as a gateway in front of the service would send it.
    pub fn bare(code: Code, message: impl Into<String>) -> Self {
        Status {
            code,
            message: message.into(),
            info: None,
            retry_after: None,
        }
    }

    /// Sets `ErrorInfo.error_code`.
    #[must_use]
    pub fn error_code(mut self, error_code: impl Into<String>) -> Self {
        self.info_mut().error_code = error_code.into();
        self
    }

    /// Sets `ErrorInfo.request_info.request_id`. By default, the emulator sets a new one.
    #[must_use]
    pub fn request_id(mut self, request_id: impl Into<String>) -> Self {
        self.info_mut().request_info = Some(RequestInfo {
            request_id: request_id.into(),
            serving_data: String::new(),
        });
        self
    }

    /// Adds one field violation: the path of the field, the problem, and the violated rule.
    #[must_use]
    pub fn field_violation(
        mut self,
        field: impl Into<String>,
        description: impl Into<String>,
        constraint: impl Into<String>,
    ) -> Self {
        self.info_mut()
            .validation_error_info
            .get_or_insert_with(ValidationErrorInfo::default)
            .field_violations
            .push(validation_error_info::FieldViolation {
                field: field.into(),
                description: description.into(),
                constraint: constraint.into(),
            });
        self
    }

    /// Adds one help link.
    #[must_use]
    pub fn help_link(mut self, description: impl Into<String>, url: impl Into<String>) -> Self {
        self.info_mut()
            .help_info
            .get_or_insert_with(HelpInfo::default)
            .links
            .push(help_info::Link {
                description: description.into(),
                url: url.into(),
            });
        self
    }

    /// Sets the resource that the error is about and the permissions that are required for it.
    #[must_use]
    pub fn resource<P: Into<String>>(
        mut self,
        name: impl Into<String>,
        required_permissions: impl IntoIterator<Item = P>,
    ) -> Self {
        self.info_mut().resource_info = Some(ResourceInfo {
            resource_name: name.into(),
            required_permissions: required_permissions.into_iter().map(Into::into).collect(),
            ..ResourceInfo::default()
        });
        self
    }

    /// Makes it an error of a tool's provider: `error_code` becomes `TOOL_ERROR`.
    #[must_use]
    pub fn tool_error(
        mut self,
        execution_id: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let info = self.info_mut();
        info.error_code = "TOOL_ERROR".to_owned();
        info.tool_error_info = Some(ToolErrorInfo {
            execution_id: execution_id.into(),
            tool_error_message: message.into(),
            tool_error_code: code.into(),
        });
        self
    }

    /// Adds a `google.rpc.RetryInfo` and, over REST, a `Retry-After` header.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// The gRPC code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The delay of the `RetryInfo`, if any.
    pub fn retry_delay(&self) -> Option<Duration> {
        self.retry_after
    }

    fn info_mut(&mut self) -> &mut ErrorInfo {
        let code = self.code;
        self.info.get_or_insert_with(|| {
            Box::new(ErrorInfo {
                error_code: code.name().to_owned(),
                ..ErrorInfo::default()
            })
        })
    }

    /// Sets the request id of an error with details, unless it has one.
    pub(crate) fn with_default_request_id(mut self, request_id: &str) -> Self {
        if let Some(info) = &mut self.info {
            info.request_info.get_or_insert_with(|| RequestInfo {
                request_id: request_id.to_owned(),
                serving_data: String::new(),
            });
        }
        self
    }

    pub(crate) fn to_grpc(&self) -> tonic::Status {
        let mut details = Vec::new();
        if let Some(info) = &self.info {
            details.push(prost_types::Any {
                type_url: ERROR_INFO_TYPE.to_owned(),
                value: info.encode_to_vec(),
            });
        }
        if let Some(delay) = self.retry_after {
            let retry = RetryInfo {
                retry_delay: prost_types::Duration::try_from(delay).ok(),
            };
            details.push(prost_types::Any {
                type_url: RETRY_INFO_TYPE.to_owned(),
                value: retry.encode_to_vec(),
            });
        }
        let code = tonic::Code::from(self.code as i32);
        if details.is_empty() {
            return tonic::Status::new(code, &self.message);
        }
        let status = RpcStatus {
            code: self.code as i32,
            message: self.message.clone(),
            details,
        };
        tonic::Status::with_details(code, &self.message, status.encode_to_vec().into())
    }

    /// The body of a REST error. `info_json` renders the `ErrorInfo`.
    pub(crate) fn to_json(&self, info_json: impl Fn(&ErrorInfo) -> Value) -> Value {
        let mut details = Vec::new();
        if let Some(info) = &self.info {
            let mut rendered = json!({ "@type": ERROR_INFO_TYPE });
            if let (Some(target), Value::Object(fields)) =
                (rendered.as_object_mut(), info_json(info))
            {
                target.extend(fields);
            }
            details.push(rendered);
        }
        if let Some(delay) = self.retry_after {
            details.push(json!({
                "@type": RETRY_INFO_TYPE,
                "retry_delay": format!("{}s", delay.as_secs_f64()),
            }));
        }
        json!({ "code": self.code as i32, "message": self.message, "details": details })
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

pub(crate) fn invalid(field: &str, description: impl Into<String>) -> Status {
    let description = description.into();
    Status::new(Code::InvalidArgument, format!("{field}: {description}")).field_violation(
        field,
        description,
        "emulator",
    )
}

/// The response to a call without a valid access token.
pub(crate) fn unauthenticated() -> Status {
    Status::new(Code::Unauthenticated, "a valid access token is required")
}

pub(crate) fn not_found(resource: &str, message: impl Into<String>) -> Status {
    Status::new(Code::NotFound, message).resource(resource, std::iter::empty::<String>())
}

pub(crate) fn already_exists(resource: &str, message: impl Into<String>) -> Status {
    Status::new(Code::AlreadyExists, message).resource(resource, std::iter::empty::<String>())
}

pub(crate) fn precondition(message: impl Into<String>) -> Status {
    Status::new(Code::FailedPrecondition, message)
}

pub(crate) fn internal(message: impl Into<String>) -> Status {
    Status::new(Code::Internal, message)
}

const ERROR_INFO_TYPE: &str = "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo";
const RETRY_INFO_TYPE: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// `google.rpc.Status`, which the descriptors of Scalekit do not include.
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<prost_types::Duration>,
}

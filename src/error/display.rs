//! The text of an error.

use std::fmt;

use super::{Error, FieldViolation};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if !inner.call.is_empty() {
            write!(f, "{}: ", inner.call)?;
        }
        f.write_str(&inner.message)?;
        let mut facts = Vec::new();
        match (inner.code, inner.http_status) {
            (Some(code), _) => facts.push(code.to_string()),
            (None, Some(status)) => facts.push(format!("HTTP {status}")),
            (None, None) => {}
        }
        let details = &inner.details;
        if let Some(tool) = &details.tool_error {
            // The status message of a tool's error is often the provider's message itself.
            if !tool.message.is_empty() && tool.message != inner.message {
                write!(f, ": {}", tool.message)?;
            }
            if !tool.code.is_empty() {
                facts.push(format!("provider code {}", tool.code));
            }
            if !tool.execution_id.is_empty() {
                facts.push(format!("execution {}", tool.execution_id));
            }
        }
        for violation in &details.field_violations {
            write_violation(f, &inner.message, violation)?;
        }
        if let Some(id) = &details.request_id {
            facts.push(format!("request {id}"));
        }
        if let Some(wait) = details.retry_after {
            facts.push(format!("retry after {wait:?}"));
        }
        if inner.attempts > 1 {
            facts.push(format!("{} attempts", inner.attempts));
        }
        if !facts.is_empty() {
            write!(f, " ({})", facts.join(", "))?;
        }
        Ok(())
    }
}

/// Adds to a message what it does not say already: the API's messages often list the violations.
fn write_violation(
    f: &mut fmt::Formatter<'_>,
    message: &str,
    violation: &FieldViolation,
) -> fmt::Result {
    let FieldViolation {
        field, description, ..
    } = violation;
    match (message.contains(field), message.contains(description)) {
        (true, true) => Ok(()),
        (false, true) => write!(f, "; {field}"),
        _ => write!(f, "; {field}: {description}"),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("outcome", &inner.outcome)
            .field("call", &inner.call)
            .field("message", &inner.message)
            .field("code", &inner.code)
            .field("http_status", &inner.http_status)
            .field("details", &inner.details)
            .field("attempts", &inner.attempts)
            .field("token_refused", &inner.token_refused)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

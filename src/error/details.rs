//! What a server reports about an error besides its status.

use std::time::Duration;

/// The provider's error for a tool execution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolError {
    /// The id of the execution, for support and logs.
    pub execution_id: String,
    /// The provider's own code, such as `RATE_LIMITED`; may be empty.
    pub code: String,
    /// The provider's message; may be empty.
    pub message: String,
}

impl ToolError {
    /// Creates the provider's error for an execution.
    pub fn new(
        execution_id: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            execution_id: execution_id.into(),
            code: code.into(),
            message: message.into(),
        }
    }
}

/// A field that the server rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The path of the field in the API.
    pub field: String,
    /// What is wrong with the field.
    pub description: String,
    /// The violated rule, such as `string.max_len`; may be empty.
    pub constraint: String,
}

/// A link to help.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelpLink {
    /// The description.
    pub description: String,
    /// The URL.
    pub url: String,
}

/// The details of a server's error: the decoded `scalekit.v1.errdetails.ErrorInfo`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub error_code: Option<String>,
    pub request_id: Option<String>,
    pub field_violations: Vec<FieldViolation>,
    pub help_links: Vec<HelpLink>,
    pub required_permissions: Vec<String>,
    pub tool_error: Option<ToolError>,
    pub retry_after: Option<Duration>,
    /// There were details that could not be decoded.
    pub unreadable: bool,
}

impl Details {
    /// Adds another `ErrorInfo` of the same error. Known values stay. An error with a tool error in one
    /// of them is a tool error.
    pub fn merge(&mut self, other: Self) {
        fn fill(mine: &mut String, theirs: String) {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        match (&mut self.tool_error, other.tool_error) {
            (None, Some(theirs)) => {
                self.tool_error = Some(theirs);
                self.error_code = other.error_code;
            }
            (Some(mine), Some(theirs)) => {
                fill(&mut mine.execution_id, theirs.execution_id);
                fill(&mut mine.code, theirs.code);
                fill(&mut mine.message, theirs.message);
            }
            (None, None) => self.error_code = self.error_code.take().or(other.error_code),
            (Some(_), None) => {}
        }
        self.request_id = self.request_id.take().or(other.request_id);
        self.retry_after = self.retry_after.or(other.retry_after);
        self.unreadable |= other.unreadable;
        for violation in other.field_violations {
            if !self.field_violations.contains(&violation) {
                self.field_violations.push(violation);
            }
        }
        for link in other.help_links {
            if !self.help_links.contains(&link) {
                self.help_links.push(link);
            }
        }
        for permission in other.required_permissions {
            if !self.required_permissions.contains(&permission) {
                self.required_permissions.push(permission);
            }
        }
    }

    pub(super) fn for_each_text(&mut self, mut change: impl FnMut(&mut String)) {
        let Self {
            error_code,
            request_id,
            field_violations,
            help_links,
            required_permissions,
            tool_error,
            retry_after: _,
            unreadable: _,
        } = self;
        error_code.iter_mut().for_each(&mut change);
        request_id.iter_mut().for_each(&mut change);
        required_permissions.iter_mut().for_each(&mut change);
        for violation in field_violations {
            change(&mut violation.field);
            change(&mut violation.description);
            change(&mut violation.constraint);
        }
        for link in help_links {
            change(&mut link.description);
            change(&mut link.url);
        }
        if let Some(tool) = tool_error {
            change(&mut tool.execution_id);
            change(&mut tool.code);
            change(&mut tool.message);
        }
    }
}

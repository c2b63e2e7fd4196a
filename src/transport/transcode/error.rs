//! The error of transcoding, with the path of the field.

use std::fmt;

/// Why a message cannot be transcoded: the path of the field and the reason, but never a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TranscodeError {
    path: String,
    reason: &'static str,
}

impl TranscodeError {
    pub(super) fn new(reason: &'static str) -> Self {
        Self {
            path: String::new(),
            reason,
        }
    }

    /// Prepends the field of the enclosing message to the path.
    pub(super) fn within(mut self, field: &str) -> Self {
        if !self.path.is_empty() {
            self.path.insert(0, '.');
        }
        self.path.insert_str(0, field);
        self
    }
}

impl fmt::Display for TranscodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(self.reason);
        }
        write!(f, "{} {}", self.path, self.reason)
    }
}

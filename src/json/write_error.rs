//! The error of writing JSON into a message, with the place where it happened.

use std::fmt;

use serde::ser;

use super::path::Path;
use super::wire::MAX_DEPTH;

/// How an error describes a null.
pub(super) const NULL: &str = "null";

/// Why a value cannot be written, with the path of that value.
pub struct Unwritable(Box<Inner>);

struct Inner {
    reason: Reason,
    path: Path,
}

pub(super) enum Reason {
    NotAnObject(&'static str),
    /// The message of serde_json, which does not quote the text.
    NotJson(String),
    /// The integer as text.
    Inexact(String),
    /// The number as text.
    TooLarge(String),
    Key,
    Depth,
    /// The message of the value's `Serialize`.
    Other(String),
}

impl Unwritable {
    /// An integer in JSON text that a double cannot represent exactly.
    #[cold]
    pub(super) fn inexact(integer: &str) -> Self {
        Self::new(Reason::Inexact(shortened(integer)))
    }

    /// Text that is not JSON.
    #[cold]
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self::new(Reason::NotJson(error.to_string()))
    }

    /// Whether the outermost value is null.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.0.reason, Reason::NotAnObject(NULL))
    }

    #[cold]
    pub(super) fn new(reason: Reason) -> Self {
        let path = Path::default();
        Self(Box::new(Inner { reason, path }))
    }

    pub(super) fn within_field(mut self, name: &str) -> Self {
        self.0.path.push_field(name);
        self
    }

    pub(super) fn within_index(mut self, index: usize) -> Self {
        self.0.path.push_index(index);
        self
    }
}

/// Continues a sentence that starts with the name of a parameter: "input must be a JSON object, not
/// null".
impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.0.path;
        match &self.0.reason {
            Reason::NotAnObject(found) => write!(f, "must be a JSON object, not {found}"),
            Reason::NotJson(error) if path.is_root() => write!(f, "is not JSON: {error}"),
            Reason::NotJson(error) => {
                write!(f, "contains text at {path} that is not JSON: {error}")
            }
            Reason::Inexact(integer) => write!(
                f,
                "contains {integer} at {path}, which a double cannot represent exactly: send it as a \
                 string"
            ),
            Reason::TooLarge(number) => write!(
                f,
                "contains {number} at {path}, which is beyond the range of a double: send it as a \
                 string"
            ),
            Reason::Key => write!(f, "contains a key at {path} that has no text form"),
            Reason::Depth => write!(f, "nests deeper than {MAX_DEPTH} levels at {path}"),
            Reason::Other(message) if path.is_root() => {
                write!(f, "cannot be written as JSON: {message}")
            }
            Reason::Other(message) => {
                write!(f, "cannot be written as JSON at {path}: {message}")
            }
        }
    }
}

impl fmt::Debug for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unwritable({self})")
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Reason::Other(message.to_string()))
    }
}

/// A number for an error message, in which its length is limited.
pub(super) fn shortened(number: &str) -> String {
    const SHOWN: usize = 40;
    match number.get(..SHOWN) {
        Some(start) if number.len() > SHOWN => format!("{start}…"),
        _ => number.to_owned(),
    }
}

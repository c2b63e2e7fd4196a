//! The error of reading JSON from a message, with the place where it happened.

use std::fmt;

use serde::de::{self, Unexpected};

use super::path::Path;
use super::wire::WireError;

/// Why a value could not be read, with the path of that value.
pub struct JsonError(Box<Inner>);

struct Inner {
    message: String,
    path: Path,
}

impl JsonError {
    pub(super) fn within_field(mut self, name: &[u8]) -> Self {
        self.0.path.push_field(&String::from_utf8_lossy(name));
        self
    }

    pub(super) fn within_index(mut self, index: usize) -> Self {
        self.0.path.push_index(index);
        self
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match self.0.path.is_root() {
            true => Ok(()),
            false => write!(f, " at {}", self.0.path),
        }
    }
}

impl fmt::Debug for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonError({self})")
    }
}

impl std::error::Error for JsonError {}

impl de::Error for JsonError {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(Inner {
            message: message.to_string(),
            path: Path::default(),
        }))
    }

    // An error must not quote the text of a response.

    #[cold]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = unquoted(found);
        Self::custom(format_args!("invalid type: {found}, expected {expected}"))
    }

    #[cold]
    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = unquoted(found);
        Self::custom(format_args!("invalid value: {found}, expected {expected}"))
    }

    #[cold]
    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!(
            "unknown variant, expected one of {expected:?}"
        ))
    }
}

fn unquoted(found: Unexpected<'_>) -> Unexpected<'_> {
    match found {
        Unexpected::Str(_) => Unexpected::Other("string"),
        Unexpected::Char(_) => Unexpected::Other("character"),
        Unexpected::Unit => Unexpected::Other("null"),
        found => found,
    }
}

impl From<WireError> for JsonError {
    #[cold]
    fn from(error: WireError) -> Self {
        de::Error::custom(error)
    }
}

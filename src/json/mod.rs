//! Converts `google.protobuf.Struct`, `Value` and `ListValue` directly to and from serde types.
//!
//! A `Value` has only doubles. An integer that a double cannot represent exactly is not sent. An
//! integral double up to 2^53 is read as an integer. NaN and the infinities, which JSON cannot
//! represent, are null in both directions.

mod de;
mod encoded;
mod message;
mod name_de;
mod name_ser;
mod number;
mod path;
mod private_names;
mod read;
mod read_error;
mod ser;
pub(crate) mod stream;
mod text;
mod utf8;
mod value;
pub(crate) mod wire;
mod write;
mod write_error;

pub use message::{ListValue, Struct, Value};
pub use read_error::JsonError;
#[cfg(feature = "unstable-raw")]
pub use write_error::Unwritable;

use serde::Serialize;

use crate::Error;

/// Converts a serializable object to a `Struct`.
///
/// The error names `parameter` and the path of the value that cannot be written.
pub(crate) fn to_struct(parameter: &str, input: &impl Serialize) -> Result<Struct, Error> {
    Struct::new(input).map_err(|error| Error::invalid_input(parameter, error))
}

/// Converts the input of a tool to a `Struct`. `null` becomes an empty object.
pub(crate) fn to_input(parameter: &str, input: &impl Serialize) -> Result<Struct, Error> {
    match Struct::new(input) {
        Err(error) if error.is_null() => Ok(Struct::default()),
        input => input.map_err(|error| Error::invalid_input(parameter, error)),
    }
}

/// Converts the input of a tool from JSON text to a `Struct`. Blank text becomes an empty object.
pub(crate) fn text_to_input(parameter: &str, text: &str) -> Result<Struct, Error> {
    match text.trim() {
        "" => Ok(Struct::default()),
        text => match text::parse(text) {
            Ok(value) => to_input(parameter, &value),
            Err(error) => Err(Error::invalid_input(parameter, error)),
        },
    }
}

/// The error of a response field that cannot be read.
pub(crate) fn unreadable(field: &str, error: &JsonError) -> Error {
    Error::decode(format!("{field} in the response cannot be read: {error}"))
}

#[cfg(test)]
mod tests;

//! JSON on the wire: `google.protobuf.Struct`, `Value` and `ListValue` to and from serde, straight.
//!
//! The wire has only doubles. An integer that none of them is cannot be sent; those that come back
//! with an integral value up to 2^53 are integers again. NaN and the infinities, which JSON cannot
//! hold, are null in both directions.

mod de;
mod message;
mod number;
mod path;
mod read;
mod ser;
pub(crate) mod stream;
mod text;
mod value;
mod write;

pub use de::JsonError;
pub use message::{ListValue, Struct, Value};
#[cfg(feature = "unstable-raw")]
pub use ser::Unwritable;

use serde_core::Serialize;

use crate::Error;

/// The names under which serde_json passes a number or a piece of JSON through serde as text.
const RAW_NUMBER: &str = "$serde_json::private::Number";
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// Any serializable object as a wire struct.
///
/// Fails, naming `parameter` and the path within it, when the input cannot be written.
pub(crate) fn to_struct(parameter: &str, input: &impl Serialize) -> Result<Struct, Error> {
    Struct::new(input).map_err(|error| Error::invalid_input(parameter, error))
}

/// The input of a tool as a wire struct. No input, `null`, is an empty object.
pub(crate) fn to_input(parameter: &str, input: &impl Serialize) -> Result<Struct, Error> {
    match Struct::new(input) {
        Err(error) if error.is_null() => Ok(Struct::default()),
        input => input.map_err(|error| Error::invalid_input(parameter, error)),
    }
}

/// The input of a tool, given as JSON text, as a wire struct. Blank text is an empty object.
pub(crate) fn text_to_input(parameter: &str, text: &str) -> Result<Struct, Error> {
    match text.trim() {
        "" => Ok(Struct::default()),
        text => match text::parse(text) {
            Ok(value) => to_input(parameter, &value),
            Err(error) => Err(Error::invalid_input(parameter, error)),
        },
    }
}

/// What a response holds that cannot be read.
pub(crate) fn unreadable(field: &str, error: &JsonError) -> Error {
    Error::decode(format!("{field} in the response cannot be read: {error}"))
}

#[cfg(test)]
mod tests;

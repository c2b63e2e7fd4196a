//! Estimates the memory of a message before it is decoded.
//!
//! An encoded element of two bytes can decode to hundreds of bytes: a response of 3 MB could take 400 MB.

use prost::encoding::{self, DecodeContext, WireType};

use super::error::TranscodeError;
use super::tables::{Field, Kind, Message, Shape};
use crate::json::wire;

/// The largest page of the service has 1,000 elements.
pub(super) const MAX_ELEMENTS: usize = 10_000;
pub(super) const TOO_MANY: &str = "has more than 10,000 elements";

/// The approximate memory of an element that is a message, and of any other element.
const MESSAGE: usize = 512;
const OTHER: usize = 64;

/// The elements of a response may take this many bytes, or this many times its size if that is more.
const ALWAYS: usize = 16 * 1024 * 1024;
const TIMES: usize = 10;

/// Rejects a message that would take far more memory than its size, because of too long lists or too
/// many elements. Malformed bytes are not an error here: the decoder reports them.
pub(crate) fn check_memory(message: &Message, bytes: &[u8]) -> Result<(), TranscodeError> {
    let mut left = ALWAYS.max(bytes.len().saturating_mul(TIMES));
    fields(message, bytes, &mut left)
}

fn fields(message: &Message, mut bytes: &[u8], left: &mut usize) -> Result<(), TranscodeError> {
    let mut counts = vec![0_usize; message.fields.len()];
    while let Ok((number, wire_type)) = encoding::decode_key(&mut bytes) {
        let known = message
            .fields
            .iter()
            .position(|field| field.number == number);
        if let (Some(index), WireType::LengthDelimited) = (known, wire_type) {
            let Ok(payload) = wire::length_delimited(&mut bytes) else {
                break;
            };
            let field = &message.fields[index];
            counts[index] += 1;
            occurrence(field, counts[index], payload, left)
                .map_err(|error| error.within(field.name))?;
            continue;
        }
        let skipped = DecodeContext::default();
        if encoding::skip_field(wire_type, number, &mut bytes, skipped).is_err() {
            break;
        }
    }
    Ok(())
}

/// Checks one occurrence of a field, the `count`th one.
fn occurrence(
    field: &Field,
    count: usize,
    payload: &[u8],
    left: &mut usize,
) -> Result<(), TranscodeError> {
    if matches!(field.shape, Shape::Repeated | Shape::Map) {
        if count > MAX_ELEMENTS {
            return Err(TranscodeError::new(TOO_MANY));
        }
        let memory = match field.kind {
            Kind::Message(_) => MESSAGE,
            _ => OTHER,
        };
        *left = left.checked_sub(memory).ok_or(TranscodeError::new(
            "has too many elements for a response of this size",
        ))?;
    }
    match field.kind {
        Kind::Message(message) => fields(message, payload, left),
        _ => Ok(()),
    }
}

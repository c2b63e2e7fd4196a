//! Estimates the memory of a message before it is decoded.
//!
//! An element of two bytes becomes a value of some hundred: a response of 3 MB could take 400.

use prost::encoding::{self, DecodeContext, WireType};

use super::{Field, Kind, Message, Shape, Unfit};

/// The largest page of the service has 1,000 elements.
pub(super) const MAX_ELEMENTS: usize = 10_000;
pub(super) const TOO_MANY: &str = "has more than 10,000 elements";

/// About what an element takes: a message, and something that is none.
const MESSAGE: usize = 512;
const OTHER: usize = 64;

/// What all elements may take: this much in any case, and this many times the response.
const ALWAYS: usize = 16 * 1024 * 1024;
const TIMES: usize = 10;

/// Refuses a message with lists so long, or elements so many for its size, that decoding it would
/// take far more memory than it does itself. Bytes that are no message are somebody else's to find.
pub(crate) fn weigh(message: &Message, bytes: &[u8]) -> Result<(), Unfit> {
    let mut left = ALWAYS.max(bytes.len().saturating_mul(TIMES));
    fields(message, bytes, &mut left)
}

fn fields(message: &Message, mut bytes: &[u8], left: &mut usize) -> Result<(), Unfit> {
    let mut counts = vec![0_usize; message.fields.len()];
    while let Ok((number, wire_type)) = encoding::decode_key(&mut bytes) {
        let known = message
            .fields
            .iter()
            .position(|field| field.number == number);
        if let (Some(index), WireType::LengthDelimited) = (known, wire_type) {
            let Some(payload) = take(&mut bytes) else {
                break;
            };
            let field = &message.fields[index];
            counts[index] += 1;
            occurrence(field, counts[index], payload, left)
                .map_err(|unfit| unfit.within(field.name))?;
            continue;
        }
        let skipped = DecodeContext::default();
        if encoding::skip_field(wire_type, number, &mut bytes, skipped).is_err() {
            break;
        }
    }
    Ok(())
}

/// Looks at one occurrence of a field, the `count`th of it.
fn occurrence(field: &Field, count: usize, payload: &[u8], left: &mut usize) -> Result<(), Unfit> {
    if matches!(field.shape, Shape::Repeated | Shape::Map) {
        if count > MAX_ELEMENTS {
            return Err(Unfit::new(TOO_MANY));
        }
        let weight = match field.kind {
            Kind::Message(_) => MESSAGE,
            _ => OTHER,
        };
        *left = left.checked_sub(weight).ok_or(Unfit::new(
            "has more elements than a response of this size can have",
        ))?;
    }
    match field.kind {
        Kind::Message(message) => fields(message, payload, left),
        _ => Ok(()),
    }
}

fn take<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(encoding::decode_varint(bytes).ok()?).ok()?;
    let (payload, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(payload)
}

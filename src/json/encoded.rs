//! An encoded message, kept as the fields that were received or that are to be sent.

use bytes::{Buf, BufMut, Bytes};
use prost::DecodeError;
use prost::encoding::{self, DecodeContext, WireType};

/// A part of an encoded message.
#[derive(Clone)]
pub(super) enum Chunk {
    /// Complete fields.
    Raw(Bytes),
    /// Complete fields, copied together because each is small.
    Small(Vec<u8>),
    /// The number and the payload of a length-delimited field. The payload shares the memory of the
    /// response, which the key and the length would prevent.
    Field(u32, Bytes),
}

/// After this many chunks, small fields are copied, because a chunk can take many times their size.
const MANY: usize = 8;

/// Fields of this size are not copied: their chunk is smaller.
const LARGE: usize = 256;

/// A message whose fields have not been read.
#[derive(Clone, Default)]
pub(super) struct Encoded {
    pub chunks: Vec<Chunk>,
}

impl Encoded {
    pub fn encode_raw(&self, buf: &mut impl BufMut) {
        for chunk in &self.chunks {
            match chunk {
                Chunk::Raw(bytes) => buf.put_slice(bytes),
                Chunk::Small(bytes) => buf.put_slice(bytes),
                Chunk::Field(number, payload) => encoding::bytes::encode(*number, payload, buf),
            }
        }
    }

    pub fn encoded_len(&self) -> usize {
        let chunks = self.chunks.iter().map(|chunk| match chunk {
            Chunk::Raw(bytes) => bytes.len(),
            Chunk::Small(bytes) => bytes.len(),
            Chunk::Field(number, payload) => encoding::bytes::encoded_len(*number, payload),
        });
        chunks.sum()
    }

    pub fn merge_field(
        &mut self,
        number: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        if wire_type == WireType::LengthDelimited {
            let mut payload = Bytes::new();
            encoding::bytes::merge(wire_type, &mut payload, buf, ctx)?;
            match self.chunks.len() < MANY || payload.len() >= LARGE {
                true => self.chunks.push(Chunk::Field(number, payload)),
                false => encoding::bytes::encode(number, &payload, self.small()),
            }
            return Ok(());
        }
        copy_field(number, wire_type, buf, ctx, self.small())
    }

    /// The buffer for copied fields.
    fn small(&mut self) -> &mut Vec<u8> {
        if !matches!(self.chunks.last(), Some(Chunk::Small(_))) {
            self.chunks.push(Chunk::Small(Vec::new()));
        }
        match self.chunks.last_mut() {
            Some(Chunk::Small(bytes)) => bytes,
            _ => unreachable!("a small chunk is the last one"),
        }
    }
}

impl From<Vec<u8>> for Encoded {
    fn from(bytes: Vec<u8>) -> Self {
        let chunks = match bytes.is_empty() {
            true => Vec::new(),
            false => vec![Chunk::Raw(bytes.into())],
        };
        Self { chunks }
    }
}

/// Copies a field that is not length-delimited, including its key.
fn copy_field(
    number: u32,
    wire_type: WireType,
    buf: &mut impl Buf,
    ctx: DecodeContext,
    field: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    match wire_type {
        WireType::Varint => {
            let mut value = 0;
            encoding::uint64::merge(wire_type, &mut value, buf, ctx)?;
            encoding::uint64::encode(number, &value, field);
        }
        WireType::SixtyFourBit => {
            let mut value = 0;
            encoding::fixed64::merge(wire_type, &mut value, buf, ctx)?;
            encoding::fixed64::encode(number, &value, field);
        }
        WireType::ThirtyTwoBit => {
            let mut value = 0;
            encoding::fixed32::merge(wire_type, &mut value, buf, ctx)?;
            encoding::fixed32::encode(number, &value, field);
        }
        // The API has no groups, so they are not kept.
        WireType::StartGroup | WireType::EndGroup | WireType::LengthDelimited => {
            encoding::skip_field(wire_type, number, buf, ctx)?;
        }
    }
    Ok(())
}

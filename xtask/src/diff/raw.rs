//! The serialized options of every element of a file, so that equal ones are never decoded.
//!
//! Options are most of what a file holds and linking would decode them all, twice. They are kept
//! aside instead, and only those that differ are ever read.

use std::collections::HashMap;
use std::ops::Range;

use prost_reflect::{
    EnumDescriptor, EnumValueDescriptor, ExtensionDescriptor, FieldDescriptor, FileDescriptor,
    MessageDescriptor, MethodDescriptor, OneofDescriptor, ServiceDescriptor,
};

/// Something that can have options.
pub trait Element {
    /// The file, and where in it the element stands, as in `SourceCodeInfo`.
    fn place(&self) -> (FileDescriptor, &[i32]);
    /// The message type of its options.
    fn options_type(&self) -> &'static str;
}

macro_rules! elements {
    ($($kind:ty: $options:literal, |$it:ident| $file:expr, $path:expr;)*) => {$(
        impl Element for $kind {
            fn place(&self) -> (FileDescriptor, &[i32]) {
                let $it = self;
                ($file, $path)
            }

            fn options_type(&self) -> &'static str {
                concat!("google.protobuf.", $options)
            }
        }
    )*};
}

elements! {
    FileDescriptor: "FileOptions", |it| it.clone(), &[];
    MessageDescriptor: "MessageOptions", |it| it.parent_file(), it.path();
    FieldDescriptor: "FieldOptions", |it| it.parent_message().parent_file(), it.path();
    ExtensionDescriptor: "FieldOptions", |it| it.parent_file(), it.path();
    OneofDescriptor: "OneofOptions", |it| it.parent_file(), it.path();
    EnumDescriptor: "EnumOptions", |it| it.parent_file(), it.path();
    EnumValueDescriptor: "EnumValueOptions", |it| it.parent_enum().parent_file(), it.path();
    ServiceDescriptor: "ServiceOptions", |it| it.parent_file(), it.path();
    MethodDescriptor: "MethodOptions", |it| it.parent_service().parent_file(), it.path();
}

/// Options of this number and above are declared by somebody else than protobuf.
const FIRST_CUSTOM_OPTION: u64 = 1000;

/// Where each element's options stand in a serialized file.
#[derive(Default)]
pub struct RawOptions {
    bytes: Vec<u8>,
    places: HashMap<Vec<i32>, Range<usize>>,
    /// Options that come in several parts, put together.
    merged: HashMap<Vec<i32>, Vec<u8>>,
}

/// A message type of `descriptor.proto`: the fields that lead to other elements, and its options.
struct Shape {
    options: u64,
    children: &'static [(u64, &'static Shape)],
}

const fn leaf(options: u64) -> Shape {
    Shape {
        options,
        children: &[],
    }
}

const FIELD: Shape = leaf(8);
const ONEOF: Shape = leaf(2);
const ENUM: Shape = Shape {
    options: 3,
    children: &[(2, &leaf(3))],
};
const SERVICE: Shape = Shape {
    options: 3,
    children: &[(2, &leaf(4))],
};
/// Nested messages, which have this shape too, are field 3.
const MESSAGE: Shape = Shape {
    options: 7,
    children: &[(2, &FIELD), (4, &ENUM), (6, &FIELD), (8, &ONEOF)],
};
const NESTED: u64 = 3;
const FILE: Shape = Shape {
    options: 8,
    children: &[(4, &MESSAGE), (5, &ENUM), (6, &SERVICE), (7, &FIELD)],
};

impl RawOptions {
    /// Scans a serialized `FileDescriptorProto`; the second is the file without custom options.
    pub fn scan(bytes: Vec<u8>) -> (Self, Vec<u8>) {
        let mut raw = Self::default();
        let mut lean = Vec::with_capacity(bytes.len() / 2);
        raw.message(&bytes, 0..bytes.len(), &FILE, &mut Vec::new(), &mut lean);
        raw.bytes = bytes;
        (raw, lean)
    }

    /// The file that was scanned.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The options of the element at `path`, empty if it has none.
    pub fn get(&self, path: &[i32]) -> &[u8] {
        if let Some(merged) = self.merged.get(path) {
            return merged;
        }
        let place = self.places.get(path).cloned();
        place
            .and_then(|place| self.bytes.get(place))
            .unwrap_or_default()
    }

    /// Copies the message without custom options to `lean`. What is not understood is copied as it
    /// is, for linking to refuse.
    fn message(
        &mut self,
        bytes: &[u8],
        range: Range<usize>,
        shape: &Shape,
        path: &mut Vec<i32>,
        lean: &mut Vec<u8>,
    ) {
        let mut counts = [0_i32; 16];
        let mut at = range.start;
        while let Some(Field {
            number,
            tag,
            content,
            end,
        }) = Field::read(bytes, at, range.end)
        {
            let start = at;
            at = end;
            let is_message = std::ptr::eq(shape.children, MESSAGE.children);
            let child = match shape.children.iter().find(|(child, _)| *child == number) {
                Some((_, child)) => Some(*child),
                None if is_message && number == NESTED => Some(&MESSAGE),
                None => None,
            };
            let mut nested = Vec::new();
            match (content, child) {
                (Some(content), _) if number == shape.options => {
                    self.keep(bytes, path, &content);
                    native_options(bytes, content, &mut nested);
                }
                (Some(content), Some(child)) => {
                    // Every number with children is below the length of `counts`.
                    let count = &mut counts[number as usize % 16];
                    path.extend([number as i32, *count]);
                    *count += 1;
                    self.message(bytes, content, child, path, &mut nested);
                    path.truncate(path.len() - 2);
                }
                _ => {
                    lean.extend_from_slice(&bytes[start..end]);
                    continue;
                }
            }
            prost::encoding::encode_varint(tag, lean);
            prost::encoding::encode_varint(nested.len() as u64, lean);
            lean.extend_from_slice(&nested);
        }
        lean.extend_from_slice(&bytes[at..range.end]);
    }

    fn keep(&mut self, bytes: &[u8], path: &[i32], content: &Range<usize>) {
        if let Some(first) = self.places.get(path) {
            // To concatenate serialized messages is to merge them.
            let merged = self.merged.entry(path.to_owned());
            let merged = merged.or_insert_with(|| bytes[first.clone()].to_owned());
            merged.extend_from_slice(&bytes[content.clone()]);
        } else {
            self.places.insert(path.to_owned(), content.clone());
        }
    }
}

/// Copies the options that linking looks at, such as whether a message is the entry of a map.
fn native_options(bytes: &[u8], range: Range<usize>, lean: &mut Vec<u8>) {
    let mut at = range.start;
    while let Some(field) = Field::read(bytes, at, range.end) {
        if field.number < FIRST_CUSTOM_OPTION {
            lean.extend_from_slice(&bytes[at..field.end]);
        }
        at = field.end;
    }
    lean.extend_from_slice(&bytes[at..range.end]);
}

/// A field of a serialized message.
struct Field {
    number: u64,
    tag: u64,
    /// Where its content is, if it has a length.
    content: Option<Range<usize>>,
    end: usize,
}

impl Field {
    /// The field at `at`; `None` at the end, and where the bytes are damaged.
    fn read(bytes: &[u8], at: usize, end: usize) -> Option<Self> {
        let (tag, mut at) = varint(bytes, at, end)?;
        let mut content = None;
        match tag & 7 {
            0 => at = varint(bytes, at, end)?.1,
            1 => at += 8,
            2 => {
                let (length, start) = varint(bytes, at, end)?;
                at = start.checked_add(usize::try_from(length).ok()?)?;
                content = Some(start..at);
            }
            5 => at += 4,
            _ => return None,
        }
        (at <= end).then_some(Self {
            number: tag >> 3,
            tag,
            content,
            end: at,
        })
    }
}

fn varint(bytes: &[u8], mut at: usize, end: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(..end)?.get(at)?;
        at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((value, at));
        }
    }
    None
}

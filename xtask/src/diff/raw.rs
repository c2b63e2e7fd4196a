//! The serialized options of every element of a file, so that equal ones are never decoded.

use std::collections::HashMap;
use std::ops::Range;

use prost_reflect::{
    DynamicMessage, EnumDescriptor, EnumValueDescriptor, ExtensionDescriptor, FieldDescriptor,
    FileDescriptor, MessageDescriptor, MethodDescriptor, OneofDescriptor, ServiceDescriptor,
};

/// Something that can have options.
pub trait Element {
    /// The path of the file, and where in it the element stands, as in `SourceCodeInfo`.
    fn place(&self) -> (FileDescriptor, &[i32]);
    fn options(&self) -> DynamicMessage;
}

macro_rules! elements {
    ($($kind:ty),*) => {$(
        impl Element for $kind {
            fn place(&self) -> (FileDescriptor, &[i32]) {
                (self.parent_file(), self.path())
            }

            fn options(&self) -> DynamicMessage {
                self.options()
            }
        }
    )*};
}

elements!(
    EnumDescriptor,
    ExtensionDescriptor,
    MessageDescriptor,
    MethodDescriptor,
    OneofDescriptor,
    ServiceDescriptor
);

impl Element for FileDescriptor {
    fn place(&self) -> (FileDescriptor, &[i32]) {
        (self.clone(), &[])
    }

    fn options(&self) -> DynamicMessage {
        self.options()
    }
}

impl Element for FieldDescriptor {
    fn place(&self) -> (FileDescriptor, &[i32]) {
        (self.parent_message().parent_file(), self.path())
    }

    fn options(&self) -> DynamicMessage {
        self.options()
    }
}

impl Element for EnumValueDescriptor {
    fn place(&self) -> (FileDescriptor, &[i32]) {
        (self.parent_enum().parent_file(), self.path())
    }

    fn options(&self) -> DynamicMessage {
        self.options()
    }
}

/// Where each element's options stand in a serialized file.
#[derive(Default)]
pub struct RawOptions {
    bytes: Vec<u8>,
    /// `None` for options that come in several parts, which only decoding puts together.
    places: HashMap<Vec<i32>, Option<Range<usize>>>,
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
    /// Scans a serialized `FileDescriptorProto`, which has been linked before.
    pub fn scan(bytes: Vec<u8>) -> Self {
        let mut raw = Self {
            places: HashMap::new(),
            bytes: Vec::new(),
        };
        raw.message(&bytes, 0..bytes.len(), &FILE, &mut Vec::new());
        raw.bytes = bytes;
        raw
    }

    /// The file that was scanned.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The options of the element at `path`; `None` if they must be decoded to be known.
    pub fn get(&self, path: &[i32]) -> Option<&[u8]> {
        match self.places.get(path) {
            None => Some(&[]),
            Some(place) => self.bytes.get(place.clone()?),
        }
    }

    fn message(&mut self, bytes: &[u8], range: Range<usize>, shape: &Shape, path: &mut Vec<i32>) {
        let mut counts = [0_i32; 16];
        let mut at = range.start;
        while let Some((field, content, end)) = next(bytes, at, range.end) {
            at = end;
            let Some(content) = content else { continue };
            if field == shape.options {
                let place = Some(content);
                self.places
                    .entry(path.clone())
                    .and_modify(|place| *place = None)
                    .or_insert(place);
                continue;
            }
            let is_message = std::ptr::eq(shape.children, MESSAGE.children);
            let child = match shape.children.iter().find(|(number, _)| *number == field) {
                Some((_, child)) => *child,
                None if is_message && field == NESTED => &MESSAGE,
                None => continue,
            };
            let Some(count) = counts.get_mut(field as usize) else {
                continue;
            };
            path.extend([field as i32, *count]);
            *count += 1;
            self.message(bytes, content, child, path);
            path.truncate(path.len() - 2);
        }
    }
}

/// The field at `at`: its number, its content if it has a length, and where the next one begins.
fn next(bytes: &[u8], at: usize, end: usize) -> Option<(u64, Option<Range<usize>>, usize)> {
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
    (at <= end).then_some((tag >> 3, content, at))
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

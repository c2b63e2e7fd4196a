//! Writes encoded values in order and inserts the headers of arrays and objects at the end.

use super::wire::key;

/// The place of a value in its container.
#[derive(Clone, Copy)]
pub(super) enum Slot<'a> {
    /// A field of an object with this name.
    Field(&'a str),
    /// An element of an array.
    Item,
}

#[derive(Clone, Copy)]
pub(super) enum Container {
    Struct,
    List,
}

/// Writes the fields of a `Struct` or a `ListValue`.
///
/// The length of an array or object precedes its content but is known only after it. The headers with
/// these lengths are inserted at the end, so that each byte moves once, whatever the nesting.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// The headers of all arrays and objects, in the order of their positions.
    headers: Vec<PendingHeader>,
    /// The total size of the headers of closed containers.
    missing: usize,
}

/// The header of an array or object, to be inserted.
struct PendingHeader {
    /// Its position, which is before the name of a field.
    at: usize,
    /// The length of the name, for a field.
    name: Option<usize>,
    key: u8,
    /// The length of the content, including its headers. Until the container is closed, the value of
    /// `missing` when it was opened.
    length: usize,
}

/// An array or object that is not closed yet.
#[must_use]
pub(super) struct OpenContainer(usize);

impl Writer {
    #[inline]
    pub(super) fn null(&mut self, slot: Slot<'_>) {
        self.value(slot, [key::NULL, 0]);
    }

    #[inline]
    pub(super) fn bool(&mut self, slot: Slot<'_>, value: bool) {
        self.value(slot, [key::BOOL, value.into()]);
    }

    #[inline]
    pub(super) fn number(&mut self, slot: Slot<'_>, number: f64) {
        let mut value = [key::NUMBER; 9];
        value[1..].copy_from_slice(&number.to_le_bytes());
        self.value(slot, value);
    }

    #[inline]
    pub(super) fn string(&mut self, slot: Slot<'_>, text: &str) {
        let length = head_len(text.len()) + text.len();
        self.head(slot, length);
        self.delimited(key::STRING, text.as_bytes());
    }

    #[inline]
    fn value<const N: usize>(&mut self, slot: Slot<'_>, value: [u8; N]) {
        self.head(slot, N);
        self.bytes.extend_from_slice(&value);
    }

    /// Writes what precedes a value of this length.
    #[inline]
    fn head(&mut self, slot: Slot<'_>, value: usize) {
        match slot {
            Slot::Field(name) => {
                let entry = entry_len(name.len(), value);
                if entry < 0x80 {
                    // Each length takes one byte.
                    let head = [key::FIRST, entry as u8, key::FIRST, name.len() as u8];
                    self.bytes.extend_from_slice(&head);
                    self.bytes.extend_from_slice(name.as_bytes());
                    let head = [key::ENTRY_VALUE, value as u8];
                    self.bytes.extend_from_slice(&head);
                } else {
                    self.length(key::FIRST, entry);
                    self.delimited(key::FIRST, name.as_bytes());
                    self.length(key::ENTRY_VALUE, value);
                }
            }
            Slot::Item => self.length(key::FIRST, value),
        }
    }

    #[inline]
    fn delimited(&mut self, key: u8, payload: &[u8]) {
        self.length(key, payload.len());
        self.bytes.extend_from_slice(payload);
    }

    #[inline]
    fn length(&mut self, key: u8, length: usize) {
        if length < 0x80 {
            self.bytes.extend_from_slice(&[key, length as u8]);
        } else {
            let (head, used) = head(key, length);
            self.bytes.extend_from_slice(&head[..used]);
        }
    }

    /// Opens an array or object, which contains everything that is written until it is closed.
    pub(super) fn open(&mut self, slot: Slot<'_>, container: Container) -> OpenContainer {
        let name = match slot {
            Slot::Field(name) => Some(name),
            Slot::Item => None,
        };
        self.headers.push(PendingHeader {
            at: self.bytes.len(),
            name: name.map(str::len),
            key: match container {
                Container::Struct => key::STRUCT,
                Container::List => key::LIST,
            },
            length: self.missing,
        });
        self.bytes
            .extend_from_slice(name.unwrap_or_default().as_bytes());
        OpenContainer(self.headers.len() - 1)
    }

    pub(super) fn close(&mut self, open: OpenContainer) {
        // Always present: only `open` creates an `OpenContainer`.
        if let Some(header) = self.headers.get_mut(open.0) {
            let written = self.bytes.len() - header.at - header.name.unwrap_or_default();
            header.length = written + self.missing - header.length;
            self.missing += header.size();
        }
    }

    /// The encoded bytes, once every container is closed.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let mut end = self.bytes.len();
        let mut target = end + self.missing;
        self.bytes.resize(target, 0);
        // From the end, so that no byte is overwritten before it moves.
        for header in self.headers.iter().rev() {
            let name = header.name.unwrap_or_default();
            let content = header.at + name;
            target -= end - content;
            self.bytes.copy_within(content..end, target);
            let value = header.value_len();
            put_head(&mut self.bytes, &mut target, header.key, header.length);
            if header.name.is_some() {
                put_head(&mut self.bytes, &mut target, key::ENTRY_VALUE, value);
                target -= name;
                self.bytes.copy_within(header.at..content, target);
                put_head(&mut self.bytes, &mut target, key::FIRST, name);
            }
            put_head(&mut self.bytes, &mut target, key::FIRST, header.item_len());
            end = header.at;
        }
        self.bytes
    }
}

impl PendingHeader {
    /// The length of the `Value` around the content.
    fn value_len(&self) -> usize {
        head_len(self.length) + self.length
    }

    /// The length of the item around the `Value`: of the entry, for a field.
    fn item_len(&self) -> usize {
        match self.name {
            Some(name) => entry_len(name, self.value_len()),
            None => self.value_len(),
        }
    }

    /// The size of the header, without name and content.
    fn size(&self) -> usize {
        let item = self.item_len();
        head_len(item) + item - self.length - self.name.unwrap_or_default()
    }
}

/// The length of an entry with a name and a value of these lengths.
#[inline]
fn entry_len(name: usize, value: usize) -> usize {
    head_len(name) + name + head_len(value) + value
}

/// The length of a key and of a length prefix with this value.
#[inline]
fn head_len(length: usize) -> usize {
    1 + varint_len(length)
}

#[inline]
fn varint_len(length: usize) -> usize {
    // Seven bits per byte, and one byte for 0.
    (70 - (length as u64 | 1).leading_zeros() as usize) / 7
}

/// The key of a field and the length of its payload, with the number of bytes they take.
fn head(key: u8, length: usize) -> ([u8; 11], usize) {
    let mut head = [key; 11];
    let mut length = length;
    let mut used = 1;
    while length >= 0x80 {
        head[used] = length as u8 | 0x80;
        length >>= 7;
        used += 1;
    }
    head[used] = length as u8;
    (head, used + 1)
}

/// Writes a key and a length that end before `target`.
fn put_head(bytes: &mut [u8], target: &mut usize, key: u8, length: usize) {
    let (head, used) = head(key, length);
    bytes[*target - used..*target].copy_from_slice(&head[..used]);
    *target -= used;
}

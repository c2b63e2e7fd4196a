//! Writes wire bytes front to back, and the lengths of what encloses others when they are known.

use super::read::key;

/// Where a value goes.
#[derive(Clone, Copy)]
pub(super) enum Slot<'a> {
    /// Into an object, under this name.
    Field(&'a str),
    /// Into an array.
    Item,
}

#[derive(Clone, Copy)]
pub(super) enum Container {
    Struct,
    List,
}

/// The fields of a `Struct` or a `ListValue`.
///
/// The length of an array or object stands before it but is known only after it. It is left out at
/// first, and put in at the end: each byte moves once, however deep it lies.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// The arrays and objects, in the order in which they start.
    gaps: Vec<Gap>,
    /// How many bytes the gaps take that are closed.
    missing: usize,
}

struct Gap {
    /// Where it is: before the name, when there is one.
    at: usize,
    name: Option<usize>,
    key: u8,
    /// How long the content is, its own gaps included. While open: what `missing` was.
    length: usize,
}

/// An array or object that is being written.
#[must_use]
pub(super) struct Open(usize);

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

    /// What comes before a value of this length.
    #[inline]
    fn head(&mut self, slot: Slot<'_>, value: usize) {
        match slot {
            Slot::Field(name) => {
                let entry = entry_len(name.len(), value);
                if entry < 0x80 {
                    // All lengths take one byte each.
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

    /// Starts an array or object; what is written until it is closed is in it.
    pub(super) fn open(&mut self, slot: Slot<'_>, container: Container) -> Open {
        let name = match slot {
            Slot::Field(name) => Some(name),
            Slot::Item => None,
        };
        self.gaps.push(Gap {
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
        Open(self.gaps.len() - 1)
    }

    pub(super) fn close(&mut self, open: Open) {
        // Always there: only `open` makes these.
        if let Some(gap) = self.gaps.get_mut(open.0) {
            let written = self.bytes.len() - gap.at - gap.name.unwrap_or_default();
            gap.length = written + self.missing - gap.length;
            self.missing += gap.size();
        }
    }

    /// All bytes, once everything is closed.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let mut end = self.bytes.len();
        let mut target = end + self.missing;
        self.bytes.resize(target, 0);
        // From behind, so that nothing is overwritten that has yet to move.
        for gap in self.gaps.iter().rev() {
            let name = gap.name.unwrap_or_default();
            let content = gap.at + name;
            target -= end - content;
            self.bytes.copy_within(content..end, target);
            let value = gap.value_len();
            put_head(&mut self.bytes, &mut target, gap.key, gap.length);
            if gap.name.is_some() {
                put_head(&mut self.bytes, &mut target, key::ENTRY_VALUE, value);
                target -= name;
                self.bytes.copy_within(gap.at..content, target);
                put_head(&mut self.bytes, &mut target, key::FIRST, name);
            }
            put_head(&mut self.bytes, &mut target, key::FIRST, gap.item_len());
            end = gap.at;
        }
        self.bytes
    }
}

impl Gap {
    /// How long the `Value` around the content is.
    fn value_len(&self) -> usize {
        head_len(self.length) + self.length
    }

    /// How long what is around the `Value` is: the entry, if it has a name.
    fn item_len(&self) -> usize {
        match self.name {
            Some(name) => entry_len(name, self.value_len()),
            None => self.value_len(),
        }
    }

    /// How much there is of it besides name and content.
    fn size(&self) -> usize {
        let item = self.item_len();
        head_len(item) + item - self.length - self.name.unwrap_or_default()
    }
}

/// How long an entry with such a name and value is.
#[inline]
fn entry_len(name: usize, value: usize) -> usize {
    head_len(name) + name + head_len(value) + value
}

/// How long the key of a field and this length of its payload are.
#[inline]
fn head_len(length: usize) -> usize {
    1 + varint_len(length)
}

#[inline]
fn varint_len(length: usize) -> usize {
    // Seven bits to a byte, and one byte for 0.
    (70 - (length as u64 | 1).leading_zeros() as usize) / 7
}

/// The key of a field and the length of its payload, and how many of these bytes there are.
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

/// Writes a head that ends before `target`.
fn put_head(bytes: &mut [u8], target: &mut usize, key: u8, length: usize) {
    let (head, used) = head(key, length);
    bytes[*target - used..*target].copy_from_slice(&head[..used]);
    *target -= used;
}

//! Which fields of an object have a name that another one has, too.

use std::collections::{HashMap, HashSet};

use super::message::Chunk;
use super::read::{Broken, Items, Parts, entry};

/// From how many fields on a hash set is cheaper than going through the fields before.
const FEW: usize = 32;

/// Notices a name that was there before.
///
/// No encoder writes a name twice, so this only has to be cheap when none does.
pub(super) struct Seen<'a> {
    /// One bit for each name, by a rough hash: a bit that is not set says that the name is new.
    bits: [u64; 4],
    /// The object from its start, to look when the bit is set.
    start: Start<'a>,
    /// All names, instead, when they are many.
    all: Option<HashSet<&'a [u8]>>,
}

#[derive(Clone, Copy)]
enum Start<'a> {
    Slice(&'a [u8]),
    Chunks(&'a [Chunk]),
    /// In so many parts that it is not gone through again.
    Parts,
}

impl<'a> Seen<'a> {
    #[inline]
    pub(super) fn new(fields: &Parts<'a>) -> Self {
        Self {
            bits: [0; 4],
            start: match fields {
                Parts::One(bytes) => Start::Slice(bytes),
                Parts::Chunks(chunks) => Start::Chunks(chunks),
                Parts::Many(_) => Start::Parts,
            },
            all: None,
        }
    }

    /// Whether one of the fields before `index` has the name that this one has.
    #[inline]
    pub(super) fn is_repeated(&mut self, name: &'a [u8], index: usize) -> bool {
        let hash = rough_hash(name);
        let bits = &mut self.bits[(hash >> 62) as usize];
        let bit = 1 << (hash >> 56 & 63);
        let is_new = *bits & bit == 0;
        *bits |= bit;
        let is_known_new = is_new && index < FEW && !matches!(self.start, Start::Parts);
        !is_known_new && self.look(name, index)
    }

    #[cold]
    fn look(&mut self, name: &'a [u8], index: usize) -> bool {
        let mut before = match self.start {
            Start::Slice(bytes) => Items::new(Parts::One(bytes)),
            Start::Chunks(chunks) => Items::new(Parts::Chunks(chunks)),
            // From the first on, nothing is before.
            Start::Parts => Items::new(Parts::One(&[])),
        };
        // They were read before, and so can be.
        let names = std::iter::from_fn(|| Some(entry(before.next().ok()??).ok()?.0));
        let mut names = names.take(index);
        if index < FEW && !matches!(self.start, Start::Parts) {
            return names.any(|before| before == name);
        }
        let all = self.all.get_or_insert_with(|| names.collect());
        !all.insert(name)
    }
}

/// Tells most names of one object apart, in a few instructions.
#[inline]
fn rough_hash(name: &[u8]) -> u64 {
    let number = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29)
        }
        _ => name
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    };
    // 2^64 by the golden ratio, as in Fibonacci hashing.
    (number ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Knows of each name where it stands last.
pub(super) struct Last<'a>(HashMap<&'a [u8], usize>);

impl<'a> Last<'a> {
    pub(super) fn of(mut items: Items<'a>) -> Result<Self, Broken> {
        let (mut last, mut index) = (HashMap::new(), 0);
        while let Some(item) = items.next()? {
            last.insert(entry(item)?.0, index);
            index += 1;
        }
        Ok(Self(last))
    }

    /// Whether the field with this index is the last of its name.
    pub(super) fn is(&self, name: &[u8], index: usize) -> bool {
        self.0.get(name) == Some(&index)
    }
}

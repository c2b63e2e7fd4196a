//! Ways to damage a valid input.

use proptest::prelude::*;
use proptest::sample::Index;

#[derive(Clone, Debug)]
pub enum Damage {
    Flip(Index, u8),
    Cut(Index),
    Remove(Index, usize),
    Repeat(Index, usize),
    /// Replaces the end by that of another example.
    Splice(Index, Index, Index),
}

pub fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), 1..8_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        1 => (any::<Index>(), 1..64_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
        1 => any::<(Index, Index, Index)>()
            .prop_map(|(at, other, from)| Damage::Splice(at, other, from)),
    ]
}

impl Damage {
    pub fn apply(&self, bytes: &mut Vec<u8>, examples: &[Vec<u8>]) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let span = |at: &Index, wanted: usize| {
            let start = at.index(length);
            start..(start + wanted).min(length)
        };
        match self {
            Self::Flip(at, bits) => bytes[at.index(length)] ^= bits,
            Self::Cut(at) => bytes.truncate(at.index(length)),
            Self::Remove(at, wanted) => drop(bytes.drain(span(at, *wanted))),
            Self::Repeat(at, wanted) => {
                let range = span(at, *wanted);
                let again = bytes[range.clone()].to_vec();
                bytes.splice(range.start..range.start, again);
            }
            Self::Splice(at, other, from) => {
                let other = &examples[other.index(examples.len())];
                bytes.truncate(at.index(length));
                bytes.extend_from_slice(&other[from.index(other.len())..]);
            }
        }
    }
}

//! Compares reserved numbers and names, and says what the removal of a field or enum value breaks.

use std::collections::BTreeSet;

use prost_reflect::{EnumDescriptor, MessageDescriptor};

use super::change::Break;
use super::walk::{Place, Walk};

use Break::{Json, Source, Wire};

/// What a message or an enum reserves.
pub(super) struct Reserved {
    /// Both ends included.
    ranges: BTreeSet<(i64, i64)>,
    names: BTreeSet<String>,
}

impl Reserved {
    pub fn of_message(message: &MessageDescriptor) -> Self {
        let ranges = message.reserved_ranges();
        Self {
            ranges: ranges
                .map(|range| (i64::from(range.start), i64::from(range.end) - 1))
                .collect(),
            names: message.reserved_names().map(str::to_owned).collect(),
        }
    }

    pub fn of_enum(kind: &EnumDescriptor) -> Self {
        let ranges = kind.reserved_ranges();
        Self {
            ranges: ranges
                .map(|range| (i64::from(*range.start()), i64::from(*range.end())))
                .collect(),
            names: kind.reserved_names().map(str::to_owned).collect(),
        }
    }

    /// What the removal of a field or enum value breaks. `number_kept` says whether another one still
    /// has its number.
    pub fn removal(&self, name: &str, number: i64, number_kept: bool) -> Vec<Break> {
        let reserved = |&(first, last): &(i64, i64)| first <= number && number <= last;
        let mut breaks = Vec::new();
        if !number_kept && !self.ranges.iter().any(reserved) {
            breaks.push(Wire);
        }
        if !self.names.contains(name) {
            breaks.push(Json);
        }
        breaks.push(Source);
        breaks
    }
}

impl Walk<'_> {
    pub fn reserved(&mut self, at: &Place, old: &Reserved, new: &Reserved) {
        let range = |&(start, end): &(i64, i64)| match start == end {
            true => start.to_string(),
            false => format!("{start} to {end}"),
        };
        let kept = |&&(start, end): &&(i64, i64)| {
            let mut ranges = new.ranges.iter();
            ranges.any(|&(first, last)| first <= start && end <= last)
        };
        let gone = old.ranges.iter().filter(|range| !kept(range)).map(range);
        for value in gone.chain(old.names.difference(&new.names).cloned()) {
            self.push("reserved_removed", at, &[Wire, Json], (Some(value), None));
        }
        let added = new.ranges.difference(&old.ranges).map(range);
        for value in added.chain(new.names.difference(&old.names).cloned()) {
            self.push("reserved_added", at, &[], (None, Some(value)));
        }
    }
}

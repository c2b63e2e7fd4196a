//! The state of a comparison: both sides, and the changes found so far.

use super::change::{Break, Change};
use super::side::Side;
use crate::elements::Element;

/// A comparison in progress. The other modules add the methods for their elements.
pub(super) struct Walk<'a> {
    pub old: &'a Side,
    pub new: &'a Side,
    pub changes: Vec<Change>,
}

/// The symbol that a change is reported for.
pub(super) struct Place {
    pub symbol: String,
    pub file: String,
    pub public: bool,
}

/// The values of a change, either of which may be absent.
pub(super) type Values = (Option<String>, Option<String>);

/// The values of a change that has both.
pub(super) fn both(old: impl ToString, new: impl ToString) -> Values {
    (Some(old.to_string()), Some(new.to_string()))
}

/// The values of a change that has none.
pub(super) const NEITHER: Values = (None, None);

impl Walk<'_> {
    /// The place of an element that one side has.
    pub fn place(&self, side: &Side, element: &Element) -> Place {
        Place {
            symbol: element.symbol(),
            file: element.file().name().to_owned(),
            public: side.is_public(element),
        }
    }

    /// The place of an element that both sides have.
    pub fn shared_place(&self, old: &Element, new: &Element) -> Place {
        let place = self.place(self.old, old);
        Place {
            public: place.public || self.new.is_public(new),
            ..place
        }
    }

    pub fn push(&mut self, kind: &str, at: &Place, breaks: &[Break], (old, new): Values) {
        self.changes.push(Change {
            kind: kind.to_owned(),
            symbol: at.symbol.clone(),
            file: at.file.clone(),
            breaks: breaks.to_vec(),
            public: at.public,
            old,
            new,
        });
    }

    /// Reports the change of a property whose values differ.
    pub fn property(&mut self, kind: &str, at: &Place, breaks: &[Break], values: Values) {
        if values.0 != values.1 {
            self.push(kind, at, breaks, values);
        }
    }
}

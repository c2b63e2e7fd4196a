//! The state of a comparison: both sides, and the changes found so far.

use super::change::{Break, Change};
use super::side::{self, Side};
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
    /// The place of an element that the old side has.
    pub fn place(&self, old: &Element) -> Place {
        place(old, side::is_public(old, |symbol| self.reaches(symbol)))
    }

    /// The place of an element that both sides have.
    pub fn shared_place(&self, old: &Element, new: &Element) -> Place {
        let public = |element| side::is_public(element, |symbol| self.reaches(symbol));
        place(old, public(old) || public(new))
    }

    /// The place of an element that only the new side has.
    pub fn new_place(&self, new: &Element) -> Place {
        place(new, side::is_public(new, |symbol| self.new.reaches(symbol)))
    }

    fn reaches(&self, symbol: &str) -> bool {
        self.old.reaches(symbol) || self.new.reaches(symbol)
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

fn place(element: &Element, public: bool) -> Place {
    Place {
        symbol: element.symbol(),
        file: element.file().name().to_owned(),
        public,
    }
}

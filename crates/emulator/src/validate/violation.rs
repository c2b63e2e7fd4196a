//! A violation of a validation rule.

/// One violated rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) field: String,
    pub(crate) description: String,
    pub(crate) constraint: String,
}

impl Violation {
    pub(super) fn new(
        field: impl Into<String>,
        constraint: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        Violation {
            field: field.into(),
            description: description.into(),
            constraint: constraint.into(),
        }
    }
}

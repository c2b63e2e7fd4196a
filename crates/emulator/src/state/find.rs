//! Finds records, with an error that names the missing record.

use std::fmt::Display;

use crate::status::{Status, not_found};

/// The index of the first record that matches. Otherwise `NOT_FOUND` for `resource`, with `what` (for
/// example `tool tol_1`) in the message.
pub(crate) fn find<T>(
    records: &[T],
    resource: &str,
    what: impl Display,
    matches: impl Fn(&T) -> bool,
) -> Result<usize, Status> {
    records
        .iter()
        .position(matches)
        .ok_or_else(|| not_found(resource, format!("there is no {what}")))
}

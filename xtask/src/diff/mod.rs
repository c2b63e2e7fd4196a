//! `cargo xtask diff`: reports the changes between two versions of the API, and what they break.

mod annotations;
pub mod change;
mod compare;
mod constraints;
mod fields;
mod options;
pub mod report;
mod reserved;
mod rpcs;
mod side;
mod walk;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::source::{self, Snapshot};
use change::Break;
use report::Report;
use side::Side;

/// Compares the sources that `old` and `new` name and prints the report. The exit status is 1 if a change
/// breaks one of `fail_on`.
pub fn run(root: &Path, old: &str, new: &str, fail_on: &[Break]) -> Result<ExitCode> {
    let report = compare(&source::open(root, old)?, &source::open(root, new)?)?;
    report::print(&report.to_string())?;
    let failed = fail_on.iter().any(|class| report.count(*class) > 0);
    Ok(ExitCode::from(u8::from(failed)))
}

/// The report of the changes from `old` to `new`.
pub fn compare(old: &Snapshot, new: &Snapshot) -> Result<Report> {
    // Only one of them has upstream's prose.
    let stripped = old.origin != new.origin;
    let (mut before, mut after) = (Side::new(old, stripped)?, Side::new(new, stripped)?);
    let common: BTreeSet<_> = before.files.intersection(&after.files).cloned().collect();
    // Packages rarely ship the common imports.
    for files in [&mut before.files, &mut after.files] {
        files.retain(|path| !path.starts_with("google/") || common.contains(path));
    }
    let changes = compare::compare(&before, &after);
    let (old, new) = (old.label.clone(), new.label.clone());
    Ok(Report::new(old, new, changes))
}

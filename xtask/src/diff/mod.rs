//! `cargo xtask diff`: reports the changes between two versions of the API, and what they break.

pub mod change;
mod compare;
mod constraints;
mod enums;
mod fields;
mod options;
pub mod report;
mod reserved;
mod rpcs;
mod side;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::source::{self, Origin, Snapshot};
use change::Break;
use report::Report;
use side::Side;

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Markdown,
    Json,
}

impl Format {
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "text" => Some(Self::Text),
            "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Compares the sources that `old` and `new` name and prints the report.
pub fn run(
    root: &Path,
    old: &str,
    new: &str,
    format: Format,
    fail_on: &[Break],
) -> Result<ExitCode> {
    let report = compare(&source::open(root, old)?, &source::open(root, new)?)?;
    report::print(&report.write(format))?;
    let failed = fail_on.iter().any(|class| report.count(*class) > 0);
    Ok(ExitCode::from(u8::from(failed)))
}

/// The report of the changes from `old` to `new`.
///
/// Files that a partial package does not contain are not compared, and a note names them.
pub fn compare(old: &Snapshot, new: &Snapshot) -> Result<Report> {
    let mut notes: Vec<_> = [&old.notes, &new.notes]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let stripped = old.origin != new.origin && [old.origin, new.origin].contains(&Origin::Spec);
    let (mut before, mut after) = sides(old, new, stripped)?;
    imports_aside(&mut before.files, &mut after.files);
    if [old.origin, new.origin].contains(&Origin::PartialPackage) {
        for (side, other, lacking) in [(&before, &after, new), (&after, &before, old)] {
            let missing: Vec<_> = side
                .files
                .difference(&other.files)
                .map(String::as_str)
                .collect();
            if !missing.is_empty() {
                notes.push(format!(
                    "not compared, because {} does not hold them: {}",
                    lacking.label,
                    missing.join(", ")
                ));
            }
        }
        let common: Vec<_> = before.files.intersection(&after.files).cloned().collect();
        if common.is_empty() {
            bail!("{} and {} have no file in common", old.label, new.label);
        }
        before.files = common.iter().cloned().collect();
        after.files = common.into_iter().collect();
    }
    let changes = compare::compare(&before, &after);
    let mut services = BTreeMap::new();
    for side in [&after, &before] {
        for service in side.pool.services() {
            let file = service.parent_file().name().to_owned();
            let name = service.full_name().to_owned();
            services.entry(file).or_insert(name);
        }
    }
    Ok(Report::new(
        old.label.clone(),
        new.label.clone(),
        notes,
        services,
        changes,
    ))
}

/// Removes common imports that only one side contains: packages rarely ship them.
fn imports_aside(old: &mut BTreeSet<String>, new: &mut BTreeSet<String>) {
    let in_common: BTreeSet<_> = old.intersection(new).cloned().collect();
    for files in [old, new] {
        files.retain(|path| !path.starts_with("google/") || in_common.contains(path));
    }
}

/// Links both sides in parallel, because linking takes most of the time.
fn sides(old: &Snapshot, new: &Snapshot, stripped: bool) -> Result<(Side, Side)> {
    std::thread::scope(|scope| {
        let old = scope.spawn(|| Side::new(old, stripped));
        let new = Side::new(new, stripped)?;
        match old.join() {
            Ok(old) => Ok((old?, new)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

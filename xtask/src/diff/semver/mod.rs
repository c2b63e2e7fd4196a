//! `cargo xtask diff --semver`: the version bump that a comparison suggests, against what
//! `cargo-semver-checks` makes of the bindings.

mod bindings;
mod tool;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use super::change::{Bump, Change, Kind};
use super::record::{self, Part};
use super::{history, report};
use crate::{source, target};
use bindings::Bindings;

/// Every release since 2.4.16 that changed anything, with its predecessor.
const PAIRS: &[(&str, &str)] = &[
    ("2.4.15", "2.4.16"),
    ("2.4.17", "2.5.0"),
    ("2.6.1", "2.7.1"),
    ("2.7.2", "2.7.3"),
    ("2.7.3", "2.8.0"),
    ("2.8.0", "2.9.0"),
    ("2.9.0", "2.10.0"),
    ("2.10.0", "2.11.0"),
    ("2.11.0", "2.12.0"),
    ("2.13.0", "2.14.0"),
    ("2.14.0", "2.15.0"),
    ("2.15.0", "2.16.0"),
    ("2.18.0", "2.19.0"),
    ("2.19.1", "2.20.0"),
    ("2.20.0", "2.21.0"),
];

/// Why a suggestion can be above what the tool asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deviation {
    Types,
    Additions,
    Unseen,
}

impl Deviation {
    fn name(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Additions => "additions",
            Self::Unseen => "unseen",
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Types => {
                "a field, argument or answer has another type, which stops callers from compiling: \
                 the tool compares names and not types"
            }
            Self::Additions => {
                "something new asks for a minor number by the rules of semver: the tool reports only \
                 what could break"
            }
            Self::Unseen => {
                "routes, permissions, constraints, visibility and numbers are not in what the bindings declare"
            }
        }
    }

    /// What the tool cannot see of a change.
    fn of(change: &Change) -> Option<Self> {
        match change.kind {
            Kind::FieldTypeChanged
            | Kind::FieldCardinalityChanged
            | Kind::FieldPresenceChanged
            | Kind::RpcRequestTypeChanged
            | Kind::RpcResponseTypeChanged
            | Kind::RpcStreamingChanged => Some(Self::Types),
            _ => match change.bump() {
                Bump::Minor => Some(Self::Additions),
                Bump::Patch => Some(Self::Unseen),
                Bump::Major | Bump::None => None,
            },
        }
    }
}

/// What both say of one pair.
struct Opinion {
    ours: Bump,
    theirs: Bump,
    /// Why ours is above; nothing when some change of it has no argument.
    arguments: Option<BTreeSet<Deviation>>,
}

impl Opinion {
    fn new<'a>(changes: impl Iterator<Item = &'a Change>, theirs: Bump) -> Self {
        let changes: Vec<_> = changes.collect();
        let ours = changes.iter().map(|change| change.bump()).max();
        let ours = ours.unwrap_or(Bump::None);
        let above = changes.iter().filter(|change| change.bump() > theirs);
        Self {
            ours,
            theirs,
            arguments: above.map(|change| Deviation::of(change)).collect(),
        }
    }

    fn is_argued(&self) -> bool {
        self.ours == self.theirs || (self.ours > self.theirs && self.arguments.is_some())
    }
}

/// One release: the AgentKit packages, which need no feature, and all of them.
struct Row {
    version: &'static str,
    agentkit: Opinion,
    all: Opinion,
}

/// Compares the bumps, prints the table and writes it down.
///
/// The status is 1 when a suggestion is below the tool's, or above without an argument.
///
/// # Errors
/// When `cargo semver-checks` is not installed.
pub fn run(root: &Path) -> Result<ExitCode> {
    let tool = tool::version()?;
    let mut bindings = Bindings::new(root)?;
    let mut rows = Vec::new();
    for (old, new) in PAIRS {
        eprintln!("{old} -> {new}");
        rows.push(row(root, &mut bindings, old, new)?);
    }
    let text = table(&tool, &rows);
    report::print(&text)?;
    record::write(root, Part::Semver(&text))?;
    let argued = rows
        .iter()
        .all(|row| row.agentkit.is_argued() && row.all.is_argued());
    Ok(ExitCode::from(u8::from(!argued)))
}

fn row(root: &Path, bindings: &mut Bindings, old: &str, new: &'static str) -> Result<Row> {
    let cache = target::dir(root).join("xtask").join("history");
    let (old, new_wheel) = (history::wheel(&cache, old)?, history::wheel(&cache, new)?);
    let changes = super::compare(&source::file(&old)?, &source::file(&new_wheel)?)?.changes;
    let (before, after) = (bindings.document(&old)?, bindings.document(&new_wheel)?);
    let agentkit = |change: &&Change| {
        !before.needs_feature(&change.file) && !after.needs_feature(&change.file)
    };
    Ok(Row {
        version: new,
        agentkit: Opinion::new(
            changes.iter().filter(agentkit),
            tool::required(&before.json.default, &after.json.default)?,
        ),
        all: Opinion::new(
            changes.iter(),
            tool::required(&before.json.full, &after.json.full)?,
        ),
    })
}

fn table(tool: &str, rows: &[Row]) -> String {
    let mut text = format!(
        "Written by `cargo xtask diff --semver`: the bump that `diff` suggests, and the one that {tool} \
         asks for of the bindings that are generated from either side: the AgentKit packages, and all. \
         Ours may be above, for a reason, and is never below.\n\n\
         | version | AgentKit: diff | tool | all: diff | tool | above because of |\n|---|---|---|---|---|---|\n"
    );
    let mut seen = BTreeSet::<Deviation>::new();
    for row in rows {
        let mut reasons = BTreeSet::new();
        for opinion in [&row.agentkit, &row.all]
            .into_iter()
            .filter(|it| it.ours != it.theirs)
        {
            match &opinion.arguments {
                Some(arguments) if opinion.is_argued() => {
                    seen.extend(arguments);
                    reasons.extend(arguments.iter().map(|argument| argument.name()));
                }
                _ => drop(reasons.insert("**without argument**")),
            }
        }
        let reasons: Vec<_> = reasons.into_iter().collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            row.version,
            row.agentkit.ours.name(),
            row.agentkit.theirs.name(),
            row.all.ours.name(),
            row.all.theirs.name(),
            reasons.join(", ")
        );
    }
    text += "\n| deviation | why |\n|---|---|\n";
    for deviation in seen {
        let _ = writeln!(text, "| {} | {} |", deviation.name(), deviation.reason());
    }
    text
}

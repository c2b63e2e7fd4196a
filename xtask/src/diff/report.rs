//! The report of a comparison, as text, Markdown or JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context, Result};
use serde::Serialize;

use super::Format;
use super::change::{Break, Bump, Change, Kind};
use crate::source::is_vendored;

/// Longer values are truncated in text and Markdown.
const SHOWN_CHARS: usize = 120;

/// The heading of the changes in third-party files.
const VENDORED: &str = "third-party files, not part of the API and not counted";

/// The changes between two sides, most serious first. Counts are of the API alone.
#[derive(Debug, Serialize)]
pub struct Report {
    pub old: String,
    pub new: String,
    pub bump: Bump,
    /// Files that were not compared, and other remarks.
    pub notes: Vec<String>,
    pub changes: Vec<Change>,
    /// Changes of third-party files.
    pub vendored: Vec<Change>,
    /// The first service of each file.
    #[serde(skip)]
    services: BTreeMap<String, String>,
}

impl Report {
    pub fn new(
        old: String,
        new: String,
        notes: Vec<String>,
        services: BTreeMap<String, String>,
        mut changes: Vec<Change>,
    ) -> Self {
        changes.sort_by(|a, b| {
            (a.rank(), &a.file, &a.symbol, a.kind).cmp(&(b.rank(), &b.file, &b.symbol, b.kind))
        });
        let (vendored, changes): (Vec<_>, Vec<_>) = changes
            .into_iter()
            .partition(|change| is_vendored(&change.file));
        let bump = changes.iter().map(Change::bump).max().unwrap_or(Bump::None);
        Self {
            old,
            new,
            bump,
            notes,
            changes,
            vendored,
            services,
        }
    }

    /// How many changes break `class`.
    pub fn count(&self, class: Break) -> usize {
        self.changes
            .iter()
            .filter(|change| change.breaks(class))
            .count()
    }

    pub fn additive(&self) -> usize {
        let additive = |change: &&Change| change.breaks.is_empty() && !change.kind.is_doc();
        self.changes.iter().filter(additive).count()
    }

    pub fn doc(&self) -> usize {
        self.changes
            .iter()
            .filter(|change| change.kind.is_doc())
            .count()
    }

    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Markdown => self.markdown(),
            // The report has no maps with other keys than strings, so that this cannot fail.
            Format::Json => serde_json::to_string(self).unwrap_or_default() + "\n",
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} -> {}\n{}\n", self.old, self.new, self.summary());
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        for (group, changes) in self.groups() {
            let _ = writeln!(text, "\n{group}");
            for change in changes {
                let _ = write!(
                    text,
                    "  {:<16} {} {}{}",
                    label(change),
                    change.kind.name(),
                    short(change, group),
                    values(change)
                );
                let _ = writeln!(
                    text,
                    "{}",
                    if change.public { "" } else { "  (not public)" }
                );
            }
        }
        if !self.vendored.is_empty() {
            let _ = writeln!(text, "\n{VENDORED}");
            for (file, line) in self.vendored_files() {
                let _ = writeln!(text, "  {file}: {line}");
            }
        }
        text
    }

    fn markdown(&self) -> String {
        let mut text = format!("### {} → {}\n\n{}\n", self.old, self.new, self.summary());
        for note in &self.notes {
            let _ = writeln!(text, "\n> {note}");
        }
        for (group, changes) in self.groups() {
            let _ = writeln!(text, "\n#### `{group}`\n");
            for change in changes {
                let _ = write!(text, "- ");
                if !change.breaks.is_empty() {
                    let _ = write!(text, "**{}** ", label(change));
                }
                let public = if change.public { "" } else { ", not public" };
                let kind = change.kind.name().replace('_', " ");
                let symbol = short(change, group);
                let values = values(change).replace('`', "'");
                let values = values.trim_start_matches(':').trim();
                let _ = write!(text, "{kind}{public}: `{symbol}`");
                let _ = writeln!(
                    text,
                    "{}",
                    match values {
                        "" => String::new(),
                        values => format!(" `{values}`"),
                    }
                );
            }
        }
        if !self.vendored.is_empty() {
            let _ = writeln!(text, "\n#### {VENDORED}\n");
            for (file, line) in self.vendored_files() {
                let _ = writeln!(text, "- `{file}`: {line}");
            }
        }
        text
    }

    /// One line per third-party file. The JSON format has every change.
    fn vendored_files(&self) -> BTreeMap<&str, String> {
        let mut files: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in &self.vendored {
            files.entry(&change.file).or_default().push(change);
        }
        let line = |changes: &[&Change]| match changes {
            [only] if only.kind == Kind::FileAdded => "added".to_owned(),
            [only] if only.kind == Kind::FileRemoved => "removed".to_owned(),
            changes => number_of_changes(changes.len()),
        };
        let lines = files.iter().map(|(file, changes)| (*file, line(changes)));
        lines.collect()
    }

    /// The numbers of changes in one line.
    pub fn summary(&self) -> String {
        let mut text = number_of_changes(self.changes.len());
        if !self.changes.is_empty() {
            let counts = Break::ALL.map(|class| format!("{} {}", class.name(), self.count(class)));
            let public = self.changes.iter().filter(|change| change.public).count();
            let _ = write!(
                text,
                " ({public} public): {}, additive {}, doc {}",
                counts.join(", "),
                self.additive(),
                self.doc()
            );
        }
        format!("{text}; version bump: {}", self.bump.name())
    }

    /// Changes by service, or by file if it has none, in the order of their most serious change.
    fn groups(&self) -> Vec<(&str, Vec<&Change>)> {
        let mut groups: Vec<(&str, Vec<&Change>)> = Vec::new();
        for change in &self.changes {
            let own = change
                .symbol
                .split_once('/')
                .filter(|_| change.symbol != change.file);
            let of_file = self.services.get(&change.file).map(String::as_str);
            let name = own.map(|(service, _)| service).or(of_file);
            let name = name.unwrap_or(&change.file);
            match groups.iter_mut().find(|(group, _)| *group == name) {
                Some((_, changes)) => changes.push(change),
                None => groups.push((name, vec![change])),
            }
        }
        groups
    }
}

fn number_of_changes(number: usize) -> String {
    match number {
        1 => "1 change".to_owned(),
        number => format!("{number} changes"),
    }
}

/// Writes to standard output. A closed pipe is not an error.
pub fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output"),
    }
}

fn label(change: &Change) -> String {
    let breaks: Vec<_> = change.breaks.iter().map(|class| class.name()).collect();
    match breaks.as_slice() {
        [] if change.kind.is_doc() => "doc".to_owned(),
        [] => "additive".to_owned(),
        breaks => breaks.join("+"),
    }
}

/// The symbol without the name of its group.
fn short<'a>(change: &'a Change, group: &str) -> &'a str {
    let package = group.rsplit_once('.').map_or("", |(package, _)| package);
    let rest = change
        .symbol
        .strip_prefix(group)
        .and_then(|rest| rest.strip_prefix('/'));
    let in_package = || change.symbol.strip_prefix(package)?.strip_prefix('.');
    rest.or_else(in_package).unwrap_or(&change.symbol)
}

fn values(change: &Change) -> String {
    match (&change.old, &change.new) {
        (None, None) => String::new(),
        (Some(old), None) => format!(": {} removed", cut(old)),
        (None, Some(new)) => format!(": {}", cut(new)),
        (Some(old), Some(new)) => format!(": {} -> {}", cut(old), cut(new)),
    }
}

fn cut(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

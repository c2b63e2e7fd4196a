//! The report of a comparison, as Markdown.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;

use anyhow::{Context, Result};

use super::change::{Break, Bump, Change};
use crate::source::is_vendored;

/// Longer values are truncated.
const SHOWN_CHARS: usize = 120;

/// The changes between two sides, most serious first. Counts are of the API alone.
#[derive(Debug)]
pub struct Report {
    pub old: String,
    pub new: String,
    pub bump: Bump,
    /// Remarks for the reader.
    pub notes: Vec<String>,
    pub changes: Vec<Change>,
    /// Changes of third-party files.
    pub vendored: Vec<Change>,
}

impl Report {
    pub fn new(old: String, new: String, mut changes: Vec<Change>) -> Self {
        changes.sort_by_cached_key(|change| {
            let (file, symbol) = (change.file.clone(), change.symbol.clone());
            (change.rank(), file, symbol, change.kind.clone())
        });
        let (vendored, changes): (Vec<_>, Vec<_>) = changes
            .into_iter()
            .partition(|change| is_vendored(&change.file));
        let bump = changes.iter().map(Change::bump).max().unwrap_or(Bump::None);
        Self {
            old,
            new,
            bump,
            notes: Vec::new(),
            changes,
            vendored,
        }
    }

    /// How many changes break `class`.
    pub fn count(&self, class: Break) -> usize {
        self.count_if(|change| change.breaks(class))
    }

    pub fn additive(&self) -> usize {
        self.count_if(|change| change.breaks.is_empty() && !change.is_doc())
    }

    pub fn doc(&self) -> usize {
        self.count_if(Change::is_doc)
    }

    pub fn public(&self) -> usize {
        self.count_if(|change| change.public)
    }

    fn count_if(&self, condition: impl Fn(&Change) -> bool) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| condition(change)).count()
    }

    /// Changes by file, in the order of their most serious change.
    fn files(&self) -> Vec<(&str, Vec<&Change>)> {
        let mut files: Vec<(&str, Vec<&Change>)> = Vec::new();
        for change in &self.changes {
            match files.iter_mut().find(|(file, _)| *file == change.file) {
                Some((_, changes)) => changes.push(change),
                None => files.push((&change.file, vec![change])),
            }
        }
        files
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {} → {}\n", self.old, self.new)?;
        write!(f, "{}", number_of_changes(self.changes.len()))?;
        if !self.changes.is_empty() {
            write!(f, " ({} public): ", self.public())?;
            for class in Break::ALL {
                write!(f, "{class} {}, ", self.count(class))?;
            }
            write!(f, "additive {}, doc {}", self.additive(), self.doc())?;
        }
        writeln!(f, "; version bump: {}", self.bump)?;
        for note in &self.notes {
            writeln!(f, "\n> {note}")?;
        }
        for (file, changes) in self.files() {
            writeln!(f, "\n#### `{file}`\n")?;
            for change in changes {
                writeln!(f, "- {change}")?;
            }
        }
        if !self.vendored.is_empty() {
            writeln!(
                f,
                "\n#### third-party files, not part of the API and not counted\n"
            )?;
        }
        let mut vendored: BTreeMap<&str, usize> = BTreeMap::new();
        for change in &self.vendored {
            *vendored.entry(&change.file).or_default() += 1;
        }
        for (file, number) in vendored {
            writeln!(f, "- `{file}`: {}", number_of_changes(number))?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.breaks.is_empty() {
            let breaks: Vec<_> = self.breaks.iter().map(ToString::to_string).collect();
            write!(f, "**{}** ", breaks.join("+"))?;
        }
        let public = if self.public { "" } else { ", not public" };
        // The package of a file is that of its directory.
        let package = self.file.rsplit_once('/');
        let package = package.map(|(package, _)| package.replace('/', "."));
        let short = package.and_then(|it| self.symbol.strip_prefix(&it)?.strip_prefix('.'));
        let symbol = short.unwrap_or(&self.symbol);
        write!(f, "{}{public}: `{symbol}`", self.kind.replace('_', " "))?;
        match (&self.old, &self.new) {
            (None, None) => Ok(()),
            (Some(old), None) => write!(f, " `{} removed`", cut(old)),
            (None, Some(new)) => write!(f, " `{}`", cut(new)),
            (Some(old), Some(new)) => write!(f, " `{} -> {}`", cut(old), cut(new)),
        }
    }
}

fn number_of_changes(number: usize) -> String {
    match number {
        1 => "1 change".to_owned(),
        number => format!("{number} changes"),
    }
}

/// The value in one line without marks of Markdown.
fn cut(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.replace('`', "'");
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Writes to standard output. A closed pipe is not an error.
pub fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output"),
    }
}

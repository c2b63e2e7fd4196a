//! Sets our classification against what `buf breaking` says of the same two sides, symbol by symbol.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{DescriptorPool, Kind as Of, MessageDescriptor};

use super::buf::{Buf, Finding};
use super::change::{Break, Change};
use super::deviations::Disagreement;

/// A category of `buf` and the classes of ours that mean the same.
///
/// The categories of `buf` build on each other: what breaks the wire is also in the stricter ones.
pub const CATEGORIES: [(&str, &[Break]); 3] = [
    ("WIRE", &[Break::Wire]),
    ("WIRE_JSON", &[Break::Wire, Break::Json]),
    ("FILE", &[Break::Wire, Break::Json, Break::Source]),
];

/// How far both agree in one category.
#[derive(Debug, Default, Clone)]
pub struct Agreement {
    pub both: usize,
    pub only_buf: usize,
    pub only_diff: usize,
    /// How many symbols each named deviation explains.
    pub deviations: BTreeMap<&'static str, usize>,
    /// What nothing explains; there must be none.
    pub unexplained: Vec<String>,
}

impl Agreement {
    pub fn buf(&self) -> usize {
        self.both + self.only_buf
    }

    pub fn add(&mut self, other: &Self) {
        self.both += other.both;
        self.only_buf += other.only_buf;
        self.only_diff += other.only_diff;
        for (name, count) in &other.deviations {
            *self.deviations.entry(name).or_default() += count;
        }
        self.unexplained.extend(other.unexplained.iter().cloned());
    }
}

/// The agreement in each of `CATEGORIES`, and the number of symbols in PACKAGE, for information.
pub fn agreement(
    buf: &Buf,
    (old, new): (&DescriptorPool, &DescriptorPool),
    changes: &[Change],
    findings: &[Finding],
) -> ([Agreement; 3], usize) {
    let mut ours: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        ours.entry(&change.symbol).or_default().push(change);
    }
    let in_category = |category: &str| {
        let mut symbols: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
        for finding in findings.iter().filter(|f| buf.is_in(&f.rule, category)) {
            symbols
                .entry(symbol(old, finding))
                .or_default()
                .push(finding);
        }
        symbols
    };
    let agreements = CATEGORIES.map(|(category, classes)| {
        let theirs = in_category(category);
        let breaks = |change: &&Change| classes.iter().any(|class| change.breaks(*class));
        let broken: BTreeSet<&str> = changes
            .iter()
            .filter(breaks)
            .map(|change| change.symbol.as_str())
            .collect();
        let mut agreement = Agreement::default();
        let all: BTreeSet<&str> = theirs
            .keys()
            .map(String::as_str)
            .chain(broken.iter().copied())
            .collect();
        for symbol in all {
            let only_buf = match (theirs.contains_key(symbol), broken.contains(symbol)) {
                (true, true) => {
                    agreement.both += 1;
                    continue;
                }
                (only_buf, _) => only_buf,
            };
            match only_buf {
                true => agreement.only_buf += 1,
                false => agreement.only_diff += 1,
            }
            let disagreement = Disagreement {
                category,
                symbol,
                ours: &ours,
                buf: &theirs,
                only_buf,
                pools: (old, new),
            };
            match disagreement.deviation() {
                Some(deviation) => {
                    *agreement.deviations.entry(deviation.name).or_default() += 1;
                }
                None => agreement.unexplained.push(disagreement.to_string()),
            }
        }
        agreement
    });
    (agreements, in_category("PACKAGE").len())
}

/// The symbol, named as we do, that a finding is about.
fn symbol(old: &DescriptorPool, finding: &Finding) -> String {
    let quoted: Vec<&str> = finding.message.split('"').skip(1).step_by(2).collect();
    let first = quoted.first().copied().unwrap_or_default();
    let rule = finding
        .rule
        .strip_prefix("PACKAGE_")
        .unwrap_or(&finding.rule);
    if rule.starts_with("FILE_") {
        let path = if finding.path.is_empty() {
            first
        } else {
            &finding.path
        };
        return path.to_owned();
    }
    let file = old.get_file_by_name(&finding.path);
    let package = file.as_ref().map_or("", |file| file.package_name());
    let full = |name: &str| format!("{package}.{name}");
    let owner = |what: &str| {
        let (_, rest) = finding.message.split_once(&format!(" on {what} \""))?;
        Some(full(rest.split_once('"')?.0))
    };
    if let (Some((_, extendee)), true) = (
        finding.message.split_once(" on message \""),
        finding.message.starts_with("Extension "),
    ) {
        let extendee = extendee
            .split('"')
            .next()
            .and_then(|name| old.get_message_by_name(name));
        let extension = extendee.and_then(|e| e.get_extension(first.parse().ok()?));
        return extension.map_or_else(|| full(first), |extension| extension.full_name().to_owned());
    }
    if let Some(message) = owner("message") {
        let descriptor = old.get_message_by_name(&message);
        if let Some(field) = descriptor.as_ref().and_then(map_field) {
            return field;
        }
        if rule.starts_with("FIELD_") {
            // A number may have another name by now.
            let number = first.parse().ok();
            let field = descriptor.and_then(|m| m.get_field(number?));
            return field.map_or(message, |field| field.full_name().to_owned());
        }
        return match rule.starts_with("ONEOF_") {
            true => format!("{message}.{first}"),
            false => message,
        };
    }
    if let Some(name) = owner("enum") {
        let kind = old.get_enum_by_name(&name);
        let value = kind.and_then(|kind| kind.get_value(first.parse().ok()?));
        return match value {
            Some(value) if rule.starts_with("ENUM_VALUE_") => format!("{name}.{}", value.name()),
            _ => name,
        };
    }
    if let Some(service) = owner("service") {
        return format!("{service}/{first}");
    }
    let name = full(first);
    let entry = old.get_message_by_name(&name);
    entry.as_ref().and_then(map_field).unwrap_or(name)
}

/// The field for which a compiler made the map entry `message`; buf reports the entry like any message.
fn map_field(message: &MessageDescriptor) -> Option<String> {
    if !message.is_map_entry() {
        return None;
    }
    let parent = message.parent_message()?;
    let mut fields = parent.fields();
    let field =
        fields.find(|field| matches!(field.kind(), Of::Message(entry) if entry == *message));
    field.map(|field| field.full_name().to_owned())
}

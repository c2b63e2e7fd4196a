//! Compares `buf.validate` rules and `google.api.field_behavior`: whether requests must meet more.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Break, Kind};
use super::options::{Leaf, Options};

/// The extensions of protovalidate, one for each kind of element.
const RULES: &[&str] = &[
    "buf.validate.field.",
    "buf.validate.message.",
    "buf.validate.oneof.",
];

const FIELD_BEHAVIOR: &str = "google.api.field_behavior";

/// A change of a constraint.
#[derive(Debug, PartialEq, Eq)]
pub struct ConstraintChange {
    pub kind: Kind,
    pub breaks: Vec<Break>,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl ConstraintChange {
    fn new(kind: Kind, stricter: bool, old: Option<String>, new: Option<String>) -> Self {
        let breaks = if stricter {
            vec![Break::Behaviour]
        } else {
            vec![]
        };
        Self {
            kind,
            breaks,
            old,
            new,
        }
    }
}

/// Whether this module compares the option.
pub fn owns(key: &str) -> bool {
    let is_rule = |prefix: &str| key.starts_with(prefix) || key == prefix.trim_end_matches('.');
    key == FIELD_BEHAVIOR || RULES.iter().any(|prefix| is_rule(prefix))
}

/// Whether a request must have the field.
pub fn is_required(options: &Options) -> bool {
    options.is_true("buf.validate.field.required")
        || options.list(FIELD_BEHAVIOR).iter().any(|b| b == "REQUIRED")
}

/// The changed constraints between the options of an element.
pub fn compare(old: &Options, new: &Options) -> Vec<ConstraintChange> {
    let mut changes = Vec::new();
    match (is_required(old), is_required(new)) {
        (false, true) => changes.push(ConstraintChange::new(
            Kind::FieldBecameRequired,
            true,
            None,
            None,
        )),
        (true, false) => changes.push(ConstraintChange::new(
            Kind::FieldNoLongerRequired,
            false,
            None,
            None,
        )),
        _ => {}
    }
    behavior(old, new, &mut changes);
    for prefix in RULES {
        let (old, new) = (Rules::read(old, prefix), Rules::read(new, prefix));
        old.compare(&new, *prefix == "buf.validate.oneof.", &mut changes);
    }
    changes
}

fn behavior(old: &Options, new: &Options, changes: &mut Vec<ConstraintChange>) {
    let read = |options: &Options| -> BTreeSet<String> {
        let mut names: BTreeSet<_> = options.list(FIELD_BEHAVIOR).into_iter().collect();
        // `is_required` covers REQUIRED, and OPTIONAL means nothing.
        names.retain(|name| name != "REQUIRED" && name != "OPTIONAL");
        names
    };
    let (old, new) = (read(old), read(new));
    for added in new.difference(&old) {
        let kind = Kind::FieldBehaviorAdded;
        changes.push(ConstraintChange::new(kind, true, None, Some(added.clone())));
    }
    for removed in old.difference(&new) {
        let kind = Kind::FieldBehaviorRemoved;
        changes.push(ConstraintChange::new(
            kind,
            false,
            Some(removed.clone()),
            None,
        ));
    }
}

/// The rules of an element that can refuse a value.
#[derive(Default)]
struct Rules {
    plain: BTreeMap<String, Leaf>,
    /// CEL expressions by the name of the rule.
    cel: BTreeMap<String, String>,
}

impl Rules {
    fn read(options: &Options, prefix: &str) -> Self {
        let mut rules = Self::default();
        for (key, leaf) in options.below(prefix) {
            if let Some((before, rule)) = key.split_once("cel[") {
                let (name, part) = rule.rsplit_once("].").unwrap_or((rule, ""));
                // The message of a rule is prose.
                if part == "expression" {
                    let expression = leaf.to_string();
                    let anonymous = name.starts_with('#');
                    let name = if anonymous { expression.as_str() } else { name };
                    rules.cel.insert(format!("{before}{name}"), expression);
                }
                continue;
            }
            if key.ends_with("cel_expression") {
                for expression in options.list(&format!("{prefix}{key}")) {
                    rules.cel.insert(expression.clone(), expression);
                }
                continue;
            }
            let is_compared_apart = key == "required" && prefix == "buf.validate.field.";
            for (key, leaf) in spellings(key, leaf) {
                if !is_compared_apart && !is_idle(&key, &leaf) {
                    rules.insert(key, leaf);
                }
            }
        }
        rules
    }

    /// If two rules say what is ignored, the one that ignores more counts.
    fn insert(&mut self, key: String, leaf: Leaf) {
        let ignores = |leaf: &Leaf| match leaf {
            Leaf::Enum(_, number) => *number,
            _ => 0,
        };
        match self.plain.get(&key) {
            Some(known) if ignores(known) > ignores(&leaf) => {}
            _ => drop(self.plain.insert(key, leaf)),
        }
    }

    fn compare(&self, new: &Self, oneof: bool, changes: &mut Vec<ConstraintChange>) {
        for (key, old) in &self.plain {
            match new.plain.get(key) {
                None => {
                    let stricter = loosens(key);
                    let kind = match stricter {
                        true => Kind::ConstraintChanged,
                        false => Kind::ConstraintRemoved,
                    };
                    changes.push(ConstraintChange::new(
                        kind,
                        stricter,
                        Some(show(key, old)),
                        None,
                    ));
                }
                Some(new) if new == old => {}
                Some(new) => {
                    let (kind, stricter) = direction(key, old, new);
                    let (old, new) = (show(key, old), show(key, new));
                    changes.push(ConstraintChange::new(kind, stricter, Some(old), Some(new)));
                }
            }
        }
        for (key, leaf) in &new.plain {
            if !self.plain.contains_key(key) {
                let (kind, stricter) = match key.as_str() {
                    "required" if oneof => (Kind::FieldBecameRequired, true),
                    key if loosens(key) => (Kind::ConstraintLoosened, false),
                    _ => (Kind::ConstraintAdded, true),
                };
                changes.push(ConstraintChange::new(
                    kind,
                    stricter,
                    None,
                    Some(show(key, leaf)),
                ));
            }
        }
        for (name, old) in &self.cel {
            match new.cel.get(name) {
                None => changes.push(ConstraintChange::new(
                    Kind::CelRuleRemoved,
                    false,
                    Some(format!("{name}: {old}")),
                    None,
                )),
                Some(new) if new == old => {}
                Some(new) => changes.push(ConstraintChange::new(
                    Kind::CelRuleChanged,
                    true,
                    Some(format!("{name}: {old}")),
                    Some(format!("{name}: {new}")),
                )),
            }
        }
        for (name, new) in &new.cel {
            if !self.cel.contains_key(name) {
                let new = Some(format!("{name}: {new}"));
                changes.push(ConstraintChange::new(Kind::CelRuleAdded, true, None, new));
            }
        }
    }
}

/// Normalizes rules with several spellings: `len: 5` is both bounds of a length, and later versions of
/// protovalidate have `ignore` for `ignore_empty` and `skipped`.
fn spellings(key: &str, leaf: &Leaf) -> Vec<(String, Leaf)> {
    let (before, last) = match key.rsplit_once('.') {
        Some((before, last)) => (format!("{before}."), last),
        None => (String::new(), key),
    };
    let is_set = || matches!(leaf, Leaf::Scalar(text) if text == "true");
    let ignore = |name: &str, number| {
        let leaf = Leaf::Enum(name.to_owned(), number);
        vec![(format!("{before}ignore"), leaf)]
    };
    match last {
        "ignore_empty" if is_set() => ignore("IGNORE_IF_ZERO_VALUE", 1),
        "skipped" if is_set() => ignore("IGNORE_ALWAYS", 3),
        "len" | "len_bytes" => {
            let unit = if last == "len" { "len" } else { "bytes" };
            let bound = |end| (format!("{before}{end}_{unit}"), leaf.clone());
            vec![bound("min"), bound("max")]
        }
        _ => vec![inclusive(key, leaf)],
    }
}

/// For integers, `lt: 31` is the same as `lte: 30`.
fn inclusive(key: &str, leaf: &Leaf) -> (String, Leaf) {
    const INTEGERS: &[&str] = &[
        "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
        "sfixed64",
    ];
    let same = (key.to_owned(), leaf.clone());
    let Some((before, bound)) = key.rsplit_once('.') else {
        return same;
    };
    let integer = INTEGERS.contains(&before.rsplit('.').next().unwrap_or_default());
    let (Leaf::Scalar(text), true) = (leaf, integer) else {
        return same;
    };
    let Ok(number) = text.parse::<i128>() else {
        return same;
    };
    match bound {
        "lt" => (
            format!("{before}.lte"),
            Leaf::Scalar((number - 1).to_string()),
        ),
        "gt" => (
            format!("{before}.gte"),
            Leaf::Scalar((number + 1).to_string()),
        ),
        _ => same,
    }
}

/// Whether a rule is disabled or refuses nothing.
fn is_idle(key: &str, leaf: &Leaf) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    let Leaf::Scalar(text) = leaf else {
        return last == "example" || matches!(leaf, Leaf::Enum(_, 0));
    };
    match last {
        "example" => true,
        "min_len" | "min_bytes" | "min_items" | "min_pairs" => text == "0",
        // Unsigned numbers are never below zero.
        "gte" if is_unsigned(key) => text == "0",
        // `false` and zero are valid arguments of these rules.
        "const" | "lt" | "lte" | "gt" | "gte" => false,
        _ => text == "false" || text == "{}",
    }
}

fn is_unsigned(key: &str) -> bool {
    let kind = key.rsplit('.').nth(1).unwrap_or_default();
    matches!(kind, "uint32" | "uint64" | "fixed32" | "fixed64")
}

/// Whether the rule exempts values from other rules.
fn loosens(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    matches!(last, "ignore" | "ignore_empty" | "skipped" | "disabled")
}

/// The kind of change of a rule's value, and whether the rule refuses more.
fn direction(key: &str, old: &Leaf, new: &Leaf) -> (Kind, bool) {
    let bound = |tightened: bool| match tightened {
        true => (Kind::ConstraintTightened, true),
        false => (Kind::ConstraintLoosened, false),
    };
    let last = key.rsplit('.').next().unwrap_or(key);
    let number = |leaf: &Leaf| leaf.to_string().parse::<f64>().ok();
    let has_all = |whole: &Leaf, part: &Leaf| match (whole, part) {
        (Leaf::List(whole), Leaf::List(part)) => part.iter().all(|value| whole.contains(value)),
        _ => false,
    };
    match last {
        "max_len" | "max_bytes" | "max_items" | "max_pairs" | "lt" | "lte" => {
            match (number(old), number(new)) {
                (Some(old), Some(new)) => bound(new < old),
                _ => (Kind::ConstraintChanged, true),
            }
        }
        "min_len" | "min_bytes" | "min_items" | "min_pairs" | "gt" | "gte" => {
            match (number(old), number(new)) {
                (Some(old), Some(new)) => bound(new > old),
                _ => (Kind::ConstraintChanged, true),
            }
        }
        "pattern" | "prefix" | "suffix" | "contains" | "not_contains" => {
            (Kind::PatternChanged, true)
        }
        "in" => bound(!has_all(new, old)),
        "not_in" => bound(!has_all(old, new)),
        "ignore" => match (old, new) {
            (Leaf::Enum(_, old), Leaf::Enum(_, new)) => bound(new < old),
            _ => (Kind::ConstraintChanged, true),
        },
        _ => (Kind::ConstraintChanged, true),
    }
}

fn show(key: &str, leaf: &Leaf) -> String {
    format!("{key} = {leaf}")
}

//! Compares `buf.validate` rules and `google.api.field_behavior`: whether requests must meet more.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Break::Behaviour;
use super::options::{Leaf, Options};
use super::walk::{NEITHER, Place, Walk};

/// The extensions of protovalidate, one for each kind of element.
const RULES: &[&str] = &[
    "buf.validate.field.",
    "buf.validate.message.",
    "buf.validate.oneof.",
];

const FIELD_BEHAVIOR: &str = "google.api.field_behavior";

/// Whether this module compares the option.
pub fn owns(key: &str) -> bool {
    let is_rule = |prefix: &str| key.starts_with(prefix) || key == prefix.trim_end_matches('.');
    key == FIELD_BEHAVIOR || RULES.iter().any(|prefix| is_rule(prefix))
}

/// Whether a request must have the field.
pub fn is_required(options: &Options) -> bool {
    options.is_true("buf.validate.field.required")
        || options.is_true("buf.validate.oneof.required")
        || options.list(FIELD_BEHAVIOR).iter().any(|b| b == "REQUIRED")
}

impl Walk<'_> {
    pub fn constraints(&mut self, at: &Place, old: &Options, new: &Options) {
        match (is_required(old), is_required(new)) {
            (false, true) => self.push("field_became_required", at, &[Behaviour], NEITHER),
            (true, false) => self.push("field_no_longer_required", at, &[], NEITHER),
            _ => {}
        }
        let (before, after) = (behaviors(old), behaviors(new));
        for added in after.difference(&before) {
            let values = (None, Some(added.clone()));
            self.push("field_behavior_added", at, &[Behaviour], values);
        }
        for removed in before.difference(&after) {
            let values = (Some(removed.clone()), None);
            self.push("field_behavior_removed", at, &[], values);
        }
        let (before, after) = (Rules::read(old), Rules::read(new));
        let keys: BTreeSet<_> = before.plain.keys().chain(after.plain.keys()).collect();
        for key in keys {
            self.rule(at, key, before.plain.get(key), after.plain.get(key));
        }
        let names: BTreeSet<_> = before.cel.keys().chain(after.cel.keys()).collect();
        for name in names {
            let show = |rule: Option<&String>| rule.map(|rule| format!("{name}: {rule}"));
            let values = (show(before.cel.get(name)), show(after.cel.get(name)));
            match &values {
                (None, _) => self.push("cel_rule_added", at, &[Behaviour], values),
                (_, None) => self.push("cel_rule_removed", at, &[], values),
                _ => self.property("cel_rule_changed", at, &[Behaviour], values),
            }
        }
    }

    fn rule(&mut self, at: &Place, key: &str, old: Option<&Leaf>, new: Option<&Leaf>) {
        let show = |leaf: Option<&Leaf>| leaf.map(|leaf| format!("{key} = {leaf}"));
        let values = (show(old), show(new));
        let exempts = last(key) == "ignore";
        let (kind, stricter) = match (old, new) {
            (Some(old), Some(new)) if old == new => return,
            (Some(old), Some(new)) => direction(key, old, new),
            (None, _) if exempts => ("constraint_loosened", false),
            (None, _) => ("constraint_added", true),
            (_, None) if exempts => ("constraint_changed", true),
            (_, None) => ("constraint_removed", false),
        };
        match stricter {
            true => self.push(kind, at, &[Behaviour], values),
            false => self.push(kind, at, &[], values),
        }
    }
}

/// The behaviors but REQUIRED, which `is_required` covers, and OPTIONAL, which means nothing.
fn behaviors(options: &Options) -> BTreeSet<String> {
    let mut names: BTreeSet<_> = options.list(FIELD_BEHAVIOR).into_iter().collect();
    names.retain(|name| name != "REQUIRED" && name != "OPTIONAL");
    names
}

/// The rules of an element that can refuse a value.
#[derive(Default)]
struct Rules {
    plain: BTreeMap<String, Leaf>,
    /// CEL expressions by the name of the rule.
    cel: BTreeMap<String, String>,
}

impl Rules {
    fn read(options: &Options) -> Self {
        let mut rules = Self::default();
        for prefix in RULES {
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
                } else if key.ends_with("cel_expression") {
                    let expressions = options.list(&format!("{prefix}{key}")).into_iter();
                    rules.cel.extend(expressions.map(|it| (it.clone(), it)));
                } else if key != "required" && !is_idle(key, leaf) {
                    rules.insert(key, leaf);
                }
            }
        }
        rules
    }

    /// Inserts a rule. Later versions of protovalidate have `ignore` for `ignore_empty` and `skipped`; if
    /// two rules say what is ignored, the one that ignores more counts.
    fn insert(&mut self, key: &str, leaf: &Leaf) {
        let ignore = |name: &str, number| {
            let key = format!("{}ignore", key.strip_suffix(last(key)).unwrap_or_default());
            (key, Leaf::Enum(name.to_owned(), number))
        };
        let (key, leaf) = match last(key) {
            "ignore_empty" => ignore("IGNORE_IF_ZERO_VALUE", 1),
            "skipped" => ignore("IGNORE_ALWAYS", 3),
            _ => (key.to_owned(), leaf.clone()),
        };
        match (self.plain.get(&key), &leaf) {
            (Some(Leaf::Enum(_, known)), Leaf::Enum(_, number)) if known > number => {}
            _ => drop(self.plain.insert(key, leaf)),
        }
    }
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// Whether a rule is disabled or refuses nothing.
fn is_idle(key: &str, leaf: &Leaf) -> bool {
    let text = leaf.to_string();
    match last(key) {
        "example" => true,
        "min_len" | "min_bytes" | "min_items" | "min_pairs" => text == "0",
        // `false` and zero are valid arguments of these rules.
        "const" | "lt" | "lte" | "gt" | "gte" => false,
        _ => matches!(leaf, Leaf::Enum(_, 0)) || text == "false" || text == "{}",
    }
}

/// The kind of change of a rule's value, and whether the rule refuses more.
fn direction(key: &str, old: &Leaf, new: &Leaf) -> (&'static str, bool) {
    let bound = |tightened: bool| match tightened {
        true => ("constraint_tightened", true),
        false => ("constraint_loosened", false),
    };
    let number = |leaf: &Leaf| match leaf {
        Leaf::Enum(_, number) => Some(f64::from(*number)),
        leaf => leaf.to_string().parse::<f64>().ok(),
    };
    let has_all = |whole: &Leaf, part: &Leaf| match (whole, part) {
        (Leaf::List(whole), Leaf::List(part)) => part.iter().all(|value| whole.contains(value)),
        _ => false,
    };
    match (last(key), number(old), number(new)) {
        (
            "max_len" | "max_bytes" | "max_items" | "max_pairs" | "lt" | "lte",
            Some(old),
            Some(new),
        ) => bound(new < old),
        (
            "min_len" | "min_bytes" | "min_items" | "min_pairs" | "gt" | "gte",
            Some(old),
            Some(new),
        ) => bound(new > old),
        ("ignore", Some(old), Some(new)) => bound(new < old),
        ("in", ..) => bound(!has_all(new, old)),
        ("not_in", ..) => bound(!has_all(old, new)),
        ("pattern" | "prefix" | "suffix" | "contains" | "not_contains", ..) => {
            ("pattern_changed", true)
        }
        _ => ("constraint_changed", true),
    }
}

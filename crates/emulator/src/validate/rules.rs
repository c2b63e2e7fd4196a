//! The rules of one field, compiled from its option.

use std::fmt::Display;

use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};
use regex_lite::Regex;

use super::cel;
use super::violation::Violation;
use crate::proto_options::{string, strings};

/// When the rules of a field are ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ignore {
    #[default]
    Never,
    IfZero,
    Always,
}

/// The rules of a `buf.validate.field` option.
#[derive(Default)]
pub(crate) struct FieldRules {
    pub(crate) required: bool,
    pub(crate) ignore: Ignore,
    pub(crate) items: Option<Box<FieldRules>>,
    pub(crate) keys: Option<Box<FieldRules>>,
    pub(crate) values: Option<Box<FieldRules>>,
    cel: Vec<cel::Rule>,
    string: Option<StringRules>,
    range: Option<Range>,
    enum_defined_only: bool,
    list: Option<Size>,
    map: Option<Size>,
}

#[derive(Default)]
struct StringRules {
    min_len: Option<u64>,
    max_len: Option<u64>,
    pattern: Option<Regex>,
    prefix: Option<String>,
    one_of: Vec<String>,
}

/// Bounds of a number, or of a duration in nanoseconds.
struct Range {
    kind: &'static str,
    lower: Option<Bound>,
    upper: Option<Bound>,
}

#[derive(Clone, Copy)]
struct Bound {
    value: i128,
    inclusive: bool,
}

#[derive(Default)]
struct Size {
    min: Option<u64>,
    max: Option<u64>,
}

const NUMBERS: [&str; 10] = [
    "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64",
];

impl FieldRules {
    /// Compiles an option. An unknown rule is an error.
    pub(crate) fn compile(option: &DynamicMessage) -> Result<Self, String> {
        let mut rules = FieldRules {
            cel: cel::Rule::all_of(option)?,
            ..FieldRules::default()
        };
        for (field, value) in option.fields() {
            let nested = value.as_message();
            match (field.name(), nested) {
                ("cel", _) => {}
                ("required", _) => rules.required = value.as_bool().unwrap_or_default(),
                ("ignore", _) => {
                    rules.ignore = match value.as_enum_number() {
                        Some(1) => Ignore::IfZero,
                        Some(3) => Ignore::Always,
                        _ => Ignore::Never,
                    };
                }
                ("string", Some(nested)) => rules.string = Some(StringRules::compile(nested)?),
                ("enum", Some(nested)) => {
                    only(nested, &["defined_only"])?;
                    rules.enum_defined_only = flag(nested, "defined_only");
                }
                ("repeated", Some(nested)) => {
                    only(nested, &["min_items", "max_items", "items"])?;
                    rules.list = Some(Size {
                        min: whole(nested, "min_items"),
                        max: whole(nested, "max_items"),
                    });
                    rules.items = child(nested, "items")?;
                }
                ("map", Some(nested)) => {
                    only(nested, &["min_pairs", "max_pairs", "keys", "values"])?;
                    rules.map = Some(Size {
                        min: whole(nested, "min_pairs"),
                        max: whole(nested, "max_pairs"),
                    });
                    rules.keys = child(nested, "keys")?;
                    rules.values = child(nested, "values")?;
                }
                ("duration", Some(nested)) => {
                    rules.range = Some(Range::compile("duration", nested, nanoseconds)?);
                }
                (name, Some(nested)) if NUMBERS.contains(&name) => {
                    let kind = NUMBERS.iter().find(|kind| **kind == name);
                    rules.range = Some(Range::compile(kind.unwrap_or(&""), nested, integer)?);
                }
                (name, _) => return Err(format!("unknown rule {name}")),
            }
        }
        Ok(rules)
    }

    /// Checks one value that is neither a list nor a map.
    pub(crate) fn check(&self, value: &Value, path: &str, found: &mut Vec<Violation>) {
        let inner = unwrapped(value);
        let value = inner.as_ref().unwrap_or(value);
        if let Value::Message(message) = value {
            for rule in &self.cel {
                rule.check(message, path, found);
            }
        }
        if let (Some(rules), Value::String(text)) = (&self.string, value) {
            rules.check(text, path, found);
        }
        if let Some(range) = &self.range {
            let number = if range.kind == "duration" {
                nanoseconds(value)
            } else {
                integer(value)
            };
            if let Some(number) = number {
                range.check(number, path, found);
            }
        }
    }

    /// Whether an enum field accepts defined values only.
    pub(crate) fn enum_defined_only(&self) -> bool {
        self.enum_defined_only
    }

    pub(crate) fn check_list(&self, items: &[Value], path: &str, found: &mut Vec<Violation>) {
        if let Some(size) = &self.list {
            size.check(items.len(), path, "repeated", "items", found);
        }
    }

    pub(crate) fn check_map(&self, len: usize, path: &str, found: &mut Vec<Violation>) {
        if let Some(size) = &self.map {
            size.check(len, path, "map", "pairs", found);
        }
    }
}

impl StringRules {
    fn compile(option: &DynamicMessage) -> Result<Self, String> {
        only(option, &["min_len", "max_len", "pattern", "prefix", "in"])?;
        let pattern = match string(option, "pattern") {
            pattern if pattern.is_empty() => None,
            pattern => Some(Regex::new(&pattern).map_err(|error| error.to_string())?),
        };
        Ok(StringRules {
            min_len: whole(option, "min_len"),
            max_len: whole(option, "max_len"),
            pattern,
            prefix: Some(string(option, "prefix")).filter(|prefix| !prefix.is_empty()),
            one_of: strings(option, "in"),
        })
    }

    fn check(&self, text: &str, path: &str, found: &mut Vec<Violation>) {
        let mut broken = |rule: &str, description: String| {
            found.push(Violation::new(path, format!("string.{rule}"), description));
        };
        // Lengths count characters, not bytes.
        let length = text.chars().count() as u64;
        if let Some(min) = self.min_len.filter(|min| length < *min) {
            broken("min_len", format!("must have at least {min} characters"));
        }
        if let Some(max) = self.max_len.filter(|max| length > *max) {
            broken("max_len", format!("must have at most {max} characters"));
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|p| !p.is_match(text)) {
            broken("pattern", format!("must match {}", pattern.as_str()));
        }
        if let Some(prefix) = self.prefix.as_ref().filter(|p| !text.starts_with(*p)) {
            broken("prefix", format!("must begin with \"{prefix}\""));
        }
        if !self.one_of.is_empty() && !self.one_of.iter().any(|allowed| allowed == text) {
            broken("in", format!("must be one of {:?}", self.one_of));
        }
    }
}

impl Range {
    fn compile(
        kind: &'static str,
        option: &DynamicMessage,
        read: fn(&Value) -> Option<i128>,
    ) -> Result<Self, String> {
        only(option, &["gt", "gte", "lt", "lte"])?;
        let bound = |name: &str, inclusive| {
            option
                .has_field_by_name(name)
                .then(|| option.get_field_by_name(name))
                .flatten()
                .and_then(|value| read(&value))
                .map(|value| Bound { value, inclusive })
        };
        Ok(Range {
            kind,
            lower: bound("gt", false).or_else(|| bound("gte", true)),
            upper: bound("lt", false).or_else(|| bound("lte", true)),
        })
    }

    fn check(&self, value: i128, path: &str, found: &mut Vec<Violation>) {
        let low = self
            .lower
            .is_some_and(|bound| value < bound.value || (!bound.inclusive && value == bound.value));
        let high = self
            .upper
            .is_some_and(|bound| value > bound.value || (!bound.inclusive && value == bound.value));
        if low || high {
            let (rule, description) = self.describe();
            found.push(Violation::new(
                path,
                format!("{}.{rule}", self.kind),
                description,
            ));
        }
    }

    /// The rule's name, for example `gte_lt`, and its description.
    fn describe(&self) -> (String, String) {
        let mut names = Vec::new();
        let mut texts = Vec::new();
        if let Some(lower) = self.lower {
            names.push(if lower.inclusive { "gte" } else { "gt" });
            texts.push(self.text(lower, "at least", "greater than"));
        }
        if let Some(upper) = self.upper {
            names.push(if upper.inclusive { "lte" } else { "lt" });
            texts.push(self.text(upper, "at most", "less than"));
        }
        (names.join("_"), format!("must be {}", texts.join(" and ")))
    }

    fn text(&self, bound: Bound, inclusive: &str, exclusive: &str) -> String {
        let words = if bound.inclusive {
            inclusive
        } else {
            exclusive
        };
        let value: &dyn Display = if self.kind == "duration" {
            &format!("{}s", bound.value / 1_000_000_000)
        } else {
            &bound.value
        };
        format!("{words} {value}")
    }
}

impl Size {
    fn check(&self, len: usize, path: &str, kind: &str, unit: &str, found: &mut Vec<Violation>) {
        let len = len as u64;
        if let Some(min) = self.min.filter(|min| len < *min) {
            found.push(Violation::new(
                path,
                format!("{kind}.min_{unit}"),
                format!("must have at least {min} {unit}"),
            ));
        }
        if let Some(max) = self.max.filter(|max| len > *max) {
            found.push(Violation::new(
                path,
                format!("{kind}.max_{unit}"),
                format!("must have at most {max} {unit}"),
            ));
        }
    }
}

/// Rejects an option that sets a field other than `known`.
fn only(option: &DynamicMessage, known: &[&str]) -> Result<(), String> {
    match option
        .fields()
        .find(|(field, _)| !known.contains(&field.name()))
    {
        Some((field, _)) => Err(format!("unknown rule {}", field.full_name())),
        None => Ok(()),
    }
}

fn child(option: &DynamicMessage, name: &str) -> Result<Option<Box<FieldRules>>, String> {
    if !option.has_field_by_name(name) {
        return Ok(None);
    }
    option
        .get_field_by_name(name)
        .and_then(|value| value.as_message().map(FieldRules::compile))
        .transpose()
        .map(|rules| rules.map(Box::new))
}

fn flag(option: &DynamicMessage, name: &str) -> bool {
    option
        .get_field_by_name(name)
        .and_then(|value| value.as_bool())
        .unwrap_or_default()
}

fn whole(option: &DynamicMessage, name: &str) -> Option<u64> {
    if !option.has_field_by_name(name) {
        return None;
    }
    option.get_field_by_name(name)?.as_u64()
}

fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::I32(value) => Some((*value).into()),
        Value::I64(value) => Some((*value).into()),
        Value::U32(value) => Some((*value).into()),
        Value::U64(value) => Some((*value).into()),
        _ => None,
    }
}

fn nanoseconds(value: &Value) -> Option<i128> {
    let message = value.as_message()?;
    let seconds = message.get_field_by_name("seconds")?.as_i64()?;
    let nanos = message.get_field_by_name("nanos")?.as_i32()?;
    Some(i128::from(seconds) * 1_000_000_000 + i128::from(nanos))
}

/// The value inside a `google.protobuf.*Value` wrapper, to which the wrapper's rules apply.
fn unwrapped(value: &Value) -> Option<Value> {
    let message = value.as_message()?;
    let descriptor = message.descriptor();
    let name = descriptor.full_name().strip_prefix("google.protobuf.")?;
    let wrapper = name.strip_suffix("Value")?;
    // `Value` itself and `ListValue` are not wrappers.
    if wrapper.is_empty() || wrapper == "List" {
        return None;
    }
    Some(message.get_field_by_name("value")?.into_owned())
}

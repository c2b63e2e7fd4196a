//! Flattens options into a table, so that two versions of them can be compared key by key.

use std::collections::BTreeMap;

use prost_reflect::{DynamicMessage, Kind, MapKey, Value};

/// The prefix of keys of undeclared fields; the number follows.
const UNKNOWN: &str = "unknown_";

/// Whether the value at `key` is the bytes of an undeclared field.
pub fn is_unknown(key: &str) -> bool {
    key.rsplit('.')
        .next()
        .is_some_and(|last| last.starts_with(UNKNOWN))
}

/// The value of one key.
#[derive(Debug, Clone)]
pub enum Leaf {
    Scalar(String),
    /// Compared by number: options files rename values without changing what they mean.
    Enum(String, i32),
    List(Vec<Leaf>),
}

impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(a), Self::Scalar(b)) => a == b,
            (Self::Enum(_, a), Self::Enum(_, b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            _ => false,
        }
    }
}

impl std::fmt::Display for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scalar(text) | Self::Enum(text, _) => f.write_str(text),
            Self::List(values) => {
                let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", values.join(", "))
            }
        }
    }
}

/// Keys are the names of fields joined by dots; extensions are named in full.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options(pub BTreeMap<String, Leaf>);

impl Options {
    pub fn of(message: &DynamicMessage) -> Self {
        let mut options = Self::default();
        options.message("", message);
        options
    }

    pub fn get(&self, key: &str) -> Option<&Leaf> {
        self.0.get(key)
    }

    pub fn text(&self, key: &str) -> Option<String> {
        self.get(key).map(ToString::to_string)
    }

    pub fn is_true(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Leaf::Scalar(text)) if text == "true")
    }

    /// The elements of the list at `key`; none if it is absent.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Leaf::List(values)) => values.iter().map(ToString::to_string).collect(),
            Some(other) => vec![other.to_string()],
            None => Vec::new(),
        }
    }

    /// The entries whose keys begin with `prefix`, without it.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Leaf)> + 'a {
        self.0
            .range(prefix.to_owned()..)
            .map_while(move |(key, leaf)| Some((key.strip_prefix(prefix)?, leaf)))
    }

    fn message(&mut self, prefix: &str, message: &DynamicMessage) {
        let before = self.0.len();
        for (field, value) in message.fields() {
            // An explicit default means the same as none.
            let default = field.field_descriptor_proto().default_value.is_some();
            if default && *value == field.default_value() {
                continue;
            }
            self.value(&join(prefix, field.name()), &field.kind(), value);
        }
        for (extension, value) in message.extensions() {
            self.value(
                &join(prefix, extension.full_name()),
                &extension.kind(),
                value,
            );
        }
        for field in message.unknown_fields() {
            let key = join(prefix, &format!("{UNKNOWN}{}", field.number()));
            let value = Leaf::Scalar(format!("{field:?}"));
            match self.0.get_mut(&key) {
                Some(Leaf::List(values)) => values.push(value),
                _ => drop(self.0.insert(key, Leaf::List(vec![value]))),
            }
        }
        // The presence of an empty message can be meaningful.
        if self.0.len() == before && !prefix.is_empty() {
            self.0
                .insert(prefix.to_owned(), Leaf::Scalar("{}".to_owned()));
        }
    }

    fn value(&mut self, key: &str, kind: &Kind, value: &Value) {
        match value {
            Value::Message(message) => self.message(key, message),
            Value::List(values) if matches!(kind, Kind::Message(_)) => {
                for (index, value) in values.iter().enumerate() {
                    let Some(message) = value.as_message() else {
                        continue;
                    };
                    // Rules are identified by name; their order is irrelevant.
                    let id = message.get_field_by_name("id");
                    let id = id.as_ref().and_then(|id| id.as_str()).unwrap_or_default();
                    let mut element = format!("{key}[{id}]");
                    if id.is_empty() || self.below(&element).next().is_some() {
                        element = format!("{key}[{id}#{index}]");
                    }
                    self.message(&element, message);
                }
            }
            Value::List(values) => {
                let values = values.iter().map(|value| leaf(kind, value)).collect();
                self.0.insert(key.to_owned(), Leaf::List(values));
            }
            Value::Map(entries) => {
                for (name, value) in entries {
                    let name = match name {
                        MapKey::String(name) => name.clone(),
                        other => format!("{other:?}"),
                    };
                    self.value(&join(key, &name), kind, value);
                }
            }
            scalar => drop(self.0.insert(key.to_owned(), leaf(kind, scalar))),
        }
    }
}

fn leaf(kind: &Kind, value: &Value) -> Leaf {
    match value {
        Value::EnumNumber(number) => {
            let name = kind.as_enum().and_then(|kind| kind.get_value(*number));
            let name = name.map_or_else(|| number.to_string(), |value| value.name().to_owned());
            Leaf::Enum(name, *number)
        }
        Value::Bool(value) => Leaf::Scalar(value.to_string()),
        Value::I32(value) => Leaf::Scalar(value.to_string()),
        Value::I64(value) => Leaf::Scalar(value.to_string()),
        Value::U32(value) => Leaf::Scalar(value.to_string()),
        Value::U64(value) => Leaf::Scalar(value.to_string()),
        Value::F32(value) => Leaf::Scalar(value.to_string()),
        Value::F64(value) => Leaf::Scalar(value.to_string()),
        Value::String(value) => Leaf::Scalar(value.clone()),
        other => Leaf::Scalar(format!("{other:?}")),
    }
}

fn join(prefix: &str, name: &str) -> String {
    match prefix {
        "" => name.to_owned(),
        prefix => format!("{prefix}.{name}"),
    }
}

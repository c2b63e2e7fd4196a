//! The state of a comparison: both sides, the changes found so far, and how options are compared.

use std::collections::BTreeSet;

use super::change::{Break, Change, Kind};
use super::constraints;
use super::options::{Element, Leaf, Options, is_unknown};
use super::side::{self, Side};

use Break::Behaviour;

/// A comparison in progress. The other modules add the methods for their elements.
pub(super) struct Walk<'a> {
    pub old: &'a Side,
    pub new: &'a Side,
    pub changes: Vec<Change>,
}

/// The symbol that a change is reported for.
#[derive(Clone, Copy)]
pub(super) struct Symbol<'a> {
    pub name: &'a str,
    pub file: &'a str,
    pub public: bool,
}

impl<'a> Symbol<'a> {
    pub fn new(name: &'a str, file: &'a str, public: bool) -> Self {
        Self { name, file, public }
    }
}

/// The values of a change, either of which may be absent.
pub(super) type Values = (Option<String>, Option<String>);

/// The values of a change that has both.
pub(super) fn both(old: impl ToString, new: impl ToString) -> Values {
    (Some(old.to_string()), Some(new.to_string()))
}

/// The values of a change that has none.
pub(super) const NEITHER: Values = (None, None);

impl Walk<'_> {
    pub fn push(&mut self, kind: Kind, at: Symbol<'_>, breaks: &[Break], (old, new): Values) {
        self.changes.push(Change {
            kind,
            symbol: at.name.to_owned(),
            file: at.file.to_owned(),
            breaks: breaks.to_vec(),
            public: at.public,
            old,
            new,
        });
    }

    /// Whether a public RPC reaches the message or enum before or after.
    pub fn is_public(&self, name: &str) -> bool {
        self.old.is_public(name) || self.new.is_public(name)
    }

    pub fn moved(&mut self, kind: Kind, at: Symbol<'_>, new_file: &str) {
        if at.file != new_file {
            self.push(kind, at, &[], both(at.file, new_file));
        }
    }

    /// Compares all options of an element.
    pub fn options<E: Element>(&mut self, at: Symbol<'_>, old: &E, new: &E) {
        self.read_options(at, &Options::of(old), &Options::of(new));
    }

    /// Compares options that are decoded already.
    pub fn read_options(&mut self, at: Symbol<'_>, old: &Options, new: &Options) {
        if old == new {
            return;
        }
        for found in constraints::compare(old, new) {
            let values = (found.old, found.new);
            self.push(found.kind, at, &found.breaks, values);
        }
        let keys: BTreeSet<_> = old.0.keys().chain(new.0.keys()).collect();
        let mut doc = (Vec::new(), Vec::new());
        for key in keys {
            let (before, after) = (old.get(key), new.get(key));
            if before == after || constraints::owns(key) {
                // `constraints` compares the rules; only their prose is left.
                continue;
            }
            if is_prose(key) {
                // The bytes of an undeclared option mean nothing to a reader.
                let text = |leaf: &Leaf| match is_unknown(key) {
                    true => "other documentation".to_owned(),
                    false => leaf.to_string(),
                };
                doc.0.extend(before.map(text));
                doc.1.extend(after.map(text));
                continue;
            }
            self.option(at, key, before, after);
        }
        let prose = |options: &Options| -> Vec<(String, String)> {
            let messages = options.0.iter().filter(|(key, _)| is_rule_message(key));
            messages
                .map(|(key, leaf)| (key.clone(), leaf.to_string()))
                .collect()
        };
        for (key, message) in prose(old) {
            if new.get(&key).is_some_and(|new| new.to_string() != message) {
                doc.1.extend(new.text(&key));
                doc.0.push(message);
            }
        }
        if !doc.0.is_empty() || !doc.1.is_empty() {
            let text = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join("; "));
            self.push(Kind::DocChanged, at, &[], (text(doc.0), text(doc.1)));
        }
    }

    fn option(&mut self, at: Symbol<'_>, key: &str, old: Option<&Leaf>, new: Option<&Leaf>) {
        let text = |leaf: Option<&Leaf>| leaf.map(ToString::to_string);
        let values = (text(old), text(new));
        if key == "deprecated" {
            let now = values.1.as_deref() == Some("true");
            return match now {
                true => self.push(Kind::Deprecated, at, &[Behaviour], NEITHER),
                false => self.push(Kind::NoLongerDeprecated, at, &[], NEITHER),
            };
        }
        if key.starts_with("google.api.") && key.ends_with("_visibility.restriction") {
            let restricted = |value: &Option<String>| side::is_preview(value.as_deref());
            return match (restricted(&values.0), restricted(&values.1)) {
                (false, true) => self.push(Kind::VisibilityRestricted, at, &[Behaviour], values),
                (true, false) => self.push(Kind::VisibilityOpened, at, &[], values),
                _ => self.push(Kind::OptionChanged, at, &[], labelled(key, values)),
            };
        }
        if key == "scalekit.v1.options.agent_field.expose" {
            let exposed = values.1.as_deref() == Some("true");
            return match exposed {
                true => self.push(Kind::AgentFieldExposed, at, &[], NEITHER),
                false => self.push(Kind::AgentFieldHidden, at, &[Behaviour], NEITHER),
            };
        }
        if key == "allow_alias" {
            return self.push(Kind::EnumAliasAllowed, at, &[], values);
        }
        // Options of a file are reported for the path of the file.
        if at.name == at.file {
            return self.push(Kind::FileOptionChanged, at, &[], labelled(key, values));
        }
        self.push(Kind::OptionChanged, at, &[], labelled(key, values));
    }
}

fn labelled(key: &str, (old, new): Values) -> Values {
    let label = |value: Option<String>| value.map(|value| format!("{key} = {value}"));
    (label(old), label(new))
}

/// Whether the option is documentation.
fn is_prose(key: &str) -> bool {
    key.starts_with("grpc.gateway.")
        || key.starts_with("buf.validate.predefined")
        || matches!(
            key,
            "scalekit.v1.options.agent_tool.description" | "scalekit.v1.options.agent_tool.summary"
        )
}

/// Whether the option is the error message of a rule.
fn is_rule_message(key: &str) -> bool {
    constraints::owns(key) && key.contains("cel[") && key.ends_with("].message")
}

//! Compares the options of an element: deprecation, visibility, documentation, and those with no meaning
//! of their own here.

use std::collections::BTreeSet;

use super::change::Break::Behaviour;
use super::constraints;
use super::options::{Leaf, Options, is_unknown};
use super::side;
use super::walk::{NEITHER, Place, Values, Walk};

impl Walk<'_> {
    pub fn options(&mut self, at: &Place, old: &Options, new: &Options) {
        if old == new {
            return;
        }
        self.constraints(at, old, new);
        let mut prose = (Vec::new(), Vec::new());
        let keys: BTreeSet<_> = old.0.keys().chain(new.0.keys()).collect();
        for key in keys {
            let (before, after) = (old.get(key), new.get(key));
            if before == after {
                continue;
            }
            if constraints::owns(key) {
                // `constraints` compares the rules; only their messages are left.
                if let (Some(before), Some(after), true) = (before, after, is_rule_message(key)) {
                    prose.0.push(before.to_string());
                    prose.1.push(after.to_string());
                }
            } else if is_prose(key) {
                // The bytes of an undeclared option mean nothing to a reader.
                let text = |leaf: &Leaf| match is_unknown(key) {
                    true => "other documentation".to_owned(),
                    false => leaf.to_string(),
                };
                prose.0.extend(before.map(text));
                prose.1.extend(after.map(text));
            } else {
                let text = |leaf: Option<&Leaf>| leaf.map(ToString::to_string);
                self.option(at, key, (text(before), text(after)));
            }
        }
        let joined = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join("; "));
        if !prose.0.is_empty() || !prose.1.is_empty() {
            let values = (joined(prose.0), joined(prose.1));
            self.push("doc_changed", at, &[], values);
        }
    }

    fn option(&mut self, at: &Place, key: &str, values: Values) {
        let is_set = values.1.as_deref() == Some("true");
        let restricted = |value: &Option<String>| side::is_preview(value.as_deref());
        let visibility = (restricted(&values.0), restricted(&values.1));
        match key {
            "deprecated" if is_set => self.push("deprecated", at, &[Behaviour], NEITHER),
            "deprecated" => self.push("no_longer_deprecated", at, &[], NEITHER),
            "scalekit.v1.options.agent_field.expose" if is_set => {
                self.push("agent_field_exposed", at, &[], NEITHER);
            }
            "scalekit.v1.options.agent_field.expose" => {
                self.push("agent_field_hidden", at, &[Behaviour], NEITHER);
            }
            "allow_alias" => self.push("enum_alias_allowed", at, &[], values),
            "packed" | "ctype" | "jstype" => {
                self.push("field_encoding_changed", at, &[], labelled(key, values));
            }
            key if is_visibility(key) && visibility == (false, true) => {
                self.push("visibility_restricted", at, &[Behaviour], values);
            }
            key if is_visibility(key) && visibility == (true, false) => {
                self.push("visibility_opened", at, &[], values);
            }
            // Options of a file are reported for the path of the file.
            key if at.symbol == at.file => {
                self.push("file_option_changed", at, &[], labelled(key, values));
            }
            key => self.push("option_changed", at, &[], labelled(key, values)),
        }
    }
}

fn labelled(key: &str, (old, new): Values) -> Values {
    let label = |value: Option<String>| value.map(|value| format!("{key} = {value}"));
    (label(old), label(new))
}

fn is_visibility(key: &str) -> bool {
    key.starts_with("google.api.") && key.ends_with("_visibility.restriction")
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
    key.contains("cel[") && key.ends_with("].message")
}

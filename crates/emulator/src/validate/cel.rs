//! The CEL rules of the API, identified by their expressions.
//!
//! There are few, each about one message. An interpreter would be the heaviest dependency of this
//! crate, so each expression is paired with an equivalent predicate in Rust. If the API changes an
//! expression or adds one, loading the schema fails and names it.

use prost_reflect::{DynamicMessage, Value};

use super::violation::Violation;
use crate::proto_options::string;

type Predicate = fn(&DynamicMessage) -> bool;

const KNOWN: [(&str, Predicate); 6] = [
    (
        "!(has(this.connector) && this.connection_names.size() > 0)",
        |this| !(this.has_field_by_name("connector") && this.has_field_by_name("connection_names")),
    ),
    (
        "(this.mcp_config_id != '') != (this.key_id != '')",
        |this| string(this, "mcp_config_id").is_empty() != string(this, "key_id").is_empty(),
    ),
    ("has(this.provider_key) || this.provider != 0", |this| {
        this.has_field_by_name("provider_key") || number(this, "provider") != 0
    }),
    (
        "this.provider == 15 ? this.provider_key in ['SCALEKIT'] : true",
        |this| number(this, "provider") != 15 || string(this, "provider_key") == "SCALEKIT",
    ),
    (
        "this.type == 9 ? this.key_id == 'WEBAUTHN' : true",
        |this| number(this, "type") != 9 || string(this, "key_id") == "WEBAUTHN",
    ),
    ("!(this.type in [4,5,9])", |this| {
        ![4, 5, 9].contains(&number(this, "type"))
    }),
];

fn number(message: &DynamicMessage, field: &str) -> i32 {
    message
        .get_field_by_name(field)
        .and_then(|value| value.as_enum_number())
        .unwrap_or_default()
}

/// One CEL rule.
pub(crate) struct Rule {
    id: String,
    message: String,
    holds: Predicate,
}

impl Rule {
    /// The CEL rules of a `MessageRules` or `FieldRules` option.
    pub(crate) fn all_of(option: &DynamicMessage) -> Result<Vec<Self>, String> {
        let Some(list) = option.get_field_by_name("cel") else {
            return Ok(Vec::new());
        };
        list.as_list()
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_message)
            .map(|rule| {
                let expression = string(rule, "expression");
                let (_, holds) = KNOWN
                    .iter()
                    .find(|(known, _)| *known == expression)
                    .ok_or_else(|| format!("unknown CEL rule `{expression}`"))?;
                Ok(Rule {
                    id: string(rule, "id"),
                    message: string(rule, "message"),
                    holds: *holds,
                })
            })
            .collect()
    }

    pub(crate) fn check(&self, this: &DynamicMessage, path: &str, found: &mut Vec<Violation>) {
        if !(self.holds)(this) {
            found.push(Violation::new(path, &self.id, &self.message));
        }
    }
}

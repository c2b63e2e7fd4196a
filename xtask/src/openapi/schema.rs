//! Derives the schemas of messages and enums, in their proto3 JSON form.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::{Api, FIXED, checked_name, insert_text, option, short_name, visibility};

/// The schemas that operations refer to.
pub struct Schemas<'a> {
    api: &'a Api,
    found: BTreeMap<String, Value>,
}

impl<'a> Schemas<'a> {
    pub fn new(api: &'a Api) -> Self {
        Self {
            api,
            found: BTreeMap::new(),
        }
    }

    /// All schemas, including those of errors.
    pub fn finish(mut self) -> Result<BTreeMap<String, Value>> {
        for (name, schema) in &FIXED.schemas {
            if self.found.insert(name.clone(), schema.clone()).is_some() {
                bail!("the API has a type of its own called {name}");
            }
        }
        Ok(self.found)
    }

    /// Adds a message, even if no operation refers to it.
    pub fn add_message(&mut self, full_name: &str) -> Result<()> {
        let message = self.api.pool.get_message_by_name(full_name);
        self.message(&message.with_context(|| format!("no message {full_name}"))?)?;
        Ok(())
    }

    /// A reference to the schema of a message.
    pub fn message(&mut self, message: &MessageDescriptor) -> Result<Value> {
        let name = short_name(message.full_name());
        if !self.found.contains_key(checked_name(name)?) {
            // Inserted before its fields, which can refer to it.
            self.found.insert(name.to_owned(), Value::Null);
            let schema = match well_known(message.full_name()) {
                Some(schema) => schema,
                None => self.object(message, &[])?,
            };
            self.found.insert(name.to_owned(), schema);
        }
        Ok(reference(name))
    }

    /// A reference to the schema of a message without these fields.
    pub fn message_without(
        &mut self,
        message: &MessageDescriptor,
        fields: &[String],
        name: &str,
    ) -> Result<Value> {
        let schema = self.object(message, fields)?;
        if self.found.insert(name.to_owned(), schema).is_some() {
            bail!("two bodies are called {name}");
        }
        Ok(reference(name))
    }

    fn object(&mut self, message: &MessageDescriptor, without: &[String]) -> Result<Value> {
        let mut properties = Map::new();
        for field in message.fields() {
            if without.iter().any(|name| name == field.name()) {
                continue;
            }
            let mut schema = self.value(&field)?;
            // In OpenAPI 3.0 a reference cannot have siblings.
            if schema.get("$ref").is_some() {
                schema = json!({ "allOf": [schema] });
            }
            if self.api.secrets.contains(field.full_name()) {
                if schema["type"] == "string" {
                    schema["format"] = Value::from("password");
                }
                schema["x-redact"] = Value::from(true);
            }
            insert_text(
                &mut schema,
                "description",
                self.api.comments.get(field.full_name()),
            );
            let (pool, options) = (&self.api.pool, field.options());
            let restriction = visibility(pool, &options, "google.api.field_visibility");
            insert_text(&mut schema, "x-visibility", restriction.as_deref());
            if has_behaviour(self.api, &field, "OUTPUT_ONLY") {
                schema["readOnly"] = Value::from(true);
            }
            if has_behaviour(self.api, &field, "INPUT_ONLY") {
                schema["writeOnly"] = Value::from(true);
            }
            if is_required(self.api, &field) {
                // Not `required`: that would also apply to responses, which omit empty fields.
                schema["x-required"] = Value::from(true);
            }
            properties.insert(field.name().to_owned(), schema);
        }
        let mut schema = json!({ "type": "object", "properties": properties });
        insert_text(
            &mut schema,
            "description",
            self.api.comments.get(message.full_name()),
        );
        Ok(schema)
    }

    /// The schema of a field's value.
    pub fn value(&mut self, field: &FieldDescriptor) -> Result<Value> {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                bail!("{}: a map without entries", field.full_name())
            };
            let values = self.single(&entry.map_entry_value_field())?;
            return Ok(json!({ "type": "object", "additionalProperties": values }));
        }
        let single = self.single(field)?;
        Ok(match field.is_list() {
            true => json!({ "type": "array", "items": single }),
            false => single,
        })
    }

    fn single(&mut self, field: &FieldDescriptor) -> Result<Value> {
        let integer = |format: &str| json!({ "type": "integer", "format": format });
        // A string, because many JSON parsers only have doubles.
        let text = |format: &str| json!({ "type": "string", "format": format });
        Ok(match field.kind() {
            Kind::Double => json!({ "type": "number", "format": "double" }),
            Kind::Float => json!({ "type": "number", "format": "float" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => integer("int32"),
            Kind::Uint32 | Kind::Fixed32 => {
                json!({ "type": "integer", "format": "uint32", "minimum": 0 })
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => text("int64"),
            Kind::Uint64 | Kind::Fixed64 => text("uint64"),
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => text("byte"),
            Kind::Enum(item) => self.enumeration(&item)?,
            Kind::Message(message) => match wrapped(&message) {
                Some(value) => self.single(&value)?,
                None => self.message(&message)?,
            },
        })
    }

    /// A string instead of a closed list: new values must not break old programs.
    fn enumeration(&mut self, item: &EnumDescriptor) -> Result<Value> {
        let name = short_name(item.full_name());
        if !self.found.contains_key(checked_name(name)?) {
            let names: Vec<_> = item.values().map(|value| value.name().to_owned()).collect();
            let mut text = String::new();
            if let Some(comment) = self.api.comments.get(item.full_name()) {
                text = format!("{comment}\n\n");
            }
            text.push_str("Known values; there can be others:");
            for value in item.values() {
                // Unlike in protobuf, the symbol of a value is below its enum.
                let symbol = format!("{}.{}", item.full_name(), value.name());
                let meaning = self.api.comments.get(&symbol);
                let meaning = meaning.map(|text| text.replace('\n', " "));
                text.push_str(&match meaning {
                    Some(meaning) => format!("\n- `{}`: {meaning}", value.name()),
                    None => format!("\n- `{}`", value.name()),
                });
            }
            let schema =
                json!({ "type": "string", "description": text, "x-extensible-enum": names });
            self.found.insert(name.to_owned(), schema);
        }
        Ok(reference(name))
    }
}

pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Whether a message is written as a single value, and so can be a query parameter.
pub fn is_query_value(message: &MessageDescriptor) -> bool {
    let one_value = [
        "google.protobuf.Timestamp",
        "google.protobuf.Duration",
        "google.protobuf.FieldMask",
    ];
    wrapped(message).is_some() || one_value.contains(&message.full_name())
}

/// Whether a message has no fields of its own.
pub fn is_free_form(message: &MessageDescriptor) -> bool {
    well_known(message.full_name()).is_some()
}

/// The field of a wrapper message, which is written as the value of that field.
fn wrapped(message: &MessageDescriptor) -> Option<FieldDescriptor> {
    let name = message.full_name().strip_prefix("google.protobuf.")?;
    let is_wrapper = name.ends_with("Value") && !matches!(name, "Value" | "ListValue");
    message.get_field(1).filter(|_| is_wrapper)
}

fn well_known(full_name: &str) -> Option<Value> {
    let name = full_name.strip_prefix("google.protobuf.")?;
    FIXED.well_known.get(name).cloned()
}

/// Whether a request without this field is refused.
pub fn is_required(api: &Api, field: &FieldDescriptor) -> bool {
    let validated =
        option(&api.pool, &field.options(), "buf.validate.field").is_some_and(|rules| {
            rules
                .as_message()
                .and_then(|rules| rules.get_field_by_name("required")?.as_bool())
                .unwrap_or_default()
        });
    validated || has_behaviour(api, field, "REQUIRED")
}

fn has_behaviour(api: &Api, field: &FieldDescriptor, behaviour: &str) -> bool {
    let names = api.pool.get_enum_by_name("google.api.FieldBehavior");
    let number = names.and_then(|names| Some(names.get_value_by_name(behaviour)?.number()));
    option(&api.pool, &field.options(), "google.api.field_behavior").is_some_and(|set| {
        let mut set = set.as_list().unwrap_or_default().iter();
        set.any(|value| value.as_enum_number() == number)
    })
}

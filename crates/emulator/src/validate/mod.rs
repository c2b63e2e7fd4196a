//! Validates requests by the `buf.validate` rules of their descriptors.

mod cel;
mod rules;
mod violation;

use std::collections::{BTreeMap, HashMap};

use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MapKey,
    MessageDescriptor, ReflectMessage as _, Value,
};
use scalekit::raw::AGENTKIT_SERVICES;

use crate::code::Code;
use crate::proto_options::extension;
use crate::status::Status;
use rules::{FieldRules, Ignore};
use violation::Violation;

/// The compiled rules of every message that a request of the served RPCs can contain.
pub(crate) struct Validator {
    messages: HashMap<String, MessageRules>,
}

struct MessageRules {
    fields: Vec<(FieldDescriptor, FieldRules)>,
    cel: Vec<cel::Rule>,
}

impl Validator {
    /// Compiles the rules. An unknown rule is an error, so that none is skipped.
    pub(crate) fn new(pool: &DescriptorPool) -> Result<Self, String> {
        let field = extension(pool, "buf.validate.field")?;
        let message = extension(pool, "buf.validate.message")?;
        let mut validator = Validator {
            messages: HashMap::new(),
        };
        for service in AGENTKIT_SERVICES {
            let Some(service) = pool.get_service_by_name(service) else {
                continue;
            };
            for method in service.methods() {
                validator.compile(&method.input(), &field, &message)?;
            }
        }
        Ok(validator)
    }

    fn compile(
        &mut self,
        descriptor: &MessageDescriptor,
        field_option: &ExtensionDescriptor,
        message_option: &ExtensionDescriptor,
    ) -> Result<(), String> {
        let name = descriptor.full_name();
        if self.messages.contains_key(name) || name.starts_with("google.protobuf.") {
            return Ok(());
        }
        let options = descriptor.options();
        let mut rules = MessageRules {
            fields: Vec::new(),
            cel: Vec::new(),
        };
        if options.has_extension(message_option)
            && let Some(option) = options.get_extension(message_option).as_message()
        {
            rules.cel = cel::Rule::all_of(option).map_err(|error| format!("{name}: {error}"))?;
        }
        for field in descriptor.fields() {
            let options = field.options();
            let compiled = if options.has_extension(field_option) {
                let option = options.get_extension(field_option);
                let Some(option) = option.as_message() else {
                    continue;
                };
                FieldRules::compile(option)
                    .map_err(|error| format!("{}: {error}", field.full_name()))?
            } else {
                FieldRules::default()
            };
            rules.fields.push((field, compiled));
        }
        // Inserted before its fields are visited, because messages can be recursive.
        self.messages.insert(name.to_owned(), rules);
        for field in descriptor.fields() {
            if let Kind::Message(child) = field.kind() {
                let child = if child.is_map_entry() {
                    match child.map_entry_value_field().kind() {
                        Kind::Message(value) => value,
                        _ => continue,
                    }
                } else {
                    child
                };
                self.compile(&child, field_option, message_option)?;
            }
        }
        Ok(())
    }

    /// Rejects `message` with all violated rules.
    pub(crate) fn check(&self, message: &DynamicMessage) -> Result<(), Status> {
        let violations = self.violations(message);
        let Some(first) = violations.first() else {
            return Ok(());
        };
        let mut text = if first.field.is_empty() {
            first.description.clone()
        } else {
            format!("{}: {}", first.field, first.description)
        };
        if violations.len() > 1 {
            text.push_str(&format!(" (and {} more)", violations.len() - 1));
        }
        let mut status = Status::new(Code::InvalidArgument, format!("invalid request: {text}"));
        for violation in violations {
            status = status.field_violation(
                violation.field,
                violation.description,
                violation.constraint,
            );
        }
        Err(status)
    }

    pub(crate) fn violations(&self, message: &DynamicMessage) -> Vec<Violation> {
        let mut found = Vec::new();
        self.message(message, "", &mut found);
        found
    }

    fn message(&self, message: &DynamicMessage, path: &str, found: &mut Vec<Violation>) {
        let Some(rules) = self.messages.get(message.descriptor().full_name()) else {
            return;
        };
        for rule in &rules.cel {
            rule.check(message, path, found);
        }
        for (field, rules) in &rules.fields {
            self.field(message, field, rules, path, found);
        }
    }

    fn field(
        &self,
        message: &DynamicMessage,
        field: &FieldDescriptor,
        rules: &FieldRules,
        parent: &str,
        found: &mut Vec<Violation>,
    ) {
        if rules.ignore == Ignore::Always {
            return;
        }
        let path = join(parent, field.name());
        let set = message.has_field(field);
        if !set {
            if rules.required {
                found.push(Violation::new(&path, "required", "value is required"));
                return;
            }
            // A field with presence is skipped if it is absent. Without presence, the zero value is
            // checked like any other.
            if field.supports_presence() || rules.ignore == Ignore::IfZero {
                return;
            }
        }
        let value = message.get_field(field);
        match value.as_ref() {
            Value::List(items) => {
                rules.check_list(items, &path, found);
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    if let Some(rules) = &rules.items {
                        rules.check(item, &path, found);
                    }
                    if let Value::Message(item) = item {
                        self.message(item, &path, found);
                    }
                }
            }
            Value::Map(entries) => {
                rules.check_map(entries.len(), &path, found);
                // In order, so that the same request always gets the same response.
                let entries: BTreeMap<_, _> = entries.iter().collect();
                for (key, value) in entries {
                    let path = format!("{path}[{}]", map_key(key));
                    if let Some(rules) = &rules.keys {
                        rules.check(&Value::from(key.clone()), &path, found);
                    }
                    if let Some(rules) = &rules.values {
                        rules.check(value, &path, found);
                    }
                    if let Value::Message(value) = value {
                        self.message(value, &path, found);
                    }
                }
            }
            value => {
                rules.check(value, &path, found);
                if let (true, Value::EnumNumber(number), Kind::Enum(kind)) =
                    (rules.enum_defined_only(), value, field.kind())
                    && kind.get_value(*number).is_none()
                {
                    found.push(Violation::new(
                        &path,
                        "enum.defined_only",
                        "must be a defined value",
                    ));
                }
                if let Value::Message(child) = value {
                    self.message(child, &path, found);
                }
            }
        }
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

fn map_key(key: &MapKey) -> String {
    match key {
        MapKey::String(key) => format!("{key:?}"),
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
    }
}

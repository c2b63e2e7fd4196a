//! Generates the tables of the REST transport: routes of the facade's services, and their messages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use heck::ToShoutySnakeCase;
use protox::prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, EnumDescriptor, ExtensionDescriptor,
    FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};

use super::Result;
use super::agentkit::AgentKit;

/// The message in the details of an error.
const ERROR_INFO: &str = "scalekit.v1.errdetails.ErrorInfo";

/// The code of the tables for the services of AgentKit; those of the others would only make programs
/// larger.
///
/// # Errors
/// A service or a message is missing, or the REST transport does not support the form of a route.
pub fn tables(pool: &DescriptorPool, agentkit: &AgentKit) -> Result<String> {
    let http = pool
        .get_extension_by_name("google.api.http")
        .ok_or("no option google.api.http")?;
    let mut tables = Tables::default();
    let mut routes = String::new();
    for name in &agentkit.services {
        let service = pool
            .get_service_by_name(name)
            .ok_or_else(|| format!("no service {name}"))?;
        for method in service.methods() {
            routes += &tables.route(&method, &http)?;
        }
    }
    let error_info = pool
        .get_message_by_name(ERROR_INFO)
        .ok_or_else(|| format!("no message {ERROR_INFO}"))?;
    let error_info = tables.message(&error_info)?;

    let mut code = String::from("// This file is @generated from spec/proto.\n\n");
    writeln!(
        code,
        "/// What the details of an error hold.\npub(crate) static ERROR_INFO: &Message = &{error_info};\n\n/// The REST side of each RPC, by its gRPC path.\npub(crate) static ROUTES: &[(&str, Route)] = &[\n{routes}];"
    )?;
    for definition in tables.definitions.into_values() {
        code.push('\n');
        code += &definition;
    }
    Ok(code)
}

/// Definitions by name, so that the output does not depend on the order of services and fields.
#[derive(Default)]
struct Tables {
    definitions: BTreeMap<String, String>,
    started: BTreeSet<String>,
}

impl Tables {
    fn route(&mut self, method: &MethodDescriptor, http: &ExtensionDescriptor) -> Result<String> {
        let options = method.options();
        let rule = options.get_extension(http);
        let mut bindings = Vec::new();
        if let Some(rule) = rule.as_message() {
            collect(rule, method, &mut bindings)?;
        }
        if bindings.is_empty() {
            return Ok(String::new());
        }
        // A stable sort keeps the API's order of equally specific bindings.
        bindings.sort_by_key(|binding| std::cmp::Reverse(binding.variables));
        let mut code = format!(
            "    (\"/{}/{}\", Route {{\n        bindings: &[\n",
            method.parent_service().full_name(),
            method.name()
        );
        for Binding {
            verb, path, body, ..
        } in &bindings
        {
            writeln!(
                code,
                "            Binding {{ verb: Method::{verb}, path: &[{path}], body: Body::{body} }},"
            )?;
        }
        writeln!(
            code,
            "        ],\n        input: &{},\n        output: &{},\n    }}),",
            self.message(&method.input())?,
            self.message(&method.output())?
        )?;
        Ok(code)
    }

    /// The name of a message's table.
    fn message(&mut self, message: &MessageDescriptor) -> Result<String> {
        let name = message.full_name().to_shouty_snake_case();
        if !self.started.insert(message.full_name().to_owned()) {
            return Ok(name);
        }
        let mut code = format!("static {name}: Message = Message {{\n    fields: &[\n");
        let mut fields: Vec<_> = message.fields().collect();
        fields.sort_by_key(FieldDescriptor::number);
        for field in fields {
            let shape = match field.cardinality() {
                _ if field.is_map() => "Map",
                Cardinality::Repeated => "Repeated",
                _ if field.supports_presence() => "Optional",
                _ => "Single",
            };
            writeln!(
                code,
                "        Field {{ number: {}, name: {:?}, json_name: {:?}, shape: Shape::{shape}, kind: {} }},",
                field.number(),
                field.name(),
                field.json_name(),
                self.kind(&field)?
            )?;
        }
        code += "    ],\n};\n";
        self.define(name.clone(), code)?;
        Ok(name)
    }

    fn enumeration(&mut self, item: &EnumDescriptor) -> Result<String> {
        let name = item.full_name().to_shouty_snake_case();
        if !self.started.insert(item.full_name().to_owned()) {
            return Ok(name);
        }
        let mut code = format!("static {name}: Enum = Enum(&[\n");
        for value in item.values() {
            writeln!(code, "    ({}, {:?}),", value.number(), value.name())?;
        }
        code += "]);\n";
        self.define(name.clone(), code)?;
        Ok(name)
    }

    fn define(&mut self, name: String, code: String) -> Result<()> {
        match self.definitions.insert(name.clone(), code) {
            Some(_) => Err(format!("two types of the API are both called {name} in Rust").into()),
            None => Ok(()),
        }
    }

    fn kind(&mut self, field: &FieldDescriptor) -> Result<String> {
        let scalar = |name: &str| Ok(format!("Kind::{name}"));
        match field.kind() {
            Kind::Double => scalar("Double"),
            Kind::Float => scalar("Float"),
            Kind::Int32 => scalar("Int32"),
            Kind::Int64 => scalar("Int64"),
            Kind::Uint32 => scalar("Uint32"),
            Kind::Uint64 => scalar("Uint64"),
            Kind::Sint32 => scalar("Sint32"),
            Kind::Sint64 => scalar("Sint64"),
            Kind::Fixed32 => scalar("Fixed32"),
            Kind::Fixed64 => scalar("Fixed64"),
            Kind::Sfixed32 => scalar("Sfixed32"),
            Kind::Sfixed64 => scalar("Sfixed64"),
            Kind::Bool => scalar("Bool"),
            Kind::String => scalar("String"),
            Kind::Bytes => scalar("Bytes"),
            Kind::Enum(item) => Ok(format!("Kind::Enum(&{})", self.enumeration(&item)?)),
            Kind::Message(message) => self.message_kind(field, &message),
        }
    }

    /// Messages of `google.protobuf` with a special JSON form.
    fn message_kind(
        &mut self,
        field: &FieldDescriptor,
        message: &MessageDescriptor,
    ) -> Result<String> {
        let known = message.full_name().strip_prefix("google.protobuf.");
        match known {
            None | Some("Empty") => Ok(format!("Kind::Message(&{})", self.message(message)?)),
            Some(name @ ("Struct" | "Value" | "ListValue" | "Timestamp" | "Duration")) => {
                Ok(format!("Kind::{name}"))
            }
            Some(name) if name.ends_with("Value") => {
                let value = message
                    .get_field(1)
                    .ok_or_else(|| format!("{}: no value", message.full_name()))?;
                Ok(format!("Kind::Wrapper(&{})", self.kind(&value)?))
            }
            Some(_) => Err(format!(
                "{}: the REST wire has no JSON form for {}",
                field.full_name(),
                message.full_name()
            )
            .into()),
        }
    }
}

/// One HTTP binding, its parts as Rust code.
struct Binding {
    verb: &'static str,
    path: String,
    body: String,
    variables: usize,
}

fn collect(
    rule: &DynamicMessage,
    method: &MethodDescriptor,
    bindings: &mut Vec<Binding>,
) -> Result<()> {
    let text = |field: &str| {
        rule.get_field_by_name(field)
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    let verbs = [
        ("get", "GET"),
        ("put", "PUT"),
        ("post", "POST"),
        ("delete", "DELETE"),
        ("patch", "PATCH"),
    ];
    for (field, verb) in verbs {
        if !rule.has_field_by_name(field) {
            continue;
        }
        let parts = path(&text(field))
            .map_err(|reason| format!("{}: {}: {reason}", method.full_name(), text(field)))?;
        let body = match text("body").as_str() {
            "" => "None".to_owned(),
            "*" => "Whole".to_owned(),
            field => format!("Field({field:?})"),
        };
        bindings.push(Binding {
            verb,
            variables: parts.iter().filter(|part| part.is_variable).count(),
            path: parts
                .iter()
                .map(|part| {
                    let kind = if part.is_variable {
                        "Variable"
                    } else {
                        "Literal"
                    };
                    format!("Part::{kind}({:?})", part.text)
                })
                .collect::<Vec<_>>()
                .join(", "),
            body,
        });
    }
    if let Some(more) = rule.get_field_by_name("additional_bindings") {
        let more = more.as_list().unwrap_or_default().iter();
        for rule in more.filter_map(|rule| rule.as_message()) {
            collect(rule, method, bindings)?;
        }
    }
    Ok(())
}

struct Part {
    is_variable: bool,
    text: String,
}

/// `/a/{b}:c` as `/a/`, variable `b`, `:c`.
fn path(template: &str) -> std::result::Result<Vec<Part>, &'static str> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((literal, after)) = rest.split_once('{') {
        let (variable, after) = after.split_once('}').ok_or("a brace is not closed")?;
        // Patterns are not supported; no route of this API has one.
        if variable.contains(['=', '*']) {
            return Err("a variable with a pattern");
        }
        parts.extend([(false, literal), (true, variable)]);
        rest = after;
    }
    parts.push((false, rest));
    Ok(parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(is_variable, text)| Part {
            is_variable,
            text: text.to_owned(),
        })
        .collect())
}

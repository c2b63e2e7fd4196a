//! Generates `Debug` for messages that can contain a credential: with every field name and no secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{DescriptorProto, FieldDescriptorProto};
use protox::prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};

use super::Result;

/// The messages whose `Debug` is not derived.
pub struct Redacted {
    messages: Vec<Message>,
}

struct Message {
    package: String,
    /// Names of the enclosing messages and of this one, as in the `.proto` file.
    path: Vec<String>,
    descriptor: DescriptorProto,
    secrets: BTreeSet<String>,
}

impl Redacted {
    /// Reads the list of fields at `path` and looks them up in `pool`.
    ///
    /// # Errors
    /// An entry names no field: a renamed credential would become printable.
    pub fn read(path: &Path, pool: &DescriptorPool) -> Result<Self> {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        let table: toml::Table = text.parse().map_err(|error| format!("{name}: {error}"))?;
        let fields = table.get("fields").and_then(toml::Value::as_table);
        let fields = fields.ok_or_else(|| format!("{name}: no [fields]"))?;
        let mut unmatched: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
        let mut messages = Vec::new();
        for file in pool.files() {
            for message in file.messages() {
                collect(&message, &[], false, &mut unmatched, &mut messages);
            }
        }
        match unmatched.first() {
            Some(field) => Err(format!("{name}: there is no field {field}").into()),
            None => Ok(Self { messages }),
        }
    }

    /// Fully qualified names of the messages.
    pub fn messages(&self) -> impl Iterator<Item = String> {
        self.messages
            .iter()
            .map(|message| format!("{}.{}", message.package, message.path.join(".")))
    }

    /// The code to append to each package.
    pub fn debug_impls(&self) -> BTreeMap<&str, String> {
        let mut impls: BTreeMap<&str, String> = BTreeMap::new();
        for message in &self.messages {
            let code = impls.entry(&message.package).or_default();
            // Writing to a string cannot fail.
            let _ = message.debug_impls(code);
        }
        impls
    }
}

/// `descriptor` and its nested messages, as far as they need a generated `Debug`.
///
/// `skip_debug` of prost also applies to everything nested in a message, hence `inside`.
fn collect(
    descriptor: &MessageDescriptor,
    parents: &[String],
    inside: bool,
    unmatched: &mut BTreeSet<&str>,
    messages: &mut Vec<Message>,
) {
    let path = [parents, &[descriptor.name().to_owned()]].concat();
    let mut secrets = BTreeSet::new();
    for field in descriptor.fields() {
        // Fields that upstream marks need no entry in the list.
        if unmatched.remove(field.full_name()) || is_marked(&field) {
            secrets.insert(field.name().to_owned());
        }
    }
    let inside = inside || !secrets.is_empty();
    for nested in descriptor
        .child_messages()
        .filter(|nested| !nested.is_map_entry())
    {
        collect(&nested, &path, inside, unmatched, messages);
    }
    if inside {
        let package = descriptor.package_name().to_owned();
        messages.push(Message {
            package,
            path,
            descriptor: descriptor.descriptor_proto().clone(),
            secrets,
        });
    }
}

impl Redacted {
    /// `secrets.rs`: the requests that can contain secrets, and the paths of their fields.
    ///
    /// # Errors
    /// The crate cannot find the text of a secret of this type.
    pub fn request_secrets(&self, pool: &DescriptorPool) -> Result<String> {
        let mut code = String::from(
            "// This file is @generated from spec/redact.toml and spec/proto.\n\
             /// Where a request holds secrets: the RPC, the numbers of the fields on the way, what is\n\
             /// there.\n\
             pub(crate) const SECRETS: &[(&str, &[u32], Leaf)] = &[\n",
        );
        let mut rpcs = BTreeMap::new();
        for service in pool.services() {
            for method in service.methods() {
                let path = format!("/{}/{}", service.full_name(), method.name());
                rpcs.insert(path, method.input());
            }
        }
        for (path, input) in rpcs {
            let mut found = Vec::new();
            self.find(&input, &mut Vec::new(), &mut Vec::new(), &mut found)?;
            for (numbers, leaf) in found {
                writeln!(code, "    ({path:?}, &{numbers:?}, Leaf::{leaf}),")?;
            }
        }
        code.push_str("];\n");
        Ok(code)
    }

    fn find(
        &self,
        message: &MessageDescriptor,
        numbers: &mut Vec<u32>,
        around: &mut Vec<String>,
        found: &mut Vec<(Vec<u32>, &'static str)>,
    ) -> Result<()> {
        let name = message.full_name().to_owned();
        if around.contains(&name) || name.starts_with("google.protobuf.") {
            return Ok(());
        }
        around.push(name.clone());
        let secrets = self
            .messages
            .iter()
            .find(|redacted| name == format!("{}.{}", redacted.package, redacted.path.join(".")));
        for field in message.fields() {
            numbers.push(field.number());
            let is_secret = secrets.is_some_and(|known| known.secrets.contains(field.name()));
            match field.kind() {
                Kind::Message(entry) if is_secret && field.is_map() => {
                    let value = entry.map_entry_value_field();
                    let leaf = leaf(&value, &value.kind())?;
                    found.push(([&numbers[..], &[value.number()]].concat(), leaf));
                }
                kind if is_secret => found.push((numbers.clone(), leaf(&field, &kind)?)),
                Kind::Message(inner) => self.find(&inner, numbers, around, found)?,
                _ => {}
            }
            numbers.pop();
        }
        around.pop();
        Ok(())
    }
}

fn leaf(field: &FieldDescriptor, kind: &Kind) -> Result<&'static str> {
    match kind {
        Kind::String | Kind::Bytes => Ok("Text"),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Struct" => Ok("Struct"),
            "google.protobuf.Value" => Ok("Value"),
            "google.protobuf.ListValue" => Ok("List"),
            "google.protobuf.StringValue" => Ok("Wrapper"),
            other => Err(format!("{}: secrets in a {other}", field.full_name()).into()),
        },
        _ => Err(format!("{}: a secret that is no text", field.full_name()).into()),
    }
}

fn is_marked(field: &FieldDescriptor) -> bool {
    field
        .options()
        .get_field_by_name("debug_redact")
        .and_then(|mark| mark.as_bool())
        .unwrap_or_default()
}

const SECRET: &str = "&::core::format_args!(\"<redacted>\")";

impl Message {
    fn debug_impls(&self, code: &mut String) -> std::fmt::Result {
        let (name, inner) = (rust_path(&self.path), inner_module(&self.path));
        open(code, &name)?;
        writeln!(
            code,
            "        f.debug_struct({:?})",
            type_name(self.descriptor.name())
        )?;
        for field in self
            .descriptor
            .field
            .iter()
            .filter(|field| !self.in_oneof(field))
        {
            let ident = field_ident(field.name());
            writeln!(
                code,
                "            .field({:?}, {})",
                field.name(),
                self.value(field, &ident)
            )?;
        }
        for (_, oneof) in self.oneofs() {
            writeln!(
                code,
                "            .field({oneof:?}, &self.{})",
                field_ident(oneof)
            )?;
        }
        close(code, "            .finish()")?;

        for (index, oneof) in self.oneofs() {
            open(code, &format!("{inner}{}", type_name(oneof)))?;
            writeln!(code, "        match self {{")?;
            let members = self
                .descriptor
                .field
                .iter()
                .filter(|field| field.oneof_index == Some(index));
            for field in members {
                let variant = type_name(field.name());
                let (binding, value) = if self.secrets.contains(field.name()) {
                    ("_", SECRET)
                } else {
                    ("value", "value")
                };
                writeln!(
                    code,
                    "            Self::{variant}({binding}) => f.debug_tuple({variant:?}).field({value}).finish(),"
                )?;
            }
            close(code, "        }")?;
        }
        for item in &self.descriptor.enum_type {
            open(code, &format!("{inner}{}", type_name(item.name())))?;
            close(code, "        f.write_str(self.as_str_name())")?;
        }
        Ok(())
    }

    fn value(&self, field: &FieldDescriptorProto, ident: &str) -> String {
        if self.secrets.contains(field.name()) {
            return SECRET.to_owned();
        }
        let single = field.label() == Label::Optional && !field.proto3_optional();
        if field.r#type() == Type::Enum && single {
            // By name if it is known, as the derived `Debug` does.
            let item = self.relative(field.type_name());
            return format!(
                "{item}::try_from(self.{ident}).as_ref().map_or(&self.{ident} as &dyn ::core::fmt::Debug, |name| name)"
            );
        }
        format!("&self.{ident}")
    }

    fn in_oneof(&self, field: &FieldDescriptorProto) -> bool {
        field.oneof_index.is_some() && !field.proto3_optional()
    }

    fn oneofs(&self) -> impl Iterator<Item = (i32, &str)> {
        let used = |index: &i32| {
            self.descriptor
                .field
                .iter()
                .any(|field| self.in_oneof(field) && field.oneof_index == Some(*index))
        };
        (0..)
            .zip(&self.descriptor.oneof_decl)
            .filter(move |(index, _)| used(index))
            .map(|(index, oneof)| (index, oneof.name()))
    }

    /// The Rust path, from the module of this package, of the type called `.package.Outer.Name`.
    fn relative(&self, type_name: &str) -> String {
        let target: Vec<String> = type_name
            .trim_start_matches('.')
            .split('.')
            .map(str::to_owned)
            .collect();
        let here: Vec<&str> = self.package.split('.').collect();
        let common = here
            .iter()
            .zip(&target)
            .take_while(|(a, b)| **a == b.as_str())
            .count();
        "super::".repeat(here.len() - common) + &rust_path(&target[common..])
    }
}

fn open(code: &mut String, name: &str) -> std::fmt::Result {
    writeln!(
        code,
        "#[allow(deprecated)]\nimpl ::core::fmt::Debug for {name} {{"
    )?;
    writeln!(
        code,
        "    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{"
    )
}

fn close(code: &mut String, last: &str) -> std::fmt::Result {
    writeln!(code, "{last}\n    }}\n}}")
}

/// `Outer.Name` as prost spells it: `outer::Name`.
fn rust_path(path: &[String]) -> String {
    match path.split_last() {
        Some((name, parents)) => inner_module(parents) + &type_name(name),
        None => String::new(),
    }
}

fn inner_module(parents: &[String]) -> String {
    parents
        .iter()
        .map(|parent| field_ident(parent) + "::")
        .collect()
}

fn type_name(name: &str) -> String {
    name.to_upper_camel_case()
}

fn field_ident(name: &str) -> String {
    let ident = name.to_snake_case();
    match KEYWORDS.contains(&ident.as_str()) {
        true => format!("r#{ident}"),
        false => ident,
    }
}

/// The keywords that prost escapes. A missing one is a compile error.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static",
    "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

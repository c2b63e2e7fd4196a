//! Prints a descriptor as `.proto` text that compiles back to it.

pub mod names;
mod options;

use std::ops::RangeInclusive;

use anyhow::{Result, bail};
use prost_reflect::prost_types::FieldDescriptorProto;
use prost_reflect::prost_types::field_descriptor_proto::Label;
use prost_reflect::{
    DynamicMessage, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, FileDescriptor, Kind,
    MessageDescriptor, OneofDescriptor, ServiceDescriptor, Syntax,
};

use crate::comments::Comments;
use names::Names;
use options::Text;

/// Longer lines are broken where the syntax allows.
const LINE_WIDTH: usize = 100;

/// One past the largest field number.
const MAX_FIELD: u32 = 1 << 29;

/// Prints `file` with the comments of its symbols.
///
/// # Errors
/// The file uses something that the printer does not support: groups, or options of extension ranges.
pub fn print(file: &FileDescriptor, names: &Names, comments: &Comments) -> Result<String> {
    let mut printer = Printer {
        text: String::new(),
        indent: 0,
        scope: file.package_name().to_owned(),
        package: file.package_name().to_owned(),
        proto2: file.syntax() == Syntax::Proto2,
        names,
        comments,
    };
    printer.file(file)?;
    Ok(printer.text)
}

struct Printer<'a> {
    text: String,
    indent: usize,
    /// The innermost message around the current position, or the package.
    scope: String,
    package: String,
    proto2: bool,
    names: &'a Names,
    comments: &'a Comments,
}

/// A field or an extension, which are printed alike.
struct Field<'a> {
    proto: &'a FieldDescriptorProto,
    kind: Kind,
    group: bool,
    options: DynamicMessage,
    symbol: &'a str,
}

impl Printer<'_> {
    fn file(&mut self, file: &FileDescriptor) -> Result<()> {
        let proto = file.file_descriptor_proto();
        if let Some(comment) = self.comments.get(file.name()) {
            self.comment_lines(comment);
            self.blank();
        }
        let syntax = if self.proto2 { "proto2" } else { "proto3" };
        self.line(&format!("syntax = \"{syntax}\";"));
        if !self.package.is_empty() {
            self.blank();
            self.line(&format!("package {};", self.package));
        }
        if !proto.dependency.is_empty() {
            self.blank();
        }
        for (index, import) in (0..).zip(&proto.dependency) {
            let public = match proto.public_dependency.contains(&index) {
                true => "public ",
                false => "",
            };
            self.line(&format!("import {public}{};", options::quote(import)));
        }
        let options = file.options();
        if has_options(&options) {
            self.blank();
            self.option_statements(&options);
        }
        for service in file.services() {
            self.service(&service);
        }
        for message in file.messages() {
            self.message(&message)?;
        }
        for item in file.enums() {
            self.enumeration(&item);
        }
        self.extensions(file.extensions())
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        self.blank();
        self.comment(service.full_name());
        self.open(&format!("service {}", service.name()));
        self.option_statements(&service.options());
        for method in service.methods() {
            self.blank();
            self.comment(&format!("{}/{}", service.full_name(), method.name()));
            let stream = |streaming: bool| if streaming { "stream " } else { "" };
            let signature = format!(
                "rpc {}({}{}) returns ({}{})",
                method.name(),
                stream(method.is_client_streaming()),
                self.message_name(&method.input()),
                stream(method.is_server_streaming()),
                self.message_name(&method.output()),
            );
            let options = method.options();
            if has_options(&options) {
                self.open(&signature);
                self.option_statements(&options);
                self.close();
            } else {
                self.line(&format!("{signature};"));
            }
        }
        self.close();
    }

    fn message(&mut self, message: &MessageDescriptor) -> Result<()> {
        self.blank();
        self.comment(message.full_name());
        let proto = message.descriptor_proto();
        self.open(&format!("message {}", message.name()));
        let outer = std::mem::replace(&mut self.scope, message.full_name().to_owned());
        self.option_statements(&message.options());
        let ranges = message
            .reserved_ranges()
            .map(|range| i64::from(range.start)..=i64::from(range.end) - 1);
        self.reserved(ranges, i64::from(MAX_FIELD - 1), &proto.reserved_name);
        self.extension_ranges(message)?;
        self.blank();

        let mut printed_oneofs = Vec::new();
        // Unlike the file, `fields` of the descriptor is in the order of the numbers.
        for field in &proto.field {
            let Some(field) = message.get_field_by_name(field.name()) else {
                bail!(
                    "{}: the field {} is not linked",
                    message.full_name(),
                    field.name()
                );
            };
            match field
                .containing_oneof()
                .filter(|oneof| !oneof.is_synthetic())
            {
                None => self.message_field(&field)?,
                Some(oneof) if printed_oneofs.contains(&oneof.full_name().to_owned()) => {}
                Some(oneof) => {
                    printed_oneofs.push(oneof.full_name().to_owned());
                    self.oneof(&oneof)?;
                }
            }
        }
        for nested in message
            .child_messages()
            .filter(|nested| !nested.is_map_entry())
        {
            self.message(&nested)?;
        }
        for nested in message.child_enums() {
            self.enumeration(&nested);
        }
        self.extensions(message.child_extensions())?;
        self.scope = outer;
        self.close();
        Ok(())
    }

    fn extension_ranges(&mut self, message: &MessageDescriptor) -> Result<()> {
        for range in &message.descriptor_proto().extension_range {
            if range.options.is_some() {
                bail!(
                    "{}: options of extension ranges are not supported",
                    message.full_name()
                );
            }
            let last = i64::from(range.end() - 1);
            let range = number_range(i64::from(range.start())..=last, i64::from(MAX_FIELD - 1));
            self.line(&format!("extensions {range};"));
        }
        Ok(())
    }

    fn oneof(&mut self, oneof: &OneofDescriptor) -> Result<()> {
        self.spaced_comment(oneof.full_name());
        self.open(&format!("oneof {}", oneof.name()));
        self.option_statements(&oneof.options());
        let parent = oneof.parent_message();
        let member =
            |field: &&FieldDescriptorProto| field.oneof_index == oneof.path().last().copied();
        for field in parent.descriptor_proto().field.iter().filter(member) {
            if let Some(field) = parent.get_field_by_name(field.name()) {
                self.message_field(&field)?;
            }
        }
        self.close();
        Ok(())
    }

    fn message_field(&mut self, field: &FieldDescriptor) -> Result<()> {
        self.field(&Field {
            proto: field.field_descriptor_proto(),
            kind: field.kind(),
            group: field.is_group(),
            options: field.options(),
            symbol: field.full_name(),
        })
    }

    fn extensions(&mut self, extensions: impl Iterator<Item = ExtensionDescriptor>) -> Result<()> {
        let mut extended = None;
        for extension in extensions {
            let target = extension.containing_message();
            if extended.as_ref() != Some(&target) {
                if extended.is_some() {
                    self.close();
                }
                self.blank();
                self.open(&format!("extend {}", self.message_name(&target)));
                extended = Some(target);
            }
            self.field(&Field {
                proto: extension.field_descriptor_proto(),
                kind: extension.kind(),
                group: extension.is_group(),
                options: extension.options(),
                symbol: extension.full_name(),
            })?;
        }
        if extended.is_some() {
            self.close();
        }
        Ok(())
    }

    fn field(&mut self, field: &Field<'_>) -> Result<()> {
        if field.group {
            bail!("{}: groups are not supported", field.symbol);
        }
        self.spaced_comment(field.symbol);
        let proto = field.proto;
        let (label, kind) = match &field.kind {
            Kind::Message(entry) if entry.is_map_entry() => {
                let key = self.kind_name(&entry.map_entry_key_field().kind());
                let value = self.kind_name(&entry.map_entry_value_field().kind());
                ("", format!("map<{key}, {value}>"))
            }
            kind => (self.label(proto), self.kind_name(kind)),
        };
        let mut options = Vec::new();
        let mut push = |name: &str, text| options.push((name.to_owned(), Text::Scalar(text)));
        if let Some(default) = &proto.default_value {
            push("default", default_literal(&field.kind, default));
        }
        if !proto.json_name().is_empty() && proto.json_name() != default_json_name(proto.name()) {
            push("json_name", options::quote(proto.json_name()));
        }
        options.extend(options::entries(&field.options, self.names, &self.scope));
        self.bracketed(
            &format!("{label}{kind} {} = {}", proto.name(), proto.number()),
            &options,
        );
        Ok(())
    }

    fn label(&self, field: &FieldDescriptorProto) -> &'static str {
        match field.label() {
            Label::Repeated => "repeated ",
            Label::Required => "required ",
            Label::Optional if field.proto3_optional() => "optional ",
            Label::Optional if self.proto2 && field.oneof_index.is_none() => "optional ",
            Label::Optional => "",
        }
    }

    fn kind_name(&self, kind: &Kind) -> String {
        match kind {
            Kind::Message(message) => self.message_name(message),
            Kind::Enum(item) => self.reference(item.full_name(), item.package_name()),
            // The names of scalar types are their keywords.
            scalar => format!("{scalar:?}").to_lowercase(),
        }
    }

    fn message_name(&self, message: &MessageDescriptor) -> String {
        self.reference(message.full_name(), message.package_name())
    }

    fn reference(&self, name: &str, package: &str) -> String {
        let Self { scope, names, .. } = self;
        names.reference(scope, &self.package, name, package)
    }

    fn enumeration(&mut self, item: &EnumDescriptor) {
        self.blank();
        self.comment(item.full_name());
        self.open(&format!("enum {}", item.name()));
        self.option_statements(&item.options());
        let proto = item.enum_descriptor_proto();
        let ranges = proto
            .reserved_range
            .iter()
            .map(|range| i64::from(range.start())..=i64::from(range.end()));
        self.reserved(ranges, i64::from(i32::MAX), &proto.reserved_name);
        self.blank();
        // Unlike the file, `values` of the descriptor is in the order of the numbers.
        for value in proto
            .value
            .iter()
            .filter_map(|value| item.get_value_by_name(value.name()))
        {
            self.spaced_comment(&format!("{}.{}", item.full_name(), value.name()));
            let options = options::entries(&value.options(), self.names, &self.scope);
            self.bracketed(&format!("{} = {}", value.name(), value.number()), &options);
        }
        self.close();
    }

    fn reserved(
        &mut self,
        ranges: impl Iterator<Item = RangeInclusive<i64>>,
        max: i64,
        names: &[String],
    ) {
        let ranges: Vec<_> = ranges.map(|range| number_range(range, max)).collect();
        if !ranges.is_empty() {
            self.line(&format!("reserved {};", ranges.join(", ")));
        }
        if !names.is_empty() {
            let names: Vec<_> = names.iter().map(|name| options::quote(name)).collect();
            self.line(&format!("reserved {};", names.join(", ")));
        }
    }

    fn option_statements(&mut self, options: &DynamicMessage) {
        for (name, value) in options::entries(options, self.names, &self.scope) {
            self.value(&format!("option {name} = "), &value, ";");
        }
    }

    /// A field or enum value with its options in brackets, on one line if it fits.
    fn bracketed(&mut self, declaration: &str, options: &[(String, Text)]) {
        if options.is_empty() {
            return self.line(&format!("{declaration};"));
        }
        let flat: Vec<_> = options
            .iter()
            .map(|(name, value)| format!("{name} = {}", flat(value)))
            .collect();
        let line = format!("{declaration} [{}];", flat.join(", "));
        if self.fits(&line) {
            return self.line(&line);
        }
        self.line(&format!("{declaration} ["));
        self.indent += 1;
        for (index, (name, value)) in options.iter().enumerate() {
            let separator = if index + 1 < options.len() { "," } else { "" };
            self.value(&format!("{name} = "), value, separator);
        }
        self.indent -= 1;
        self.line("];");
    }

    fn value(&mut self, prefix: &str, value: &Text, suffix: &str) {
        let line = format!("{prefix}{}{suffix}", flat(value));
        match value {
            Text::Fields(fields) if !self.fits(&line) => {
                self.line(&format!("{prefix}{{"));
                self.indent += 1;
                for (name, value) in fields {
                    self.value(&format!("{name}: "), value, "");
                }
                self.indent -= 1;
                self.line(&format!("}}{suffix}"));
            }
            _ => self.line(&line),
        }
    }

    fn comment(&mut self, symbol: &str) {
        if let Some(comment) = self.comments.get(symbol) {
            self.comment_lines(comment);
        }
    }

    /// Prints the comment of a field or value after an empty line; those without comment are consecutive.
    fn spaced_comment(&mut self, symbol: &str) {
        if self.comments.get(symbol).is_some() {
            self.blank();
        }
        self.comment(symbol);
    }

    fn comment_lines(&mut self, comment: &str) {
        for line in comment.lines() {
            self.line(format!("// {line}").trim_end());
        }
    }

    fn fits(&self, line: &str) -> bool {
        2 * self.indent + line.chars().count() <= LINE_WIDTH
    }

    fn open(&mut self, declaration: &str) {
        self.line(&format!("{declaration} {{"));
        self.indent += 1;
    }

    fn close(&mut self) {
        self.indent -= 1;
        if self.text.ends_with("\n\n") {
            self.text.pop();
        }
        // An empty block is printed on one line.
        if self.text.ends_with("{\n") {
            self.text.pop();
            self.text.push_str("}\n");
        } else {
            self.line("}");
        }
    }

    /// Prints an empty line, except at the beginning of a block or of the file.
    fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("{\n") && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        for _ in 0..self.indent {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn has_options(options: &DynamicMessage) -> bool {
    options.fields().next().is_some() || options.extensions().next().is_some()
}

fn flat(value: &Text) -> String {
    match value {
        Text::Scalar(text) => text.clone(),
        Text::Fields(fields) if fields.is_empty() => "{}".to_owned(),
        Text::Fields(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", flat(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

fn number_range(range: RangeInclusive<i64>, max: i64) -> String {
    match (*range.start(), *range.end()) {
        (start, end) if start == end => start.to_string(),
        (start, end) if end == max => format!("{start} to max"),
        (start, end) => format!("{start} to {end}"),
    }
}

/// Descriptors contain defaults as text, strings without quotes.
fn default_literal(kind: &Kind, default: &str) -> String {
    match kind {
        Kind::String => options::quote(default),
        Kind::Bytes => format!("\"{default}\""),
        _ => default.to_owned(),
    }
}

/// The JSON name that a field has by default.
fn default_json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                json.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => json.push(c),
        }
    }
    json
}

//! Whatever a descriptor holds, its text compiles back to it.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use prost_reflect::prost::Message;
use prost_reflect::prost_types::descriptor_proto::{ExtensionRange, ReservedRange};
use prost_reflect::prost_types::enum_descriptor_proto::EnumReservedRange;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, MessageOptions, MethodDescriptorProto, OneofDescriptorProto,
    ServiceDescriptorProto,
};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor,
    ReflectMessage, Value,
};

use crate::comments::Comments;
use crate::compile::{self, Sources};
use crate::difference::difference;
use crate::printer::{self, names::Names};

const OPTIONS: &str = r#"
syntax = "proto3";
package o;
import "google/protobuf/descriptor.proto";

message Value {
  string text = 1;
  bytes raw = 2;
  int32 i = 3;
  sint64 l = 4;
  fixed64 u = 5;
  float f = 6;
  double d = 7;
  bool b = 8;
  Color color = 9;
  Value nested = 10;
  repeated string texts = 11;
  repeated Value values = 12;
  map<string, int64> counts = 13;
  oneof pick {
    fixed32 x = 14;
    string y = 15;
  }
  optional int32 maybe = 16;
  map<int32, Value> by_number = 17;
  repeated double numbers = 18;
  map<bool, bytes> flags = 19;
  repeated Color colors = 20;
}

enum Color { NONE = 0; RED = 1; BLUE = -2; }

extend google.protobuf.MessageOptions { Value message = 50001; string message_note = 50002; repeated int32 message_marks = 50003; }
extend google.protobuf.FieldOptions { Value field = 50001; string field_note = 50002; repeated Color field_marks = 50003; }
extend google.protobuf.OneofOptions { Value oneof = 50001; string oneof_note = 50002; repeated bytes oneof_marks = 50003; }
extend google.protobuf.EnumOptions { Value enum = 50001; string enum_note = 50002; repeated float enum_marks = 50003; }
extend google.protobuf.EnumValueOptions { Value value = 50001; string value_note = 50002; repeated bool value_marks = 50003; }
extend google.protobuf.ServiceOptions { Value service = 50001; string service_note = 50002; repeated Value service_marks = 50003; }
extend google.protobuf.MethodOptions { Value method = 50001; string method_note = 50002; repeated uint64 method_marks = 50003; }
"#;

proptest! {
    #[test]
    fn a_generated_file_compiles_back_to_itself(choices in prop::collection::vec(any::<u32>(), 0..600)) {
        let options = Sources::from([("o.proto".to_owned(), OPTIONS.to_owned())]);
        let mut pool = compile::pool(&options).unwrap();
        let wrappers = compile::built_in("google/protobuf/wrappers.proto").unwrap();
        pool.add_file_descriptor_proto(wrappers.file_descriptor_proto().clone()).unwrap();
        let bytes = Generator::new(&choices).file(&pool);
        pool.decode_file_descriptor_proto(bytes.as_slice()).unwrap();

        let file = pool.get_file_by_name("f.proto").unwrap();
        let text = printer::print(&file, &Names::new(&pool), &Comments::default()).unwrap();
        let mut sources = options;
        sources.insert("f.proto".to_owned(), text.clone());
        let printed = compile::pool(&sources).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let difference = difference(&pool, &printed, "f.proto").unwrap();
        prop_assert!(difference.is_none(), "{}\n{text}", difference.unwrap());
    }
}

/// Takes decisions from a list of numbers; when they run out, it takes the simplest.
struct Generator<'a> {
    choices: std::slice::Iter<'a, u32>,
    proto2: bool,
    package: &'static str,
    /// Fully qualified names with their kind, for fields to refer to.
    types: Vec<(String, Type)>,
    extendable: Option<String>,
}

impl<'a> Generator<'a> {
    fn new(choices: &'a [u32]) -> Self {
        let mut generator = Self {
            choices: choices.iter(),
            proto2: false,
            package: "",
            types: Vec::new(),
            extendable: None,
        };
        generator.proto2 = generator.roll(4) == 1;
        generator.package = generator.pick(&["", "p", "p.q", "o.p", "google.o"]);
        generator
    }

    /// A number below `sides`, zero at the end of the choices.
    fn roll(&mut self, sides: u32) -> u32 {
        self.choices.next().copied().unwrap_or_default() % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len() as u32) as usize]
    }

    fn file(&mut self, pool: &DescriptorPool) -> Vec<u8> {
        let scope = if self.package.is_empty() {
            String::new()
        } else {
            format!(".{}", self.package)
        };
        // Reserve what the imports put at the top, or names would clash with packages.
        let mut taken: HashSet<String> = ["o", "google", "p", "q"].map(str::to_owned).into();
        let mut file = FileDescriptorProto {
            name: Some("f.proto".to_owned()),
            package: (!self.package.is_empty()).then(|| self.package.to_owned()),
            syntax: (!self.proto2).then(|| "proto3".to_owned()),
            dependency: ["google/protobuf/wrappers.proto", "o.proto"]
                .map(str::to_owned)
                .into(),
            ..Default::default()
        };
        if self.roll(4) == 1 {
            file.public_dependency = vec![1];
        }
        for _ in 0..=self.roll(3) {
            let message = self.message(&scope, &mut taken, 0);
            file.message_type.push(message);
        }
        for _ in 0..self.roll(2) {
            let item = self.enumeration(&scope, &mut taken);
            file.enum_type.push(item);
        }
        for message in &mut file.message_type {
            self.fields(message, &scope);
        }
        if let Some(extendee) = self.extendable.clone() {
            let number = 1000 + self.roll(100) as i32;
            let mut extension = self.field("extra".to_owned(), number);
            extension.extendee = Some(extendee);
            file.extension.push(extension);
        }
        for _ in 0..self.roll(2) {
            let service = self.service(&mut taken);
            file.service.push(service);
        }
        let mut bytes = file.encode_to_vec();
        let descriptor = pool
            .get_message_by_name("google.protobuf.FileDescriptorProto")
            .unwrap();
        let mut dynamic = DynamicMessage::decode(descriptor, bytes.as_slice()).unwrap();
        self.options(&mut dynamic);
        bytes.clear();
        dynamic.encode(&mut bytes).unwrap();
        bytes
    }

    /// A name that is free in its scope, often one that is used elsewhere too.
    fn name(&mut self, taken: &mut HashSet<String>, from: &[&'static str]) -> String {
        let base = self.pick(from);
        let mut name = base.to_owned();
        let mut count = 2;
        // JSON names must differ too, and they ignore underscores.
        while !taken.insert(name.replace('_', "").to_lowercase()) {
            name = format!("{base}{count}");
            count += 1;
        }
        name
    }

    fn message(&mut self, scope: &str, taken: &mut HashSet<String>, depth: u32) -> DescriptorProto {
        let name = self.name(
            taken,
            &[
                "A",
                "B",
                "Value",
                "Color",
                "BoolValue",
                "message",
                "optional",
                "string",
                "stream",
            ],
        );
        let inner = format!("{scope}.{name}");
        self.types.push((inner.clone(), Type::Message));
        let mut message = DescriptorProto {
            name: Some(name),
            ..Default::default()
        };
        let mut taken = HashSet::new();
        if depth < 2 {
            for _ in 0..self.roll(3) {
                let nested = self.message(&inner, &mut taken, depth + 1);
                message.nested_type.push(nested);
            }
        }
        for _ in 0..self.roll(2) {
            let item = self.enumeration(&inner, &mut taken);
            message.enum_type.push(item);
        }
        for _ in 0..self.roll(3) {
            let name = self.name(&mut taken, &["reserved_name", "max", "to"]);
            message.reserved_name.push(name);
        }
        if self.roll(3) == 1 {
            let (from, to) = self.pick(&[
                (500, 501),
                (600, 620),
                (19_000, 20_000),
                (70_000, 536_870_912),
            ]);
            message.reserved_range.push(ReservedRange {
                start: Some(from),
                end: Some(to),
            });
            message.reserved_range.push(ReservedRange {
                start: Some(400),
                end: Some(410),
            });
        }
        if self.proto2 && self.roll(2) == 1 {
            let end = self.pick(&[1_100, 19_000]);
            message.extension_range.push(ExtensionRange {
                start: Some(1_000),
                end: Some(end),
                options: None,
            });
            self.extendable = Some(inner);
        }
        // Filled by `fields`, once every type has a name; the names are kept meanwhile.
        message.oneof_decl = taken
            .into_iter()
            .map(|name| OneofDescriptorProto {
                name: Some(name),
                options: None,
            })
            .collect();
        message
    }

    fn enumeration(&mut self, scope: &str, taken: &mut HashSet<String>) -> EnumDescriptorProto {
        let name = self.name(taken, &["E", "Color", "Kind"]);
        self.types.push((format!("{scope}.{name}"), Type::Enum));
        let mut item = EnumDescriptorProto {
            name: Some(name),
            ..Default::default()
        };
        let numbers = [0, 1, 7, -3, i32::MAX, i32::MIN];
        for &number in &numbers[..1 + self.roll(6) as usize] {
            let name = self.name(taken, &["ZERO", "RED", "inf", "VALUE_A"]);
            item.value.push(EnumValueDescriptorProto {
                name: Some(name),
                number: Some(number),
                options: None,
            });
        }
        if self.roll(3) == 1 {
            let (start, end) =
                self.pick(&[(100, 100), (100, 110), (-20, -10), (1_000, i32::MAX - 1)]);
            item.reserved_range.push(EnumReservedRange {
                start: Some(start),
                end: Some(end),
            });
            item.reserved_name.push("OLD".to_owned());
        }
        item
    }

    fn fields(&mut self, message: &mut DescriptorProto, scope: &str) {
        let scope = format!("{scope}.{}", message.name());
        for nested in &mut message.nested_type {
            self.fields(nested, &scope);
        }
        let mut taken: HashSet<String> = message
            .oneof_decl
            .drain(..)
            .filter_map(|kept| kept.name)
            .collect();
        let mut number = 0;
        let mut synthetic = Vec::new();
        for _ in 0..self.roll(6) {
            number += 1 + self.roll(3) as i32;
            let name = self.name(
                &mut taken,
                &[
                    "a",
                    "A",
                    "snake_case_name",
                    "Value",
                    "o",
                    "google",
                    "_lead",
                    "n__2",
                    "p",
                    "message",
                ],
            );
            match self.roll(6) {
                1 => {
                    let oneof = self.name(&mut taken, &["pick", "B", "details"]);
                    message.oneof_decl.push(OneofDescriptorProto {
                        name: Some(oneof),
                        options: None,
                    });
                    let index = message.oneof_decl.len() as i32 - 1;
                    let mut member = self.field(name, number);
                    for _ in 0..=self.roll(3) {
                        member.label = Some(Label::Optional as i32);
                        member.oneof_index = Some(index);
                        message.field.push(member);
                        number += 1;
                        let name = self.name(&mut taken, &["b", "c"]);
                        member = self.field(name, number);
                    }
                }
                2 => {
                    let mut field = self.field(name, number);
                    let entry = self.map_entry(&field);
                    field.label = Some(Label::Repeated as i32);
                    field.r#type = Some(Type::Message as i32);
                    field.type_name = Some(format!("{scope}.{}", entry.name()));
                    field.default_value = None;
                    // Entries are named after their fields, and could clash with a type.
                    if taken.insert(entry.name().to_lowercase()) {
                        message.field.push(field);
                        message.nested_type.push(entry);
                    }
                }
                3 if !self.proto2 => {
                    let mut field = self.field(name, number);
                    field.label = Some(Label::Optional as i32);
                    field.proto3_optional = Some(true);
                    // The name that compilers choose.
                    let prefix = if field.name().starts_with('_') {
                        "X"
                    } else {
                        "_"
                    };
                    let oneof = format!("{prefix}{}", field.name());
                    if taken.insert(format!("synthetic {oneof}")) && !taken.contains(&oneof) {
                        synthetic.push((message.field.len(), oneof));
                        message.field.push(field);
                    }
                }
                _ => {
                    let field = self.field(name, number);
                    message.field.push(field);
                }
            }
        }
        for (field, name) in synthetic {
            message.field[field].oneof_index = Some(message.oneof_decl.len() as i32);
            message.oneof_decl.push(OneofDescriptorProto {
                name: Some(name),
                options: None,
            });
        }
    }

    fn field(&mut self, name: String, number: i32) -> FieldDescriptorProto {
        let labels: &[Label] = match self.proto2 {
            true => &[Label::Optional, Label::Repeated, Label::Required],
            false => &[Label::Optional, Label::Repeated],
        };
        let json_name = if self.roll(8) == 1 {
            format!("json-{number}\"\\")
        } else {
            json_name(&name)
        };
        let mut field = FieldDescriptorProto {
            name: Some(name),
            number: Some(number),
            label: Some(self.pick(labels) as i32),
            json_name: Some(json_name),
            ..Default::default()
        };
        if self.roll(3) == 1 {
            let index = self.roll(self.types.len() as u32 + 2) as usize;
            let foreign = [
                (".o.Value".to_owned(), Type::Message),
                (".google.protobuf.BoolValue".to_owned(), Type::Message),
            ];
            let (name, kind) = self
                .types
                .get(index)
                .cloned()
                .unwrap_or_else(|| foreign[index % 2].clone());
            field.type_name = Some(name);
            field.r#type = Some(kind as i32);
        } else {
            let (kind, default) = self.pick(SCALARS);
            field.r#type = Some(kind as i32);
            let singular = field.label() == Label::Optional;
            field.default_value =
                (self.proto2 && singular && self.roll(2) == 1).then(|| default.to_owned());
        }
        // An extension must not be required.
        if field.label() == Label::Required && field.name() == "extra" {
            field.label = Some(Label::Optional as i32);
        }
        field
    }

    fn map_entry(&mut self, of: &FieldDescriptorProto) -> DescriptorProto {
        let keys = [
            Type::String,
            Type::Bool,
            Type::Int32,
            Type::Sint64,
            Type::Fixed32,
            Type::Uint64,
        ];
        let key = FieldDescriptorProto {
            name: Some("key".to_owned()),
            number: Some(1),
            label: Some(Label::Optional as i32),
            r#type: Some(self.pick(&keys) as i32),
            json_name: Some("key".to_owned()),
            ..Default::default()
        };
        let value = FieldDescriptorProto {
            name: Some("value".to_owned()),
            number: Some(2),
            label: Some(Label::Optional as i32),
            r#type: of.r#type,
            type_name: of.type_name.clone(),
            json_name: Some("value".to_owned()),
            ..Default::default()
        };
        let name = pascal_case(of.name()) + "Entry";
        let options = MessageOptions {
            map_entry: Some(true),
            ..Default::default()
        };
        DescriptorProto {
            name: Some(name),
            field: vec![key, value],
            options: Some(options),
            ..Default::default()
        }
    }

    fn service(&mut self, taken: &mut HashSet<String>) -> ServiceDescriptorProto {
        let name = self.name(taken, &["S", "Service", "rpc"]);
        let mut service = ServiceDescriptorProto {
            name: Some(name),
            ..Default::default()
        };
        let messages: Vec<String> = self
            .types
            .iter()
            .filter(|(_, kind)| *kind == Type::Message)
            .map(|(name, _)| name.clone())
            .collect();
        let mut taken = HashSet::new();
        for _ in 0..self.roll(4) {
            let name = self.name(&mut taken, &["Get", "List", "returns"]);
            let input = messages[self.roll(messages.len() as u32) as usize].clone();
            let output = messages[self.roll(messages.len() as u32) as usize].clone();
            service.method.push(MethodDescriptorProto {
                name: Some(name),
                input_type: Some(input),
                output_type: Some(output),
                client_streaming: (self.roll(4) == 1).then_some(true),
                server_streaming: (self.roll(4) == 1).then_some(true),
                options: None,
            });
        }
        service
    }

    /// Sets options here and there, on every kind of element.
    fn options(&mut self, element: &mut DynamicMessage) {
        let entry = element.descriptor().name() == "DescriptorProto"
            && element.has_field_by_name("options");
        if let (Some(field), false) = (element.descriptor().get_field_by_name("options"), entry) {
            let Kind::Message(descriptor) = field.kind() else {
                unreachable!()
            };
            let extensions: Vec<_> = descriptor
                .extensions()
                .filter(|e| e.package_name() == "o")
                .collect();
            for extension in extensions {
                if self.roll(6) == 1 {
                    let value = self.value(&extension.kind(), extension.is_list(), 0);
                    let mut options = element.get_field(&field).as_message().unwrap().clone();
                    options.set_extension(&extension, value);
                    element.set_field(&field, Value::Message(options));
                }
            }
            if self.roll(8) == 1
                && descriptor.get_field_by_name("deprecated").is_some()
                && element.descriptor().name() != "FileDescriptorProto"
            {
                let mut options = element.get_field(&field).as_message().unwrap().clone();
                options.set_field_by_name("deprecated", Value::Bool(true));
                element.set_field(&field, Value::Message(options));
            }
        }
        if entry {
            return;
        }
        let fields: Vec<FieldDescriptor> = element.fields().map(|(field, _)| field).collect();
        for field in fields.iter().filter(|field| field.name() != "options") {
            let synthetic: Vec<usize> = if field.name() == "oneof_decl" {
                synthetic_oneofs(element)
            } else {
                Vec::new()
            };
            let Value::List(elements) = element.get_field_mut(field) else {
                continue;
            };
            for (index, element) in elements.iter_mut().enumerate() {
                // Nobody can write an option of a oneof that is not in the text.
                if let (Value::Message(element), false) = (element, synthetic.contains(&index)) {
                    self.options(element);
                }
            }
        }
    }

    fn value(&mut self, kind: &Kind, list: bool, depth: u32) -> Value {
        if list {
            let count = 1 + self.roll(3);
            return Value::List((0..count).map(|_| self.value(kind, false, depth)).collect());
        }
        match kind {
            Kind::Message(message) => Value::Message(self.message_value(message, depth + 1)),
            Kind::Enum(_) => Value::EnumNumber(self.pick(&[0, 1, -2])),
            Kind::Bool => Value::Bool(self.roll(2) == 0),
            Kind::String => Value::String(self.text()),
            Kind::Bytes => Value::Bytes(
                (0..self.roll(5))
                    .map(|_| self.roll(256) as u8)
                    .collect::<Vec<_>>()
                    .into(),
            ),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                Value::I32(self.pick(&[0, 1, -1, i32::MIN, i32::MAX]))
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                Value::I64(self.pick(&[0, -1, i64::MIN, i64::MAX]))
            }
            Kind::Uint32 | Kind::Fixed32 => Value::U32(self.pick(&[0, 1, u32::MAX])),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(self.pick(&[0, 1, u64::MAX])),
            // The compiler takes `inf` and `nan` only inside of messages.
            Kind::Float if depth == 0 => Value::F32(self.pick(&[0.0, 0.1, -2.5, 1e-30, f32::MAX])),
            Kind::Float => Value::F32(self.pick(&[
                0.0,
                1.0,
                0.1,
                -2.5,
                1e-30,
                f32::MAX,
                f32::INFINITY,
                f32::NEG_INFINITY,
                f32::NAN,
            ])),
            Kind::Double => Value::F64(self.pick(&[
                0.0,
                1.0,
                0.1,
                -2.5,
                1e300,
                f64::MIN_POSITIVE,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::NAN,
            ])),
        }
    }

    fn message_value(&mut self, descriptor: &MessageDescriptor, depth: u32) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            if self.roll(5) != 1 || (depth > 2 && field.kind().as_message().is_some()) {
                continue;
            }
            let value = match field.kind() {
                Kind::Message(entry) if entry.is_map_entry() => {
                    let kind = entry.map_entry_value_field().kind();
                    let entries: BTreeMap<u32, Value> = (0..=self.roll(2))
                        .map(|key| (key, self.value(&kind, false, depth)))
                        .collect();
                    let key = |number: u32| match entry.map_entry_key_field().kind() {
                        Kind::String => MapKey::String(format!("k\"{number}\n")),
                        Kind::Bool => MapKey::Bool(number == 1),
                        _ => MapKey::I32(number as i32 - 1),
                    };
                    Value::Map(
                        entries
                            .into_iter()
                            .map(|(number, value)| (key(number), value))
                            .collect(),
                    )
                }
                kind => self.value(&kind, field.is_list(), depth),
            };
            message.set_field(&field, value);
        }
        message
    }

    fn text(&mut self) -> String {
        let chars = [
            'a',
            '"',
            '\'',
            '\\',
            '\n',
            '\r',
            '\t',
            '\0',
            '\x07',
            '\x7f',
            '0',
            '7',
            'x',
            '?',
            '{',
            '}',
            ';',
            '/',
            '*',
            ' ',
            'é',
            '字',
            '\u{1f600}',
            '\u{2028}',
            '\u{feff}',
            '\u{85}',
        ];
        (0..self.roll(12)).map(|_| self.pick(&chars)).collect()
    }
}

/// Scalar types with a default in the spelling of descriptors.
const SCALARS: &[(Type, &str)] = &[
    (Type::String, "say \"é\"\\\n"),
    (Type::Bytes, "\\000\\377\\\"a\\\\"),
    (Type::Bool, "true"),
    (Type::Int32, "-2147483648"),
    (Type::Int64, "-9223372036854775808"),
    (Type::Uint32, "4294967295"),
    (Type::Uint64, "18446744073709551615"),
    (Type::Sint32, "-1"),
    (Type::Sint64, "1"),
    (Type::Fixed32, "0"),
    (Type::Fixed64, "7"),
    (Type::Sfixed32, "-7"),
    (Type::Sfixed64, "8"),
    (Type::Float, "-inf"),
    (Type::Double, "nan"),
    (Type::Double, "0.5"),
];

fn synthetic_oneofs(message: &DynamicMessage) -> Vec<usize> {
    let fields = message.get_field_by_name("field").unwrap();
    let fields = fields
        .as_list()
        .unwrap()
        .iter()
        .filter_map(Value::as_message);
    let synthetic = fields.filter(|field| {
        field
            .get_field_by_name("proto3_optional")
            .unwrap()
            .as_bool()
            == Some(true)
    });
    synthetic
        .map(|field| {
            field
                .get_field_by_name("oneof_index")
                .unwrap()
                .as_i32()
                .unwrap() as usize
        })
        .collect()
}

fn json_name(name: &str) -> String {
    let mut upper = false;
    let mut json = String::new();
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c => {
                json.push(if std::mem::take(&mut upper) {
                    c.to_ascii_uppercase()
                } else {
                    c
                });
            }
        }
    }
    json
}

fn pascal_case(name: &str) -> String {
    let json = json_name(name);
    let mut chars = json.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

//! Compares fields and extensions: number, type, cardinality, presence, JSON name and default.

use std::fmt;

use prost_reflect::prost_types::FieldDescriptorProto;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::{ExtensionDescriptor, FieldDescriptor, Kind, Syntax};

use super::change::Break;
use super::walk::{Place, Walk, both};

use Break::{Behaviour, Json, Source, Wire};

/// The properties of a field or an extension that decide its encoding and its Rust type.
pub(super) struct Field {
    name: String,
    number: i32,
    scalar: Type,
    /// The type as a reader would write it, without its cardinality.
    type_name: String,
    cardinality: Cardinality,
    oneof: Option<String>,
    json_name: String,
    default: Option<String>,
}

/// How often a field occurs, and whether its absence is detectable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cardinality {
    Singular,
    Optional,
    Required,
    Repeated,
    Map,
}

impl Cardinality {
    fn is_singular(self) -> bool {
        matches!(self, Self::Singular | Self::Optional)
    }
}

impl fmt::Display for Cardinality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.cardinality == Cardinality::Repeated {
            f.write_str("repeated ")?;
        }
        write!(f, "{} = {}", self.type_name, self.number)
    }
}

impl Field {
    pub fn of(field: &FieldDescriptor) -> Self {
        let mut read = Self::read(field.field_descriptor_proto(), &field.kind());
        read.json_name = field.json_name().to_owned();
        let oneof = field.containing_oneof();
        let oneof = oneof.filter(|oneof| !oneof.is_synthetic());
        read.oneof = oneof.map(|oneof| oneof.name().to_owned());
        if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
            read.cardinality = Cardinality::Map;
            let key = type_name(&entry.map_entry_key_field().kind());
            let value = type_name(&entry.map_entry_value_field().kind());
            read.type_name = format!("map<{key}, {value}>");
        } else if read.cardinality.is_singular() {
            let proto2 = field.parent_message().parent_file().syntax() == Syntax::Proto2;
            // Members of a oneof have presence, but it is the oneof's.
            let explicit = proto2 || field.supports_presence();
            read.cardinality = match explicit && read.oneof.is_none() {
                true => Cardinality::Optional,
                false => Cardinality::Singular,
            };
        }
        read
    }

    pub fn of_extension(extension: &ExtensionDescriptor) -> Self {
        Self::read(extension.field_descriptor_proto(), &extension.kind())
    }

    fn read(proto: &FieldDescriptorProto, kind: &Kind) -> Self {
        Self {
            name: proto.name().to_owned(),
            number: proto.number(),
            scalar: proto.r#type(),
            type_name: type_name(kind),
            cardinality: match proto.label() {
                Label::Repeated => Cardinality::Repeated,
                Label::Required => Cardinality::Required,
                Label::Optional => Cardinality::Optional,
            },
            oneof: None,
            json_name: String::new(),
            default: proto.default_value.clone(),
        }
    }
}

fn type_name(kind: &Kind) -> String {
    match kind {
        Kind::Message(message) => message.full_name().to_owned(),
        Kind::Enum(item) => item.full_name().to_owned(),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}

impl Walk<'_> {
    /// Compares everything but the name and the options.
    pub fn field(&mut self, at: &Place, old: &Field, new: &Field) {
        let numbers = both(old.number, new.number);
        self.property("field_renumbered", at, &[Wire, Behaviour], numbers);
        if old.type_name != new.type_name || old.scalar != new.scalar {
            let types = both(&old.type_name, &new.type_name);
            self.push("field_type_changed", at, &retyping(old, new), types);
        }
        let all = [Wire, Json, Source];
        if old.oneof != new.oneof {
            let oneofs = (old.oneof.clone(), new.oneof.clone());
            self.push("field_oneof_changed", at, &all, oneofs);
        } else {
            let values = both(old.cardinality, new.cardinality);
            match old.cardinality.is_singular() && new.cardinality.is_singular() {
                true => self.property("field_presence_changed", at, &[Source], values),
                false => self.property("field_cardinality_changed", at, &all, values),
            }
        }
        // A renamed field has another JSON name by nature.
        if old.name == new.name {
            let names = both(&old.json_name, &new.json_name);
            self.property("field_json_name_changed", at, &[Json], names);
        }
        let defaults = (old.default.clone(), new.default.clone());
        let breaks = [Wire, Json, Behaviour];
        self.property("field_default_changed", at, &breaks, defaults);
    }
}

/// What another type breaks, by which types share an encoding.
fn retyping(old: &Field, new: &Field) -> Vec<Break> {
    let wire = wire_group(old.scalar);
    // Any string is valid as bytes.
    let widened = old.scalar == Type::String && new.scalar == Type::Bytes;
    let same_wire = widened || (wire.is_some() && wire == wire_group(new.scalar));
    let json = json_group(old.scalar);
    let same_json = json.is_some() && json == json_group(new.scalar);
    let mut breaks = Vec::new();
    if !same_wire {
        breaks.push(Wire);
    }
    if !same_json {
        breaks.push(Json);
    }
    breaks.push(Source);
    breaks
}

/// Types of one group are encoded alike; `None` is compatible with nothing.
fn wire_group(kind: Type) -> Option<u8> {
    match kind {
        Type::Int32 | Type::Int64 | Type::Uint32 | Type::Uint64 | Type::Bool => Some(0),
        Type::Sint32 | Type::Sint64 => Some(1),
        Type::Fixed32 | Type::Sfixed32 => Some(2),
        Type::Fixed64 | Type::Sfixed64 => Some(3),
        _ => None,
    }
}

/// The same for JSON, where 64-bit integers are strings.
fn json_group(kind: Type) -> Option<u8> {
    match kind {
        Type::Int32 | Type::Uint32 | Type::Sint32 | Type::Fixed32 | Type::Sfixed32 => Some(0),
        Type::Int64 | Type::Uint64 | Type::Sint64 | Type::Fixed64 | Type::Sfixed64 => Some(1),
        Type::Float | Type::Double => Some(2),
        _ => None,
    }
}

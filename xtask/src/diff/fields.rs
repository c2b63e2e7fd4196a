//! Compares fields: they are the same by name, or by number if only the name changed.

use prost_reflect::prost_types::FieldDescriptorProto;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::{ExtensionDescriptor, FieldDescriptor, Kind as Of, MessageDescriptor, Syntax};

use super::change::{Break, Kind};
use super::constraints;
use super::options::{Element, Leaf, Options};
use super::reserved::Reserved;
use super::side;
use super::walk::{Symbol, Walk, both};

use Break::{Behaviour, Json, Source, Wire};

/// The properties of a field or an extension that decide its encoding and its Rust type.
pub(super) struct Field {
    symbol: String,
    name: String,
    number: i64,
    scalar: Type,
    /// The type as a reader would write it, without its cardinality.
    type_name: String,
    cardinality: Cardinality,
    oneof: Option<String>,
    json_name: String,
    default: Option<String>,
    /// Whether its own options keep it in the public API.
    visible: bool,
    options: Options,
}

/// How often a field occurs, and whether its absence is detectable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cardinality {
    Implicit,
    Explicit,
    Required,
    Repeated,
    Map,
}

impl Cardinality {
    fn name(self) -> &'static str {
        match self {
            Self::Implicit => "singular",
            Self::Explicit => "optional",
            Self::Required => "required",
            Self::Repeated => "repeated",
            Self::Map => "map",
        }
    }

    fn is_singular(self) -> bool {
        matches!(self, Self::Implicit | Self::Explicit)
    }
}

impl Field {
    pub fn new(field: &FieldDescriptor) -> Self {
        let proto = field.field_descriptor_proto();
        let oneof = field
            .containing_oneof()
            .filter(|oneof| !oneof.is_synthetic());
        let mut read = Self::read(proto, &field.kind(), field);
        read.symbol = field.full_name().to_owned();
        read.json_name = field.json_name().to_owned();
        read.oneof = oneof.map(|oneof| oneof.name().to_owned());
        if field.is_map() {
            read.cardinality = Cardinality::Map;
            if let Of::Message(entry) = field.kind() {
                let key = type_name(&entry.map_entry_key_field().kind());
                let value = type_name(&entry.map_entry_value_field().kind());
                read.type_name = format!("map<{key}, {value}>");
            }
        } else if read.cardinality.is_singular() {
            let proto2 = field.parent_message().parent_file().syntax() == Syntax::Proto2;
            // Members of a oneof have presence, but it is the oneof's.
            let explicit = proto2 || field.supports_presence();
            read.cardinality = match explicit && read.oneof.is_none() {
                true => Cardinality::Explicit,
                false => Cardinality::Implicit,
            };
        }
        read
    }

    pub fn extension(extension: &ExtensionDescriptor) -> Self {
        let proto = extension.field_descriptor_proto();
        let mut read = Self::read(proto, &extension.kind(), extension);
        read.symbol = extension.full_name().to_owned();
        read.json_name = extension.json_name().to_owned();
        read
    }

    fn read(proto: &FieldDescriptorProto, kind: &Of, element: &impl Element) -> Self {
        let cardinality = match proto.label() {
            Label::Repeated => Cardinality::Repeated,
            Label::Required => Cardinality::Required,
            Label::Optional => Cardinality::Explicit,
        };
        Self {
            symbol: String::new(),
            name: proto.name().to_owned(),
            number: i64::from(proto.number()),
            scalar: proto.r#type(),
            type_name: type_name(kind),
            cardinality,
            oneof: None,
            json_name: String::new(),
            default: proto.default_value.clone(),
            visible: side::is_visible(element),
            options: Options::of(element),
        }
    }
}

fn type_name(kind: &Of) -> String {
    match kind {
        Of::Message(message) => message.full_name().to_owned(),
        Of::Enum(kind) => kind.full_name().to_owned(),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}

impl Walk<'_> {
    pub fn fields(
        &mut self,
        at: Symbol<'_>,
        (_, old): (&MessageDescriptor, &[Field]),
        (message, new): (&MessageDescriptor, &[Field]),
    ) {
        let reserved = Reserved::of_message(message);
        for field in old {
            let public = at.public && field.visible;
            let symbol = Symbol::new(&field.symbol, at.file, public);
            if let Some(now) = new.iter().find(|now| now.name == field.name) {
                let symbol = Symbol {
                    public: public || at.public && now.visible,
                    ..symbol
                };
                self.same_field(symbol, field, now);
                continue;
            }
            let same_number = new.iter().find(|now| now.number == field.number);
            let known = |now: &Field| old.iter().any(|old| old.name == now.name);
            match same_number {
                Some(now) if !known(now) => {
                    let values = both(&field.name, &now.name);
                    self.push(Kind::FieldRenamed, symbol, &[Json, Source], values);
                    self.same_field(symbol, field, now);
                }
                same_number => {
                    let mut breaks = reserved.removal(&field.name, field.number, false);
                    // A number that means something else now cannot be reserved.
                    if same_number.is_some() && !breaks.contains(&Wire) {
                        breaks.insert(0, Wire);
                    }
                    let values = (Some(field.number.to_string()), None);
                    self.push(Kind::FieldRemoved, symbol, &breaks, values);
                }
            }
        }
        let file = message.parent_file();
        for field in new {
            let known = old.iter().any(|old| old.name == field.name);
            let same_number = (old.iter())
                .filter(|old| new.iter().all(|now| now.name != old.name))
                .any(|old| old.number == field.number);
            if known || same_number {
                continue;
            }
            let symbol = Symbol::new(
                &field.symbol,
                file.name(),
                self.new.is_public(message.full_name()) && field.visible,
            );
            let values = (
                None,
                Some(format!("{} = {}", describe(field), field.number)),
            );
            match constraints::is_required(&field.options) {
                true => self.push(Kind::RequiredFieldAdded, symbol, &[Behaviour], values),
                false => self.push(Kind::FieldAdded, symbol, &[], values),
            }
        }
    }

    /// Everything but the name of one field.
    pub fn same_field(&mut self, at: Symbol<'_>, old: &Field, new: &Field) {
        if old.number != new.number {
            let values = both(old.number, new.number);
            self.push(Kind::FieldRenumbered, at, &[Wire, Behaviour], values);
        }
        if old.type_name != new.type_name || old.scalar != new.scalar {
            let values = both(&old.type_name, &new.type_name);
            self.push(Kind::FieldTypeChanged, at, &retyping(old, new), values);
        }
        if old.oneof != new.oneof {
            let values = (old.oneof.clone(), new.oneof.clone());
            self.push(Kind::FieldOneofChanged, at, &[Wire, Json, Source], values);
        } else if old.cardinality != new.cardinality {
            let values = both(old.cardinality.name(), new.cardinality.name());
            if old.cardinality.is_singular() && new.cardinality.is_singular() {
                self.push(Kind::FieldPresenceChanged, at, &[Source], values);
            } else {
                let breaks = [Wire, Json, Source];
                self.push(Kind::FieldCardinalityChanged, at, &breaks, values);
            }
        }
        // A renamed field has another JSON name by nature.
        if old.name == new.name && old.json_name != new.json_name {
            let values = both(&old.json_name, &new.json_name);
            self.push(Kind::FieldJsonNameChanged, at, &[Json], values);
        }
        if old.default != new.default {
            let values = (old.default.clone(), new.default.clone());
            self.push(
                Kind::FieldDefaultChanged,
                at,
                &[Wire, Json, Behaviour],
                values,
            );
        }
        let mut rest = (old.options.clone(), new.options.clone());
        for key in ["packed", "ctype", "jstype"] {
            let (old, new) = (rest.0.0.remove(key), rest.1.0.remove(key));
            if old != new {
                let text = |leaf: Option<Leaf>| leaf.map(|leaf| format!("{key} = {leaf}"));
                self.push(Kind::FieldEncodingChanged, at, &[], (text(old), text(new)));
            }
        }
        self.read_options(at, &rest.0, &rest.1);
    }
}

fn describe(field: &Field) -> String {
    match field.cardinality {
        Cardinality::Repeated => format!("repeated {}", field.type_name),
        _ => field.type_name.clone(),
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

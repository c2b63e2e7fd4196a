//! The named elements of a file: what can have a comment, be referred to, and be compared.

use prost_reflect::{
    DynamicMessage, EnumDescriptor, EnumValueDescriptor, ExtensionDescriptor, FieldDescriptor,
    FileDescriptor, MessageDescriptor, MethodDescriptor, OneofDescriptor, ServiceDescriptor,
};

/// An element of a file. Map entries and the oneofs of `optional` fields, which nobody writes, are none.
#[derive(Debug, Clone)]
pub enum Element {
    Message(MessageDescriptor),
    Field(FieldDescriptor),
    Oneof(OneofDescriptor),
    Extension(ExtensionDescriptor),
    Enum(EnumDescriptor),
    Value(EnumValueDescriptor),
    Service(ServiceDescriptor),
    Rpc(MethodDescriptor),
}

/// Evaluates the expression for the descriptor of any element.
macro_rules! each {
    ($element:expr, $it:ident => $value:expr) => {
        match $element {
            Element::Message($it) => $value,
            Element::Field($it) => $value,
            Element::Oneof($it) => $value,
            Element::Extension($it) => $value,
            Element::Enum($it) => $value,
            Element::Value($it) => $value,
            Element::Service($it) => $value,
            Element::Rpc($it) => $value,
        }
    };
}

impl Element {
    /// Every element of `file`, each before those inside it.
    pub fn all(file: &FileDescriptor) -> Vec<Self> {
        let mut found = Vec::new();
        for message in file.messages() {
            push_message(message, &mut found);
        }
        for item in file.enums() {
            push_enum(item, &mut found);
        }
        for service in file.services() {
            found.push(Self::Service(service.clone()));
            found.extend(service.methods().map(Self::Rpc));
        }
        found.extend(file.extensions().map(Self::Extension));
        found
    }

    /// `package.Message.field`, `package.Enum.VALUE` or `package.Service/Rpc`.
    pub fn symbol(&self) -> String {
        match self {
            Self::Value(it) => format!("{}.{}", it.parent_enum().full_name(), it.name()),
            Self::Rpc(it) => format!("{}/{}", it.parent_service().full_name(), it.name()),
            other => other.full_name().to_owned(),
        }
    }

    /// The name in the scopes of protobuf, where the values of an enum are beside it.
    pub fn full_name(&self) -> &str {
        each!(self, it => it.full_name())
    }

    /// The place in the descriptor, as positions of comments have it.
    pub fn path(&self) -> &[i32] {
        each!(self, it => it.path())
    }

    /// The options, with those extensions that the pool declares.
    pub fn options(&self) -> DynamicMessage {
        each!(self, it => it.options())
    }

    pub fn file(&self) -> FileDescriptor {
        each!(self, it => it.parent_file())
    }

    /// The kind of element, as reports name it.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Field(_) => "field",
            Self::Oneof(_) => "oneof",
            Self::Extension(_) => "extension",
            Self::Enum(_) => "enum",
            Self::Value(_) => "enum_value",
            Self::Service(_) => "service",
            Self::Rpc(_) => "rpc",
        }
    }
}

fn push_message(message: MessageDescriptor, found: &mut Vec<Element>) {
    if message.is_map_entry() {
        return;
    }
    found.push(Element::Message(message.clone()));
    found.extend(message.fields().map(Element::Field));
    let oneofs = message.oneofs().filter(|oneof| !oneof.is_synthetic());
    found.extend(oneofs.map(Element::Oneof));
    found.extend(message.child_extensions().map(Element::Extension));
    for nested in message.child_messages() {
        push_message(nested, found);
    }
    for item in message.child_enums() {
        push_enum(item, found);
    }
}

fn push_enum(item: EnumDescriptor, found: &mut Vec<Element>) {
    found.push(Element::Enum(item.clone()));
    found.extend(item.values().map(Element::Value));
}

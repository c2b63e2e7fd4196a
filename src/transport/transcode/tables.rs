//! The fields and routes of the messages, as generated from the descriptors.

use ::http::Method;

use super::error::TranscodeError;

#[cfg(not(feature = "_codegen"))]
include!("../../../generated/transcoding.rs");
#[cfg(feature = "_codegen")]
include!(concat!(env!("OUT_DIR"), "/transcoding.rs"));

/// The REST side of the RPC with this gRPC path.
pub(crate) fn route(path: &str) -> Option<&'static Route> {
    let mut routes = ROUTES.iter();
    let (_, route) = routes.find(|(known, _)| *known == path)?;
    Some(route)
}

/// The REST side of an RPC.
pub(crate) struct Route {
    /// Bindings with more variables first.
    pub bindings: &'static [Binding],
    pub input: &'static Message,
    pub output: &'static Message,
}

/// One HTTP form of an RPC.
pub(crate) struct Binding {
    pub verb: Method,
    pub path: &'static [Part],
    pub body: Body,
}

/// A part of a path. A variable is the path of a field.
pub(crate) enum Part {
    Literal(&'static str),
    Variable(&'static str),
}

/// The fields in the body. The others are in the query.
pub(crate) enum Body {
    None,
    Whole,
    Field(&'static str),
}

/// The fields of a message.
pub(crate) struct Message {
    pub fields: &'static [Field],
}

pub(crate) struct Field {
    pub number: u32,
    pub name: &'static str,
    pub json_name: &'static str,
    pub shape: Shape,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The default value is the same as no value.
    Single,
    /// The field can be absent.
    Optional,
    Repeated,
    /// The kind is the message of an entry.
    Map,
}

// The messages in the tables do not use every kind.
#[allow(dead_code)]
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    Enum(&'static Enum),
    Message(&'static Message),
    Struct,
    Value,
    ListValue,
    Timestamp,
    Duration,
    /// A message with one field, whose JSON form is that field's value.
    Wrapper(&'static Kind),
}

/// The numbers and names of an enum.
pub(crate) struct Enum(pub &'static [(i32, &'static str)]);

/// The key field and the value field of a map's entries.
pub(super) fn map_entry(kind: Kind) -> Result<(&'static Field, &'static Field), TranscodeError> {
    match kind {
        Kind::Message(Message {
            fields: [key, value],
        }) => Ok((key, value)),
        _ => Err(TranscodeError::new("is not a valid map field")),
    }
}

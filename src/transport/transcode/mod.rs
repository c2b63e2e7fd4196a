//! Protobuf messages to and from their JSON form, by tables generated from the descriptors.
//!
//! The facade thinks in one kind of message, and the REST wire speaks JSON; serde implementations
//! for all messages would be ten times the code for every program to compile. Fields are written
//! under the names of the descriptors (`tool_name`), as the service's own responses and error bodies
//! have them, and read under either name, as proto3 JSON demands.

mod from_json;
mod to_json;
mod weigh;

pub(crate) use from_json::{Unread, from_json, read_json};
pub(crate) use to_json::to_json;
pub(crate) use weigh::weigh;

use std::fmt;

use ::http::Method;

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
    /// Those with more variables first.
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

/// A piece of a path, a variable being the path of a field.
pub(crate) enum Part {
    Literal(&'static str),
    Variable(&'static str),
}

/// Which fields the body has; the others go into the query.
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
    /// Its default and its absence are the same.
    Single,
    /// It can be absent.
    Optional,
    Repeated,
    /// Its kind is the message of one entry.
    Map,
}

// Tables name what their messages need, which is not every kind that there is.
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
    /// A message with one field, written as that field's value.
    Wrapper(&'static Kind),
}

/// Numbers and names.
pub(crate) struct Enum(pub &'static [(i32, &'static str)]);

/// What cannot be transcoded: the path of the field, and what was wrong. Never a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    path: String,
    reason: &'static str,
}

impl Unfit {
    fn new(reason: &'static str) -> Self {
        Self {
            path: String::new(),
            reason,
        }
    }

    /// The same, seen from the message around it.
    fn within(mut self, field: &str) -> Self {
        if !self.path.is_empty() {
            self.path.insert(0, '.');
        }
        self.path.insert_str(0, field);
        self
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(self.reason);
        }
        write!(f, "{} {}", self.path, self.reason)
    }
}

/// Both fields of the message that a map is a list of.
fn entry(kind: Kind) -> Result<(&'static Field, &'static Field), Unfit> {
    match kind {
        Kind::Message(Message {
            fields: [key, value],
        }) => Ok((key, value)),
        _ => Err(Unfit::new("is a map without entries")),
    }
}

#[cfg(test)]
mod tests;

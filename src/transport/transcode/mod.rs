//! Converts protobuf messages to and from their JSON form, with tables generated from the descriptors.
//!
//! The facade uses protobuf messages on both transports, and the REST API uses JSON. serde
//! implementations for all messages would be ten times the code to compile. Fields are written under the
//! names of the descriptors (`tool_name`), like in the service's responses, and read under either name,
//! as proto3 JSON requires.

mod error;
mod from_json;
mod memory;
mod scalar;
mod tables;
mod to_json;

pub(crate) use error::TranscodeError;
pub(crate) use from_json::{ReadError, from_json, read_json};
pub(crate) use memory::check_memory;
#[cfg(test)]
pub(crate) use tables::ROUTES;
pub(crate) use tables::{Binding, Body, ERROR_INFO, Kind, Message, Part, Route, route};
pub(crate) use to_json::to_json;

#[cfg(test)]
mod tests;

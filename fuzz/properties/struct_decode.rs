//! The result of a tool, as a JSON value and as a type.

use std::collections::BTreeMap;

use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::Struct;
use crate::raw::tools;
use crate::{Error, ErrorKind, ToolOutput};

/// A type of an application, some of whose fields may be present.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Typed {
    flag: Option<bool>,
    integer: Option<i64>,
    double: Option<f64>,
    text: Option<String>,
    list: Vec<Value>,
    map: BTreeMap<String, Value>,
    inner: Option<Box<Typed>>,
}

/// An encoded `google.protobuf.Struct` as the result of a tool: the JSON value and the type that are read
/// from the bytes equal those that serde_json reads from the JSON text.
pub fn struct_decode(data: &[u8]) -> bool {
    let Some((value, typed)) = tool_result(data) else {
        return false;
    };
    let text = value.to_string();
    let again: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(again, value);
    let of_text = serde_json::from_str::<Typed>(&text);
    match (&typed, &of_text) {
        (Ok(typed), Ok(of_text)) => assert_eq!(typed, of_text),
        (Err(error), Err(_)) => assert_eq!(error.kind(), ErrorKind::Decode),
        _ => panic!("{typed:?} is not {of_text:?}"),
    }
    typed.is_ok()
}

/// The result of a tool that returned this struct, as a JSON value and as a type.
fn tool_result(data: &[u8]) -> Option<(Value, Result<Typed, Error>)> {
    let response = tools::ExecuteToolResponse {
        data: Some(Struct::decode(data).ok()?),
        ..Default::default()
    };
    let output = ToolOutput::from_wire(response);
    // Nested values are only checked when they are read.
    let value = output.value().ok()?;
    Some((value, output.json()))
}

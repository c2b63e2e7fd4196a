//! Every way to read and write a large tool result and a list of 100 tools.

use std::hint::black_box;

use bytes::Bytes;
use prost::Message as _;
use scalekit::raw::json::Struct;
use scalekit::raw::tools::{ExecuteToolResponse, ListToolsResponse, Tool};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bare::api::scalekit::v1::tools as tree;
use crate::bare::to_json;
use crate::result::Mails;

/// A group, a name in it, and the function to run.
pub type Way = (&'static str, &'static str, fn(&Inputs));

/// The entry "ours" is compared with the others of its group.
pub const WAYS: &[Way] = &[
    ("to a type", "ours", |inputs| done(inputs.typed())),
    ("to a type", "serde_json::from_slice", |inputs| {
        done(inputs.typed_from_text())
    }),
    ("to a type", "prost's tree, Value", |inputs| {
        done(inputs.typed_from_tree())
    }),
    ("to a type", "ours, borrowed and in part", |inputs| {
        done(inputs.in_part())
    }),
    ("to a Value", "ours", |inputs| done(inputs.value())),
    ("to a Value", "serde_json::from_slice", |inputs| {
        done(inputs.value_from_text())
    }),
    ("to a Value", "prost's tree", |inputs| {
        done(inputs.value_from_tree())
    }),
    ("from a type", "ours", |inputs| done(inputs.write())),
    ("from a type", "serde_json::to_vec", |inputs| {
        done(inputs.write_text())
    }),
    ("100 tools", "ours, unread", |inputs| done(inputs.tools())),
    ("100 tools", "prost's tree", |inputs| {
        done(inputs.tools_as_trees())
    }),
];

fn done<T>(result: T) {
    black_box(result);
}

pub struct Inputs {
    mails: Mails,
    text: Vec<u8>,
    /// The encoded response with the same content.
    response: Bytes,
    /// The encoded list.
    list: Bytes,
}

impl Inputs {
    pub fn example() -> Self {
        let mails = Mails::example();
        let response = ExecuteToolResponse {
            data: Some(Struct::new(&mails).expect("an object")),
            execution_id: "exec_1".into(),
        };
        let tools = (0..100).map(|n| Tool {
            id: format!("tol_{n}"),
            definition: Some(Struct::new(&definition(n)).expect("an object")),
            ..Tool::default()
        });
        let list = ListToolsResponse {
            tools: tools.collect(),
            ..ListToolsResponse::default()
        };
        let inputs = Self {
            text: serde_json::to_vec(&mails).expect("JSON"),
            mails,
            response: response.encode_to_vec().into(),
            list: list.encode_to_vec().into(),
        };
        assert_eq!(inputs.typed(), inputs.mails);
        assert_eq!(inputs.typed_from_text(), inputs.mails);
        assert_eq!(inputs.typed_from_tree(), inputs.mails);
        assert_eq!(inputs.value(), inputs.value_from_text());
        inputs
    }

    /// The size of the result as JSON text and encoded.
    pub fn sizes(&self) -> (usize, usize) {
        (self.text.len(), self.response.len())
    }

    fn data(&self) -> Struct {
        let response = ExecuteToolResponse::decode(self.response.clone());
        response.expect("a response").data.expect("data")
    }

    fn typed(&self) -> Mails {
        self.data().json().expect("mails")
    }

    fn typed_from_text(&self) -> Mails {
        serde_json::from_slice(&self.text).expect("mails")
    }

    fn typed_from_tree(&self) -> Mails {
        serde_json::from_value(self.value_from_tree()).expect("mails")
    }

    fn in_part(&self) -> usize {
        let data = self.data();
        let mails: BorrowedMails<'_> = data.json().expect("mails");
        mails.messages.len()
    }

    fn value(&self) -> Value {
        self.data().value().expect("JSON")
    }

    fn value_from_text(&self) -> Value {
        serde_json::from_slice(&self.text).expect("JSON")
    }

    fn value_from_tree(&self) -> Value {
        let response = tree::ExecuteToolResponse::decode(self.response.clone());
        to_json(response.expect("a response").data.expect("data"))
    }

    fn write(&self) -> Struct {
        Struct::new(&self.mails).expect("an object")
    }

    fn write_text(&self) -> Vec<u8> {
        serde_json::to_vec(&self.mails).expect("JSON")
    }

    fn tools(&self) -> ListToolsResponse {
        ListToolsResponse::decode(self.list.clone()).expect("a response")
    }

    fn tools_as_trees(&self) -> tree::ListToolsResponse {
        tree::ListToolsResponse::decode(self.list.clone()).expect("a response")
    }
}

/// Some fields of the mails, which borrow their text.
#[derive(Deserialize)]
#[allow(dead_code)]
struct BorrowedMails<'a> {
    #[serde(borrow)]
    messages: Vec<BorrowedMail<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct BorrowedMail<'a> {
    id: &'a str,
    subject: &'a str,
    snippet: &'a str,
    size_bytes: u64,
}

/// The definition of a tool with a dozen parameters.
fn definition(n: usize) -> Value {
    let properties: serde_json::Map<_, _> = (0..12)
        .map(|p| {
            let schema = json!({
                "type": "string",
                "title": format!("Parameter {p}"),
                "description": "What it is for, in a sentence that a language model understands.",
                "default": p,
            });
            (format!("parameter_{p}"), schema)
        })
        .collect();
    json!({
        "name": format!("gmail_tool_{n}"),
        "description": "Does something with the mails of a user, and says what came of it.",
        "input_schema": {"type": "object", "properties": properties, "required": ["parameter_0"]},
        "annotations": {"title": "A tool", "read_only_hint": true},
    })
}

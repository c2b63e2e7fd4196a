//! A tool result of about 120 KB and a list of 100 tools, the same on every machine, and every way to
//! read and write them.

use std::hint::black_box;

use bytes::Bytes;
use prost::Message as _;
use scalekit::raw::json::Struct;
use scalekit::raw::tools::{ExecuteToolResponse, ListToolsResponse, Tool};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A group, a name in it, and what to do.
pub type Way = (&'static str, &'static str, fn(&Inputs));

/// What is called "ours" is held against the others of its group.
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
    /// The encoded answer with the same content.
    answer: Bytes,
    /// The encoded list.
    list: Bytes,
}

impl Inputs {
    pub fn new() -> Self {
        let mails = mails();
        let answer = ExecuteToolResponse {
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
            answer: answer.encode_to_vec().into(),
            list: list.encode_to_vec().into(),
        };
        assert_eq!(inputs.typed(), inputs.mails);
        assert_eq!(inputs.typed_from_text(), inputs.mails);
        assert_eq!(inputs.typed_from_tree(), inputs.mails);
        assert_eq!(inputs.value(), inputs.value_from_text());
        inputs
    }

    /// How long the result is as text and on the wire.
    // Not said twice.
    #[allow(dead_code)]
    pub fn sizes(&self) -> (usize, usize) {
        (self.text.len(), self.answer.len())
    }

    fn data(&self) -> Struct {
        let answer = ExecuteToolResponse::decode(self.answer.clone());
        answer.expect("an answer").data.expect("data")
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
        let answer = TreeResponse::decode(self.answer.clone()).expect("an answer");
        tree::object(answer.data.expect("data"))
    }

    fn write(&self) -> Struct {
        Struct::new(&self.mails).expect("an object")
    }

    fn write_text(&self) -> Vec<u8> {
        serde_json::to_vec(&self.mails).expect("JSON")
    }

    fn tools(&self) -> ListToolsResponse {
        ListToolsResponse::decode(self.list.clone()).expect("an answer")
    }

    fn tools_as_trees(&self) -> TreeTools {
        TreeTools::decode(self.list.clone()).expect("an answer")
    }
}

/// What a mail tool gives back for a long list.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Mails {
    result_size: u32,
    next_page_token: Option<String>,
    messages: Vec<Mail>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Mail {
    id: String,
    thread_id: String,
    subject: String,
    from: Person,
    to: Vec<Person>,
    snippet: String,
    labels: Vec<String>,
    size_bytes: u64,
    received_at: i64,
    score: f64,
    is_unread: bool,
    attachment: Option<Attachment>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Person {
    name: String,
    email: String,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Attachment {
    name: String,
    mime_type: String,
    size_bytes: u64,
}

/// The same without copies of text.
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

/// About 130 KB of JSON, the same on every machine.
fn mails() -> Mails {
    let mut rng = fastrand::Rng::with_seed(130);
    let mut words = |count: usize| {
        let words = [
            "invoice",
            "October",
            "meeting",
            "re:",
            "plan",
            "über",
            "the",
            "to",
            "quarterly",
        ];
        let words: Vec<_> = (0..count)
            .map(|_| *rng.choice(words.iter()).expect("a word"))
            .collect();
        words.join(" ")
    };
    let person = |n: usize| Person {
        name: format!("Person Number {n}"),
        email: format!("person.{n}@example.com"),
    };
    let messages = (0..208).map(|n| Mail {
        id: format!("18f3c2a{n:09x}"),
        thread_id: format!("18f3c2b{n:09x}"),
        subject: words(6),
        from: person(n),
        to: (0..n % 3 + 1).map(person).collect(),
        snippet: words(22),
        labels: vec![
            "INBOX".into(),
            "IMPORTANT".into(),
            "CATEGORY_UPDATES".into(),
        ],
        size_bytes: 10_000 + 37 * n as u64,
        received_at: 1_760_000_000 + 61 * n as i64,
        score: 1.0 / (n + 3) as f64,
        is_unread: n % 2 == 0,
        attachment: n.is_multiple_of(4).then(|| Attachment {
            name: format!("invoice-{n}.pdf"),
            mime_type: "application/pdf".into(),
            size_bytes: 100_000 + n as u64,
        }),
    });
    Mails {
        result_size: 208,
        next_page_token: None,
        messages: messages.collect(),
    }
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

mod tree {
    //! By way of prost's tree and a JSON value, as one does with the types of prost-types.

    use prost_types::value::Kind;
    use serde_json::{Number, Value};

    pub fn value(value: prost_types::Value) -> Value {
        match value.kind {
            None | Some(Kind::NullValue(_)) => Value::Null,
            Some(Kind::BoolValue(value)) => Value::Bool(value),
            Some(Kind::NumberValue(number)) if number.fract() == 0.0 => Value::from(number as i64),
            Some(Kind::NumberValue(number)) => {
                Number::from_f64(number).map_or(Value::Null, Value::Number)
            }
            Some(Kind::StringValue(text)) => Value::String(text),
            Some(Kind::ListValue(list)) => list.values.into_iter().map(self::value).collect(),
            Some(Kind::StructValue(fields)) => object(fields),
        }
    }

    pub fn object(fields: prost_types::Struct) -> Value {
        let fields = fields.fields.into_iter();
        fields.map(|(name, field)| (name, value(field))).collect()
    }
}

/// The answer with prost's own struct in it.
#[derive(Clone, PartialEq, prost::Message)]
struct TreeResponse {
    #[prost(message, optional, tag = "1")]
    data: Option<prost_types::Struct>,
    #[prost(string, tag = "2")]
    execution_id: String,
}

/// The part of a list that holds definitions.
#[derive(Clone, PartialEq, prost::Message)]
struct TreeTools {
    #[prost(message, repeated, tag = "5")]
    tools: Vec<TreeTool>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct TreeTool {
    #[prost(message, optional, tag = "3")]
    definition: Option<prost_types::Struct>,
}

//! A tool result of about 130 KB and a list of 100 definitions, the same on every machine.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a mail tool gives back for a long list.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub struct Mails {
    result_size: u32,
    next_page_token: Option<String>,
    messages: Vec<Mail>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub struct Mail {
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
pub struct Person {
    name: String,
    email: String,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub struct Attachment {
    name: String,
    mime_type: String,
    size_bytes: u64,
}

/// The same without copies of text.
#[derive(Deserialize)]
#[allow(dead_code)]
pub struct BorrowedMails<'a> {
    #[serde(borrow)]
    messages: Vec<BorrowedMail<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
pub struct BorrowedMail<'a> {
    id: &'a str,
    subject: &'a str,
    snippet: &'a str,
    size_bytes: u64,
}

/// About 130 KB of JSON, the same on every machine.
pub fn mails() -> Mails {
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
    let messages = (0..190).map(|n| Mail {
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
        result_size: 190,
        next_page_token: None,
        messages: messages.collect(),
    }
}

/// The definition of a tool with a dozen parameters.
pub fn definition(n: usize) -> Value {
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

/// The answer with prost's own pub struct in it.
#[derive(Clone, PartialEq, prost::Message)]
pub struct TreeResponse {
    #[prost(message, optional, tag = "1")]
    data: Option<prost_types::Struct>,
    #[prost(string, tag = "2")]
    execution_id: String,
}

/// The part of a list that holds definitions.
#[derive(Clone, PartialEq, prost::Message)]
pub struct TreeTools {
    #[prost(message, repeated, tag = "5")]
    tools: Vec<TreeTool>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct TreeTool {
    #[prost(message, optional, tag = "3")]
    definition: Option<prost_types::Struct>,
}

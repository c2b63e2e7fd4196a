//! The large result as a type, with the same content in every run.

use serde::{Deserialize, Serialize};

/// The result of a mail tool: 200 messages, about 130 KB as JSON.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Mails {
    pub messages: Vec<Mail>,
    pub next_page_token: Option<String>,
    pub estimate: u64,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Mail {
    pub id: String,
    pub thread_id: String,
    pub from: Person,
    pub to: Vec<Person>,
    pub subject: String,
    pub snippet: String,
    pub size_bytes: u64,
    pub score: f64,
    pub unread: bool,
    pub labels: Vec<String>,
    pub attachment: Option<Attachment>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Person {
    pub name: String,
    pub address: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Attachment {
    pub name: String,
    pub bytes: u64,
}

impl Mails {
    pub fn example() -> Self {
        let person = |number: u64| Person {
            name: format!("Person Number {number}"),
            address: format!("person.{number}@example.com"),
        };
        let mail = |number: u64| Mail {
            id: format!("msg_{number:016x}"),
            thread_id: format!("thr_{:016x}", number / 3),
            from: person(number),
            to: vec![person(number + 1), person(number + 2)],
            subject: format!(
                "Re: the report of week {} – draft \"{}\"",
                number % 52,
                number % 7
            ),
            snippet: "Thanks for the numbers. I went through them and have three questions before \
                      we send it on: where the second table comes from, whether it is net."
                .repeat(1 + number as usize % 2),
            size_bytes: 1_000 + number * 37,
            // Never integral: JSON text would have `1.0`, and a `Struct` has `1`.
            score: (number as f64 + 0.5) / 7.0,
            unread: number.is_multiple_of(3),
            labels: vec!["INBOX".into(), format!("Label_{}", number % 11)],
            attachment: number.is_multiple_of(5).then(|| Attachment {
                name: format!("report-{number}.pdf"),
                bytes: number * 1_024,
            }),
        };
        Self {
            messages: (0..200).map(mail).collect(),
            next_page_token: Some("page-2".into()),
            estimate: 4_711,
        }
    }
}

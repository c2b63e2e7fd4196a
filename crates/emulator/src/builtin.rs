//! The built-in seed.

use serde_json::{Value, json};

use crate::code::Code;
use crate::seed::{Annotations, Connection, Seed, Tool, ToolCall, ToolFailure};

const SUBJECTS: [(&str, &str, &str); 3] = [
    ("msg_1001", "Invoice for October", "billing@example.org"),
    ("msg_1002", "Lunch on Thursday?", "bob@example.org"),
    (
        "msg_1003",
        "Your ticket has been answered",
        "support@example.org",
    ),
];

const STORIES: [(u32, &str, u32); 5] = [
    (40_001, "A protocol explained in one page", 412),
    (
        40_002,
        "What we learned from running agents for a year",
        305,
    ),
    (40_003, "Small languages, large programs", 188),
    (40_004, "The history of a retry loop", 97),
    (40_005, "Show: a local emulator for an API", 64),
];

impl Seed {
    /// Three connections (`gmail` with OAuth, `exa` with an API key, `hackernews` without
    /// authentication), their tools, and no account.
    pub fn builtin() -> Self {
        Seed::empty()
            .connection(Connection::oauth("gmail", "GMAIL").scopes([
                "https://www.googleapis.com/auth/gmail.readonly",
                "https://www.googleapis.com/auth/gmail.send",
            ]))
            .connection(Connection::api_key("exa", "EXA"))
            .connection(Connection::no_auth("hackernews", "HACKERNEWS"))
            .tool(fetch_mails())
            .tool(send_mail())
            .tool(exa_search())
            .tool(top_stories())
    }
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn fetch_mails() -> Tool {
    Tool::new("gmail_fetch_mails", "GMAIL")
        .description("Fetches mails of the user's mailbox, newest first")
        .input_schema(object(
            &json!({
                "query": { "type": "string", "description": "Only mails whose subject contains this" },
                "max_results": { "type": "integer", "minimum": 1, "maximum": 100, "default": 10 },
            }),
            &[],
        ))
        .output_schema(object(
            &json!({
                "messages": { "type": "array", "items": { "type": "object", "properties": {
                    "id": { "type": "string" },
                    "subject": { "type": "string" },
                    "from": { "type": "string" },
                    "size_bytes": { "type": "integer" },
                    "unread": { "type": "boolean" },
                } } },
                "result_size": { "type": "integer" },
            }),
            &["messages", "result_size"],
        ))
        .annotations(Annotations::read_only("Fetch mails"))
        .tags(["mail", "read"])
        .handler(|call| {
            let limit = whole(&call, "max_results", 10);
            Ok(messages(limit, text(&call, "query")))
        })
}

/// The messages of every mailbox, for the tool and the provider's API.
pub(crate) fn messages(limit: u64, query: &str) -> Value {
    let query = query.to_lowercase();
    let found: Vec<Value> = SUBJECTS
        .iter()
        .zip(0_u64..)
        .filter(|((_, subject, _), _)| subject.to_lowercase().contains(&query))
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .map(|((id, subject, from), at)| {
            json!({
                "id": id,
                "subject": subject,
                "from": from,
                "size_bytes": 2_048 + at * 512,
                "unread": at == 0,
            })
        })
        .collect();
    json!({ "result_size": found.len(), "messages": found })
}

fn send_mail() -> Tool {
    Tool::new("gmail_send_mail", "GMAIL")
        .description("Sends a mail from the user's mailbox")
        .input_schema(object(
            &json!({
                "to": { "type": "string", "minLength": 3, "description": "The recipient's address" },
                "subject": { "type": "string" },
                "body": { "type": "string" },
            }),
            &["to", "subject", "body"],
        ))
        .output_schema(object(
            &json!({
                "id": { "type": "string" },
                "to": { "type": "string" },
                "labels": { "type": "array", "items": { "type": "string" } },
            }),
            &["id", "to"],
        ))
        .annotations(Annotations::writing("Send mail"))
        .tags(["mail", "write"])
        .handler(|call| {
            let to = text(&call, "to");
            if !to.contains('@') {
                return Err(ToolFailure::new(
                    Code::InvalidArgument,
                    "invalidRecipient",
                    "the recipient's address is not valid",
                ));
            }
            Ok(json!({ "id": "msg_2001", "to": to, "labels": ["SENT"] }))
        })
}

fn exa_search() -> Tool {
    Tool::new("exa_search", "EXA")
        .description("Searches the web")
        .input_schema(object(
            &json!({ "query": { "type": "string", "minLength": 1 } }),
            &["query"],
        ))
        .output_schema(object(
            &json!({ "results": { "type": "array", "items": { "type": "object", "properties": {
                "title": { "type": "string" },
                "url": { "type": "string" },
                "score": { "type": "number" },
            } } } }),
            &["results"],
        ))
        .annotations(Annotations::read_only("Web search"))
        .tags(["web", "search"])
        .handler(|call| {
            let query = text(&call, "query");
            Ok(json!({ "results": [
                { "title": format!("About {query}"), "url": "https://example.org/about", "score": 0.92 },
                { "title": format!("{query} in practice"), "url": "https://example.org/practice", "score": 0.75 },
            ] }))
        })
}

fn top_stories() -> Tool {
    Tool::new("hackernews_top_stories", "HACKERNEWS")
        .description("Lists the top stories of Hacker News")
        .input_schema(object(
            &json!({ "limit": { "type": "integer", "minimum": 1, "maximum": 30, "default": 5 } }),
            &[],
        ))
        .output_schema(object(
            &json!({ "stories": { "type": "array", "items": { "type": "object", "properties": {
                "id": { "type": "integer" },
                "title": { "type": "string" },
                "points": { "type": "integer" },
            } } } }),
            &["stories"],
        ))
        .annotations(Annotations::read_only("Top stories"))
        .tags(["news", "read"])
        .handler(|call| {
            let limit = usize::try_from(whole(&call, "limit", 5)).unwrap_or(usize::MAX);
            let stories: Vec<Value> = STORIES
                .iter()
                .take(limit)
                .map(|(id, title, points)| json!({ "id": id, "title": title, "points": points }))
                .collect();
            Ok(json!({ "stories": stories }))
        })
}

fn text<'a>(call: &'a ToolCall, name: &str) -> &'a str {
    call.input
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn whole(call: &ToolCall, name: &str, otherwise: u64) -> u64 {
    call.input
        .get(name)
        .and_then(Value::as_u64)
        .unwrap_or(otherwise)
}

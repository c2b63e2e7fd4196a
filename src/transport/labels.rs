//! The fields of an RPC's messages that its span records.

use tracing::Span;

use super::secrets::payloads;
use super::transcode::{self, Kind, Message};

/// Field names of the API, and of spans. None of them holds content.
const LABELS: [(&str, &str); 4] = [
    ("tool_name", "gen_ai.tool.name"),
    ("connector", "scalekit.connection_name"),
    ("agent_run_id", "gen_ai.conversation.id"),
    ("execution_id", "gen_ai.tool.call.id"),
];

/// Records the labels of an encoded request of the RPC with this path.
pub(crate) fn record_request(span: &Span, path: &str, message: &[u8]) {
    if let Some(route) = transcode::route(path) {
        record(span, route.input, message);
    }
}

/// Records the labels of an encoded response of the RPC with this path.
pub(crate) fn record_response(span: &Span, path: &str, message: &[u8]) {
    if span.is_disabled() {
        return;
    }
    if let Some(route) = transcode::route(path) {
        record(span, route.output, message);
    }
}

fn record(span: &Span, table: &Message, message: &[u8]) {
    for (name, label) in LABELS {
        let field = table.fields.iter().find(|field| field.name == name);
        let Some(field) = field else { continue };
        let values = payloads(message, field.number);
        let Some(value) = values.last() else { continue };
        let text = match field.kind {
            Kind::String => *value,
            Kind::Wrapper(Kind::String) => payloads(value, 1).last().copied().unwrap_or_default(),
            _ => continue,
        };
        if let Ok(text) = std::str::from_utf8(text)
            && !text.is_empty()
        {
            span.record(label, text);
        }
    }
}

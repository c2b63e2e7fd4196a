//! The spans of calls, as a subscriber sees them, and the headers that pass a trace on.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use http::HeaderValue;
use scalekit::{ErrorKind, Outcome, Transport};
use scalekit_emulator::{Code, Fault, Status};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use super::TRANSPORT;
use super::harness::*;

/// A span: its name, that of its parent, and its fields.
#[derive(Clone, Debug, Default)]
struct Seen {
    name: &'static str,
    parent: Option<&'static str>,
    fields: BTreeMap<String, String>,
}

impl Seen {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields
            .insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields
            .insert(field.name().to_owned(), value.to_owned());
    }
}

/// Collects the spans of this crate.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(Id, Seen)>>>);

impl Collector {
    /// Collects from now on, on this thread, until the guard is dropped.
    fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        let collector = Self::default();
        let subscriber = tracing_subscriber::registry().with(collector.clone());
        (collector, tracing::subscriber::set_default(subscriber))
    }

    fn named(&self, name: &str) -> Vec<Seen> {
        let spans = self.0.lock().expect("a lock");
        let spans = spans.iter().map(|(_, span)| span);
        spans.filter(|span| span.name == name).cloned().collect()
    }

    fn only_call(&self) -> Seen {
        let mut calls = self.named("scalekit.call");
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.remove(0)
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if !attributes.metadata().name().starts_with("scalekit.") {
            return;
        }
        let parent = context.span(id).and_then(|span| span.parent());
        let mut seen = Seen {
            name: attributes.metadata().name(),
            parent: parent.map(|parent| parent.name()),
            ..Default::default()
        };
        attributes.record(&mut seen);
        self.0.lock().expect("a lock").push((id.clone(), seen));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().expect("a lock");
        // Ids are used again after their span.
        let found = spans.iter_mut().rev().find(|(known, _)| known == id);
        if let Some((_, seen)) = found {
            values.record(seen);
        }
    }
}

#[tokio::test]
async fn an_execution_has_a_span_with_tool_connection_and_run() {
    let (emulator, client) = connected().await;
    let (collector, _guard) = Collector::start();
    let output = client
        .actions()
        .execute_tool("gmail_fetch_mails", json!({ "query": "private-input" }))
        .connection_name(GMAIL.0)
        .identifier(GMAIL.1)
        .agent_run_id("run-7")
        .await
        .expect("an output");
    let call = collector.only_call();
    let address = emulator.address();
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let rpc_system = (TRANSPORT == Transport::Grpc).then_some("grpc");
    for (name, expected) in [
        ("otel.name", Some("execute_tool")),
        ("otel.kind", Some("client")),
        ("otel.status_code", None),
        ("rpc.system.name", rpc_system),
        (
            "rpc.method",
            Some("scalekit.v1.tools.ToolService/ExecuteTool"),
        ),
        ("rpc.response.status_code", Some("OK")),
        ("server.address", Some(host.as_str())),
        ("server.port", Some(port.as_str())),
        ("error.type", None),
        ("gen_ai.operation.name", Some("execute_tool")),
        ("gen_ai.tool.name", Some("gmail_fetch_mails")),
        ("gen_ai.tool.call.id", Some(output.execution_id.as_str())),
        ("gen_ai.conversation.id", Some("run-7")),
        ("scalekit.operation", Some("execute_tool")),
        ("scalekit.connection_name", Some(GMAIL.0)),
        ("scalekit.attempts", Some("1")),
        ("scalekit.outcome", None),
    ] {
        assert_eq!(call.field(name), expected, "{name}");
    }
    let attempts = collector.named("scalekit.attempt");
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert_eq!(attempts[0].parent, Some("scalekit.call"));
    assert_eq!(attempts[0].field("http.request.resend_count"), None);
    let all = format!("{call:?} {attempts:?}");
    assert!(!all.contains("private") && !all.contains(GMAIL.1), "{all}");
}

#[tokio::test]
async fn a_failure_says_what_it_was_and_whether_it_happened() {
    let (emulator, client) = connected().await;
    let (collector, _guard) = Collector::start();
    let status = Status::new(Code::NotFound, "no such tool").request_id("req-1");
    emulator.fail_next("ExecuteTool", Fault::status(status));
    let execute = client.actions().execute_tool("nothing", json!({}));
    let error = execute.account(GMAIL).await.expect_err("no such tool");
    assert_eq!(error.outcome(), Outcome::Rejected);
    let call = collector.only_call();
    for (name, expected) in [
        ("otel.status_code", "ERROR"),
        ("error.type", "NotFound"),
        ("rpc.response.status_code", "NOT_FOUND"),
        ("scalekit.attempts", "1"),
        ("scalekit.outcome", "rejected"),
        ("scalekit.request_id", "req-1"),
    ] {
        assert_eq!(call.field(name), Some(expected), "{name}");
    }
}

#[tokio::test]
async fn each_attempt_has_a_span_with_its_number_and_error() {
    let (emulator, client) = connected().await;
    let (collector, _guard) = Collector::start();
    let _ = emulator.unavailable_once("ListTools");
    client.tools().list_tools().await.expect("a page");
    let attempts = collector.named("scalekit.attempt");
    assert_eq!(attempts.len(), 2, "{attempts:?}");
    assert_eq!(attempts[0].field("error.type"), Some("ServiceUnavailable"));
    assert_eq!(attempts[0].field("http.request.resend_count"), None);
    assert_eq!(attempts[1].field("error.type"), None);
    assert_eq!(attempts[1].field("http.request.resend_count"), Some("1"));
    let call = collector.only_call();
    assert_eq!(call.field("scalekit.attempts"), Some("2"));
    assert_eq!(call.field("gen_ai.operation.name"), None);
}

#[tokio::test]
async fn a_proxied_request_has_method_and_status_and_no_path() {
    let (_emulator, client) = connected().await;
    let (collector, _guard) = Collector::start();
    let path = "/echo?q=private-query";
    let request = client.actions().request(GMAIL.0, GMAIL.1, path);
    request.await.expect("a response");
    let call = collector.only_call();
    assert_eq!(call.field("http.request.method"), Some("GET"));
    assert_eq!(call.field("http.response.status_code"), Some("200"));
    assert_eq!(call.field("scalekit.connection_name"), Some(GMAIL.0));
    assert_eq!(call.field("rpc.method"), None);
    assert_eq!(call.field("rpc.system.name"), None);
    let all = format!("{call:?}");
    assert!(!all.contains("echo") && !all.contains("private"), "{all}");
}

#[tokio::test]
async fn headers_of_the_application_are_sent_with_every_attempt_within_its_span() {
    let (emulator, _) = connected().await;
    let (_collector, _guard) = Collector::start();
    let spans = Arc::new(Mutex::new(Vec::new()));
    let seen = spans.clone();
    let builder = emulator.client_builder().request_headers(move |headers| {
        let span = tracing::Span::current();
        let name = span.metadata().map(|span| span.name());
        seen.lock().expect("a lock").push(name);
        headers.insert("traceparent", HeaderValue::from_static("00-1-2-01"));
    });
    let client = builder.build().expect("a client");
    let attempts = emulator.unavailable_once("ListTools");
    client.tools().list_tools().await.expect("a page");
    assert_eq!(attempts(), 2);
    let request = client.actions().request(GMAIL.0, GMAIL.1, "/echo");
    request
        .header("traceparent", "of the call")
        .await
        .expect("a response");
    for call in emulator.calls_to("ListTools") {
        assert_eq!(call.header("traceparent"), Some("00-1-2-01"));
    }
    let calls = emulator.calls();
    let proxied = calls.last().expect("the proxied request");
    assert_eq!(proxied.headers("traceparent"), ["of the call"]);
    let spans = spans.lock().expect("a lock");
    let within = spans
        .iter()
        .filter(|name| **name == Some("scalekit.attempt"));
    // Two attempts and the proxied request; the token request is shared by all calls.
    assert_eq!((within.count(), spans.len()), (3, 4), "{spans:?}");
}

#[tokio::test]
async fn a_header_that_is_not_the_application_s_is_an_error() {
    let (emulator, _) = connected().await;
    let before = emulator.calls().len();
    for name in ["authorization", "x-http-method-override", "grpc-encoding"] {
        let builder = emulator.client_builder().request_headers(move |headers| {
            headers.insert(name, HeaderValue::from_static("DELETE"));
        });
        let client = builder.build().expect("a client");
        let error = client.tools().list_tools().await.expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.outcome(), Outcome::NotSent);
        assert!(error.to_string().contains(name), "{error}");
    }
    assert_eq!(emulator.calls().len(), before);
}

//! The journal: what was called, with what, and how it ended.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::{Value, json};

use crate::status::Code;

/// By which door a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Protocol {
    /// An RPC over gRPC.
    Grpc,
    /// An RPC over REST.
    Rest,
    /// The token endpoint and the key set.
    Oauth,
    /// A proxied request.
    Proxy,
    /// The consent page.
    Page,
    /// The built-in provider, called directly.
    Provider,
    /// Anything else.
    Other,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStatus {
    /// It has not ended.
    Pending,
    /// The caller went away before it was answered, or a fault of another call cut its connection.
    Cancelled,
    /// A fault kept its answer back: the connection was closed or silenced, or the stream reset.
    Broken,
    /// An RPC ended with this code.
    Rpc(Code),
    /// Anything else ended with this HTTP status.
    Http(u16),
}

impl CallStatus {
    /// Whether it succeeded: `OK`, or an HTTP status below 400.
    pub fn is_ok(self) -> bool {
        match self {
            CallStatus::Rpc(code) => code == Code::Ok,
            CallStatus::Http(status) => status < 400,
            CallStatus::Pending | CallStatus::Cancelled | CallStatus::Broken => false,
        }
    }

    /// The gRPC code of an RPC, over either protocol.
    pub fn code(self) -> Option<Code> {
        match self {
            CallStatus::Rpc(code) => Some(code),
            _ => None,
        }
    }

    /// The HTTP status of a call that is not an RPC.
    pub fn http(self) -> Option<u16> {
        match self {
            CallStatus::Http(status) => Some(status),
            _ => None,
        }
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallStatus::Pending => f.write_str("pending"),
            CallStatus::Cancelled => f.write_str("cancelled"),
            CallStatus::Broken => f.write_str("broken"),
            CallStatus::Rpc(code) => f.write_str(code.name()),
            CallStatus::Http(status) => write!(f, "{status}"),
        }
    }
}

/// One received call. Its fields show everything that was received; `Debug` hides credentials.
#[derive(Clone)]
#[non_exhaustive]
pub struct Call {
    /// Counts up from 1 in the order of arrival.
    pub seq: u64,
    /// By which door it came.
    pub protocol: Protocol,
    /// `package.Service/Method` over gRPC, `VERB /path?query` otherwise.
    pub method: String,
    /// The RPC's name, for example `ExecuteTool`, over either protocol.
    pub rpc: Option<String>,
    /// An RPC's request as proto3 JSON (`toolName`, not `tool_name`); a form or a JSON body as an
    /// object; another body as text. `null` if there was none or it could not be read.
    pub request: Value,
    /// How it ended.
    pub status: CallStatus,
    header_map: HeaderMap,
}

impl Call {
    /// The first value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_map
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// All values of a header that are text.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.header_map
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect()
    }

    /// The first value of a header as it was received.
    pub fn header_bytes(&self, name: &str) -> Option<&[u8]> {
        self.header_map.get(name).map(http::HeaderValue::as_bytes)
    }

    /// The names of the headers it had.
    pub fn header_names(&self) -> impl Iterator<Item = &str> {
        self.header_map.keys().map(http::HeaderName::as_str)
    }

    /// The call as JSON, without credentials.
    pub(crate) fn redacted(&self) -> Value {
        let mut request = self.request.clone();
        if matches!(
            self.protocol,
            Protocol::Page | Protocol::Provider | Protocol::Proxy
        ) {
            // Their bodies are the user's or the provider's business.
            request = match request {
                Value::Null => Value::Null,
                _ => json!(HIDDEN),
            };
        }
        redact(&mut request);
        let headers: serde_json::Map<String, Value> = self
            .header_map
            .keys()
            .map(|name| {
                let values: Vec<Value> = self
                    .headers(name.as_str())
                    .into_iter()
                    .map(|value| {
                        json!(if secret_header(name.as_str()) {
                            HIDDEN
                        } else {
                            value
                        })
                    })
                    .collect();
                (name.as_str().to_owned(), Value::Array(values))
            })
            .collect();
        json!({
            "seq": self.seq,
            "protocol": self.protocol,
            "method": visible_method(self.protocol, &self.method),
            "rpc": self.rpc,
            "headers": headers,
            "request": request,
            "status": self.status.to_string(),
        })
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.redacted())
    }
}

const HIDDEN: &str = "[redacted]";

/// The method without what a link or a query string may give away.
pub(crate) fn visible_method(protocol: Protocol, method: &str) -> String {
    let without_query = method.split('?').next().unwrap_or(method);
    match (protocol, without_query.rfind('/')) {
        (Protocol::Page, Some(at)) => format!("{}/{HIDDEN}", &without_query[..at]),
        (Protocol::Rest | Protocol::Proxy | Protocol::Provider | Protocol::Page, _) => {
            without_query.to_owned()
        }
        _ => method.to_owned(),
    }
}

fn secret_header(name: &str) -> bool {
    matches!(
        name,
        "authorization" | "proxy-authorization" | "cookie" | "x-api-key"
    )
}

/// Hides values by the name of their key, in camelCase or snake_case.
fn redact(value: &mut Value) {
    const SECRET: [&str; 22] = [
        "accesskeyid",
        "accesstoken",
        "apiconfig",
        "apikey",
        "authorizationdetails",
        "authpatterns",
        "authrequestid",
        "clientassertion",
        "clientsecret",
        "code",
        "extraauthorizeparams",
        "googleadsdevelopertoken",
        "metadata",
        "password",
        "privatekey",
        "refreshtoken",
        "secret",
        "secretaccesskey",
        "serviceaccountjson",
        "sessiontoken",
        "staticconfig",
        "token",
    ];
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let plain: String = key
                    .chars()
                    .filter(|c| *c != '_' && *c != '-')
                    .map(|c| c.to_ascii_lowercase())
                    .collect();
                if SECRET.contains(&plain.as_str()) {
                    *value = json!(HIDDEN);
                } else {
                    redact(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}

/// What was sent, kept as received: rendering it is the reader's cost, not the call's.
#[derive(Clone)]
pub(crate) enum Body {
    None,
    Message(MessageDescriptor, Bytes),
    Form(Bytes),
    Raw(Bytes),
}

impl Body {
    fn render(&self) -> Value {
        match self {
            Body::None => Value::Null,
            Body::Message(descriptor, bytes) => {
                DynamicMessage::decode(descriptor.clone(), bytes.clone())
                    .ok()
                    .and_then(|message| serde_json::to_value(&message).ok())
                    .map_or(Value::Null, |mut value| {
                        crate::json::whole_numbers(&mut value);
                        value
                    })
            }
            Body::Form(bytes) => Value::Object(
                form_urlencoded::parse(bytes)
                    .map(|(key, value)| (key.into_owned(), json!(value)))
                    .collect(),
            ),
            Body::Raw(bytes) if bytes.is_empty() => Value::Null,
            Body::Raw(bytes) => serde_json::from_slice(bytes)
                .unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes))),
        }
    }
}

struct Entry {
    seq: u64,
    protocol: Protocol,
    method: String,
    rpc: Option<String>,
    headers: HeaderMap,
    body: Body,
    status: CallStatus,
}

impl Entry {
    fn render(&self) -> Call {
        Call {
            seq: self.seq,
            protocol: self.protocol,
            method: self.method.clone(),
            rpc: self.rpc.clone(),
            request: self.body.render(),
            status: self.status,
            header_map: self.headers.clone(),
        }
    }
}

#[derive(Default)]
struct Entries {
    seq: u64,
    tokens: usize,
    list: VecDeque<Entry>,
}

/// The journal of one emulator; it forgets the oldest calls beyond its limit.
pub(crate) struct Journal {
    entries: Mutex<Entries>,
    limit: usize,
    log: bool,
}

impl Journal {
    pub(crate) fn new(limit: usize, log: bool) -> Self {
        Journal {
            entries: Mutex::default(),
            limit,
            log,
        }
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a call on arrival, so that one that is never answered is seen too.
    pub(crate) fn begin(
        self: &Arc<Self>,
        protocol: Protocol,
        method: String,
        rpc: Option<String>,
        headers: &HeaderMap,
        body: Body,
    ) -> Entered {
        let mut entries = self.entries();
        entries.seq += 1;
        let seq = entries.seq;
        if entries.list.len() >= self.limit {
            entries.list.pop_front();
        }
        entries.list.push_back(Entry {
            seq,
            protocol,
            method,
            rpc,
            headers: headers.clone(),
            body,
            status: CallStatus::Pending,
        });
        Entered {
            journal: Arc::clone(self),
            seq,
            ended: false,
        }
    }

    /// Counts one request for a token, whatever its answer.
    pub(crate) fn count_token_request(&self) {
        self.entries().tokens += 1;
    }

    pub(crate) fn token_requests(&self) -> usize {
        self.entries().tokens
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.entries().list.iter().map(Entry::render).collect()
    }

    pub(crate) fn calls_to(&self, rpc: &str) -> Vec<Call> {
        self.entries()
            .list
            .iter()
            .filter(|entry| entry.rpc.as_deref() == Some(rpc) || entry.method == rpc)
            .map(Entry::render)
            .collect()
    }

    /// Forgets all calls; numbering goes on, so that a call that began earlier can still end.
    pub(crate) fn clear(&self) {
        let mut entries = self.entries();
        entries.list.clear();
        entries.tokens = 0;
    }

    /// Writes a line to the log, if there is one.
    pub(crate) fn note(&self, text: fmt::Arguments<'_>) {
        if self.log {
            eprintln!("{text}");
        }
    }

    fn end(&self, seq: u64, status: CallStatus) {
        let mut entries = self.entries();
        let Some(entry) = entries.list.iter_mut().rev().find(|entry| entry.seq == seq) else {
            return;
        };
        entry.status = status;
        if self.log {
            let method = visible_method(entry.protocol, &entry.method);
            let protocol = entry.protocol;
            drop(entries);
            eprintln!("{seq} {protocol:?} {method} {status}");
        }
    }
}

/// A call in the journal that has not ended; dropped unended, it was cancelled.
pub(crate) struct Entered {
    journal: Arc<Journal>,
    seq: u64,
    ended: bool,
}

impl Entered {
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    pub(crate) fn end(mut self, status: CallStatus) {
        self.ended = true;
        self.journal.end(self.seq, status);
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if !self.ended {
            self.journal.end(self.seq, CallStatus::Cancelled);
        }
    }
}

//! The journal: every call with its request and its outcome, in the order of arrival.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::{Value, json};

use crate::call::{Call, CallStatus, Protocol, visible_method};

/// The body of a request as it was received. It is rendered when the journal is read, so that
/// calls do not pay for it.
#[derive(Clone)]
pub(crate) enum RecordedBody {
    None,
    Message(MessageDescriptor, Bytes),
    Form(Bytes),
    Raw(Bytes),
}

impl RecordedBody {
    fn render(&self) -> Value {
        match self {
            RecordedBody::None => Value::Null,
            RecordedBody::Message(descriptor, bytes) => {
                DynamicMessage::decode(descriptor.clone(), bytes.clone())
                    .ok()
                    .and_then(|message| serde_json::to_value(&message).ok())
                    .map_or(Value::Null, |mut value| {
                        crate::json::whole_numbers(&mut value);
                        value
                    })
            }
            RecordedBody::Form(bytes) => Value::Object(
                form_urlencoded::parse(bytes)
                    .map(|(key, value)| (key.into_owned(), json!(value)))
                    .collect(),
            ),
            RecordedBody::Raw(bytes) if bytes.is_empty() => Value::Null,
            RecordedBody::Raw(bytes) => serde_json::from_slice(bytes)
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
    body: RecordedBody,
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
    token_requests: usize,
    list: VecDeque<Entry>,
}

/// The journal of one emulator. Beyond its limit it drops the oldest calls.
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

    /// Enters a call on arrival, so that the journal also shows calls that never get a response.
    pub(crate) fn begin(
        self: &Arc<Self>,
        protocol: Protocol,
        method: String,
        rpc: Option<String>,
        headers: &HeaderMap,
        body: RecordedBody,
    ) -> OpenEntry {
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
        OpenEntry {
            journal: Arc::clone(self),
            seq,
            ended: false,
        }
    }

    /// Counts one token request, successful or not.
    pub(crate) fn count_token_request(&self) {
        self.entries().token_requests += 1;
    }

    pub(crate) fn token_requests(&self) -> usize {
        self.entries().token_requests
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

    /// Removes all calls. The numbering continues, so that a call in flight cannot end a new one.
    pub(crate) fn clear(&self) {
        let mut entries = self.entries();
        entries.list.clear();
        entries.token_requests = 0;
    }

    /// Writes a line to the log, if logging is on.
    pub(crate) fn log(&self, text: fmt::Arguments<'_>) {
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

/// The journal entry of a call in flight. Dropping it marks the call as cancelled.
pub(crate) struct OpenEntry {
    journal: Arc<Journal>,
    seq: u64,
    ended: bool,
}

impl OpenEntry {
    /// The request id of an error response to this call.
    pub(crate) fn request_id(&self) -> String {
        format!("req_{}", self.seq)
    }

    pub(crate) fn end(mut self, status: CallStatus) {
        self.ended = true;
        self.journal.end(self.seq, status);
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        if !self.ended {
            self.journal.end(self.seq, CallStatus::Cancelled);
        }
    }
}

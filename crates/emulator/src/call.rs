//! Calls as the journal shows them.

use std::fmt;

use http::HeaderMap;
use serde_json::{Value, json};

use crate::code::Code;
use crate::redact::{HIDDEN, is_secret_header, redact_secrets};

/// How a call reached the emulator.
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
    /// The caller disconnected before the response, or a fault of another call closed its
    /// connection.
    Cancelled,
    /// A fault withheld the response: it closed or silenced the connection, or reset the stream.
    Broken,
    /// An RPC that ended with this code.
    Rpc(Code),
    /// Any other request that ended with this HTTP status.
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

/// A received call. Its fields show everything that was received. `Debug` hides credentials.
#[derive(Clone)]
#[non_exhaustive]
pub struct Call {
    /// Counts up from 1 in the order of arrival.
    pub seq: u64,
    /// How the call reached the emulator.
    pub protocol: Protocol,
    /// `package.Service/Method` over gRPC, `VERB /path?query` otherwise.
    pub method: String,
    /// The RPC's name, for example `ExecuteTool`, over either protocol.
    pub rpc: Option<String>,
    /// The request of an RPC as proto3 JSON (`toolName`, not `tool_name`), a form or a JSON body as
    /// an object, another body as text. `null` if there was no body or it could not be parsed.
    pub request: Value,
    /// How it ended.
    pub status: CallStatus,
    pub(crate) header_map: HeaderMap,
}

impl Call {
    /// The first value of a header, if it is valid text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_map
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// All values of a header that are valid text.
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

    /// The names of the request's headers.
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
            // These bodies may hold data of the user or the provider.
            request = match request {
                Value::Null => Value::Null,
                _ => json!(HIDDEN),
            };
        }
        redact_secrets(&mut request);
        let headers: serde_json::Map<String, Value> = self
            .header_map
            .keys()
            .map(|name| {
                let values: Vec<Value> = self
                    .headers(name.as_str())
                    .into_iter()
                    .map(|value| {
                        json!(if is_secret_header(name.as_str()) {
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

/// The method without the parts that may hold a secret: the token of a link, the query string.
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

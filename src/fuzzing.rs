//! What must hold of foreign bytes, one function for each reader of them: `fuzz/` runs them for as
//! long as it is told to, the tests below for seconds.
//!
//! Each says whether the bytes were what the reader expects, so that examples can be held to be
//! good ones.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::actions::path;
use crate::call::{Operation, operations};
use crate::error::{Details, Secrets};
use crate::json::Struct;
use crate::raw::{connected_accounts as accounts, connections, mcp, providers, tools};
use crate::transport::transcode::{self, Route, from_json, to_json};
use crate::transport::{self, Framed, HttpResponse, grpc, http as plain, rest};
use crate::*;

/// The first byte, which chooses among cases, and the others.
fn choice(data: &[u8]) -> (usize, &[u8]) {
    match data.split_first() {
        Some((first, rest)) => (usize::from(*first), rest),
        None => (0, &[]),
    }
}

/// An error is printable, and no longer than what it tells of.
fn check_error(error: &Error, data: &[u8]) {
    let printed = format!("{error} {error:?}");
    // Everything that the server said can be in both, escaped.
    assert!(printed.len() <= 1_000 + 20 * data.len(), "{printed}");
}

/// The trailers of a gRPC response: a status code, then `grpc-status-details-bin`, both as it is sent
/// and as what it encodes.
pub fn error_details(data: &[u8]) -> bool {
    let (code, details) = choice(data);
    let code = i32::try_from(code % 16 + 1).expect("a small number");
    let mut is_read = false;
    let encoded = BASE64_STANDARD_NO_PAD.encode(details);
    for value in [encoded.as_bytes(), details] {
        let Ok(value) = HeaderValue::from_bytes(value) else {
            continue;
        };
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from(code));
        trailers.insert("grpc-message", value.clone());
        trailers.insert("grpc-status-details-bin", value);
        let (head, ()) = http::Response::new(()).into_parts();
        let error = grpc::error(&head, Some(&trailers), false);
        let error = error.expect("a status").expect("an error");
        check_error(&error, data);
        grpc::sanitize(&mut trailers);
        grpc::scrub(&mut trailers, &Secrets::new(["e"]));
        let mended = tonic::Status::from_header_map(&trailers).expect("a status");
        assert_eq!(mended.code() as i32, code);
        // Whatever the rest is, the code says what happened.
        assert_eq!(error.code(), Some(Code::from(code)));
        is_read |= error.error_code().is_some() || error.retry_after().is_some();
    }
    is_read
}

/// A type of an application: some of what it wants may be there.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Typed {
    flag: Option<bool>,
    integer: Option<i64>,
    double: Option<f64>,
    text: Option<String>,
    list: Vec<Value>,
    map: BTreeMap<String, Value>,
    inner: Option<Box<Typed>>,
}

/// An encoded `google.protobuf.Struct` as the result of a tool.
pub fn struct_decode(data: &[u8]) -> bool {
    let Some((value, typed)) = tool_result(data) else {
        return false;
    };
    let text = value.to_string();
    let again: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(again, value);
    let of_text = serde_json::from_str::<Typed>(&text);
    match (&typed, &of_text) {
        (Ok(typed), Ok(of_text)) => assert_eq!(typed, of_text),
        (Err(error), Err(_)) => assert_eq!(error.kind(), ErrorKind::Decode),
        _ => panic!("{typed:?} is not {of_text:?}"),
    }
    typed.is_ok()
}

/// The result of a tool that returned this struct, as any JSON and as a type.
fn tool_result(data: &[u8]) -> Option<(Value, Result<Typed, Error>)> {
    let response = tools::ExecuteToolResponse {
        data: Some(Struct::decode(data).ok()?),
        ..Default::default()
    };
    let output = ToolOutput::from_wire(response);
    // What is wrong further down is found when it is read.
    let value = output.value().ok()?;
    Some((value, output.json()))
}

/// The path of a proxied request.
pub fn path_check(data: &[u8]) -> bool {
    let path = String::from_utf8_lossy(data);
    let pairs = [("q".to_owned(), path.to_string())];
    let with_pairs = path::target(&path, &pairs);
    let Ok(target) = path::target(&path, &[]) else {
        assert!(with_pairs.is_err(), "{path:?}");
        return false;
    };
    let with_pairs = with_pairs.expect("pairs can hold anything");
    assert_eq!(with_pairs.path(), target.path());
    let query = with_pairs.query().unwrap_or_default();
    let last = form_urlencoded::parse(query.as_bytes()).last();
    assert_eq!(last.expect("a pair").1, path);

    let below = target.path().strip_prefix("/proxy/");
    let own = path.split('?').next().unwrap_or_default();
    assert_eq!(below, Some(own.strip_prefix('/').unwrap_or(own)));
    assert!(!target.as_str().contains('#'), "{target}");
    let mut read = target.path().as_bytes().to_vec();
    loop {
        check_for_any_reader(&read);
        let decoded: Vec<u8> = percent_encoding::percent_decode(&read).collect();
        if decoded == read {
            return true;
        }
        read = decoded;
    }
}

/// No server can read this path as one outside `/proxy/`.
fn check_for_any_reader(path: &[u8]) {
    let shown = path.escape_ascii();
    assert!(path.starts_with(b"/proxy/"), "{shown}");
    assert!(!path.iter().any(u8::is_ascii_control), "{shown}");
    // A dot, a slash and a backslash in two bytes, which old decoders of UTF-8 take for them.
    for overlong in [b"\xc0\xae", b"\xc0\xaf", b"\xc1\x9c"] {
        assert!(!path.windows(2).any(|bytes| bytes == overlong), "{shown}");
    }
    for segment in path.split(|byte| matches!(byte, b'/' | b'\\')) {
        // Where a server that decodes too early sees a parameter, a query or a fragment begin.
        let mut name = segment.split(|byte| b";?#".contains(byte));
        let name = name.next().unwrap_or_default();
        assert!(name != b"..", "{shown}");
    }
}

/// A response by plain HTTP: two bytes of status, `retry-after` up to a line break, the body.
fn plain_response(data: &[u8], statuses: std::ops::Range<u16>) -> HttpResponse {
    let (high, rest) = choice(data);
    let (low, rest) = choice(rest);
    let status = u16::try_from(high * 256 + low).expect("two bytes");
    let status = match statuses.contains(&status) {
        true => status,
        false => statuses.start + status % (statuses.end - statuses.start),
    };
    let end = rest.iter().position(|byte| *byte == b'\n');
    let (retry_after, body) = rest.split_at(end.unwrap_or(0));
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(retry_after) {
        headers.insert(header::RETRY_AFTER, value);
    }
    HttpResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        headers,
        body: Bytes::copy_from_slice(body),
    }
}

/// A response of the REST side, or of something in front of it, that is no success.
pub fn rest_error(data: &[u8]) -> bool {
    let response = plain_response(data, 300..1_000);
    let error = rest::error(&response);
    check_error(&error, data);
    let Some(code) = error.code() else {
        // Not the API's own: the status is all that is known.
        assert_eq!(error.http_status(), Some(response.status.as_u16()));
        let known = Error::http(response.status.as_u16());
        assert_eq!(
            (error.kind(), error.outcome()),
            (known.kind(), known.outcome())
        );
        return false;
    };
    let number = code.number().expect("a number");
    assert!((1..=16).contains(&number), "{code}");
    let known = Error::status(code, "", Details::default());
    // UNAUTHENTICATED is settled by more than its code.
    assert!(error.outcome() == known.outcome() || code == Code::Unauthenticated);
    true
}

/// An operation, and how the facade reads a response to it.
struct Response {
    operation: &'static Operation,
    read: fn(&Route, Transport, &[u8]) -> Result<(), Error>,
}

/// The responses of the facade: operation, message, what is made of it.
macro_rules! responses {
    ($($operation:ident: $message:ty => $made:expr;)+) => {
        &[$(Response {
            operation: &operations::$operation,
            read: |route, wire, body| {
                let message: $message = match wire {
                    Transport::Grpc => transport::decode(grpc::unframe(Bytes::copy_from_slice(body))?)?,
                    Transport::Rest => transport::decode(rest::decode(route, body)?)?,
                };
                if wire == Transport::Rest {
                    check_transcoding(route, &message);
                }
                let made: fn($message) -> Result<(), Error> = |message| shown($made(message)?);
                made(message)
            },
        }),+]
    };
}

/// What Debug of a facade type says must be sayable.
fn shown(made: impl std::fmt::Debug) -> Result<(), Error> {
    let _ = format!("{made:?}");
    Ok(())
}

type Read<T> = Result<T, Error>;

const RESPONSES: &[Response] = responses! {
    EXECUTE_TOOL: tools::ExecuteToolResponse => |a| Read::Ok(ToolOutput::from_wire(a));
    LIST_TOOLS: tools::ListToolsResponse
        => |a: tools::ListToolsResponse| Read::Ok(Vec::from_iter(a.tools.into_iter().map(Tool::from)));
    LIST_SCOPED_TOOLS: tools::ListScopedToolsResponse
        => |a: tools::ListScopedToolsResponse| {
            Result::<Vec<_>, _>::from_iter(a.tools.into_iter().map(ScopedTool::from_wire))
        };
    SEARCH_TOOLS: tools::SearchToolsResponse
        => |a: tools::SearchToolsResponse| {
            Read::Ok(Vec::from_iter(a.tools.into_iter().map(SearchedTool::from)))
        };
    GET_CONNECTED_ACCOUNT: accounts::GetConnectedAccountByIdentifierResponse
        => |a: accounts::GetConnectedAccountByIdentifierResponse| {
            ConnectedAccount::from_wire(a.connected_account)
        };
    LIST_CONNECTED_ACCOUNTS: accounts::ListConnectedAccountsResponse
        => |a: accounts::ListConnectedAccountsResponse| {
            let accounts = a.connected_accounts.into_iter();
            Read::Ok(Vec::from_iter(accounts.map(ConnectedAccountSummary::from)))
        };
    GET_AUTHORIZATION_LINK: accounts::GetMagicLinkForConnectedAccountResponse
        => AuthorizationLink::from_wire;
    LIST_CONNECTIONS: connections::ListAppConnectionsResponse
        => |a: connections::ListAppConnectionsResponse| {
            Read::Ok(Vec::from_iter(a.connections.into_iter().map(AppConnection::from)))
        };
    LIST_CONFIGS: mcp::ListMcpConfigsResponse
        => |a: mcp::ListMcpConfigsResponse| {
            Read::Ok(Vec::from_iter(a.configs.into_iter().map(McpConfig::from)))
        };
    CREATE_SESSION_TOKEN: mcp::CreateMcpSessionTokenResponse => McpSessionToken::from_wire;
    CREATE_CUSTOM_PROVIDER: providers::CreateProviderResponse
        => |a: providers::CreateProviderResponse| Provider::from_wire(a.provider);
};

/// A message that was read can be written again, and is then the same.
fn check_transcoding<M: Message + Default + PartialEq + Clone>(route: &Route, message: &M) {
    if *message != message.clone() {
        return; // It holds a NaN.
    }
    let fields = to_json(route.output, &message.encode_to_vec()).expect("it was JSON");
    let bytes = from_json(route.output, fields).expect("it is JSON");
    assert!(
        M::decode(&*bytes).expect("a message") == *message,
        "{bytes:?}"
    );
}

/// Reads a response as the facade does.
fn response(wire: Transport, index: usize, body: &[u8]) -> bool {
    let Response { operation, read } = &RESPONSES[index % RESPONSES.len()];
    let route = transcode::route(operation.path).expect("a REST form");
    let read = read(route, wire, body);
    if let Err(error) = &read {
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Decode, Outcome::Unknown)
        );
        let text = error.to_string();
        assert!(text.len() < 400, "{text}");
    }
    read.is_ok()
}

/// The JSON response to a call that the first byte chooses.
pub fn rest_response(data: &[u8]) -> bool {
    let (index, body) = choice(data);
    response(Transport::Rest, index, body)
}

/// The framed response to a call that the first byte chooses; and, so that a frame is not all that is
/// ever looked at, a frame around it.
pub fn grpc_response(data: &[u8]) -> bool {
    let (index, body) = choice(data);
    let length = u32::try_from(body.len()).unwrap_or_default();
    let framed = [&[0], &length.to_be_bytes()[..], body].concat();
    response(Transport::Grpc, index, &framed);
    response(Transport::Grpc, index, body)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Given {
    access_token: String,
}

/// The token endpoint's response.
pub fn token_response(data: &[u8]) -> bool {
    let response = plain_response(data, 200..600);
    let given = serde_json::from_slice::<Given>(&response.body).unwrap_or_default();
    let given = given.access_token.as_str();
    let held = plain::issued_token(&response, &Secrets::new([]))
        .and_then(|issued| credentials::hold(issued, 1, 0.5));
    match held {
        Ok(held) => {
            assert!(response.status.is_success());
            assert!(held.token.header.is_sensitive());
            assert_eq!(held.token.secret(), Some(given));
            assert!(
                held.refresh_at <= held.token.expires_at && held.token.expires_at > Instant::now()
            );
            true
        }
        Err(error) => {
            check_error(&error, data);
            // Something that short is in every text.
            let quoted = given.len() >= 16 && error.to_string().contains(given);
            assert!(!quoted || !response.status.is_success(), "{error}");
            false
        }
    }
}

/// Page tokens of a server, one on each line.
pub fn page_tokens(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let tokens: Vec<_> = text.split('\n').map(str::to_owned).take(8).collect();
    for token in tokens.iter().filter(|token| !token.is_empty()) {
        check_token(token);
    }
    check_list(tokens)
}

/// A token of a response is sent back as it came, on both wires.
fn check_token(token: &str) {
    let response = tools::ListToolsResponse {
        next_page_token: token.to_owned(),
        ..Default::default()
    };
    let message = response.encode_to_vec().into();
    let by_grpc: tools::ListToolsResponse = transport::decode(message).expect("a response");
    let route = transcode::route(operations::LIST_TOOLS.path).expect("a REST form");
    let body = json!({"next_page_token": token}).to_string();
    let message = rest::decode(route, body.as_bytes()).expect("JSON");
    let by_rest: tools::ListToolsResponse = transport::decode(message).expect("a response");
    assert_eq!(by_grpc, by_rest);
    let page = Page::new(Vec::<()>::new(), 0, by_grpc.next_page_token, String::new());
    let token = page.next_page_token.expect("it is not empty");

    let request = tools::ListToolsRequest {
        page_token: token.clone(),
        ..Default::default()
    };
    let framed = Framed::new(&request).expect("a frame");
    let sent = tools::ListToolsRequest::decode(framed.message()).expect("a message");
    assert_eq!(sent.page_token, token);

    let listed = |operation: &Operation, request: &[u8]| {
        let route = transcode::route(operation.path).expect("a REST form");
        let request = rest::request(route, request).expect("a request");
        let query = request.path.query().unwrap_or_default();
        let mut sent = form_urlencoded::parse(query.as_bytes());
        let sent = sent.find(|(name, _)| name == "page_token");
        assert_eq!(sent.expect("a token").1, token);
    };
    listed(&operations::LIST_TOOLS, &request.encode_to_vec());
    let request = accounts::ListConnectedAccountsRequest {
        page_token: token.clone(),
        ..Default::default()
    };
    listed(
        &operations::LIST_CONNECTED_ACCOUNTS,
        &request.encode_to_vec(),
    );
}

/// The list of a server that gives these tokens ends, with an error if one of them comes twice.
/// Says whether it ends without.
fn check_list(tokens: Vec<String>) -> bool {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let served = tokens.clone();
    let mut pages = Pages::new(None, move |token| {
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let next = served.get(log.len()).cloned().unwrap_or_default();
        log.push(token);
        Box::pin(std::future::ready(Ok(Page::new(
            vec![()],
            1,
            next,
            String::new(),
        ))))
    });
    let mut sent = vec![None];
    let mut is_repeated = false;
    for token in tokens.into_iter().take_while(|token| !token.is_empty()) {
        is_repeated = sent.contains(&Some(token.clone()));
        if is_repeated {
            break;
        }
        sent.push(Some(token));
    }
    for _ in 0..sent.len() - usize::from(is_repeated) {
        assert!(now(pages.next()).expect("a page").is_ok());
    }
    if is_repeated {
        let error = now(pages.next())
            .expect("an error")
            .expect_err("a repeated token");
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
    assert!(now(pages.next()).is_none());
    assert_eq!(*asked.lock().unwrap_or_else(PoisonError::into_inner), sent);
    !is_repeated
}

/// The output of a future that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

#[cfg(test)]
mod tests;

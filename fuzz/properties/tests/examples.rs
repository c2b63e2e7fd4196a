//! The valid inputs of each fuzz target, which are also its seeds.

use bytes::Bytes;
use prost::Message;
use prost::encoding::message;
use serde_json::{Value, json};

use super::super::response::RESPONSES;
use super::super::*;
use crate::json::to_struct;
use crate::raw::errdetails::ErrorInfo;
use crate::transport::transcode::{self, from_json};

/// A property and inputs that are valid for it.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]) -> bool,
    pub examples: Vec<Vec<u8>>,
}

pub fn targets() -> Vec<Target> {
    let target = |name, run: fn(&[u8]) -> bool, examples| Target {
        name,
        run,
        examples,
    };
    vec![
        target("error_details", error_details, error_details_examples()),
        target("struct_decode", struct_decode, struct_examples()),
        target(
            "path_check",
            path_check,
            texts(&[
                "/v1/users/me",
                "files/a%2Fb;v=1/c..d?to=http://x/../y",
                "/%E2%82%AC//...",
            ]),
        ),
        target("rest_error", rest_error, rest_error_examples()),
        target("rest_response", rest_response, rest_response_examples()),
        target("grpc_response", grpc_response, grpc_response_examples()),
        target("token_response", token_response, token_examples()),
        target(
            "page_tokens",
            page_tokens,
            texts(&["a\nb\nc", "eyJ+/=&?#%20\n \n\u{e9}\u{0}"]),
        ),
    ]
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn error_info() -> Value {
    json!({
        "@type": "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo",
        "error_code": "TOOL_ERROR",
        "request_info": {"request_id": "req_1"},
        "help_info": {"links": [{"description": "docs", "url": "https://docs.dev"}]},
        "resource_info": {"required_permissions": ["tools:execute"]},
        "validation_error_info": {"field_violations": [
            {"field": "identifier", "description": "is too long", "constraint": "string.max_len"}
        ]},
        "tool_error_info": {
            "execution_id": "exe_1", "tool_error_code": "RATE", "tool_error_message": "slowly",
        },
    })
}

fn error_details_examples() -> Vec<Vec<u8>> {
    let Value::Object(info) = error_info() else {
        panic!("an object")
    };
    let info = from_json(transcode::ERROR_INFO, info).expect("it matches the message");
    assert!(ErrorInfo::decode(&*info).is_ok());
    let delay = prost_types::Duration {
        seconds: 2,
        nanos: 500_000_000,
    };
    let retry = Bytes::from([&[10, delay.encoded_len() as u8], &*delay.encode_to_vec()].concat());
    let any = |name: &str, value: &[u8]| prost_types::Any {
        type_url: format!("type.googleapis.com/{name}"),
        value: value.to_vec(),
    };
    [
        vec![any("scalekit.v1.errdetails.ErrorInfo", &info)],
        vec![any("google.rpc.RetryInfo", &retry)],
        vec![
            any("google.rpc.Unknown", b"x"),
            any("google.rpc.RetryInfo", &retry),
            any("scalekit.v1.errdetails.ErrorInfo", &info),
        ],
    ]
    .into_iter()
    .map(|details| {
        let mut status = vec![14];
        for any in details {
            message::encode(3, &any, &mut status);
        }
        status
    })
    .collect()
}

fn struct_examples() -> Vec<Vec<u8>> {
    [
        json!({"flag": true, "integer": -3, "double": 0.5, "text": "é", "list": [1, "a", null]}),
        json!({"map": {"a": [], "b": {}}, "inner": {"inner": {"text": ""}}, "later": 1e300}),
    ]
    .iter()
    .map(|value| {
        to_struct("example", value)
            .expect("an object")
            .encode_to_vec()
    })
    .collect()
}

/// An HTTP response in the form that `plain_response` reads.
fn plain_example(status: u16, retry_after: &str, body: &Value) -> Vec<u8> {
    [
        &status.to_be_bytes()[..],
        retry_after.as_bytes(),
        b"\n",
        body.to_string().as_bytes(),
    ]
    .concat()
}

fn rest_error_examples() -> Vec<Vec<u8>> {
    let retry = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"});
    vec![
        plain_example(
            429,
            "3",
            &json!({"code": 8, "message": "", "details": [error_info()]}),
        ),
        plain_example(
            503,
            "",
            &json!({"code": 14, "message": "later", "details": [retry, {}]}),
        ),
        plain_example(404, "0", &json!({"code": 5, "message": "no such thing"})),
    ]
}

/// The index of an operation and a JSON response to it.
fn responses() -> Vec<(u8, Value)> {
    vec![
        (
            0,
            json!({"execution_id": "exe_1", "data": {"mails": [{"id": 5, "read": false}]}}),
        ),
        (
            1,
            json!({"tools": [{"id": "t", "definition": {"name": "x"}, "tags": ["a"],
            "updated_at": "2026-01-02T03:04:05.678Z"}], "total_size": 1, "next_page_token": "n"}),
        ),
        (
            2,
            json!({"tools": [{"tool": {"id": "t"}, "connection_name": "gmail"}]}),
        ),
        (
            3,
            json!({"tools": [{"name": "x", "score": 0.5, "connections": [
            {"connection_name": "c", "readiness_state": 1}]}]}),
        ),
        (
            4,
            json!({"connected_account": {"id": "ca_1", "identifier": "u", "status": "ACTIVE",
            "authorization_details": {"oauth_token": {"access_token": "t", "scopes": ["s"]}},
            "token_expires_at": "2026-01-02T03:04:05Z", "api_config": {"a": 1}}}),
        ),
        (
            5,
            json!({"connected_accounts": [{"id": "ca_1"}], "total_size": 1}),
        ),
        (
            6,
            json!({"link": "https://link.dev", "expiry": "2026-01-02T03:04:05Z"}),
        ),
        (7, json!({"connections": [{"id": "c", "key_id": "gmail"}]})),
        (
            8,
            json!({"configs": [{"id": "m", "connection_tool_mappings": [{"tools": ["x"]}]}]}),
        ),
        (
            9,
            json!({"token": "t", "expires_at": "2026-01-02T03:04:05Z"}),
        ),
        (
            10,
            json!({"provider": {"id": "p", "auth_patterns": [{"type": "OAUTH"}]}}),
        ),
    ]
}

fn rest_response_examples() -> Vec<Vec<u8>> {
    let example = |(index, body): (u8, Value)| [&[index], body.to_string().as_bytes()].concat();
    responses().into_iter().map(example).collect()
}

fn grpc_response_examples() -> Vec<Vec<u8>> {
    let example = |(index, body): (u8, Value)| {
        let Value::Object(body) = body else {
            panic!("an object")
        };
        let operation = RESPONSES[usize::from(index)].operation;
        let route = transcode::route(operation.path).expect("a REST form");
        let message = from_json(route.output, body).expect("it matches the message");
        let length = u32::try_from(message.len()).expect("it is short");
        [&[index, 0], &length.to_be_bytes()[..], &message].concat()
    };
    responses().into_iter().map(example).collect()
}

fn token_examples() -> Vec<Vec<u8>> {
    let token = |lifetime: u64| json!({"access_token": "abc.def-ghi_jkl", "expires_in": lifetime, "token_type": "Bearer"});
    vec![
        plain_example(200, "", &token(3600)),
        plain_example(201, "1", &token(u64::MAX)),
    ]
}

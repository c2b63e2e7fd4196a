//! The same statements for a few seconds: arbitrary bytes, and damaged examples. And those found
//! wrong once.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use prost::encoding::{WireType, encode_key, encode_varint};

use super::*;
use crate::json::to_struct;
use crate::raw::errdetails::ErrorInfo;

const CASES: u32 = 2_000;

/// A reader, and bytes that it reads.
struct Target {
    name: &'static str,
    run: fn(&[u8]) -> bool,
    examples: Vec<Vec<u8>>,
}

fn targets() -> Vec<Target> {
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
    let info = from_json(transcode::ERROR_INFO, info).expect("it has this form");
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
            prost::encoding::message::encode(3, &any, &mut status);
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

/// Status, `retry-after`, body.
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

/// The index of an operation, and a JSON response to it.
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
        let message = from_json(route.output, body).expect("it has this form");
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

#[test]
fn the_examples_are_read() {
    for target in targets() {
        for example in target.examples {
            let shown = example.escape_ascii();
            assert!((target.run)(&example), "{}: {shown}", target.name);
        }
    }
}

/// Fuzzing starts from them. `WRITE_SEEDS=1` writes them.
#[test]
fn the_seeds_are_the_examples() {
    for target in targets() {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/seeds")
            .join(target.name);
        for (index, example) in target.examples.iter().enumerate() {
            let seed = seeds.join(index.to_string());
            if std::env::var_os("WRITE_SEEDS").is_some() {
                fs::create_dir_all(&seeds).expect("a directory");
                fs::write(&seed, example).expect("a file");
            }
            let is_it = fs::read(&seed).is_ok_and(|bytes| bytes == *example);
            assert!(
                is_it,
                "{} is not its example: run with WRITE_SEEDS=1",
                seed.display()
            );
        }
    }
}

#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Cut(Index),
    Remove(Index, usize),
    Repeat(Index, usize),
    /// The end of another example instead of its own.
    Splice(Index, Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), 1..8_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        1 => (any::<Index>(), 1..64_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
        1 => any::<(Index, Index, Index)>()
            .prop_map(|(at, other, from)| Damage::Splice(at, other, from)),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>, examples: &[Vec<u8>]) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let span = |at: &Index, wanted: usize| {
            let start = at.index(length);
            start..(start + wanted).min(length)
        };
        match self {
            Self::Flip(at, bits) => bytes[at.index(length)] ^= bits,
            Self::Cut(at) => bytes.truncate(at.index(length)),
            Self::Remove(at, wanted) => drop(bytes.drain(span(at, *wanted))),
            Self::Repeat(at, wanted) => {
                let range = span(at, *wanted);
                let again = bytes[range.clone()].to_vec();
                bytes.splice(range.start..range.start, again);
            }
            Self::Splice(at, other, from) => {
                let other = &examples[other.index(examples.len())];
                bytes.truncate(at.index(length));
                bytes.extend_from_slice(&other[from.index(other.len())..]);
            }
        }
    }
}

fn holds(name: &str) {
    let target = targets()
        .into_iter()
        .find(|target| target.name == name)
        .expect("a target");
    let config = Config {
        cases: CASES,
        ..Config::with_source_file(file!())
    };
    TestRunner::new(config.clone())
        .run(&prop::collection::vec(any::<u8>(), 0..256), |bytes| {
            (target.run)(&bytes);
            Ok(())
        })
        .expect("it holds for arbitrary bytes");
    let damaged = (any::<Index>(), prop::collection::vec(damage(), 1..6));
    TestRunner::new(config)
        .run(&damaged, |(example, damage)| {
            let mut bytes = target.examples[example.index(target.examples.len())].clone();
            for damage in damage {
                damage.apply(&mut bytes, &target.examples);
            }
            (target.run)(&bytes);
            Ok(())
        })
        .expect("it holds for damaged examples");
}

macro_rules! hold {
    ($($target:ident)+) => {
        mod hold {
            $(#[test] fn $target() { super::holds(stringify!($target)); })+
        }
    };
}
hold!(error_details struct_decode path_check rest_error rest_response grpc_response token_response page_tokens);

/// The number 1 in structs, as the result of a tool.
fn nested(depth: usize) -> String {
    let nested = r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth);
    format!(r#"{{"data":{nested}}}"#)
}

/// The same as a message around an encoded `google.protobuf.Value`.
fn nested_message(depth: usize, innermost: &[u8]) -> Bytes {
    let field = |number: u32, payload: &[u8]| {
        let mut bytes = Vec::new();
        encode_key(number, WireType::LengthDelimited, &mut bytes);
        encode_varint(payload.len() as u64, &mut bytes);
        [&bytes, payload].concat()
    };
    let mut value = innermost.to_vec();
    let mut fields = Vec::new();
    for _ in 0..depth {
        fields = field(1, &[field(1, b"a"), field(2, &value)].concat());
        value = field(5, &fields);
    }
    let response = field(1, &fields);
    let length = u32::try_from(response.len()).expect("some kilobytes");
    [&[0], &length.to_be_bytes()[..], &response].concat().into()
}

const ONE: &[u8] = &[0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];

#[test]
fn a_result_nested_ten_thousand_deep_is_an_error_that_says_so_on_both_wires() {
    const DEPTH: usize = 10_000;
    let route = transcode::route(operations::EXECUTE_TOOL.path).expect("a REST form");
    for response in [
        grpc::unframe(nested_message(DEPTH, ONE)),
        rest::decode(route, nested(DEPTH).as_bytes()),
        // JSON that is read, but not as a message.
        rest::decode(route, nested(120).as_bytes()),
    ] {
        let response = response.and_then(transport::decode);
        let read = response.and_then(|response| ToolOutput::from_wire(response).value());
        let error = read.expect_err("too deep");
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Decode, Outcome::Unknown)
        );
        let text = error.to_string();
        assert!(
            text.contains("nests deeper than") && text.len() < 200,
            "{text}"
        );
    }
}

#[test]
fn a_result_nested_some_levels_deep_is_the_same_on_both_wires() {
    let route = transcode::route(operations::EXECUTE_TOOL.path).expect("a REST form");
    let by_grpc = grpc::unframe(nested_message(20, ONE)).and_then(transport::decode);
    let by_grpc: tools::ExecuteToolResponse = by_grpc.expect("a response");
    let by_rest = rest::decode(route, nested(20).as_bytes()).and_then(transport::decode);
    let by_rest = by_rest.expect("a response");
    assert_eq!(by_grpc, by_rest);
}

#[test]
fn a_broken_message_deep_down_is_told_of_in_a_line() {
    let response = grpc::unframe(nested_message(25, &[0x09])).and_then(transport::decode);
    let read = response.and_then(|response| ToolOutput::from_wire(response).value());
    let text = read.expect_err("a field of the wrong type").to_string();
    assert!(text.len() < 400, "{text}");
}

#[test]
fn an_error_body_nested_ten_thousand_deep_is_an_error_of_its_status() {
    let nested = "[".repeat(10_000) + &"]".repeat(10_000);
    let body = format!(r#"{{"code":5,"message":"","details":{nested}}}"#);
    assert!(!rest_error(&[&b"\x01\x94\n"[..], body.as_bytes()].concat()));
    let token = format!(r#"{{"access_token":"t","expires_in":60,"x":{nested}}}"#);
    assert!(token_response(
        &[&b"\x00\xc8\n"[..], token.as_bytes()].concat()
    ));
}

#[test]
fn a_token_is_in_an_object() {
    assert!(!token_response(b"\x00\xc8\n[\"token\", 60]"));
}

//! Checks the properties for a few seconds, on arbitrary bytes and on damaged examples, and on inputs
//! that once violated them.

mod damage;
mod examples;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use prost::encoding::{WireType, encode_key, encode_varint};

use self::damage::damage;
use self::examples::targets;
use super::*;
use crate::call::operations;
use crate::raw::tools;
use crate::transport::{decode, grpc, rest, transcode};
use crate::{ErrorKind, Outcome, ToolOutput};

const CASES: u32 = 2_000;

#[test]
fn the_examples_are_read() {
    for target in targets() {
        for example in target.examples {
            let shown = example.escape_ascii();
            assert!((target.run)(&example), "{}: {shown}", target.name);
        }
    }
}

/// `WRITE_SEEDS=1` writes the seeds, which are where fuzzing starts.
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
            let is_current = fs::read(&seed).is_ok_and(|bytes| bytes == *example);
            assert!(
                is_current,
                "{} is stale: run the test with WRITE_SEEDS=1",
                seed.display()
            );
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

/// The JSON response of a tool that returned the number 1 in nested objects.
fn nested(depth: usize) -> String {
    let nested = r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth);
    format!(r#"{{"data":{nested}}}"#)
}

/// The framed response of a tool that returned an encoded `google.protobuf.Value` in nested objects.
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
fn a_result_nested_ten_thousand_deep_is_an_error_that_says_so_on_both_transports() {
    const DEPTH: usize = 10_000;
    let route = transcode::route(operations::EXECUTE_TOOL.path).expect("a REST form");
    for response in [
        grpc::unframe(nested_message(DEPTH, ONE)),
        rest::decode(route, nested(DEPTH).as_bytes()),
        // serde_json accepts this depth, the message does not.
        rest::decode(route, nested(120).as_bytes()),
    ] {
        let response = response.and_then(decode);
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
fn a_result_nested_some_levels_deep_is_the_same_on_both_transports() {
    let route = transcode::route(operations::EXECUTE_TOOL.path).expect("a REST form");
    let by_grpc = grpc::unframe(nested_message(20, ONE)).and_then(decode);
    let by_grpc: tools::ExecuteToolResponse = by_grpc.expect("a response");
    let by_rest = rest::decode(route, nested(20).as_bytes()).and_then(decode);
    let by_rest = by_rest.expect("a response");
    assert_eq!(by_grpc, by_rest);
}

#[test]
fn the_error_of_a_deeply_nested_malformed_message_is_short() {
    let response = grpc::unframe(nested_message(25, &[0x09])).and_then(decode);
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

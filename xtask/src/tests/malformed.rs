//! A package that cannot be read is refused; the error has file and reason in one line.

use std::fs;

use serde_json::json;

use super::{descriptor_of, descriptor_set, identity, module, refreshed_from, wheel_of, zip};
use crate::compile::Sources;
use crate::diff;
use crate::lock::{self, Lock};
use crate::one_line;
use crate::source;
use crate::wheel::{MAX_ENTRY_BYTES, Wheel};

/// A file with a name and nothing else.
fn named(name: &str) -> Vec<u8> {
    descriptor_of(json!({ "name": name, "syntax": "proto3" }))
}

fn with_module(name: &str, content: Vec<u8>) -> Vec<u8> {
    let mut entries = identity();
    entries.push((name.to_owned(), content));
    zip(&entries)
}

#[track_caller]
fn refuses(wheel: &[u8], reasons: &[&str]) {
    let error = one_line(&refreshed_from(wheel).unwrap_err());
    for reason in reasons {
        assert!(error.contains(reason), "{error}");
    }
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn a_package_that_cannot_be_read() {
    let source = "syntax = \"proto3\"; package t; message M { string s = 1; }";
    let whole = wheel_of(&Sources::from([("t.proto".to_owned(), source.to_owned())]));
    let mut damaged = whole.clone();
    let at = whole.windows(4).position(|bytes| bytes == b"t_pb").unwrap() + 40;
    damaged[at] ^= 0xff;
    let mut cut_off = module(&named("t.proto"));
    cut_off.truncate(60);
    let entry = |name: &str, text: &[u8]| (name.to_owned(), text.to_vec());
    let pb2 = |name: &str| entry(name, &module(&named("t.proto")));
    let [metadata, core] = [identity().remove(0), identity().remove(1)];
    let more = entry("p/more.py", b"api_version = \"20300103\"\n");
    let nameless = entry("p-1.dist-info/METADATA", b"Version: 1\n");
    let twice = [identity(), vec![pb2("a_pb2.py"), pb2("b_pb2.py")]].concat();
    let of_module = |text: &[u8]| with_module("t_pb2.py", text.to_vec());
    let without_metadata = zip(&[core.clone(), pb2("t_pb2.py")]);
    let without_version = zip(&[metadata.clone(), pb2("t_pb2.py")]);
    let two_versions = zip(&[metadata, core, more, pb2("t_pb2.py")]);
    // Field 8, the file options, with an unknown extension 50123.
    let unknown = [0x42, 5, 0xda, 0xbc, 0x18, 1, b'x'];
    let unknown = [named("t.proto"), unknown.to_vec()].concat();
    for (wheel, reasons) in [
        (Vec::new(), &["broken.whl", "not a wheel"][..]),
        (b"<html>404</html>".to_vec(), &["not a wheel"]),
        (whole[..whole.len() - 1].to_vec(), &["broken.whl"]),
        (whole[..whole.len() / 2].to_vec(), &["broken.whl"]),
        (whole[..100].to_vec(), &["broken.whl"]),
        (damaged, &["broken.whl", "t_pb2.py"]),
        (zip(&identity()), &["broken.whl", "no *_pb2.py"]),
        (of_module(b"x = 1\n"), &["t_pb2.py", "no AddSerializedFile"]),
        (without_metadata, &["no dist-info/METADATA"]),
        (without_version, &["expected one api_version, found 0"]),
        (two_versions, &["expected one api_version, found 2"]),
        (zip(&[nameless]), &["METADATA", "no Name"]),
        (of_module(&cut_off), &["t_pb2.py", "ends inside a bytes"]),
        (of_module(&[0xff, 0xfe]), &["t_pb2.py"]),
        (
            of_module(&module(&[0xff; 9])),
            &["t_pb2.py", "not a FileDescriptorProto"],
        ),
        (zip(&twice), &["b_pb2.py", "another module"]),
        (
            of_module(&module(&unknown)),
            &["t.proto", "unknown field 50123"],
        ),
    ] {
        refuses(&wheel, reasons);
    }
}

#[test]
fn a_file_name_that_leads_out_of_the_directory() {
    for name in [
        "../t.proto",
        "/t.proto",
        "a/../../t.proto",
        "a//t.proto",
        "t.txt",
        "",
        "a\\t.proto",
        ".hidden.proto",
    ] {
        let wheel = with_module("t_pb2.py", module(&named(name)));
        refuses(&wheel, &["t_pb2.py", "is not an import path"]);
    }
}

/// By a refresh, and by a comparison of a wheel and of a descriptor set.
#[test]
fn a_descriptor_that_a_reader_would_fail_on() {
    let text = fs::read_to_string(super::data("malformed.txt")).unwrap();
    for case in text.trim().split("\n\n").skip(1) {
        let (reason, json) = case.split_once('\n').unwrap();
        let mut file = json!({ "name": "t.proto", "syntax": "proto3" });
        let fields: serde_json::Value = serde_json::from_str(json).unwrap();
        let fields = fields.as_object().unwrap().clone();
        file.as_object_mut().unwrap().extend(fields);
        let wheel = with_module("t_pb2.py", module(&descriptor_of(file)));
        refuses(&wheel, &[reason]);
        let files = Wheel::parse(&wheel).unwrap().descriptors;
        let dir = tempfile::tempdir().unwrap();
        let compare = |name: &str, content: &[u8]| {
            let path = dir.path().join(name);
            fs::write(&path, content).unwrap();
            let compared = source::file(&path).and_then(|side| diff::compare(&side, &side));
            one_line(&compared.map(|_| ()).unwrap_err())
        };
        for error in [
            compare("t.whl", &wheel),
            compare("set.binpb", &descriptor_set(files.values())),
        ] {
            assert!(error.ends_with(reason), "{error}");
        }
    }
}

#[test]
fn an_identity_with_characters_that_mean_something_in_toml() {
    for identity in ["a\"b", "a\\b", "a\" x = \"b", "a'b", "ä\u{1}\t#[x]"] {
        let metadata = format!("Name: {identity}\nVersion: {identity}\n");
        let entries = [
            ("p-1.dist-info/METADATA".to_owned(), metadata.into_bytes()),
            super::identity().remove(1),
            ("t_pb2.py".to_owned(), module(&named("t.proto"))),
        ];
        let spec = refreshed_from(&zip(&entries)).unwrap().spec;
        let lock = std::str::from_utf8(&spec[lock::PATH]).unwrap();
        let package = Lock::parse(lock).unwrap().package;
        assert_eq!([package.name, package.version], [identity; 2]);
    }
}

#[test]
fn options_for_other_languages_are_no_error() {
    let file = json!({ "name": "t.proto", "syntax": "proto3", "options": { "goPackage": "x/y" } });
    let wheel = with_module("t_pb2.py", module(&descriptor_of(file)));
    let spec = refreshed_from(&wheel).unwrap().spec;
    let text = std::str::from_utf8(&spec["proto/t.proto"]).unwrap();
    assert!(!text.contains("option"), "{text}");
}

#[test]
fn an_archive_that_unpacks_to_far_more_than_it_is() {
    let zeros = vec![b'\n'; usize::try_from(MAX_ENTRY_BYTES).unwrap() + 1];
    let mut bomb = with_module("bomb_pb2.py", zeros);
    refuses(&bomb, &["bomb_pb2.py: too large"]);
    // The size in the archive's header is irrelevant.
    let stated = u32::try_from(MAX_ENTRY_BYTES + 1).unwrap().to_le_bytes();
    while let Some(at) = bomb.windows(4).position(|bytes| bytes == stated) {
        bomb[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    refuses(&bomb, &["bomb_pb2.py"]);
    // Many files, each of which is small enough.
    let lines = |count: u8| {
        let mut entries = identity();
        entries.extend((0..count).map(|number| (format!("{number}.py"), vec![b'\n'; 100])));
        zip(&entries)
    };
    let within = |count: u8| one_line(&Wheel::parse_within(&lines(count), 1000).unwrap_err());
    assert_eq!(within(5), "no *_pb2.py with descriptors");
    assert_eq!(within(10), "9.py: too large");
}

//! A package that cannot be read changes nothing; the error has file and reason in one line.

use prost_reflect::prost::Message;
use prost_reflect::prost_types::descriptor_proto::{ExtensionRange, ReservedRange};
use prost_reflect::prost_types::enum_descriptor_proto::EnumReservedRange;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileOptions, MessageOptions,
};

use super::{descriptor_set, identity, module, scratch, wheel_of, zip};
use crate::compile::Sources;
use crate::lock::Lock;
use crate::one_line;
use crate::source;
use crate::tree;
use crate::wheel::{Contents, MAX_ENTRY_BYTES};
use crate::{diff, refresh};

const SOURCE: &str = "syntax = \"proto3\"; package t; message M { string s = 1; }";

fn good() -> Vec<u8> {
    wheel_of(&Sources::from([("t.proto".to_owned(), SOURCE.to_owned())]))
}

fn with_module(name: &str, content: Vec<u8>) -> Vec<u8> {
    let mut entries = identity();
    entries.push((name.to_owned(), content));
    zip(&entries)
}

fn with_file(file: FileDescriptorProto) -> Vec<u8> {
    with_module("t_pb2.py", module(&file.encode_to_vec()))
}

fn named(name: &str) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some(name.to_owned()),
        syntax: Some("proto3".to_owned()),
        ..Default::default()
    }
}

#[track_caller]
fn refuses(wheel: &[u8], reasons: &[&str]) {
    let root = scratch(&[]);
    let path = root.path().join("broken.whl");
    std::fs::write(&path, wheel).unwrap();
    let before = tree::read(root.path()).unwrap();
    let error = one_line(&refresh::run(root.path(), Some(&path)).unwrap_err());
    for reason in reasons {
        assert!(error.contains(reason), "{error}");
    }
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(
        tree::read(root.path()).unwrap() == before,
        "something was written"
    );
}

#[test]
fn a_package_that_cannot_be_read_is_refused() {
    let whole = good();
    let mut damaged = whole.clone();
    let at = whole.windows(4).position(|bytes| bytes == b"t_pb").unwrap() + 40;
    damaged[at] ^= 0xff;
    let mut cut_off = module(&named("t.proto").encode_to_vec());
    cut_off.truncate(60);
    let entry = |name: &str, text: &[u8]| (name.to_owned(), text.to_vec());
    let pb2 = |name: &str| entry(name, &module(&named("t.proto").encode_to_vec()));
    let [metadata, core] = [identity().remove(0), identity().remove(1)];
    let more = entry("p/more.py", b"api_version = \"20300103\"\n");
    let nameless = entry("p-1.dist-info/METADATA", b"Version: 1\n");
    let twice = [identity(), vec![pb2("a_pb2.py"), pb2("b_pb2.py")]].concat();
    let of_module = |text: &[u8]| with_module("t_pb2.py", text.to_vec());
    for (wheel, reasons) in [
        (Vec::new(), &["broken.whl", "not a wheel"][..]),
        (b"<html>404</html>".to_vec(), &["broken.whl", "not a wheel"]),
        (whole[..whole.len() - 1].to_vec(), &["broken.whl"]),
        (whole[..whole.len() / 2].to_vec(), &["broken.whl"]),
        (whole[..100].to_vec(), &["broken.whl"]),
        (damaged, &["broken.whl", "t_pb2.py"]),
        (zip(&identity()), &["broken.whl", "no *_pb2.py"]),
        (of_module(b"x = 1\n"), &["t_pb2.py", "no AddSerializedFile"]),
        (
            zip(&[core.clone(), pb2("t_pb2.py")]),
            &["no dist-info/METADATA"],
        ),
        (
            zip(&[metadata.clone(), pb2("t_pb2.py")]),
            &["expected one api_version, found 0"],
        ),
        (
            zip(&[metadata, core, more, pb2("t_pb2.py")]),
            &["expected one api_version, found 2"],
        ),
        (zip(&[nameless]), &["METADATA", "no Name"]),
        (
            of_module(&cut_off),
            &["t_pb2.py", "ends inside a bytes literal"],
        ),
        (of_module(&[0xff, 0xfe]), &["t_pb2.py"]),
        (
            of_module(&module(&[0xff; 9])),
            &["t_pb2.py", "not a FileDescriptorProto"],
        ),
        (zip(&twice), &["b_pb2.py", "another module"]),
    ] {
        refuses(&wheel, reasons);
    }
}

#[test]
fn a_file_name_that_leads_out_of_the_directory_is_refused() {
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
        let reasons = ["t_pb2.py", "is not an import path"];
        refuses(&with_file(named(name)), &reasons);
    }
}

#[test]
fn imports_that_cannot_be_resolved_are_named() {
    for (import, reason) in [
        ("other.proto", "the imported file other.proto is missing"),
        ("t.proto", "imports itself"),
    ] {
        let file = FileDescriptorProto {
            dependency: vec![import.to_owned()],
            ..named("t.proto")
        };
        refuses(&with_file(file), &["t.proto", reason]);
    }
}

#[test]
fn a_map_entry_without_a_key() {
    let value = FieldDescriptorProto {
        name: Some("value".to_owned()),
        number: Some(2),
        label: Some(Label::Optional.into()),
        r#type: Some(Type::String.into()),
        ..Default::default()
    };
    let entry = DescriptorProto {
        name: Some("MEntry".to_owned()),
        field: vec![value],
        options: Some(MessageOptions {
            map_entry: Some(true),
            ..Default::default()
        }),
        ..Default::default()
    };
    let field = FieldDescriptorProto {
        name: Some("m".to_owned()),
        number: Some(1),
        label: Some(Label::Repeated.into()),
        r#type: Some(Type::Message.into()),
        type_name: Some(".M.MEntry".to_owned()),
        ..Default::default()
    };
    let file = FileDescriptorProto {
        message_type: vec![DescriptorProto {
            name: Some("M".to_owned()),
            field: vec![field],
            nested_type: vec![entry],
            ..Default::default()
        }],
        ..named("t.proto")
    };
    refused_everywhere(
        file,
        "t.proto: M.MEntry is a map entry without key or value",
    );
}

/// The file is refused by a refresh, and by a comparison of a wheel and of a descriptor set.
#[track_caller]
fn refused_everywhere(file: FileDescriptorProto, reason: &str) {
    let wheel = with_file(file);
    refuses(&wheel, &[reason]);
    let files = Contents::parse(&wheel).unwrap().descriptors;
    assert_eq!(one_line(&super::link(&files).unwrap_err()), reason);
    // A descriptor set with the same file.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("set.binpb");
    std::fs::write(&path, descriptor_set(files.values())).unwrap();
    let compared = source::file(&path).and_then(|side| diff::compare(&side, &side));
    let error = one_line(&compared.map(|_| ()).unwrap_err());
    assert!(error.ends_with(reason), "{error}");
}

#[test]
fn a_syntax_that_is_none() {
    for syntax in ["", "proto4", "editions", "proto3 "] {
        let file = FileDescriptorProto {
            syntax: Some(syntax.to_owned()),
            ..named("t.proto")
        };
        let reason = format!("t.proto: syntax {syntax:?} is not supported");
        refused_everywhere(file, &reason);
    }
}

#[test]
fn a_range_that_is_none() {
    let message = |reserved: &[ReservedRange], extensions: &[ExtensionRange]| FileDescriptorProto {
        syntax: None,
        message_type: vec![DescriptorProto {
            name: Some("M".to_owned()),
            reserved_range: reserved.to_vec(),
            extension_range: extensions.to_vec(),
            ..Default::default()
        }],
        ..named("t.proto")
    };
    for (start, end, reason) in [
        (Some(5), None, "a range without start or end"),
        (None, Some(5), "a range without start or end"),
        (None, None, "a range without start or end"),
        (Some(5), Some(5), "5 to 4, which is no range"),
        (Some(5), Some(0), "5 to -1, which is no range"),
        (Some(0), Some(5), "0 to 4, which is no range"),
        (Some(-1), Some(5), "-1 to 4, which is no range"),
        (
            Some(5),
            Some(i32::MIN),
            "5 to -2147483649, which is no range",
        ),
    ] {
        let extensions = ExtensionRange {
            start,
            end,
            options: None,
        };
        let file = message(&[], &[extensions]);
        refused_everywhere(file, &format!("t.proto: M extends to {reason}"));
        let file = message(&[ReservedRange { start, end }], &[]);
        refused_everywhere(file, &format!("t.proto: M reserves {reason}"));
    }
    let value = EnumValueDescriptorProto {
        name: Some("ZERO".to_owned()),
        number: Some(0),
        ..Default::default()
    };
    let file = FileDescriptorProto {
        enum_type: vec![EnumDescriptorProto {
            name: Some("E".to_owned()),
            value: vec![value],
            reserved_range: vec![EnumReservedRange {
                start: Some(5),
                end: None,
            }],
            ..Default::default()
        }],
        ..named("t.proto")
    };
    refused_everywhere(file, "t.proto: E reserves 5 to 0, which is no range");
}

#[test]
fn an_identity_with_characters_that_mean_something_in_toml() {
    let root = scratch(&[]);
    let path = root.path().join("p.whl");
    for identity in ["a\"b", "a\\b", "a\" x = \"b", "a'b", "ä\u{1}\t#[x]"] {
        let metadata = format!("Name: {identity}\nVersion: {identity}\n");
        let entries = [
            ("p-1.dist-info/METADATA".to_owned(), metadata.into_bytes()),
            super::identity().remove(1),
            (
                "t_pb2.py".to_owned(),
                module(&named("t.proto").encode_to_vec()),
            ),
        ];
        std::fs::write(&path, zip(&entries)).unwrap();
        refresh::run(root.path(), Some(&path)).unwrap();
        let lock = std::fs::read_to_string(root.path().join("spec/lock.toml")).unwrap();
        let package = Lock::parse(&lock).unwrap().package;
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            (identity, identity)
        );
    }
}

#[test]
fn what_would_be_lost_unseen() {
    let mut bytes = named("t.proto").encode_to_vec();
    // Field 8, the file options, with an unknown extension 50123.
    let unknown = [0xda, 0xbc, 0x18, 0x01, b'x'];
    bytes.extend([0x42, unknown.len() as u8]);
    bytes.extend(unknown);
    refuses(
        &with_module("t_pb2.py", module(&bytes)),
        &["t.proto", "unknown field 50123"],
    );
    refuses(
        &with_file(FileDescriptorProto {
            syntax: Some("editions".to_owned()),
            ..named("t.proto")
        }),
        &["t.proto", "editions"],
    );
}

#[test]
fn a_spec_that_was_edited_into_something_else() {
    let root = scratch(&[]);
    let wheel = root.path().join("p.whl");
    std::fs::write(&wheel, good()).unwrap();
    std::fs::write(
        root.path().join("spec/proto/bad.proto"),
        "syntax = \"proto3\";\nmessage {",
    )
    .unwrap();
    let before = tree::read(root.path()).unwrap();
    let error = one_line(&refresh::run(root.path(), Some(&wheel)).unwrap_err());
    assert!(error.starts_with("spec/proto: bad.proto:2:"), "{error}");
    assert!(tree::read(root.path()).unwrap() == before);
}

#[test]
fn options_for_other_languages_are_no_error() {
    let options = FileOptions {
        go_package: Some("x/y".to_owned()),
        ..Default::default()
    };
    let wheel = with_file(FileDescriptorProto {
        options: Some(options),
        ..named("t.proto")
    });
    let root = scratch(&[]);
    let path = root.path().join("p.whl");
    std::fs::write(&path, wheel).unwrap();
    refresh::run(root.path(), Some(&path)).unwrap();
    let text = std::fs::read_to_string(root.path().join("spec/proto/t.proto")).unwrap();
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
    let within = |count: u8| one_line(&Contents::parse_within(&lines(count), 1000).unwrap_err());
    assert_eq!(within(5), "no *_pb2.py with descriptors");
    assert_eq!(within(10), "9.py: too large");
}

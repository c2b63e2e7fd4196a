//! Reading an npm tarball restores what its modules omit, and damage is an error.

use std::io::Write;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};

use crate::compile::{self, Sources};
use crate::source::{self, Origin, npm};
use crate::{diff, one_line};

static FILE: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let source = "import \"google/protobuf/descriptor.proto\";".to_owned();
    compile::pool(&Sources::from([("f.proto".to_owned(), source)])).unwrap()
});

fn sources() -> Sources {
    let a = "syntax = \"proto3\"; package v1.a; message A { string a_name = 1; }";
    let b = "syntax = \"proto3\"; package v1.b; import \"v1/a/a.proto\"; \
             import \"google/protobuf/field_mask.proto\"; \
             message B { v1.a.A a = 1; google.protobuf.FieldMask mask = 2; }";
    Sources::from([
        ("v1/a/a.proto".to_owned(), a.to_owned()),
        ("v1/b/b.proto".to_owned(), b.to_owned()),
    ])
}

/// A package with these files of `pool`, each of which requires what it imports.
pub fn tarball_of(pool: &DescriptorPool, paths: &[&str]) -> Vec<u8> {
    let mut entries = modules();
    entries.truncate(1);
    for path in paths {
        let mut requires = "const wkt_1 = require(\"@bufbuild/protobuf/wkt\");\n".to_owned();
        let mut imports = Vec::new();
        let file = pool.get_file_by_name(path).unwrap();
        for (number, import) in file.dependencies().enumerate() {
            let name = import.name().strip_suffix(".proto").unwrap();
            let flat = name.replace(['/', '-'], "_");
            if name.starts_with("google/protobuf/") {
                imports.push(format!("wkt_1.file_{flat}"));
                continue;
            }
            let up = "../".repeat(path.matches('/').count());
            requires += &format!("const i_pb_{number} = require(\"{up}{name}_pb\");\n");
            imports.push(format!("i_pb_{number}.file_{flat}"));
        }
        let imports = match imports.is_empty() {
            true => String::new(),
            false => format!(", [{}]", imports.join(", ")),
        };
        entries.push(module_of(pool, path, &requires, &imports));
    }
    tarball(&entries)
}

fn module(path: &str, requires: &str, imports: &str) -> (String, String) {
    module_of(&compile::pool(&sources()).unwrap(), path, requires, imports)
}

/// A module as the generator writes it: no imports and no default JSON names in the descriptor.
fn module_of(pool: &DescriptorPool, path: &str, requires: &str, imports: &str) -> (String, String) {
    let bytes = pool.get_file_by_name(path).unwrap().encode_to_vec();
    // Unlike prost's own type, this keeps extension options.
    let descriptor = FILE.get_message_by_name("google.protobuf.FileDescriptorProto");
    let mut file = DynamicMessage::decode(descriptor.unwrap(), bytes.as_slice()).unwrap();
    file.clear_field_by_name("dependency");
    let messages = file.get_field_by_name_mut("message_type");
    for message in messages.and_then(Value::as_list_mut).into_iter().flatten() {
        let fields = message
            .as_message_mut()
            .unwrap()
            .get_field_by_name_mut("field");
        for field in fields.and_then(Value::as_list_mut).into_iter().flatten() {
            let field = field.as_message_mut().unwrap();
            field.clear_field_by_name("json_name");
        }
    }
    let base64 = STANDARD_NO_PAD.encode(file.encode_to_vec());
    let name = path.replace(".proto", "_pb.js");
    let text = format!("{requires}exports.file = (0, v2_1.fileDesc)(\"{base64}\"{imports});\n");
    (format!("package/lib/{name}"), text)
}

pub fn modules() -> Vec<(String, String)> {
    vec![
        (
            "package/package.json".to_owned(),
            r#"{"name": "@x/y", "version": "1.2.3"}"#.to_owned(),
        ),
        module("v1/a/a.proto", "", ""),
        module(
            "v1/b/b.proto",
            "const wkt_1 = require(\"@bufbuild/protobuf/wkt\");\n\
             const a_pb_1 = require(\"../a/a_pb\");\n",
            ", [a_pb_1.file_v1_a_a, wkt_1.file_google_protobuf_field_mask]",
        ),
    ]
}

pub fn tarball(entries: &[(String, String)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn imports_and_json_names_come_back() {
    let read = npm::parse(&tarball(&modules())).unwrap();
    assert_eq!(
        (read.label.as_str(), read.origin),
        ("@x/y 1.2.3", Origin::PartialPackage)
    );
    let pool = super::link(&read.files).unwrap();
    let file = pool.get_file_by_name("v1/b/b.proto").unwrap();
    let imports: Vec<_> = file
        .dependencies()
        .map(|file| file.name().to_owned())
        .collect();
    assert_eq!(
        imports,
        ["v1/a/a.proto", "google/protobuf/field_mask.proto"]
    );
    let spec = source::spec("spec".to_owned(), &sources()).unwrap();
    assert!(diff::compare(&spec, &read).unwrap().changes.is_empty());
}

#[test]
fn a_file_that_the_package_does_not_ship_was_not_removed() {
    let mut only_a = modules();
    only_a.truncate(2);
    let (all, part) = (
        npm::parse(&tarball(&modules())).unwrap(),
        npm::parse(&tarball(&only_a)).unwrap(),
    );
    let report = diff::compare(&all, &part).unwrap();
    assert!(report.changes.is_empty());
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("v1/b/b.proto")),
        "{:?}",
        report.notes
    );
}

#[test]
fn a_package_of_the_older_generator_is_told_so() {
    let mut old = modules();
    old.truncate(1);
    old.push((
        "package/lib/v1/a/a_pb.js".to_owned(),
        "class A {}".to_owned(),
    ));
    let error = one_line(&npm::parse(&tarball(&old)).unwrap_err());
    assert!(
        error.contains("@x/y 1.2.3") && error.contains("older"),
        "{error}"
    );
}

#[test]
fn damage_is_named() {
    let with = |index: usize, from: &str, to: &str| {
        let mut modules = modules();
        modules[index].1 = modules[index].1.replace(from, to);
        tarball(&modules)
    };
    let mut elsewhere = modules();
    elsewhere[1].0 = "package/lib/v1/c/c_pb.js".to_owned();
    for (bytes, reason) in [
        (b"no".to_vec(), "not an npm tarball"),
        (tarball(&modules()[1..]), "no package/package.json"),
        (with(0, "{", "["), "package/package.json"),
        (
            with(1, "fileDesc)(\"", "fileDesc)(\"%"),
            "a_pb.js: the descriptor is not base64",
        ),
        (with(1, "\");", ""), "the descriptor has no end"),
        (with(2, "[a_pb_1", "[b_pb_1"), "b_pb_1 is required nowhere"),
        (with(2, "../a/a_pb", "../../../../a_pb"), "leads outside"),
        (tarball(&elsewhere), "is not where it stands"),
    ] {
        let error = one_line(&npm::parse(&bytes).unwrap_err());
        assert!(error.contains(reason), "{reason}: {error}");
    }
}

#[test]
fn an_import_that_is_missing_is_named_with_its_importer() {
    let mut only_b = modules();
    only_b.remove(1);
    let read = npm::parse(&tarball(&only_b)).unwrap();
    let error = one_line(&diff::compare(&read, &read).map(|_| ()).unwrap_err());
    assert!(
        error.contains("v1/b/b.proto: the imported file v1/a/a.proto is missing"),
        "{error}"
    );
}

#[test]
fn a_tarball_cut_anywhere_is_an_error() {
    let whole = tarball(&modules());
    for length in (0..whole.len() - 8).step_by(7) {
        if let Ok(read) = npm::parse(&whole[..length]) {
            // The end of an archive is padding.
            assert_eq!(read.files.len(), 2, "{length}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn arbitrary_bytes_are_no_source(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
        if let Ok(read) = source::file(&path) {
            let _ = diff::compare(&read, &read).map(|report| report.changes.len());
        }
    }
}

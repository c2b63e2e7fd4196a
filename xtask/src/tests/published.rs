//! The printer, `strip` and `diff` on the packages that Scalekit published.

use std::collections::BTreeSet;
use std::fs;

use prost_reflect::{DynamicMessage, ReflectMessage, Value};

use super::{cargo_lock, published_wheel, spec, workspace};
use crate::comments::Comments;
use crate::compile;
use crate::descriptors;
use crate::diff;
use crate::diff::change::Break;
use crate::difference::difference;
use crate::printer::{self, names::Names};
use crate::refresh;
use crate::source;
use crate::strip::{Undeclared, strip};

#[test]
#[ignore = "downloads the published package; run with: cargo test --bin xtask -- --ignored"]
fn every_published_file_compiles_back_to_itself() {
    let wheel = published_wheel();
    let hand_written: compile::Sources = refresh::proto_sources(&spec())
        .unwrap()
        .into_iter()
        .filter(|(path, _)| path.starts_with("google/api/"))
        .collect();
    let pool = descriptors::link(&wheel.descriptors, &hand_written, Undeclared::Refused).unwrap();
    let names = Names::new(&pool);
    let mut sources = hand_written;
    for path in wheel.descriptors.keys() {
        let file = pool.get_file_by_name(path).unwrap();
        sources.insert(
            path.clone(),
            printer::print(&file, &names, &Comments::default()).unwrap(),
        );
    }
    let printed = compile::pool(&sources).unwrap();
    assert_eq!(wheel.descriptors.len(), 39);
    for path in wheel.descriptors.keys() {
        assert_eq!(difference(&pool, &printed, path).unwrap(), None, "{path}");
    }

    // The comparison must detect a changed option, or the above proves nothing.
    let tools = "scalekit/v1/tools/tools.proto";
    let changed = sources[tools].replacen("max_len: 50 }", "max_len: 51 }", 1);
    sources.insert(tools.to_owned(), changed);
    let difference = difference(&pool, &compile::pool(&sources).unwrap(), tools).unwrap();
    let place = "messageType.5.field.1.options.[buf.validate.field].string.maxLen";
    assert_eq!(
        difference.unwrap(),
        format!("{place}: \"50\" became \"51\"")
    );
}

#[test]
#[ignore = "downloads the published package; run with: cargo test --bin xtask -- --ignored"]
fn strip_drops_prose_and_foreign_options_only() {
    let wheel = published_wheel();
    let hand_written = refresh::proto_sources(&spec()).unwrap();
    let pool = compile::pool(&hand_written).unwrap();
    let descriptor = pool
        .get_message_by_name("google.protobuf.FileDescriptorProto")
        .unwrap();
    let decode = |bytes: &[u8]| DynamicMessage::decode(descriptor.clone(), bytes).unwrap();
    let mut dropped = BTreeSet::new();
    for bytes in wheel.descriptors.values() {
        losses(
            &decode(bytes),
            &decode(&strip(&pool, bytes, Undeclared::Refused).unwrap()),
            &mut dropped,
        );
    }
    // Options messages that became empty are removed.
    dropped.retain(|name| !name.ends_with(".options"));
    let expected = [
        "buf.validate.Rule.message",
        "buf.validate.predefined",
        "google.protobuf.FieldOptions 1042",
        "google.protobuf.FileDescriptorProto.dependency",
        "google.protobuf.FileOptions 1042",
        "google.protobuf.FileOptions.go_package",
        "google.protobuf.FileOptions.java_multiple_files",
        "google.protobuf.FileOptions.java_outer_classname",
        "google.protobuf.FileOptions.java_package",
        "google.protobuf.MessageOptions 1042",
        "google.protobuf.MethodOptions 1042",
        "google.protobuf.ServiceOptions 1042",
        "scalekit.v1.options.AgentToolOption.description",
        "scalekit.v1.options.AgentToolOption.summary",
    ];
    assert_eq!(
        dropped.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
}

/// Collects the fields that only `before` has, by name or unknown number.
fn losses(before: &DynamicMessage, after: &DynamicMessage, dropped: &mut BTreeSet<String>) {
    for (extension, value) in before.extensions() {
        if after.has_extension(&extension) {
            compare(
                value,
                &after.get_extension(&extension),
                extension.full_name(),
                dropped,
            );
        } else {
            dropped.insert(extension.full_name().to_owned());
        }
    }
    for (field, value) in before.fields() {
        if after.has_field(&field) {
            compare(value, &after.get_field(&field), field.full_name(), dropped);
        } else {
            dropped.insert(field.full_name().to_owned());
        }
        if let (Value::Message(value), false) = (value, after.has_field(&field)) {
            losses(value, &DynamicMessage::new(value.descriptor()), dropped);
        }
    }
    let kept: BTreeSet<u32> = after.unknown_fields().map(|field| field.number()).collect();
    for unknown in before
        .unknown_fields()
        .filter(|field| !kept.contains(&field.number()))
    {
        dropped.insert(format!(
            "{} {}",
            before.descriptor().full_name(),
            unknown.number()
        ));
    }
}

fn compare(before: &Value, after: &Value, name: &str, dropped: &mut BTreeSet<String>) {
    match (before, after) {
        (Value::Message(before), Value::Message(after)) => losses(before, after, dropped),
        (Value::List(before), Value::List(after)) if before.len() == after.len() => {
            for (before, after) in before.iter().zip(after) {
                compare(before, after, name, dropped);
            }
        }
        (before, after) if before == after => {}
        _ => drop(dropped.insert(name.to_owned())),
    }
}

#[test]
#[ignore = "downloads the published package; run with: cargo test --bin xtask -- --ignored"]
fn the_committed_spec_is_what_the_published_package_gives() {
    let refreshed = refresh::refresh(&spec(), published_wheel(), &cargo_lock()).unwrap();
    assert_eq!(
        refreshed.spec.keys().collect::<Vec<_>>(),
        spec().keys().collect::<Vec<_>>()
    );
    for (path, content) in &refreshed.spec {
        assert!(
            content == &spec()[path],
            "spec/{path} is not what a refresh makes of it"
        );
    }
    assert_eq!(refreshed.vanished, Vec::<String>::new());
    assert_eq!(refreshed.undocumented, Vec::<String>::new());
}

#[test]
#[ignore = "downloads the published package; run with: cargo test --bin xtask -- --ignored"]
fn all_services_can_be_taken_over() {
    let refreshed = refresh::refresh(&spec(), published_wheel(), &cargo_lock()).unwrap();
    let protos = refreshed
        .spec
        .keys()
        .filter(|path| path.starts_with("proto/scalekit/"));
    assert_eq!(protos.count(), 38);
    for (path, content) in refreshed.spec {
        assert!(
            !String::from_utf8_lossy(&content).contains("openapiv2"),
            "{path}"
        );
    }
}

#[test]
#[ignore = "downloads the published package; run with: cargo test --bin xtask -- --ignored"]
fn the_lock_says_where_the_spec_came_from() {
    let wheel = published_wheel();
    let lock = crate::lock::Lock::new(wheel, &cargo_lock()).unwrap();
    assert_eq!(
        crate::lock::Lock::parse(&lock.print().unwrap()).unwrap(),
        lock
    );
    assert_eq!(lock.package.x_api_version.len(), 8);
    assert_eq!(lock.package.sha256.len(), 64);
    assert!(lock.generators.contains_key("prost-build"));
}

/// The rows of `spec/HISTORY.md` for these versions, each compared with the version before it.
#[test]
#[ignore = "downloads published packages; run with: cargo test --bin xtask -- --ignored"]
fn the_record_of_past_releases_still_holds() {
    let record = fs::read_to_string(workspace().join("spec/HISTORY.md")).unwrap();
    for (old, new) in [
        ("2.4.17", "2.5.0"),
        ("2.10.0", "2.11.0"),
        ("2.13.0", "2.14.0"),
        ("2.18.0", "2.19.0"),
        ("2.20.0", "2.21.0"),
    ] {
        let open = |version: &str| source::open(workspace(), &format!("pypi:{version}")).unwrap();
        let report = diff::compare(&open(old), &open(new)).unwrap();
        let mut found = vec![report.changes.len(), report.public()];
        found.extend(Break::ALL.map(|class| report.count(class)));
        let mut row: Vec<_> = found.iter().map(ToString::to_string).collect();
        let rest = [report.additive().to_string(), report.doc().to_string()];
        row.extend(rest.into_iter().chain([report.bump.to_string()]));

        let recorded = record
            .lines()
            .find(|line| line.starts_with(&format!("| {new} |")));
        let mut recorded: Vec<_> = recorded.unwrap().split(" | ").skip(1).take(10).collect();
        // The column of the AgentKit packages.
        recorded.remove(6);
        assert_eq!(row, recorded, "{new}");
    }
}

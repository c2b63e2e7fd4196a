//! `generate` is reproducible, and `--check` reports everything that is out of date.

use std::fs;

use super::{edit, scratch, workspace};
use crate::generate::{check, run};
use crate::tree;

#[test]
fn the_committed_bindings_are_what_the_spec_gives() {
    assert_eq!(check(workspace()).unwrap(), None);
}

#[test]
fn generation_is_repeatable_and_leaves_a_checked_tree() {
    let root = scratch(&[]);
    run(root.path()).unwrap();
    let first = tree::read(root.path()).unwrap();
    run(root.path()).unwrap();
    assert!(tree::read(root.path()).unwrap() == first);
    assert_eq!(check(root.path()).unwrap(), None);
    assert!(
        first["generated/meta.rs"]
            .windows(12)
            .any(|bytes| bytes == b"API_VERSION:")
    );
}

#[track_caller]
fn reports(break_it: impl FnOnce(&std::path::Path), reasons: &[&str]) {
    let root = scratch(&["generated"]);
    break_it(root.path());
    let before = tree::read(root.path()).unwrap();
    let report = check(root.path()).unwrap().expect("nothing was reported");
    for reason in reasons {
        assert!(report.contains(reason), "{report}");
    }
    assert!(report.ends_with("run `cargo xtask generate`"), "{report}");
    assert!(
        tree::read(root.path()).unwrap() == before,
        "a check must not write"
    );
    run(root.path()).unwrap();
    assert_eq!(check(root.path()).unwrap(), None);
}

#[test]
fn check_sees_a_changed_spec() {
    reports(
        |root| {
            let message = "message ScopedToolFilter {";
            let changed = format!("{message}\n  bool brand_new = 99;");
            edit(
                root,
                "spec/proto/scalekit/v1/tools/tools.proto",
                message,
                &changed,
            );
        },
        &[
            "generated/SPEC_HASH: differs",
            "generated/descriptors.bin: differs",
            "generated/grpc/scalekit.v1.tools.rs: differs",
        ],
    );
}

#[test]
fn check_sees_edits_orphans_and_gaps() {
    reports(
        |root| {
            edit(
                root,
                "generated/meta.rs",
                "const API_VERSION:",
                "const API_VERSION_2:",
            );
            edit(
                root,
                "spec/lock.toml",
                "prost-build = \"",
                "prost-build = \"9",
            );
            fs::write(root.join("generated/grpc/orphan.rs"), "").unwrap();
            fs::remove_file(root.join("generated/grpc/mod.rs")).unwrap();
        },
        &[
            "generated/meta.rs: differs",
            "spec/lock.toml: differs",
            "generated/grpc/orphan.rs: nothing generates it",
            "generated/grpc/mod.rs: missing",
        ],
    );
}

#[test]
fn line_ends_of_a_checkout_do_not_count() {
    let root = scratch(&["generated"]);
    for dir in [
        "spec/lock.toml",
        "spec/proto/scalekit/v1/tools/tools.proto",
        "generated/meta.rs",
    ] {
        edit(root.path(), dir, "\n", "\r\n");
    }
    assert_eq!(check(root.path()).unwrap(), None);
}

#[test]
fn a_broken_spec_is_an_error_with_its_place() {
    let root = scratch(&["generated"]);
    let before = tree::read(&root.path().join("generated")).unwrap();
    fs::write(
        root.path().join("spec/proto/bad.proto"),
        "syntax = \"proto3\";\nmessage M { Nowhere n = 1; }",
    )
    .unwrap();
    let error = format!("{:#}", run(root.path()).unwrap_err());
    assert!(
        error.contains("bad.proto:2:") && error.contains("Nowhere"),
        "{error}"
    );
    assert!(tree::read(&root.path().join("generated")).unwrap() == before);
}

#[test]
fn a_package_without_its_feature_is_named() {
    let root = scratch(&["generated"]);
    let path = root.path().join("Cargo.toml");
    let manifest = std::fs::read_to_string(&path).unwrap();
    let manifest = manifest.replace("raw-users = [\"unstable-raw\"]", "raw-users = []");
    std::fs::write(&path, manifest).unwrap();
    let report = check(root.path()).unwrap().expect("a report");
    assert_eq!(
        report,
        "[features] of Cargo.toml needs: raw-users = [\"unstable-raw\"]"
    );
}

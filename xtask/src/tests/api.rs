//! The listing of a small crate has every public item and nothing else.

use std::fs;
use std::process::Command;

use super::data;
use crate::api::{changes, hand_written_features, lines};
use crate::one_line;
use crate::rustdoc::{Docs, JSON};

/// Documents `source` with the rustdoc of the toolchain.
fn documented(source: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("t.rs");
    fs::write(&file, source).unwrap();
    let output = Command::new("rustdoc")
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--crate-name",
            "t",
        ])
        .args(["--cap-lints", "allow"])
        .args(JSON)
        .arg("-o")
        .arg(dir.path())
        .arg(&file)
        .env("RUSTC_BOOTSTRAP", "1")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    fs::read_to_string(dir.path().join("t.json")).unwrap()
}

#[test]
fn every_public_item_is_a_line_and_nothing_else_is() {
    let text = fs::read_to_string(data("api.txt")).unwrap();
    let (source, expected) = text.split_once("== listing\n").unwrap();
    let listed = lines(&Docs::parse(&documented(source)).unwrap()).join("\n") + "\n";
    assert_eq!(listed, expected, "{listed}");
}

#[test]
fn another_format_is_an_error_with_both_numbers() {
    let json = documented("pub fn f() {}");
    let other = json.replace("\"format_version\":57", "\"format_version\":56");
    assert_ne!(json, other);
    let error = one_line(&Docs::parse(&other).map(|_| ()).unwrap_err());
    assert!(
        error.contains("format 56") && error.contains("format 57"),
        "{error}"
    );
    let error = one_line(&Docs::parse("{}").map(|_| ()).unwrap_err());
    assert!(error.contains("not rustdoc's JSON"), "{error}");
}

#[test]
fn a_difference_is_shown_by_its_lines() {
    let lines = ["pub fn a()", "pub fn c()"].map(str::to_owned);
    assert_eq!(changes("pub fn a()\npub fn c()\n", &lines), "");
    let found = changes("pub fn a()\npub fn b()\n", &lines);
    assert_eq!(found, "-pub fn b()\n+pub fn c()\n");
}

#[test]
fn features_of_the_generated_bindings_are_left_out() {
    let manifest = r#"
        [features]
        default = ["ring"]
        ring = ["dep:ring"]
        aws-lc-rs = []
        webhooks = ["dep:hmac"]
        unstable-raw = []
        raw-users = ["unstable-raw"]
        raw-members = ["raw-users"]
        raw-full = ["raw-members"]
        _codegen = []
    "#;
    assert_eq!(
        hand_written_features(manifest).unwrap(),
        ["ring", "webhooks"]
    );
    assert!(hand_written_features("[package]").is_err());
}

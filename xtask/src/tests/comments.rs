//! A refresh keeps our comments, wherever they are.

use super::{cargo_lock, data, spec, wheel_of};
use crate::comments::Comments;
use crate::compile::Sources;
use crate::refresh;
use crate::tree::Tree;
use crate::wheel::Wheel;

/// A file with comments in every place.
fn commented() -> String {
    std::fs::read_to_string(data("comments.proto")).unwrap()
}

fn tree_with(path: &str, text: &str) -> Tree {
    let mut tree = spec();
    tree.retain(|path, _| !path.starts_with("proto/scalekit/"));
    tree.insert(format!("proto/{path}"), text.as_bytes().to_vec());
    tree
}

fn published(path: &str, text: &str) -> Wheel {
    let sources = Sources::from([(path.to_owned(), text.to_owned())]);
    Wheel::parse(&wheel_of(&sources)).unwrap()
}

fn comments(text: &str) -> Comments {
    Comments::read(&Sources::from([("t.proto".to_owned(), text.to_owned())])).unwrap()
}

#[test]
fn a_refresh_keeps_every_comment() {
    // Upstream has no comments: the descriptors in a wheel have no source positions.
    let wheel = published("t.proto", &commented());
    let refreshed =
        refresh::refresh(&tree_with("t.proto", &commented()), &wheel, &cargo_lock()).unwrap();
    let printed = std::str::from_utf8(&refreshed.spec["proto/t.proto"]).unwrap();

    assert_eq!(refreshed.vanished, Vec::<String>::new());
    let (before, after) = (comments(&commented()), comments(printed));
    assert_eq!(before, after);
    let listed = after.symbols().map(|symbol| (symbol, after.get(symbol)));
    let listed = listed.map(|(symbol, text)| format!("{symbol}: {:?}\n", text.unwrap()));
    let expected = std::fs::read_to_string(data("comments.txt")).unwrap();
    assert_eq!(listed.collect::<String>(), expected, "{printed}");

    // A second refresh changes nothing.
    let again = refresh::refresh(&refreshed.spec, &wheel, &cargo_lock()).unwrap();
    assert_eq!(again.spec["proto/t.proto"], refreshed.spec["proto/t.proto"]);
}

#[test]
fn a_comment_whose_symbol_is_gone_is_reported() {
    let upstream = commented()
        .replace("string title = 3;", "")
        .replace("// Notes by page.\n  map<int32, string> notes = 5;", "");
    let wheel = published("t.proto", &upstream);
    let refreshed =
        refresh::refresh(&tree_with("t.proto", &commented()), &wheel, &cargo_lock()).unwrap();
    assert_eq!(refreshed.vanished, ["t.v1.Query.notes"]);
}

#[test]
fn a_symbol_of_agentkit_without_a_comment_is_reported() {
    let path = "scalekit/v1/tools/tools.proto";
    let source = "syntax = \"proto3\"; package scalekit.v1.tools; message A { string b = 1; oneof c { string d = 2; } }";
    let wheel = published(path, source);
    let commented = source.replace("message A", "\n// Known.\nmessage A");
    let refreshed = refresh::refresh(&tree_with(path, &commented), &wheel, &cargo_lock()).unwrap();
    let package = "scalekit.v1.tools.A";
    assert_eq!(
        refreshed.undocumented,
        [
            format!("{package}.b"),
            format!("{package}.d"),
            format!("{package}.c")
        ]
    );
}

#[test]
fn a_refresh_drops_files_that_upstream_dropped_and_keeps_those_beside_them() {
    let wheel = published("t.proto", &commented());
    let refreshed = refresh::refresh(&spec(), &wheel, &cargo_lock())
        .unwrap()
        .spec;
    let protos: Vec<_> = refreshed
        .keys()
        .filter(|path| path.starts_with("proto/") && !path.contains("google/api"))
        .collect();
    assert_eq!(protos, ["proto/t.proto"]);
    assert!(refreshed.contains_key("redact.toml"));
    let lock = String::from_utf8_lossy(&refreshed["lock.toml"]);
    assert!(lock.contains("x-api-version = \"20300102\""), "{lock}");
}

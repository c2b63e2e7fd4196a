//! A refresh keeps our comments, wherever they are.

use super::{cargo_lock, data, scratch, spec, wheel_of};
use crate::comments::Comments;
use crate::compile::Sources;
use crate::refresh;
use crate::tree::{self, Tree};
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

fn open(bytes: &[u8]) -> Wheel {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("p.whl"), bytes).unwrap();
    Wheel::open(&dir.path().join("p.whl")).unwrap()
}

fn comments(text: &str) -> Comments {
    Comments::read(&Sources::from([("t.proto".to_owned(), text.to_owned())])).unwrap()
}

#[test]
fn a_refresh_keeps_every_comment() {
    // Upstream has no comments: the descriptors in a wheel have no source positions.
    let wheel = open(&wheel_of(&Sources::from([(
        "t.proto".to_owned(),
        commented(),
    )])));
    let refreshed =
        refresh::refresh(&tree_with("t.proto", &commented()), &wheel, &cargo_lock()).unwrap();
    let printed = std::str::from_utf8(&refreshed.spec["proto/t.proto"]).unwrap();

    assert_eq!(refreshed.vanished, Vec::<String>::new());
    let (before, after) = (comments(&commented()), comments(printed));
    assert_eq!(before, after);
    for (symbol, text) in [
        ("t.proto", "Heads the file.\n\nSecond block of the head."),
        (
            "t.v1.Books",
            "Says what the service is for.\n\n * indented, \"quoted\" and non-ASCII: é",
        ),
        ("t.v1.Books/Get", "Finds one.\n\nAfter the rpc."),
        ("t.v1.Query", "A detached block.\n\nA block\ncomment."),
        ("t.v1.Query.name", "Which book.\n\nAt most 10 letters."),
        ("t.v1.Query.by", "One of two."),
        ("t.v1.Query.number", "Its number."),
        ("t.v1.Query.borrowed", "Whether borrowed ones count."),
        ("t.v1.Query.notes", "Notes by page."),
        ("t.v1.Query.Inner", "Inside."),
        ("t.v1.Query.Inner.color", "Deep inside."),
        ("t.v1.Query.Color", "Of the cover."),
        ("t.v1.Query.Color.COLOR_UNSPECIFIED", "Not said."),
        ("t.v1.Query.Color.RED", "As a rose."),
        ("t.v1.marked", "Marks."),
    ] {
        assert_eq!(after.get(symbol), Some(text), "{symbol} in\n{printed}");
    }

    // A second refresh changes nothing.
    let again = refresh::refresh(&refreshed.spec, &wheel, &cargo_lock()).unwrap();
    assert_eq!(again.spec["proto/t.proto"], refreshed.spec["proto/t.proto"]);
}

#[test]
fn a_comment_whose_symbol_is_gone_is_reported() {
    let upstream = commented()
        .replace("string title = 3;", "")
        .replace("// Notes by page.\n  map<int32, string> notes = 5;", "");
    let wheel = open(&wheel_of(&Sources::from([(
        "t.proto".to_owned(),
        upstream,
    )])));
    let refreshed =
        refresh::refresh(&tree_with("t.proto", &commented()), &wheel, &cargo_lock()).unwrap();
    assert_eq!(refreshed.vanished, ["t.v1.Query.notes"]);
}

#[test]
fn a_symbol_of_agentkit_without_a_comment_is_reported() {
    let path = "scalekit/v1/tools/tools.proto";
    let source = "syntax = \"proto3\"; package scalekit.v1.tools; message A { string b = 1; oneof c { string d = 2; } }";
    let wheel = open(&wheel_of(&Sources::from([(
        path.to_owned(),
        source.to_owned(),
    )])));
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
fn a_refresh_writes_the_tree_and_drops_files_that_upstream_dropped() {
    let root = scratch(&[]);
    let wheel = root.path().join("p.whl");
    std::fs::write(
        &wheel,
        wheel_of(&Sources::from([("t.proto".to_owned(), commented())])),
    )
    .unwrap();
    refresh::run(root.path(), Some(&wheel)).unwrap();
    let written = tree::read(&root.path().join("spec")).unwrap();
    let protos: Vec<_> = written
        .keys()
        .filter(|path| path.starts_with("proto/") && !path.contains("google/api"))
        .collect();
    assert_eq!(protos, ["proto/t.proto"]);
    assert!(
        written.contains_key("redact.toml"),
        "files beside proto/ stay"
    );
    assert!(
        String::from_utf8_lossy(&written["lock.toml"]).contains("x-api-version = \"20300102\"")
    );
}

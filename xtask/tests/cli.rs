//! The program itself: exit status and what a person sees.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn xtask(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(args)
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_wheel_that_is_none_is_status_2_and_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("half.whl");
    std::fs::write(&path, b"PK\x03\x04").unwrap();
    for (file, reason) in [
        (path.to_str().unwrap(), "not a wheel"),
        ("/no/such.whl", "No such file"),
    ] {
        let output = xtask(&["refresh", "--wheel", file]);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(
            error.starts_with("error: ") && error.contains(file) && error.contains(reason),
            "{error}"
        );
    }
}

#[test]
fn a_command_that_is_none_shows_the_usage_and_is_status_2() {
    for args in [
        &[][..],
        &["nonsense"],
        &["refresh", "--nonsense"],
        &["generate", "--wheel", "x"],
    ] {
        let output = xtask(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).starts_with("error: "), "{args:?}");
    }
    assert!(
        String::from_utf8(xtask(&["--help"]).stdout)
            .unwrap()
            .contains("refresh [--wheel FILE]")
    );
}

#[test]
fn the_checkout_is_in_order() {
    let output = xtask(&["generate", "--check"]);
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (Some(0), String::new())
    );
}

#[test]
fn diff_tells_by_its_status_what_it_found() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("t.proto"), text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = write("old", "syntax = \"proto3\"; message M { string a = 1; }");
    let new = write("new", "syntax = \"proto3\"; message M { int32 a = 1; }");
    let status = |args: &[&str]| xtask(&[&["diff", &old, &new], args].concat()).status.code();
    assert_eq!(status(&[]), Some(0));
    assert_eq!(status(&["--fail-on", "behaviour"]), Some(0));
    assert_eq!(status(&["--fail-on", "wire"]), Some(1));
    assert_eq!(status(&["--fail-on", "behaviour,source"]), Some(1));
    assert_eq!(status(&["--fail-on", "nothing"]), Some(2));
    assert_eq!(status(&["--format", "yaml"]), Some(2));
    assert_eq!(xtask(&["diff", &old]).status.code(), Some(2));

    let output = xtask(&["diff", &old, &new, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["changes"][0]["kind"], "field_type_changed");
}

#[test]
fn diff_without_two_operands_says_so_in_a_line() {
    for args in [
        &["diff"][..],
        &["diff", "spec"],
        &["diff", "spec", "HEAD", "HEAD"],
        &["diff", "--format", "json"],
        &["diff", "spec", "HEAD", "--history"],
    ] {
        let output = xtask(args);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(error.lines().count(), 1, "{args:?}: {error}");
        assert!(error.starts_with("error: "), "{error}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(
        stderr(&xtask(&["diff"])),
        "error: diff needs OLD and NEW: see `cargo xtask --help`\n"
    );
}

#[test]
fn diff_that_cannot_compare_names_file_and_reason() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = write("empty.bin", b"");
    let zip = write("half.whl", b"PK\x03\x04");
    let tar = write("half.tgz", b"\x1f\x8b\x08");
    let folder = dir.path().to_str().unwrap().to_owned();
    for (side, reason) in [
        (
            empty.as_str(),
            "neither a wheel, nor an npm tarball, nor a descriptor set",
        ),
        (zip.as_str(), "not a wheel"),
        (tar.as_str(), "not an npm tarball"),
        (folder.as_str(), "no .proto file"),
        (
            "no-such-revision",
            "neither a file, nor a directory, nor a revision",
        ),
        ("--upload-pack=x", "invalid option"),
    ] {
        let output = xtask(&["diff", side, side]);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains(reason), "{error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_revision_of_this_repository_is_a_side() {
    // A checkout without history, as continuous integration makes it, has at least this one.
    let output = xtask(&["diff", "HEAD", "HEAD"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("0 changes")
    );
}

#[test]
fn drift_that_cannot_look_is_status_2() {
    for args in [
        &["drift", "--offline"][..],
        &["drift", "--offline", "--wheel", "/no/such.whl"],
    ] {
        let output = xtask(args);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1);
    }
}

#[test]
fn drift_names_what_a_published_document_says_otherwise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let ours = std::fs::read_to_string(root.join("spec/openapi.json")).unwrap();
    let ours: Value = serde_json::from_str(&ours).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let run = |document: &Value, more: &[&str]| {
        let path = dir.path().join("published.json");
        std::fs::write(&path, document.to_string()).unwrap();
        let args = ["drift", "--openapi", path.to_str().unwrap()];
        let output = xtask(&[&args[..], more].concat());
        let lines = String::from_utf8(output.stdout.clone()).unwrap();
        let lines = lines.lines().map(str::to_owned).collect::<Vec<_>>();
        (output.status.code(), lines, stderr(&output))
    };
    let (drift, all) = (
        |document| run(document, &[]),
        |document| run(document, &["--all"]),
    );

    let (status, lines, error) = drift(&ours);
    assert_eq!((status, lines.len()), (Some(0), 0), "{error}");

    let mut theirs = ours.clone();
    let paths = theirs["paths"].as_object_mut().unwrap();
    let mut moved = paths.remove("/api/v1/execute_tool").unwrap();
    moved["get"] = moved["post"].clone();
    paths.insert("/api/v2/execute_tool".to_owned(), moved);
    paths["/api/v1/tools/scoped"]["get"]["parameters"]
        .as_array_mut()
        .unwrap()
        .retain(|parameter| parameter["name"] != "page_size");
    let output = &mut theirs["components"]["schemas"]["tools.SearchToolsResponse"]["properties"];
    output["tools"] = json!({ "type": "string" });
    output["took_ms"] = json!({ "type": "integer" });
    let (status, lines, error) = drift(&theirs);
    assert_eq!(status, Some(1), "{error}");
    let found = [
        "GET /api/v2/execute_tool: only in theirs",
        "POST /api/v1/tools:search: answer.took_ms: only in theirs",
        "POST /api/v1/tools:search: answer.tools: only in theirs",
        "POST /api/v2/execute_tool: only in theirs",
    ];
    let only_ours = [
        "GET /api/v1/tools/scoped: query.page_size: only in ours",
        "POST /api/v1/execute_tool: only in ours",
        "POST /api/v1/tools:search: answer.tools[]: only in ours",
    ];
    assert_eq!(lines[..4], found);
    assert_eq!(lines[4..], ["3 only in ours: --all names them"]);
    let (status, lines, _) = all(&theirs);
    assert_eq!(status, Some(1));
    assert_eq!(lines, [&found[..], &only_ours[..]].concat());

    // What is missing in a document of one path is all the rest of ours, and nothing of its own.
    let mut small = ours.clone();
    small["paths"] = json!({ "/api/v1/tools:search": ours["paths"]["/api/v1/tools:search"] });
    let (status, lines, error) = drift(&small);
    assert_eq!((status, lines.len()), (Some(1), 1));
    assert!(
        lines[0].ends_with(" only in ours: --all names them"),
        "{lines:?}"
    );
    assert!(
        error.contains("says what") && error.ends_with(", and more\n"),
        "{error}"
    );
    let (status, lines, _) = all(&small);
    assert_eq!(status, Some(1));
    assert!(lines.iter().all(|line| line.ends_with(": only in ours")));
    assert!(!lines.iter().any(|line| line.contains("tools:search")));

    let (status, lines, error) = drift(&json!({ "openapi": "3.0.3" }));
    assert_eq!((status, lines.len()), (Some(2), 0));
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(
        error.contains("published.json") && error.contains("it has no paths"),
        "{error}"
    );
}

#[test]
fn drift_reads_yaml() {
    let dir = tempfile::tempdir().unwrap();
    let drift = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let output = xtask(&["drift", "--openapi", path.to_str().unwrap()]);
        let lines = String::from_utf8(output.stdout.clone()).unwrap();
        let lines = lines.lines().map(str::to_owned).collect::<Vec<_>>();
        (output.status.code(), lines, stderr(&output))
    };
    // Keys that are numbers or words for truth, an anchor, a folded text.
    let yaml = r##"# The published document.
openapi: 3.0.3
info: {title: Scalekit, version: 1}
paths:
  /api/v1/tools:search:
    post:
      description: >-
        Searches
        tools.
      requestBody:
        content:
          application/json:
            schema: &query
              type: object
              properties:
                query: {type: integer, enum: [no, "on", 1.10]}
                filter: {type: string, enum: [below]}
      responses:
        200:
          description: Found.
          content: {application/json: {schema: {$ref: "#/components/schemas/Tools"}}}
components:
  schemas:
    Tools: {type: object, properties: {took_ms: {type: integer, format: int32}}}
    Query: *query
"##;
    let (status, lines, error) = drift("published.yaml", yaml);
    assert_eq!(status, Some(1), "{error}");
    let (last, rest) = lines.split_last().unwrap();
    assert!(last.ends_with(" only in ours: --all names them"), "{last}");
    assert_eq!(
        rest,
        [
            "POST /api/v1/tools:search: body.query: string in ours, integer in theirs",
            "POST /api/v1/tools:search: answer.took_ms: only in theirs",
            "POST /api/v1/tools:search: body.filter: only in theirs",
            "POST /api/v1/tools:search: body.query=no: only in theirs",
            "POST /api/v1/tools:search: body.query=on: only in theirs",
        ],
    );
    // All of ours, which is YAML behind a comment and in step with itself.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let ours = std::fs::read_to_string(root.join("spec/openapi.json")).unwrap();
    let (status, lines, error) = drift("ours.yaml", &format!("# YAML\n{ours}"));
    assert_eq!((status, lines), (Some(0), Vec::new()), "{error}");
    for (text, reason) in [
        ("", "it has no paths"),
        ("a: [", "neither JSON nor YAML"),
        ("{\"paths\": ", "not JSON"),
        ("<html>404</html>", "it has no paths"),
        ("a: 1\na: 2\n", "neither JSON nor YAML"),
        ("paths:\n\t- x", "neither JSON nor YAML"),
        ("a: &a [*a]", "neither JSON nor YAML"),
    ] {
        let (status, lines, error) = drift("damaged.yaml", text);
        assert_eq!((status, lines.len()), (Some(2), 0), "{text}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(
            error.contains("damaged.yaml") && error.contains(reason),
            "{text}: {error}"
        );
    }
}

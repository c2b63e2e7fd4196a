//! The program itself: exit status and what a person sees.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run came out with.
struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn xtask(args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(args)
        .output()
        .unwrap();
    Run {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The command cannot do its work, and says so with these words in one line.
#[track_caller]
fn fails(args: &[&str], reasons: &[&str]) {
    let run = xtask(args);
    let error = run.stderr;
    assert_eq!(run.status, Some(2), "{args:?}: {error}");
    assert_eq!(error.lines().count(), 1, "{args:?}: {error}");
    assert!(error.starts_with("error: "), "{args:?}: {error}");
    for reason in reasons {
        assert!(error.contains(reason), "{args:?}: {error}");
    }
    assert_eq!(run.stdout, "", "{args:?}");
}

/// Writes a file into `dir` and returns its path.
fn write(dir: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn a_command_that_is_none_is_an_error() {
    for args in [
        &[][..],
        &["nonsense"],
        &["refresh", "--nonsense"],
        &["generate", "--wheel", "x"],
        &["coverage", "--wheel"],
        &["coverage", "x"],
        &["drift", "--wheel", "x", "--openapi", "y"],
        &["diff", "spec", "HEAD", "--history"],
    ] {
        fails(args, &[]);
    }
    fails(&["diff", "a", "b", "c"], &["unexpected argument"]);
    for args in [&["diff"][..], &["diff", "spec"]] {
        fails(args, &["diff takes OLD and NEW: see `cargo xtask --help`"]);
    }
    assert!(xtask(&["--help"]).stdout.contains("refresh [--wheel FILE]"));
}

#[test]
fn what_cannot_be_read_is_an_error_with_file_and_reason() {
    let dir = tempfile::tempdir().unwrap();
    let empty = write(dir.path(), "empty.bin", b"");
    let zip = write(dir.path(), "half.whl", b"PK\x03\x04");
    let folder = dir.path().to_str().unwrap();
    fails(&["refresh", "--wheel", &zip], &[&zip, "not a wheel"]);
    let absent = "/no/such.whl";
    fails(&["refresh", "--wheel", absent], &[absent, "No such file"]);
    fails(&["drift", "--wheel", absent], &[absent]);
    for (side, reason) in [
        (empty.as_str(), "neither a wheel nor a descriptor set"),
        (zip.as_str(), "not a wheel"),
        (folder, "no .proto file"),
        (
            "no-such-revision",
            "neither a file, nor a directory, nor a revision",
        ),
        ("--upload-pack=x", "invalid option"),
    ] {
        fails(&["diff", side, side], &[reason]);
    }
}

#[test]
fn the_checkout_is_in_order() {
    let run = xtask(&["generate", "--check"]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    // A checkout without history, as continuous integration makes it, has at least this revision.
    let run = xtask(&["diff", "HEAD", "HEAD"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("0 changes"));
}

#[test]
fn diff_tells_by_its_status_what_it_found() {
    let dir = tempfile::tempdir().unwrap();
    let side = |name: &str, text: &str| {
        write(dir.path(), &format!("{name}/t.proto"), text);
        dir.path().join(name).to_str().unwrap().to_owned()
    };
    let old = side("old", "syntax = \"proto3\"; message M { string a = 1; }");
    let new = side("new", "syntax = \"proto3\"; message M { int32 a = 1; }");
    let run = |args: &[&str]| xtask(&[&["diff", &old, &new], args].concat());
    assert_eq!(run(&[]).status, Some(0));
    assert!(run(&[]).stdout.contains("field type changed"));
    assert_eq!(run(&["--fail-on", "behaviour"]).status, Some(0));
    assert_eq!(run(&["--fail-on", "wire"]).status, Some(1));
    assert_eq!(run(&["--fail-on", "behaviour,source"]).status, Some(1));
    assert_eq!(run(&["--fail-on", "nothing"]).status, Some(2));
}

#[test]
fn drift_names_what_a_published_document_says_otherwise() {
    let yaml = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/published.yaml");
    let run = xtask(&["drift", "--openapi", yaml.to_str().unwrap()]);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    assert_eq!(
        run.stdout.lines().collect::<Vec<_>>(),
        [
            "POST /api/v1/tools:search: body.query: string in ours, integer in theirs",
            "POST /api/v1/tools:search: body.filter: only in theirs",
            "POST /api/v1/tools:search: body.query=no: only in theirs",
            "POST /api/v1/tools:search: body.query=on: only in theirs",
            "POST /api/v1/tools:search: response.took_ms: only in theirs",
        ],
    );
    let (_, counts) = run.stderr.split_once(": 5 differences, and ").unwrap();
    assert!(
        counts.ends_with(" places that only spec/ has\n"),
        "{counts}"
    );
    // All of ours, which is YAML behind a comment and equals itself.
    let ours = std::fs::read_to_string(root().join("spec/openapi.json")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), "ours.yaml", format!("# YAML\n{ours}"));
    let run = xtask(&["drift", "--openapi", &path]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""));
    for (text, reason) in [
        ("", "it has no paths"),
        ("a: [", "neither JSON nor YAML"),
        ("{\"paths\": ", "not JSON"),
        ("{\"openapi\": \"3.0.3\"}", "it has no paths"),
        ("<html>404</html>", "it has no paths"),
        ("a: 1\na: 2\n", "neither JSON nor YAML"),
        ("paths:\n\t- x", "neither JSON nor YAML"),
        ("a: &a [*a]", "neither JSON nor YAML"),
    ] {
        let path = write(dir.path(), "damaged.yaml", text);
        fails(&["drift", "--openapi", &path], &["damaged.yaml", reason]);
    }
}

//! The program itself: exit status and what a person sees.

#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

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

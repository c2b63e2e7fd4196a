//! `drift` and `refresh` on a workspace of their own.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::{edit, scratch, wheel_of, workspace};
use crate::compile::Sources;
use crate::lock::Lock;
use crate::{apply, drift, refresh, tree};

/// A wheel with the files of the checked-in spec, one of them edited.
fn wheel(root: &Path, change: impl Fn(&str, &mut String)) -> std::path::PathBuf {
    let tree = tree::read(&workspace().join("spec")).unwrap();
    let mut sources: Sources = refresh::proto_sources(&tree).unwrap();
    for (path, text) in &mut sources {
        change(path, text);
    }
    let path = root.join("new.whl");
    // Unlike published packages, this one has google/api too.
    fs::write(&path, wheel_of(&sources)).unwrap();
    // The spec gets the API version of the wheel.
    let lock = fs::read_to_string(root.join("spec/lock.toml")).unwrap();
    let version = Lock::parse(&lock).unwrap().package.x_api_version;
    edit(root, "spec/lock.toml", &version, "20300102");
    path
}

fn rename_an_rpc(path: &str, text: &mut String) {
    if path == "scalekit/v1/tools/tools.proto" {
        *text = text.replace("rpc ExecuteTool(", "rpc RunTool(");
    }
}

#[test]
fn in_step_is_status_0() {
    let root = scratch(&[]);
    let wheel = wheel(root.path(), |_, _| {});
    let code = drift::run(root.path(), Some(&wheel)).unwrap();
    assert_eq!(code, ExitCode::SUCCESS);
}

#[test]
fn drifted_is_status_1_and_leaves_the_tree_alone() {
    let root = scratch(&[]);
    let wheel = wheel(root.path(), rename_an_rpc);
    let before = tree::read(&root.path().join("spec")).unwrap();
    let code = drift::run(root.path(), Some(&wheel)).unwrap();
    assert_eq!(code, ExitCode::from(1));
    assert!(tree::read(&root.path().join("spec")).unwrap() == before);
}

#[test]
fn what_cannot_be_read_is_an_error_and_leaves_the_tree_alone() {
    let root = scratch(&["generated"]);
    let wheel = wheel(root.path(), |_, _| {});
    let whole = fs::read(&wheel).unwrap();
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        fs::write(&wheel, &whole[..length]).unwrap();
        let before = tree::read(root.path()).unwrap();
        drift::run(root.path(), Some(&wheel)).unwrap_err();
        apply::run(root.path(), Some(&wheel)).unwrap_err();
        assert!(tree::read(root.path()).unwrap() == before, "{length}");
    }
}

#[test]
fn apply_takes_over_spec_and_bindings() {
    let root = scratch(&["generated"]);
    let wheel = wheel(root.path(), |path, text| {
        if path == "scalekit/v1/tools/tools.proto" {
            *text = text.replace(
                "message ExecuteToolResponse {",
                "message ExecuteToolResponse { string added = 99;",
            );
        }
    });
    apply::run(root.path(), Some(&wheel)).unwrap();
    let read = |path: &str| fs::read_to_string(root.path().join(path)).unwrap();
    assert!(read("spec/proto/scalekit/v1/tools/tools.proto").contains("string added = 99;"));
    assert!(read("generated/grpc/scalekit.v1.tools.rs").contains("pub added:"));
    assert_eq!(crate::generate::check(root.path()).unwrap(), None);
    let code = drift::run(root.path(), Some(&wheel)).unwrap();
    assert_eq!(code, ExitCode::SUCCESS);
}

#[test]
fn apply_that_cannot_generate_changes_nothing() {
    let root = scratch(&["generated"]);
    // `redact.toml` names this field, so that generation fails without it.
    let wheel = wheel(root.path(), |path, text| {
        if path == "scalekit/v1/connected_accounts/connected_accounts.proto" {
            *text = text.replace("string refresh_token = ", "string renewal_token = ");
        }
    });
    let before = tree::read(root.path()).unwrap();
    let error = apply::run(root.path(), Some(&wheel)).unwrap_err();
    assert!(format!("{error:#}").contains("refresh_token"), "{error:#}");
    assert!(tree::read(root.path()).unwrap() == before);
}

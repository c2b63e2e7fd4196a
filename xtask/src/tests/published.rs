//! The printer, `strip` and `diff` on the packages that Scalekit published.

use std::fs;

use super::{cargo_lock, published_wheel, spec, workspace};
use crate::diff;
use crate::diff::change::Break;
use crate::refresh;
use crate::source;

#[test]
#[ignore = "downloads the published package; run with: cargo test --bin xtask -- --ignored"]
fn the_committed_spec_is_what_the_published_package_gives() {
    // A refresh checks that every file compiles back to itself. Whatever `strip` drops or keeps, and the
    // printer writes, is in these files.
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
        let text = String::from_utf8_lossy(content);
        let is_proto = path.starts_with("proto/");
        assert!(!is_proto || !text.contains("openapiv2"), "{path}");
    }
    assert_eq!(refreshed.vanished, Vec::<String>::new());
    assert_eq!(refreshed.undocumented, Vec::<String>::new());
    let protos = refreshed.spec.keys();
    let protos = protos.filter(|path| path.starts_with("proto/scalekit/"));
    assert_eq!(protos.count(), 38);
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

//! Every form in which the API is published compares with every other one, in both directions.

use std::path::{Path, PathBuf};

use prost_reflect::DescriptorPool;

use super::{api_sources, data, descriptor_set, identity, module, workspace, zip};
use crate::compile::{self, Sources};
use crate::diff;
use crate::diff::report::Report;
use crate::{one_line, source};

const PATH: &str = "scalekit/v1/t/t.proto";

/// An API as upstream writes it. `spec` omits the lines that mention `openapiv2`.
fn text() -> String {
    std::fs::read_to_string(data("forms.proto")).unwrap()
}

/// The API `text` with the files of the repository that it imports.
fn sources(text: &str) -> Sources {
    api_sources(PATH, text.to_owned())
}

fn published(text: &str) -> DescriptorPool {
    let mut sources = sources(text);
    let openapi = include_str!("../source/openapiv2.proto");
    sources.insert(
        "protoc-gen-openapiv2/options/annotations.proto".to_owned(),
        openapi.to_owned(),
    );
    compile::pool(&sources).unwrap()
}

/// Writes the API `text` in every form and returns the operands for `diff`.
fn forms(dir: &Path, name: &str, text: &str) -> Vec<String> {
    let pool = published(text);
    let file = |form: &str, content: &[u8]| {
        let path = dir.join(format!("{name}-{form}"));
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let only = |dirs: &[&str]| {
        let files = pool.files();
        let wanted = files.filter(|file| dirs.iter().any(|dir| file.name().starts_with(dir)));
        wanted.collect::<Vec<_>>()
    };
    let wheel = |dirs: &[&str]| {
        let mut entries = identity();
        for file in only(dirs) {
            let path = file.name().replace(".proto", "_pb2.py");
            entries.push((path, module(&file.encode_to_vec())));
        }
        zip(&entries)
    };
    let set = |dirs: &[&str]| {
        let files: Vec<_> = only(dirs).iter().map(|file| file.encode_to_vec()).collect();
        descriptor_set(&files)
    };
    let spec = spec_dir(dir, name, text);
    vec![
        spec.to_str().unwrap().to_owned(),
        file("whole.whl", &wheel(&["buf/", "scalekit/"])),
        file("bare.whl", &wheel(&["scalekit/"])),
        file("whole.binpb", &set(&[""])),
        file("bare.binpb", &set(&["scalekit/"])),
    ]
}

/// The API as this repository has it.
fn spec_dir(dir: &Path, name: &str, text: &str) -> PathBuf {
    let own = text.lines().filter(|line| !line.contains("openapiv2"));
    let own = own.collect::<Vec<_>>().join("\n");
    let root = dir.join(format!("{name}-spec"));
    for (path, text) in sources(&own) {
        let path = root.join("proto").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

fn compare(old: &str, new: &str) -> Report {
    let open = |side| source::open(workspace(), side).unwrap();
    diff::compare(&open(old), &open(new))
        .unwrap_or_else(|error| panic!("{old} -> {new}: {}", one_line(&error)))
}

fn kinds(report: &Report) -> Vec<String> {
    let changes = report.changes.iter();
    changes
        .map(|change| format!("{} {}", change.kind, change.symbol))
        .collect()
}

#[test]
fn the_same_api_is_the_same_in_every_form() {
    let dir = tempfile::tempdir().unwrap();
    let forms = forms(dir.path(), "one", &text());
    for old in &forms {
        for new in &forms {
            let report = compare(old, new);
            assert_eq!(report.changes, [], "{old} -> {new}");
        }
    }
}

#[test]
fn a_change_is_seen_in_every_form() {
    let dir = tempfile::tempdir().unwrap();
    let old = forms(dir.path(), "one", &text());
    let changed = text().replace("max_len = 5", "max_len = 4");
    assert_ne!(changed, text());
    let new = forms(dir.path(), "two", &changed);
    for old in &old {
        for new in &new {
            let symbol = "scalekit.v1.t.M.a";
            let (there, back) = (compare(old, new), compare(new, old));
            assert_eq!(kinds(&there), [format!("constraint_tightened {symbol}")]);
            assert_eq!(kinds(&back), [format!("constraint_loosened {symbol}")]);
        }
    }
}

/// A package can be made with an older `validate.proto`, whether it ships the file or not.
#[test]
fn rules_of_an_older_protovalidate_are_read_as_what_they_mean() {
    // `ignore` is field 27 of the rules; `skipped` was field 24 and `ignore_empty` field 26.
    for (rule, ignore, old_rule, old) in [
        ("IGNORE_ALWAYS", [0xd8, 1, 3], "skipped", [0xc0, 1, 1]),
        (
            "IGNORE_IF_ZERO_VALUE",
            [0xd8, 1, 1],
            "ignore_empty",
            [0xd0, 1, 1],
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let with = |rule: &str| text().replace("string.max_len = 5", rule);
        let forms = forms(dir.path(), "new", &with(&format!("ignore = {rule}")));
        let mut bare = std::fs::read(&forms[4]).unwrap();
        let at = bare.windows(3).position(|bytes| bytes == ignore).unwrap();
        bare[at..at + 3].copy_from_slice(&old);
        let bare_path = dir.path().join("old.binpb");
        std::fs::write(&bare_path, &bare).unwrap();

        let text = with(&format!("{old_rule} = true"));
        let own = text.lines().filter(|line| !line.contains("openapiv2"));
        let mut sources = sources(&own.collect::<Vec<_>>().join("\n"));
        let validate = sources.get_mut("buf/validate/validate.proto").unwrap();
        *validate = validate.replacen(
            "  reserved 24, 26;\n  reserved \"skipped\", \"ignore_empty\";\n",
            "  optional bool skipped = 24;\n  optional bool ignore_empty = 26;\n",
            1,
        );
        let wheel_path = dir.path().join("old.whl");
        std::fs::write(&wheel_path, super::wheel_of(&sources)).unwrap();

        for old in [&bare_path, &wheel_path] {
            let old = old.to_str().unwrap();
            for new in &forms {
                for report in [compare(old, new), compare(new, old)] {
                    let changes = report.changes.iter();
                    let changes: Vec<_> = changes.filter(|change| !change.is_doc()).collect();
                    assert!(changes.is_empty(), "{old}, {new}: {changes:?}");
                }
            }
        }
    }
}

/// An option that no file declares is compared by its bytes.
#[test]
fn options_that_nobody_declares_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let spec = spec_dir(dir.path(), "one", &text());
    let set = std::fs::read(&forms(dir.path(), "one", &text())[4]).unwrap();
    // The visibility of `c`, field 72295727, becomes field 72295728.
    let (visibility, other) = (
        [0xfa, 0xd2, 0xe4, 0x93, 0x02],
        [0x82, 0xd3, 0xe4, 0x93, 0x02],
    );
    let at = set
        .windows(5)
        .position(|bytes| bytes == visibility)
        .unwrap();
    let mut odd = set.clone();
    odd[at..at + 5].copy_from_slice(&other);
    let path = dir.path().join("odd.binpb");
    std::fs::write(&path, &odd).unwrap();
    let report = compare(spec.to_str().unwrap(), path.to_str().unwrap());
    let symbol = "scalekit.v1.t.M.c";
    let found = ["option_changed", "visibility_opened"].map(|kind| format!("{kind} {symbol}"));
    assert_eq!(kinds(&report), found);
}

#[test]
fn files_of_others_are_reported_apart() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, changed: bool| {
        let mut sources = sources("syntax = \"proto3\"; package scalekit.v1.t; message M {}");
        if changed {
            let validate = sources.get_mut("buf/validate/validate.proto").unwrap();
            *validate += "message Extra { optional string a = 1; }";
            let http = sources.get_mut("google/api/http.proto").unwrap();
            *http = http.replace("message HttpRule {", "message HttpRule { string more = 99;");
            let more = "syntax = \"proto3\"; package buf.validate; message E {}";
            sources.insert("buf/validate/more.proto".to_owned(), more.to_owned());
            let openapi = include_str!("../source/openapiv2.proto");
            let path = "protoc-gen-openapiv2/options/annotations.proto";
            sources.insert(path.to_owned(), openapi.to_owned());
        }
        let path = dir.path().join(name);
        std::fs::write(&path, super::wheel_of(&sources)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = write("old.whl", false);
    let new = write("new.whl", true);
    let report = compare(&new, &old);
    assert_eq!(report.changes, []);
    let text = report.to_string();
    let apart = text.split_once("third-party").unwrap().1;
    assert_eq!(
        apart,
        " files, not part of the API and not counted\n\n\
         - `buf/validate/more.proto`: 1 change\n\
         - `buf/validate/validate.proto`: 1 change\n\
         - `google/api/http.proto`: 1 change\n\
         - `protoc-gen-openapiv2/options/annotations.proto`: 1 change\n"
    );
    assert!(text.contains("0 changes; version bump: none"), "{text}");
    assert_eq!(report.vendored.len(), 4);
    let failing = [diff::change::Break::Source, diff::change::Break::Json];
    for class in failing {
        assert_eq!(report.count(class), 0);
        assert!(report.vendored.iter().any(|change| change.breaks(class)));
    }
}

#[test]
#[ignore = "downloads published packages; run with: cargo test --bin xtask -- --ignored"]
fn what_is_published_can_be_compared() {
    let root = workspace();
    let spec = root.join("spec").to_str().unwrap().to_owned();
    let names = "HEAD pypi:1.0.0 pypi:2.13.0 pypi:2.14.0 pypi:2.21.0".split(' ');
    let sides: Vec<_> = names
        .chain([spec.as_str()])
        .map(|name| (name, source::open(root, name).unwrap()))
        .collect();
    for (old_name, old) in &sides {
        for (new_name, new) in &sides {
            let report = diff::compare(old, new);
            let report = report.unwrap_or_else(|e| panic!("{old_name} -> {new_name}: {e:#}"));
            let same = old_name == new_name;
            assert!(!same || report.changes.is_empty(), "{old_name}");
        }
    }
    let side = |name: &str| &sides.iter().find(|(known, _)| *known == name).unwrap().1;
    // Only protovalidate changed for readers of JSON.
    let report = diff::compare(side("pypi:2.13.0"), side("pypi:2.14.0")).unwrap();
    assert_eq!(report.count(diff::change::Break::Json), 0);
    assert!(
        report
            .vendored
            .iter()
            .any(|c| c.breaks(diff::change::Break::Json))
    );
}

#[test]
#[ignore = "asks the registry; run with: cargo test --bin xtask -- --ignored"]
fn a_version_that_was_never_published_is_told_so() {
    let error = one_line(&source::open(workspace(), "pypi:9.9.9").unwrap_err());
    assert!(error.contains("scalekit-sdk-python==9.9.9"), "{error}");
}

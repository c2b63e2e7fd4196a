//! Every kind of change: what it is called, what it breaks, and whether a public RPC reaches it.

use std::collections::BTreeSet;

use super::{api_sources, spec_snapshot, workspace};
use crate::diff;
use crate::diff::change::{Break, Bump, Change};
use crate::diff::report::Report;
use crate::tree;

const FILE: &str = "scalekit/v1/t/t.proto";

/// A public RPC reaches `M`; nothing but an RPC in preview reaches `H`.
const HEAD: &str = r#"syntax = "proto3";
package scalekit.v1.t;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/api/visibility.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/struct.proto";
import "scalekit/v1/options/options.proto";
service S {
  rpc Get(M) returns (R);
  rpc Hidden(H) returns (R) { option (google.api.method_visibility).restriction = "PREVIEW"; }
}
message R { E e = 1; }
"#;

fn text(body: &str) -> String {
    let mut text = format!("{HEAD}{body}\n");
    for (name, default) in [
        ("message M", "message M {}"),
        ("message H", "message H {}"),
        ("enum E", "enum E { ZERO = 0; }"),
    ] {
        if !body.contains(name) {
            text += default;
        }
    }
    text
}

fn report(old: &str, new: &str) -> Report {
    let read = |body| spec_snapshot(&api_sources(FILE, text(body)));
    diff::compare(&read(old), &read(new)).unwrap()
}

fn show(change: &Change) -> String {
    let breaks: Vec<_> = change.breaks.iter().map(Break::to_string).collect();
    let public = if change.public { "public" } else { "hidden" };
    let symbol = change.symbol.trim_start_matches("scalekit.v1.t.");
    format!("{} {symbol} [{}] {public}", change.kind, breaks.join(" "))
}

/// A pair of APIs in `diff.txt`, and the changes between them.
#[derive(Default)]
struct Case {
    section: String,
    old: String,
    new: String,
    changes: Vec<String>,
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(super::data("diff.txt")).unwrap();
    let mut cases = Vec::new();
    let mut section = String::new();
    for block in text.split("\n\n") {
        let mut case = Case::default();
        for line in block.lines().filter(|line| !line.starts_with('#')) {
            match line.split_at_checked(2) {
                Some(("==", name)) => section = name.trim().to_owned(),
                Some(("- ", old)) => case.old = old.to_owned(),
                Some(("+ ", new)) => case.new = new.to_owned(),
                _ => case.changes.push(line.to_owned()),
            }
        }
        if !case.old.is_empty() || !case.new.is_empty() {
            let section = section.clone();
            cases.push(Case { section, ..case });
        }
    }
    cases
}

impl Case {
    /// The body of a file for a side: sections about one element only have its options.
    fn body(&self, side: &str) -> String {
        let option = |template: &str| match side {
            "" => String::new(),
            side => template.replace("{}", side),
        };
        match self.section.as_str() {
            "constraints of M.a" => {
                let kind = self.old.split('.').next().filter(|kind| *kind == "int32");
                let rule = option("[(buf.validate.field).{}]");
                format!("message M {{ {} a = 1 {rule}; }}", kind.unwrap_or("string"))
            }
            "options of S2/A" => format!(
                "message M {{ string a = 1; string b = 2; }}\n\
                 service S2 {{ rpc A(M) returns (R) {{ {} }} }}",
                option("option {};")
            ),
            _ => side.to_owned(),
        }
    }

    fn report(&self) -> Report {
        if self.section != "files" {
            return report(&self.body(&self.old), &self.body(&self.new));
        }
        let side = |text: &str| {
            let (path, text) = text.split_once(": ").unwrap();
            spec_snapshot(&api_sources(path, text.to_owned()))
        };
        diff::compare(&side(&self.old), &side(&self.new)).unwrap()
    }

    /// The expected changes in full: sections about one element do not repeat its symbol.
    fn expected(&self) -> Vec<String> {
        let symbol = self.section.rsplit_once("s of ").map(|(_, symbol)| symbol);
        let full = |change: &String| match (symbol, change.split_once(' ').unwrap()) {
            (Some(symbol), (kind, breaks)) => format!("{kind} {symbol} {breaks} public"),
            (None, _) => change.clone(),
        };
        let mut changes: Vec<_> = self.changes.iter().map(full).collect();
        changes.sort();
        changes
    }
}

#[test]
fn every_change_is_named_and_classified() {
    let cases = cases();
    assert!(cases.len() >= 125, "{}", cases.len());
    for case in cases {
        let mut found: Vec<_> = case.report().changes.iter().map(show).collect();
        found.sort();
        assert_eq!(
            found,
            case.expected(),
            "{}\n- {}\n+ {}",
            case.section,
            case.old,
            case.new
        );
    }
}

/// The kinds that the code names, and those it makes of the noun of an element.
#[test]
fn every_kind_of_change_has_a_case() {
    const ENDINGS: &str = "added removed changed moved renamed renumbered allowed required \
                           tightened loosened restricted opened widened exposed hidden";
    const NOUNS: &str = "message field oneof extension enum enum_value service rpc";
    let dir = workspace().join("xtask/src/diff");
    let code: Vec<_> = tree::read(&dir).unwrap().into_values().collect();
    let code = String::from_utf8(code.concat()).unwrap();
    let literals = code.split('"').skip(1).step_by(2);
    let kinds = literals.filter(|text| {
        let last = text.rsplit_once('_').map(|(_, last)| last);
        let mut endings = ENDINGS.split(' ');
        !text.starts_with('{') && endings.any(|ending| Some(ending) == last)
    });
    let mut untested: BTreeSet<String> = kinds.map(str::to_owned).collect();
    assert!(untested.len() > 60, "{untested:?}");
    for noun in NOUNS.split(' ') {
        untested.extend(["added", "removed"].map(|what| format!("{noun}_{what}")));
    }
    untested.insert("deprecated".to_owned());
    for change in cases().iter().flat_map(|case| &case.changes) {
        untested.remove(change.split(' ').next().unwrap());
    }
    assert_eq!(untested, BTreeSet::new());
}

#[test]
fn the_bump_is_what_the_bindings_ask_for() {
    let field = "message M { string a = 1; }";
    let deprecated = "message M { string a = 1 [deprecated = true]; }";
    let limited = "message M { string a = 1 [(buf.validate.field).string.max_len = 1]; }";
    for (old, new, bump) in [
        ("", "", Bump::None),
        ("", "message N {}", Bump::Minor),
        // A struct literal of the old message no longer compiles.
        ("", field, Bump::Major),
        ("message N {}", "", Bump::Major),
        (field, deprecated, Bump::Minor),
        (field, limited, Bump::Patch),
    ] {
        assert_eq!(report(old, new).bump, bump, "{old} -> {new}");
    }
}

#[test]
fn the_most_serious_and_public_come_first() {
    let report = report(
        "message H { string a = 1; } message M { string a = 1; }",
        "message N {} message H {} message M { optional string a = 1; }",
    );
    let kinds: Vec<_> = report.changes.iter().map(show).collect();
    assert_eq!(
        kinds,
        [
            "field_presence_changed M.a [source] public",
            "field_removed H.a [wire json source] hidden",
            "message_added N [] hidden",
        ]
    );
    assert_eq!(report.count(Break::Source), 2);
}

#[test]
fn people_read_kind_symbol_and_values() {
    let report = report(
        "message M { string a = 1; }",
        "message M { bytes a = 1; } message N {}",
    );
    assert_eq!(
        report.to_string(),
        "### spec → spec\n\n\
         2 changes (1 public): wire 0, json 1, source 1, behaviour 0, additive 1, doc 0; \
         version bump: major\n\n\
         #### `scalekit/v1/t/t.proto`\n\n\
         - **json+source** field type changed: `M.a` `string -> bytes`\n\
         - message added, not public: `N`\n"
    );
}

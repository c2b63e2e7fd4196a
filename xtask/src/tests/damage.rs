//! Packages and descriptors damaged at random are either an error in one line, or usable.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use prost_reflect::{DescriptorPool, FileDescriptor};

use super::{identity, module, refreshed_from, zip};
use crate::strip::{self, Undeclared};
use crate::wheel::Wheel;
use crate::{compile, diff, one_line, refresh, source};

/// One step of damage: bytes at a place are replaced.
#[derive(Debug, Clone)]
struct Edit {
    place: Index,
    removed: usize,
    inserted: Vec<u8>,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    // Edge cases of lengths, offsets and counts among them.
    let edges = [
        0,
        1,
        0x7f,
        0xffff,
        0x7fff_ffff,
        0xffff_fffe,
        0xffff_ffff_u32,
    ];
    let inserted = prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..8),
        1 => prop::sample::select(edges.to_vec()).prop_map(|edge| edge.to_le_bytes().to_vec()),
    ];
    let removed = prop_oneof![6 => 0..8_usize, 1 => 8..200_usize, 1 => Just(usize::MAX)];
    let edit = (any::<Index>(), removed, inserted);
    let edit = edit.prop_map(|(place, removed, inserted)| Edit {
        place,
        removed,
        inserted,
    });
    prop::collection::vec(edit, 1..5)
}

fn damaged(whole: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for edit in edits {
        let start = edit.place.index(bytes.len() + 1);
        let end = start.saturating_add(edit.removed).min(bytes.len());
        bytes.splice(start..end, edit.inserted.clone());
    }
    bytes
}

/// The damaged layer, from the outermost one: checksums keep damage from the layers inside.
#[derive(Debug, Clone, Copy)]
enum Target {
    Wheel,
    Module,
    /// The descriptor of this file, which is then printed.
    Descriptor(&'static str),
}

const TARGETS: [Target; 5] = [
    Target::Wheel,
    Target::Module,
    Target::Descriptor(ERRDETAILS),
    Target::Descriptor("scalekit/v1/options/options.proto"),
    Target::Descriptor("scalekit/v1/providers/providers.proto"),
];

const ERRDETAILS: &str = "scalekit/v1/errdetails/errdetails.proto";

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| compile::pool(&refresh::proto_sources(&super::spec()).unwrap()).unwrap());

/// A descriptor as published.
fn descriptor(file: &FileDescriptor) -> Vec<u8> {
    strip::strip(&POOL, &file.encode_to_vec(), Undeclared::Refused).unwrap()
}

/// The files of the package that `file` imports, and then `file`.
fn with_imports(file: &FileDescriptor) -> Vec<FileDescriptor> {
    let imports = file
        .dependencies()
        .filter(|it| !it.name().starts_with("google/"));
    let mut files: Vec<_> = imports.flat_map(|import| with_imports(&import)).collect();
    files.push(file.clone());
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.name().to_owned()));
    files
}

static SMALL: LazyLock<Vec<u8>> =
    LazyLock::new(|| module(&descriptor(&POOL.get_file_by_name(ERRDETAILS).unwrap())));

fn wheel(modules: &[Vec<u8>]) -> Vec<u8> {
    let mut entries = identity();
    let named = modules.iter().enumerate();
    entries.extend(named.map(|(number, module)| (format!("t{number}_pb2.py"), module.clone())));
    zip(&entries)
}

impl Target {
    /// Whether the package can be used after the edits.
    fn survives(self, edits: &[Edit]) -> Result<bool, TestCaseError> {
        let used = match self {
            Self::Wheel => compares(&damaged(&wheel(std::slice::from_ref(&SMALL)), edits)),
            Self::Module => compares(&wheel(&[damaged(&SMALL, edits)])),
            Self::Descriptor(path) => prints(path, edits),
        };
        let text = used.as_ref().err().map(one_line);
        let is_line = |text: &String| !text.is_empty() && text.lines().count() == 1;
        prop_assert!(text.as_ref().is_none_or(is_line), "{:?}", text);
        Ok(used.is_ok())
    }
}

/// A package equals itself, or has descriptors that do not link.
fn compares(bytes: &[u8]) -> anyhow::Result<()> {
    let read = source::package(&Wheel::parse(bytes)?);
    let report = diff::compare(&read, &read)?;
    assert_eq!(report.changes, []);
    Ok(())
}

/// A printed spec compiles.
fn prints(path: &str, edits: &[Edit]) -> anyhow::Result<()> {
    let files = with_imports(&POOL.get_file_by_name(path).unwrap());
    let mut descriptors: Vec<_> = files.iter().map(descriptor).collect();
    let last = descriptors.last_mut().unwrap();
    *last = damaged(last, edits);
    let modules: Vec<_> = descriptors.iter().map(|bytes| module(bytes)).collect();
    let refreshed = refreshed_from(&wheel(&modules))?;
    compile::pool(&refresh::proto_sources(&refreshed.spec).unwrap()).unwrap();
    Ok(())
}

fn damage(cases: u32) {
    for target in TARGETS {
        assert!(target.survives(&[]).unwrap(), "{target:?}");
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(cases)
        };
        let mut runner = TestRunner::new(config);
        let run = runner.run(&edits(), |edits| target.survives(&edits).map(|_| ()));
        run.unwrap_or_else(|failure| panic!("{target:?}: {failure}"));
    }
}

#[test]
fn damage_is_an_error_or_harmless() {
    damage(60);
}

#[test]
#[ignore = "takes about a minute"]
fn damage_for_a_while() {
    damage(500);
}

//! Randomly damaged packages and descriptors are either an error in one line, or usable.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{TestCaseResult, TestRunner};
use prost_reflect::{DescriptorPool, FileDescriptor};

use super::{identity, module, npm, zip};
use crate::one_line;
use crate::refresh;
use crate::source::{self, Origin, Snapshot};
use crate::strip::{self, Undeclared};
use crate::wheel::{Contents, Wheel};
use crate::{compile, diff};

/// Edge cases of lengths and offsets.
const EDGES: [u32; 8] = [
    0,
    1,
    0x7f,
    0xffff,
    0x0100_0001,
    0x7fff_ffff,
    0xffff_fffe,
    0xffff_ffff,
];

/// One step of damage.
#[derive(Debug, Clone)]
enum Edit {
    Flip(Index, u8),
    Truncate(Index),
    Remove(Index, Index),
    Insert(Index, Vec<u8>),
    /// Copies bytes from the first place to the second.
    Splice(Index, Index, u8),
    /// Overwrites a length, an offset or a count.
    Number(Index, u32),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = any::<Index>;
    let edit = prop_oneof![
        4 => (at(), 1..=u8::MAX).prop_map(|(at, mask)| Edit::Flip(at, mask)),
        1 => at().prop_map(Edit::Truncate),
        1 => (at(), at()).prop_map(|(from, to)| Edit::Remove(from, to)),
        2 => (at(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, new)| Edit::Insert(at, new)),
        2 => (at(), at(), any::<u8>()).prop_map(|(from, to, count)| Edit::Splice(from, to, count)),
        2 => (at(), prop::sample::select(&EDGES[..])).prop_map(|(at, number)| Edit::Number(at, number)),
    ];
    prop::collection::vec(edit, 1..5)
}

fn damaged(whole: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for edit in edits {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        let at = |index: &Index| index.index(length);
        match edit {
            Edit::Flip(index, mask) => bytes[at(index)] ^= mask,
            Edit::Truncate(index) => bytes.truncate(at(index)),
            Edit::Remove(from, to) => {
                let (from, to) = (at(from).min(at(to)), at(from).max(at(to)));
                bytes.drain(from..to);
            }
            Edit::Insert(index, new) => drop(bytes.splice(at(index)..at(index), new.clone())),
            Edit::Splice(from, to, count) => {
                let count = usize::from(*count)
                    .min(length - at(from))
                    .min(length - at(to));
                bytes.copy_within(at(from)..at(from) + count, at(to));
            }
            Edit::Number(index, number) => {
                let place = bytes[at(index)..].iter_mut();
                place
                    .zip(number.to_le_bytes())
                    .for_each(|(old, new)| *old = new);
            }
        }
    }
    bytes
}

/// The damaged layer, from the outermost one: checksums keep damage from the layers inside.
#[derive(Debug, Clone, Copy)]
enum Target {
    Wheel,
    WheelModule,
    Tarball,
    Tar,
    TarballModule,
    /// The descriptor of this file, which is then printed.
    Printer(&'static str),
}

const TARGETS: [Target; 8] = [
    Target::Wheel,
    Target::WheelModule,
    Target::Tarball,
    Target::Tar,
    Target::TarballModule,
    Target::Printer(ERRDETAILS),
    Target::Printer("scalekit/v1/options/options.proto"),
    Target::Printer("scalekit/v1/providers/providers.proto"),
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
static WHEEL: LazyLock<Vec<u8>> = LazyLock::new(|| wheel(vec![SMALL.clone()]));
static TARBALL: LazyLock<Vec<u8>> = LazyLock::new(|| npm::tarball(&npm::modules()));

fn wheel(modules: Vec<Vec<u8>>) -> Vec<u8> {
    let mut entries = identity();
    let named = modules.into_iter().enumerate();
    entries.extend(named.map(|(number, module)| (format!("t{number}_pb2.py"), module)));
    zip(&entries)
}

impl Target {
    /// Whether the package can be read after the edits.
    fn survives(self, edits: &[Edit]) -> Result<bool, TestCaseError> {
        match self {
            Self::Wheel => read_wheel(&damaged(&WHEEL, edits)),
            Self::WheelModule => read_wheel(&wheel(vec![damaged(&SMALL, edits)])),
            Self::Tarball => read_tarball(&damaged(&TARBALL, edits)),
            Self::Tar => {
                let mut tar = Vec::new();
                GzDecoder::new(TARBALL.as_slice())
                    .read_to_end(&mut tar)
                    .unwrap();
                let mut tar = damaged(&tar, edits);
                fix_checksums(&mut tar);
                let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
                gzip.write_all(&tar).unwrap();
                read_tarball(&gzip.finish().unwrap())
            }
            Self::TarballModule => {
                let mut modules = npm::modules();
                let text = &mut modules.last_mut().unwrap().1;
                *text = String::from_utf8_lossy(&damaged(text.as_bytes(), edits)).into_owned();
                read_tarball(&npm::tarball(&modules))
            }
            Self::Printer(path) => print(path, edits),
        }
    }
}

fn read_wheel(bytes: &[u8]) -> Result<bool, TestCaseError> {
    let read = Contents::parse(bytes).map(|contents| Snapshot {
        label: contents.version,
        origin: Origin::Package,
        files: contents.descriptors,
        notes: Vec::new(),
    });
    compares(read)
}

fn read_tarball(bytes: &[u8]) -> Result<bool, TestCaseError> {
    compares(source::npm::parse(bytes))
}

/// A package equals itself, or has descriptors that do not link.
fn compares(read: anyhow::Result<Snapshot>) -> Result<bool, TestCaseError> {
    match read.and_then(|read| diff::compare(&read, &read)) {
        Ok(report) => {
            prop_assert_eq!(report.changes.len(), 0);
            Ok(true)
        }
        Err(error) => is_one_line(&error),
    }
}

/// A printed spec compiles.
fn print(path: &str, edits: &[Edit]) -> Result<bool, TestCaseError> {
    let files = with_imports(&POOL.get_file_by_name(path).unwrap());
    let mut descriptors: Vec<_> = files.iter().map(descriptor).collect();
    let last = descriptors.last_mut().unwrap();
    *last = damaged(last, edits);
    let modules = descriptors.iter().map(|bytes| module(bytes)).collect();
    let file = tempfile::Builder::new().suffix(".whl").tempfile().unwrap();
    std::fs::write(file.path(), wheel(modules)).unwrap();
    let mut spec = super::spec();
    spec.retain(|path, _| {
        ["proto/buf/", "proto/scalekit/"]
            .iter()
            .all(|dir| !path.starts_with(dir))
    });
    let refreshed = Wheel::open(file.path())
        .and_then(|wheel| refresh::refresh(&spec, &wheel, &super::cargo_lock()));
    match refreshed {
        Ok(refreshed) => {
            let sources = refresh::proto_sources(&refreshed.spec).unwrap();
            prop_assert!(compile::pool(&sources).is_ok());
            Ok(true)
        }
        Err(error) => is_one_line(&error),
    }
}

fn is_one_line(error: &anyhow::Error) -> Result<bool, TestCaseError> {
    let text = one_line(error);
    prop_assert!(!text.is_empty() && text.lines().count() == 1, "{}", text);
    Ok(false)
}

/// Corrects the checksums of a tar's headers, so that readers accept the headers.
fn fix_checksums(tar: &mut [u8]) {
    for block in tar.chunks_exact_mut(512) {
        if &block[257..262] == b"ustar" {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
}

#[test]
fn undamaged_packages_can_be_read() {
    for target in TARGETS {
        assert!(target.survives(&[]).unwrap(), "{target:?}");
    }
}

proptest! {
    #[test]
    fn damaged_archives(target in prop::sample::select(&TARGETS[..5]), edits in edits()) {
        target.survives(&edits)?;
    }

    #[test]
    fn damaged_descriptors(target in prop::sample::select(&TARGETS[5..]), edits in edits()) {
        target.survives(&edits)?;
    }
}

#[test]
#[ignore = "takes about a minute: FUZZ_CASES of each kind, 500 unless that is set"]
fn damage_for_a_while() {
    let cases = std::env::var("FUZZ_CASES").map_or(500, |text| text.parse().unwrap());
    for target in TARGETS {
        let read = Cell::new(0);
        let slowest = Cell::new(Duration::ZERO);
        let case = |edits: Vec<Edit>| -> TestCaseResult {
            let start = Instant::now();
            let survived = target.survives(&edits)?;
            read.set(read.get() + u64::from(survived));
            slowest.set(slowest.get().max(start.elapsed()));
            Ok(())
        };
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(cases)
        };
        let run = TestRunner::new(config).run(&edits(), case);
        run.unwrap_or_else(|failure| panic!("{target:?}: {failure}"));
        let (read, slowest) = (read.get(), slowest.get());
        println!("{target:?}: {cases} cases, {read} could be read, slowest {slowest:?}");
    }
}

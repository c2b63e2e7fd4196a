//! Tests that need more than one module, and the wheels they run on.

mod api;
mod comments;
mod damage;
mod diff;
mod drift;
mod elements;
mod forms;
mod generate;
mod malformed;
mod openapi;
mod published;
mod redact;
mod roundtrip;

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use zip::write::SimpleFileOptions;

use crate::compile::{self, Sources};
use crate::lock::Lock;
use crate::pip;
use crate::refresh::{self, PACKAGE, Refreshed};
use crate::source::{self, RawSet, Snapshot};
use crate::target;
use crate::tree::{self, Tree};
use crate::wheel::Wheel;

/// A file of test data.
fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(file)
}

/// The workspace that these tests belong to.
fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn spec() -> Tree {
    tree::read(&workspace().join("spec")).unwrap()
}

fn cargo_lock() -> String {
    fs::read_to_string(workspace().join("Cargo.lock")).unwrap()
}

/// The package that `spec/lock.toml` names, downloaded once per target directory.
fn published_wheel() -> &'static Wheel {
    static WHEEL: OnceLock<Wheel> = OnceLock::new();
    WHEEL.get_or_init(|| {
        let lock = Lock::parse(std::str::from_utf8(&spec()["lock.toml"]).unwrap())
            .unwrap()
            .package;
        let cached = target::dir(workspace())
            .join("published")
            .join(format!("{}-{}.whl", lock.name, lock.version));
        if !cached.exists() {
            let download = tempfile::tempdir().unwrap();
            let wheel = pip::download(&format!("{PACKAGE}=={}", lock.version), download.path())
                .unwrap_or_else(|error| panic!("this test needs the published package: {error:#}"));
            fs::create_dir_all(cached.parent().unwrap()).unwrap();
            fs::copy(wheel, &cached).unwrap();
        }
        let wheel = Wheel::open(&cached).unwrap();
        assert_eq!(
            wheel.sha256,
            lock.sha256,
            "{} is not the wheel that was locked",
            cached.display()
        );
        wheel
    })
}

/// A workspace of its own for a test that writes: spec, manifest, lock file and what `more` names.
fn scratch(more: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in ["Cargo.lock", "Cargo.toml"] {
        fs::copy(workspace().join(file), root.path().join(file)).unwrap();
    }
    for dir in ["spec"].iter().chain(more) {
        tree::replace(
            &root.path().join(dir),
            &tree::read(&workspace().join(dir)).unwrap(),
        )
        .unwrap();
    }
    root
}

/// Replaces text in a file of a workspace, which must have it.
fn edit(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: no {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The third-party files and options of `spec`, and one more file.
fn api_sources(path: &str, text: String) -> Sources {
    let wanted = ["buf/validate/", "google/api/", "scalekit/v1/options/"];
    let mut sources = refresh::proto_sources(&spec()).unwrap();
    sources.retain(|path, _| wanted.iter().any(|dir| path.starts_with(dir)));
    sources.insert(path.to_owned(), text);
    sources
}

/// A side of a comparison with the given sources, as `spec` has them.
fn spec_snapshot(sources: &Sources) -> Snapshot {
    source::spec("spec".to_owned(), sources).unwrap()
}

/// A serialized `FileDescriptorProto`, which need not be valid, from its JSON.
fn descriptor_of(json: serde_json::Value) -> Vec<u8> {
    static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
        let source = "import \"google/protobuf/descriptor.proto\";".to_owned();
        compile::pool(&Sources::from([("f.proto".to_owned(), source)])).unwrap()
    });
    let file = POOL.get_message_by_name("google.protobuf.FileDescriptorProto");
    let file = DynamicMessage::deserialize(file.unwrap(), json).unwrap();
    file.encode_to_vec()
}

/// What a refresh makes of the wheel `broken.whl` and a spec without files of the package.
fn refreshed_from(wheel: &[u8]) -> anyhow::Result<Refreshed> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("broken.whl");
    fs::write(&path, wheel).unwrap();
    let mut spec = spec();
    let own = ["proto/buf/", "proto/scalekit/"];
    spec.retain(|path, _| own.iter().all(|dir| !path.starts_with(dir)));
    refresh::refresh(&spec, &Wheel::open(&path)?, &cargo_lock())
}

/// A serialized `FileDescriptorSet` of serialized files.
fn descriptor_set<'a>(files: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let file = files.into_iter().cloned().collect();
    RawSet { file }.encode_to_vec()
}

/// A wheel with the given entries.
fn zip(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What a wheel contains besides its descriptors.
fn identity() -> Vec<(String, Vec<u8>)> {
    vec![
        (
            "p-1.0.dist-info/METADATA".to_owned(),
            b"Metadata-Version: 2.4\nName: p\nVersion: 1.0\n\nName: no\n".to_vec(),
        ),
        (
            "p/core.py".to_owned(),
            b"class C:\n    api_version = \"20300102\"\n".to_vec(),
        ),
    ]
}

/// A `_pb2.py` module that embeds `bytes` the way the protobuf compiler writes it.
fn module(bytes: &[u8]) -> Vec<u8> {
    let literal: String = bytes
        .iter()
        .flat_map(|byte| std::ascii::escape_default(*byte))
        .map(char::from)
        .collect();
    format!("import x\n\nDESCRIPTOR = _pool.Default().AddSerializedFile(b'{literal}')\n\n_globals = globals()\n").into_bytes()
}

/// A wheel whose descriptors are those of `sources`.
fn wheel_of(sources: &Sources) -> Vec<u8> {
    let pool = compile::pool(sources).unwrap();
    let mut entries = identity();
    for path in sources.keys() {
        let file = pool.get_file_by_name(path).unwrap();
        entries.push((
            path.replace(".proto", "_pb2.py"),
            module(&file.encode_to_vec()),
        ));
    }
    zip(&entries)
}

//! Reads the published Python package: name, version, and the embedded descriptors.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use prost_reflect::prost::Message;
use prost_reflect::prost_types::FileDescriptorProto;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::python_literal;

/// Far above the size of any module, and low enough that a crafted archive cannot exhaust memory.
pub const MAX_ENTRY_BYTES: u64 = 16 << 20;
/// The limit for all modules of a package together.
const MAX_UNPACKED_BYTES: u64 = 256 << 20;

/// The parts of a wheel that describe the API.
#[derive(Debug)]
pub struct Wheel {
    pub package: String,
    pub version: String,
    /// Lowercase hexadecimal, of the file itself.
    pub sha256: String,
    /// The values that the package sends in the `x-api-version` header. Early versions send none, or
    /// several.
    pub api_versions: BTreeSet<String>,
    /// Serialized `FileDescriptorProto`s by import path.
    pub descriptors: BTreeMap<String, Vec<u8>>,
}

impl Wheel {
    /// Reads a wheel from disk; errors name the file, the entry in it and the reason.
    pub fn open(path: &Path) -> Result<Self> {
        let context = || path.display().to_string();
        Self::parse(&fs::read(path).with_context(context)?).with_context(context)
    }

    /// Reads the content of a wheel.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::parse_within(bytes, MAX_UNPACKED_BYTES)
    }

    /// The only value of the `x-api-version` header.
    pub fn api_version(&self) -> Result<&str> {
        let number = self.api_versions.len();
        let only = self.api_versions.first().filter(|_| number == 1);
        let only = only.with_context(|| format!("expected one api_version, found {number}"))?;
        Ok(only)
    }

    /// Reads a wheel whose modules have at most `limit` bytes together.
    pub fn parse_within(bytes: &[u8], limit: u64) -> Result<Self> {
        let mut left = limit;
        let mut archive = ZipArchive::new(Cursor::new(bytes)).context("not a wheel")?;
        let mut identity = None;
        let mut api_versions = BTreeSet::new();
        let mut descriptors = BTreeMap::new();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index)?;
            let name = entry.name()?.into_owned();
            let metadata = is_metadata(&name);
            if !metadata && !name.ends_with(".py") {
                continue;
            }
            // The size in the archive's header can be wrong.
            let most = MAX_ENTRY_BYTES.min(left);
            let mut text = String::new();
            let size = entry
                .by_ref()
                .take(most + 1)
                .read_to_string(&mut text)
                .with_context(|| name.clone())? as u64;
            ensure!(size <= most, "{name}: too large");
            left -= size;
            if metadata {
                identity = Some(package_identity(&text).context(name)?);
            } else if name.ends_with("_pb2.py") {
                let (path, descriptor) =
                    embedded_descriptor(&text).with_context(|| name.clone())?;
                ensure!(
                    descriptors.insert(path, descriptor).is_none(),
                    "{name}: describes a file that another module describes too"
                );
            } else {
                api_versions.extend(text.lines().filter_map(api_version));
            }
        }
        let (package, version) = identity.context("no dist-info/METADATA")?;
        ensure!(!descriptors.is_empty(), "no *_pb2.py with descriptors");
        let sha256 = Sha256::digest(bytes);
        Ok(Self {
            package,
            version,
            sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            api_versions,
            descriptors,
        })
    }
}

fn is_metadata(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(dir, file)| dir.ends_with(".dist-info") && file == "METADATA")
}

fn package_identity(metadata: &str) -> Result<(String, String)> {
    let header = |name: &str| {
        let mut headers = metadata.lines().take_while(|line| !line.is_empty());
        headers
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .map(|value| value.trim().to_owned())
            .with_context(|| format!("no {name}"))
    };
    Ok((header("Name")?, header("Version")?))
}

/// The date in a line such as `api_version = "20261012"`.
fn api_version(line: &str) -> Option<String> {
    let value = line
        .trim()
        .strip_prefix("api_version")?
        .trim_start()
        .strip_prefix('=')?
        .trim();
    let date = value.strip_prefix('"')?.strip_suffix('"')?;
    (date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit())).then(|| date.to_owned())
}

fn embedded_descriptor(module: &str) -> Result<(String, Vec<u8>)> {
    let (_, argument) = module
        .split_once("AddSerializedFile(")
        .context("no AddSerializedFile call")?;
    let bytes = python_literal::bytes(argument)?;
    let file =
        FileDescriptorProto::decode(bytes.as_slice()).context("not a FileDescriptorProto")?;
    let path = file.name();
    ensure!(is_import_path(path), "{path:?} is not an import path");
    Ok((path.to_owned(), bytes))
}

/// Whether the path is safe: a refresh writes files at the paths that descriptors have.
pub fn is_import_path(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && !part.starts_with('.')
    };
    path.ends_with(".proto") && path.split('/').all(plain)
}

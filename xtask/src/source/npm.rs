//! Reads the published npm package: the descriptors in its generated modules, completed.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use flate2::read::GzDecoder;
use prost::Message;
use serde::Deserialize;

use super::{Origin, Snapshot};
use crate::descriptors::{Descriptors, Header};
use crate::pip;
use crate::wheel::{MAX_ENTRY_BYTES, MAX_UNPACKED_BYTES, is_import_path};

const PACKAGE: &str = "@scalekit-sdk/node";

/// Downloads the tarball of `version` into `dir`.
pub fn download(version: &str, dir: &Path) -> Result<PathBuf> {
    let requirement = format!("{PACKAGE}@{version}");
    let output = Command::new("npm")
        .args(["pack", "--loglevel=error", "--ignore-scripts"])
        .arg("--pack-destination")
        .arg(dir)
        .arg(&requirement)
        .output()
        .context("npm pack")?;
    if !output.status.success() {
        bail!("npm pack {requirement}: {}", reason(&output.stderr));
    }
    pip::downloaded(dir, "tgz").with_context(|| format!("npm pack {requirement}"))
}

/// The first line that is a sentence. The lines before it are for programs.
fn reason(stderr: &[u8]) -> String {
    let stderr = String::from_utf8_lossy(stderr);
    let lines = stderr.lines().map(|line| {
        let line = line.strip_prefix("npm ").unwrap_or(line);
        let line = line.strip_prefix("error ").or(line.strip_prefix("ERR! "));
        line.unwrap_or_default().trim()
    });
    let sentence = lines.filter_map(|line| {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "code" | "syscall" | "errno" => None,
            "notarget" | "404" | "network" => Some(rest),
            _ => Some(line),
        }
    });
    let first = sentence.into_iter().next();
    first.unwrap_or("npm gives no reason").to_owned()
}

/// Reads a tarball as `npm pack` makes it.
pub fn parse(bytes: &[u8]) -> Result<Snapshot> {
    let modules = Modules::read(bytes)?;
    let mut files = Descriptors::new();
    let mut without = Vec::new();
    for (module, text) in &modules.text {
        let Some(descriptor) = Descriptor::find(text).with_context(|| module.clone())? else {
            without.push(module.as_str());
            continue;
        };
        let file = descriptor
            .restore(module, text)
            .with_context(|| module.clone())?;
        let path = Header::read(&file).with_context(|| module.clone())?.name;
        ensure!(
            is_import_path(&path),
            "{module}: {path:?} is not an import path"
        );
        ensure!(
            files.insert(path, file).is_none(),
            "{module}: describes a file that another module describes too"
        );
    }
    if files.is_empty() {
        let reason = match without.is_empty() {
            true => "no *_pb.js in it",
            false => "its *_pb.js have no descriptors: it was made with a generator older than 2",
        };
        bail!("{} {}: {reason}", modules.name, modules.version);
    }
    let label = format!("{} {}", modules.name, modules.version);
    Ok(Snapshot {
        notes: vec![format!("{label} ships {} files only", files.len())],
        label,
        origin: Origin::PartialPackage,
        files,
    })
}

/// The text of the generated modules by path, and whose they are.
struct Modules {
    name: String,
    version: String,
    text: BTreeMap<String, String>,
}

impl Modules {
    fn read(bytes: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Manifest {
            name: String,
            version: String,
        }
        let unpacked = GzDecoder::new(bytes).take(MAX_UNPACKED_BYTES);
        let mut archive = tar::Archive::new(unpacked);
        let mut manifest = None;
        let mut text = BTreeMap::new();
        for entry in archive.entries().context("not an npm tarball")? {
            let mut entry = entry.context("not an npm tarball")?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let is_manifest = path == "package/package.json";
            if !is_manifest && !path.ends_with("_pb.js") {
                continue;
            }
            ensure!(entry.size() <= MAX_ENTRY_BYTES, "{path}: too large");
            let mut content = String::new();
            entry
                .read_to_string(&mut content)
                .with_context(|| path.clone())?;
            if is_manifest {
                let read: Manifest = serde_json::from_str(&content).context(path)?;
                manifest = Some(read);
            } else {
                text.insert(path, content);
            }
        }
        let Manifest { name, version } = manifest.context("no package/package.json")?;
        Ok(Self {
            name,
            version,
            text,
        })
    }
}

/// The arguments of the call that a module makes with its descriptor.
struct Descriptor<'a> {
    base64: &'a str,
    /// Names of what it depends on, such as `tools_pb_1.file_scalekit_v1_tools_tools`.
    imports: Vec<&'a str>,
}

impl<'a> Descriptor<'a> {
    fn find(module: &'a str) -> Result<Option<Self>> {
        const CALLS: &[&str] = &["fileDesc)(\"", "fileDesc(\""];
        let Some((_, rest)) = CALLS.iter().find_map(|call| module.split_once(call)) else {
            return Ok(None);
        };
        let (base64, rest) = rest.split_once('"').context("the descriptor has no end")?;
        let rest = rest.trim_start();
        let imports = match rest.strip_prefix(',') {
            None if rest.starts_with(')') => Vec::new(),
            None => bail!("what follows the descriptor is not understood"),
            Some(list) => {
                let list = list.trim_start().strip_prefix('[');
                let list = list.and_then(|list| list.split_once(']'));
                let (list, _) = list.context("the descriptor's imports are not understood")?;
                let names = list.split(',').map(str::trim);
                names.filter(|name| !name.is_empty()).collect()
            }
        };
        Ok(Some(Self { base64, imports }))
    }

    /// The complete `FileDescriptorProto`: the generator leaves out imports, which the module's own
    /// imports give, and every `json_name` that is the default, which linking computes again.
    fn restore(&self, module: &str, text: &str) -> Result<Vec<u8>> {
        let mut file = STANDARD_NO_PAD
            .decode(self.base64)
            .or_else(|_| STANDARD.decode(self.base64))
            .context("the descriptor is not base64")?;
        let header = Header::read(&file)?;
        let requires = requires(text);
        let own = module_stem(module, &header.name)?;
        for import in &self.imports {
            let (variable, _) = import
                .split_once('.')
                .with_context(|| format!("the import {import} is not understood"))?;
            let target = requires
                .get(variable)
                .with_context(|| format!("{variable} is required nowhere"))?;
            let path = if *target == "@bufbuild/protobuf/wkt" {
                well_known(import)?
            } else {
                resolve(&own, target)?
            };
            Imports {
                dependency: vec![path],
            }
            .encode(&mut file)?;
        }
        Ok(file)
    }
}

/// Appended to a serialized file, it adds imports.
#[derive(Clone, PartialEq, Message)]
struct Imports {
    #[prost(string, repeated, tag = "3")]
    dependency: Vec<String>,
}

/// `const NAME = require("MODULE");` lines.
fn requires(text: &str) -> BTreeMap<&str, &str> {
    let mut requires = BTreeMap::new();
    for line in text.lines() {
        let parsed = line.strip_prefix("const ").and_then(|line| {
            let (name, rest) = line.split_once(" = require(\"")?;
            Some((name, rest.split_once('"')?.0))
        });
        requires.extend(parsed);
    }
    requires
}

/// Checks that the import path of a descriptor matches the path of its module.
fn module_stem(module: &str, path: &str) -> Result<Vec<String>> {
    let stem = path.strip_suffix(".proto").unwrap_or(path);
    let expected = format!("{stem}_pb.js");
    ensure!(
        module.ends_with(&format!("/{expected}")) || module == expected,
        "describes {path}, which is not where it stands"
    );
    Ok(stem.split('/').map(str::to_owned).collect())
}

/// The import path of the module `target` as required from the file `own`.
fn resolve(own: &[String], target: &str) -> Result<String> {
    let mut parts = own.to_vec();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => drop(
                parts
                    .pop()
                    .with_context(|| format!("{target} leads outside"))?,
            ),
            part => parts.push(part.to_owned()),
        }
    }
    let path = parts.join("/");
    let stem = path.strip_suffix("_pb").or(path.strip_suffix("_pb.js"));
    Ok(format!("{}.proto", stem.unwrap_or(&path)))
}

/// `wkt_1.file_google_protobuf_struct` is `google/protobuf/struct.proto`.
fn well_known(import: &str) -> Result<String> {
    let stem = import
        .split_once(".file_google_protobuf_")
        .with_context(|| format!("the import {import} is not understood"))?
        .1;
    Ok(format!("google/protobuf/{stem}.proto"))
}

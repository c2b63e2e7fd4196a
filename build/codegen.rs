//! Generates the bindings from `spec`: one Rust file per package, the descriptors, and constants.
//!
//! `build.rs` (feature `_codegen`) and `cargo xtask generate` share it, so that their output is the same.

#[path = "agentkit.rs"]
pub mod agentkit;
#[path = "operations.rs"]
pub mod operations;
#[path = "preview.rs"]
mod preview;
#[path = "redact.rs"]
mod redact;
#[path = "rest.rs"]
mod rest;
#[path = "services.rs"]
mod services;
#[path = "transcoding.rs"]
mod transcoding;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use protox::Compiler;
use protox::prost_reflect::DescriptorPool;
use protox::prost_reflect::prost_types::FileDescriptorSet;

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Writes `grpc/`, `descriptors.bin`, `services.rs`, `operations.rs`, `secrets.rs`, `transcoding.rs`
/// and `meta.rs` into `out`, from the spec in `spec`.
///
/// The output depends only on the spec and the versions of the generators.
pub fn generate(spec: &Path, out: &Path) -> Result<()> {
    let proto = spec.join("proto");
    let mut files = Vec::new();
    proto_files(&proto, &mut files).map_err(|error| format!("{}: {error}", proto.display()))?;
    files.sort();
    let mut compiler = Compiler::new([&proto])?;
    compiler.include_imports(true).include_source_info(true);
    for file in &files {
        // Only `Debug` of a compiler error names file and position.
        compiler
            .open_file(file)
            .map_err(|error| format!("{error:?}"))?;
    }

    let pool = compiler.descriptor_pool();
    let redacted = redact::Redacted::read(&spec.join("redact.toml"), &pool)?;
    let grpc = out.join("grpc");
    fs::create_dir_all(&grpc)?;
    let mut documented = compiler.file_descriptor_set();
    for file in &mut documented.file {
        preview::note(&pool, file);
    }
    bindings(documented, &redacted, &grpc)?;
    let mut debug_impls = redacted.debug_impls();
    for entry in fs::read_dir(&grpc)? {
        let path = entry?.path();
        // prost maps `BoolValue` to `bool`, but tonic's generator refers to the response type of such
        // an RPC as a type of the parent module.
        let mut code = fs::read_to_string(&path)?.replace("super::bool>", "bool>");
        let package = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        code.push_str(&debug_impls.remove(package).unwrap_or_default());
        fs::write(path, code)?;
    }

    let agentkit = agentkit::AgentKit::read(spec)?;
    let packages = services::Packages::new(&pool, &agentkit);
    fs::write(grpc.join("mod.rs"), packages.modules())?;
    fs::write(out.join("services.rs"), packages.clients())?;
    let operations = operations::Operations::read(&spec.join("operations.toml"), &pool)?;
    fs::write(out.join("operations.rs"), operations.table())?;

    fs::write(out.join("secrets.rs"), redacted.request_secrets(&pool)?)?;
    let tables = transcoding::tables(&pool, &agentkit)?;
    fs::write(out.join("transcoding.rs"), tables)?;

    compiler.include_source_info(false);
    fs::write(
        out.join("descriptors.bin"),
        compiler.encode_file_descriptor_set(),
    )?;
    let constants = constants(&spec.join("lock.toml"))? + &agentkit.constant();
    fs::write(out.join("meta.rs"), constants)?;
    Ok(())
}

/// Writes `rest/` into `out`, from `openapi.json` in `spec`.
// The build script calls it only with the feature `raw-rest`.
#[allow(dead_code)]
pub fn generate_rest(spec: &Path, out: &Path) -> Result<()> {
    rest::generate(spec, out)
}

/// The entries that `[features]` of the crate's manifest must have for the packages in `pool`.
///
/// # Errors
/// `agentkit.toml` in `spec` cannot be read.
// Only xtask calls it.
#[allow(dead_code)]
pub fn features(spec: &Path, pool: &DescriptorPool) -> Result<BTreeMap<String, Vec<String>>> {
    let agentkit = agentkit::AgentKit::read(spec)?;
    Ok(services::Packages::new(pool, &agentkit).features())
}

fn bindings(mut files: FileDescriptorSet, redacted: &redact::Redacted, out: &Path) -> Result<()> {
    // The other packages only declare options, which no message refers to; `google.protobuf` comes
    // from prost-types and src/json, but prost wants to see it.
    let wanted = |package: &str| package.starts_with("scalekit.") || package == "google.protobuf";
    files.file.retain(|file| wanted(file.package()));
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .extern_path(".google.protobuf.Struct", "crate::json::Struct")
        .extern_path(".google.protobuf.Value", "crate::json::Value")
        .extern_path(".google.protobuf.ListValue", "crate::json::ListValue")
        .skip_debug(redacted.messages().map(|message| format!(".{message}")))
        .out_dir(out)
        .compile_fds(files)?;
    Ok(())
}

fn constants(lock: &Path) -> Result<String> {
    let table: toml::Table = fs::read_to_string(lock)?
        .parse()
        .map_err(|error| format!("{}: {error}", lock.display()))?;
    let constant = |name: &str, doc: &str, key: &str| {
        let value = table
            .get("package")
            .and_then(|package| package.get(key)?.as_str());
        let value = value.ok_or_else(|| format!("{}: no package.{key}", lock.display()))?;
        Ok::<_, String>(format!("/// {doc}\npub const {name}: &str = {value:?};\n"))
    };
    Ok(format!(
        "// This file is @generated from spec/lock.toml.\n{}{}",
        constant(
            "API_VERSION",
            "The revision of the API that the bindings speak.",
            "x-api-version"
        )?,
        constant(
            "SPEC_PACKAGE_VERSION",
            "The version of the published package that the spec was taken from.",
            "version"
        )?,
    ))
}

fn proto_files(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            proto_files(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path);
        }
    }
    Ok(())
}

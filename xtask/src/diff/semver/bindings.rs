//! The generated bindings of one version after the other, as a crate and as rustdoc's JSON.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use prost_reflect::DescriptorPool;

use crate::tree::{self, Tree};
use crate::wheel::{Contents, Wheel};
use crate::{compile, generate, refresh};

/// What the bindings need; the crate's own version is no part of the comparison.
const MANIFEST: &str = r#"[package]
name = "bindings"
version = "1.0.0"
edition = "2024"

[workspace]

[dependencies]
prost = { version = "0.14", default-features = false, features = ["std", "derive"] }
prost-types = { version = "0.14", default-features = false, features = ["std"] }
tonic = { version = "0.14", default-features = false, features = ["codegen"] }
tonic-prost = "0.14"

[features]
raw = []
"#;

const LIB: &str = "mod grpc;\npub use grpc::scalekit::v1::*;\n";

/// A crate that holds the bindings of one version at a time, so that what it depends on is compiled once.
pub struct Bindings {
    spec: Tree,
    cargo_lock: String,
    dir: tempfile::TempDir,
    /// Releases without a change have the same bindings.
    known: HashMap<Tree, Json>,
}

/// One version's bindings.
pub struct Documented {
    pub json: Json,
    pool: DescriptorPool,
    features: BTreeSet<String>,
}

/// Files of rustdoc's JSON.
#[derive(Clone)]
pub struct Json {
    /// Without features.
    pub default: PathBuf,
    /// With all.
    pub full: PathBuf,
}

impl Documented {
    /// Whether the bindings of `file` are there with a feature only.
    pub fn needs_feature(&self, file: &str) -> bool {
        let file = self.pool.get_file_by_name(file);
        file.is_some_and(|file| {
            let name = file.package_name().trim_start_matches("scalekit.v1.");
            self.features.contains(&name.replace(['.', '_'], "-"))
        })
    }
}

impl Bindings {
    pub fn new(root: &Path) -> Result<Self> {
        let mut spec = tree::read(&root.join("spec"))?;
        // They name what today's API has, and decide nothing that is public in the bindings.
        spec.insert("operations.toml".to_owned(), Vec::new());
        spec.insert("redact.toml".to_owned(), b"[fields]\n".to_vec());
        Ok(Self {
            spec,
            cargo_lock: std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?,
            dir: tempfile::tempdir()?,
            known: HashMap::new(),
        })
    }

    /// Generates and documents the bindings of the wheel at `path`.
    pub fn document(&mut self, path: &Path) -> Result<Documented> {
        let context = || path.display().to_string();
        let contents = Contents::parse(&std::fs::read(path).with_context(context)?);
        let contents = contents.with_context(context)?;
        let wheel = Wheel {
            package: contents.package,
            version: contents.version,
            // Old packages have none, and the bindings do not depend on them.
            sha256: String::new(),
            api_version: String::new(),
            descriptors: contents.descriptors,
        };
        let spec = refresh::refresh(&self.spec, &wheel, &self.cargo_lock);
        let spec = spec.with_context(context)?.spec;
        let pool = compile::pool(&refresh::proto_sources(&spec)?).with_context(context)?;
        let features = generate::features(&pool);
        let project = self.project(&spec, &features).with_context(context)?;
        let json = match self.known.get(&project) {
            Some(json) => json.clone(),
            None => {
                let json = self.rustdoc(&project).with_context(context)?;
                self.known.insert(project, json.clone());
                json
            }
        };
        Ok(Documented {
            json,
            pool,
            features: features.into_keys().collect(),
        })
    }

    /// The files of the crate for a spec.
    fn project(&self, spec: &Tree, features: &BTreeMap<String, Vec<String>>) -> Result<Tree> {
        let dir = tempfile::tempdir_in(self.dir.path())?;
        let dir = dir.path().join("spec");
        tree::replace(&dir, spec)?;
        let bindings = generate::bindings(&dir)?;
        let mut manifest = MANIFEST.to_owned();
        for (feature, needed) in features {
            // Writing to a string cannot fail.
            let _ = writeln!(manifest, "{feature} = {needed:?}");
        }
        let files = bindings
            .into_iter()
            .filter(|(path, _)| path.starts_with("grpc/"));
        let mut project: Tree = files
            .map(|(path, text)| (format!("src/{path}"), text))
            .collect();
        project.insert("src/lib.rs".to_owned(), LIB.as_bytes().to_vec());
        project.insert("Cargo.toml".to_owned(), manifest.into_bytes());
        project.insert(
            "Cargo.lock".to_owned(),
            self.cargo_lock.clone().into_bytes(),
        );
        Ok(project)
    }

    fn rustdoc(&self, project: &Tree) -> Result<Json> {
        let dir = self.dir.path().join("bindings");
        tree::replace(&dir, project)?;
        let json = |features: &str| {
            let target = self.dir.path().join("target");
            let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
                .args(["rustdoc", "--quiet", "--lib", features, "--"])
                .args([
                    "-Zunstable-options",
                    "--output-format",
                    "json",
                    "--cap-lints",
                    "allow",
                ])
                .args(["--document-private-items", "--document-hidden-items"])
                .current_dir(&dir)
                .env("CARGO_TARGET_DIR", &target)
                // As the tool itself does, for rustdoc's JSON is not stable.
                .env("RUSTC_BOOTSTRAP", "1")
                .output()
                .context("cargo rustdoc")?;
            let error = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "cargo rustdoc: {}", error.trim());
            let kept = format!("{}{features}.json", self.known.len());
            let kept = self.dir.path().join(kept);
            std::fs::rename(target.join("doc/bindings.json"), &kept).context("rustdoc's JSON")?;
            Ok::<_, anyhow::Error>(kept)
        };
        Ok(Json {
            default: json("--no-default-features")?,
            full: json("--all-features")?,
        })
    }
}

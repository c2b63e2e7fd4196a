//! The temporary projects that are built: one program each, outside the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// How the program makes its tool call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// The generated bindings on tonic's own channel, without this crate.
    BareTonic,
    /// This crate, with this feature.
    Scalekit(&'static str),
}

/// Replaces the crate's own `Struct`, which the bindings refer to, with prost's.
const STRUCT: &str = "mod json {\n    pub use prost_types::{ListValue, Struct};\n}\n";

/// The same manifest for every program.
const CONSUMER: &str = r#"[package]
name = "consumer"
edition = "2024"

[workspace]

[profile.release]
strip = true

# As packages from a registry are compiled, which the path dependencies stand for.
[profile.dev.package."*"]
incremental = false

[dependencies]
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

/// TLS as in this crate: ring, and the system's certificates.
const BARE_TONIC: &str = r#"[package]
name = "bare-tonic"
edition = "2024"

[dependencies]
prost = { version = "0.14", default-features = false, features = ["std", "derive"] }
prost-types = { version = "0.14", default-features = false, features = ["std"] }
tonic = { version = "0.14", default-features = false, features = ["codegen", "channel", "tls-ring", "tls-native-roots"] }
tonic-prost = "0.14"
"#;

/// A project in a temporary directory.
pub struct Project {
    dir: tempfile::TempDir,
}

impl Project {
    /// Writes the project with the lock file of the workspace at `root`.
    pub fn new(root: &Path, api: Api) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let (main, dependencies) = match api {
            Api::BareTonic => {
                bindings(root, &dir.path().join("bare-tonic"))?;
                let shared = "prost-types = { version = \"0.14\", default-features = false }\n\
                    tonic = { version = \"0.14\", default-features = false }\n";
                (
                    include_str!("consumer/bare_tonic.rs"),
                    format!("bare-tonic = {{ path = \"bare-tonic\" }}\n{shared}"),
                )
            }
            Api::Scalekit(feature) => (
                include_str!("consumer/scalekit.rs"),
                format!("scalekit = {{ path = {root:?}, features = [{feature:?}] }}\n"),
            ),
        };
        write(
            &dir.path().join("Cargo.toml"),
            &format!("{CONSUMER}{dependencies}"),
        )?;
        write(&dir.path().join("src/main.rs"), main)?;
        let lock = fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?;
        write(&dir.path().join("Cargo.lock"), &lock)?;
        Ok(Self { dir })
    }

    /// `cargo` in the project, without a compiler cache.
    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .current_dir(self.dir.path())
            .env("CARGO_TARGET_DIR", self.dir.path().join("target"))
            .env("RUSTC_WRAPPER", "")
            .env_remove("CARGO_BUILD_RUSTC_WRAPPER");
        cargo
    }

    /// The size of the release build of the program, in bytes.
    pub fn program_size(&self) -> Result<u64> {
        let name = format!("consumer{}", std::env::consts::EXE_SUFFIX);
        let path = self.dir.path().join("target/release").join(name);
        Ok(fs::metadata(path).context("the measured program")?.len())
    }

    /// Marks only the program's source as changed.
    pub fn touch(&self) -> Result<()> {
        let main = self.main();
        let text = fs::read(&main)?;
        Ok(fs::write(main, text)?)
    }

    fn main(&self) -> PathBuf {
        self.dir.path().join("src/main.rs")
    }
}

/// The committed bindings without features, which are the AgentKit packages.
fn bindings(root: &Path, dir: &Path) -> Result<()> {
    let grpc = root.join("generated/grpc/mod.rs");
    write(&dir.join("Cargo.toml"), BARE_TONIC)?;
    write(
        &dir.join("src/lib.rs"),
        &format!(
            "#![allow(unexpected_cfgs)]\n#[path = {grpc:?}]\nmod grpc;\npub use grpc::scalekit::v1;\n{STRUCT}"
        ),
    )
}

fn write(path: &Path, text: &str) -> Result<()> {
    let context = || path.display().to_string();
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(context)?;
    }
    fs::write(path, text).with_context(context)
}

//! Reads and writes `spec/lock.toml`: the package that the spec comes from, and the generator versions.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::wheel::Wheel;

/// The crates whose version can change the generated code.
const GENERATORS: &[&str] = &[
    "prettyplease",
    "progenitor",
    "prost-build",
    "protox",
    "tonic-build",
    "tonic-prost-build",
    "typify",
];

/// The path of the lock in the `spec` directory.
pub const PATH: &str = "lock.toml";

const HEADER: &str =
    "# Where `proto/` comes from and what generates code from it; written by `cargo xtask`.";

/// The content of the lock.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Lock {
    pub package: Package,
    pub generators: BTreeMap<String, String>,
}

/// The published package that `spec/proto` was printed from.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Package {
    pub name: String,
    pub version: String,
    pub sha256: String,
    pub x_api_version: String,
}

impl Lock {
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context(PATH)
    }

    pub fn new(wheel: &Wheel, cargo_lock: &str) -> Result<Self> {
        let package = Package {
            name: wheel.package.clone(),
            version: wheel.version.clone(),
            sha256: wheel.sha256.clone(),
            x_api_version: wheel.api_version()?.to_owned(),
        };
        Ok(Self {
            package,
            generators: generators(cargo_lock)?,
        })
    }

    pub fn print(&self) -> Result<String> {
        let table = toml::to_string(self).context(PATH)?;
        Ok(format!("{HEADER}\n\n{table}"))
    }
}

/// The versions of the generators that the workspace is locked to.
pub fn generators(cargo_lock: &str) -> Result<BTreeMap<String, String>> {
    #[derive(Deserialize)]
    struct CargoLock {
        package: Vec<Locked>,
    }
    #[derive(Deserialize)]
    struct Locked {
        name: String,
        version: String,
    }
    let lock: CargoLock = toml::from_str(cargo_lock).context("Cargo.lock")?;
    let mut generators = BTreeMap::new();
    for &name in GENERATORS {
        let locked = lock.package.iter().find(|package| package.name == name);
        let version = locked
            .with_context(|| format!("Cargo.lock: no {name}"))?
            .version
            .clone();
        generators.insert(name.to_owned(), version);
    }
    Ok(generators)
}

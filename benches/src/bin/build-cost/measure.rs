//! Builds a project and measures it.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use scalekit_benches::process::cpu_of_children;
use serde::Deserialize;

use super::project::Project;

/// The time of a build.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    /// Elapsed time, which other programs affect.
    pub wall: Duration,
    /// Processor time, which other programs hardly affect.
    pub cpu: Duration,
}

/// What a program costs to compile.
#[derive(Debug)]
pub struct Cost {
    pub name: &'static str,
    /// Names of the compiled libraries by package id.
    pub crates: BTreeMap<String, String>,
    pub proc_macros: usize,
    pub build_scripts: usize,
    pub debug: Time,
    pub release: Time,
    /// After touching the program, unoptimized.
    pub rebuild: Time,
    /// In bytes, optimized and stripped.
    pub size: u64,
    /// Crates that are compiled in several incompatible versions.
    pub duplicates: Vec<String>,
}

/// The cost of a program divided by that of another.
pub struct Ratios {
    pub crates: f64,
    pub debug: f64,
    pub release: f64,
    pub rebuild: f64,
    pub size: f64,
}

impl Cost {
    pub fn measure(name: &'static str, project: &Project) -> Result<Self> {
        // Downloads the dependencies, which is not measured.
        let duplicates = duplicates(project)?;
        let (debug, artifacts) = build(project, &[])?;
        let (release, _) = build(project, &["--release"])?;
        project.touch()?;
        let (rebuild, _) = build(project, &[])?;
        let of_kind = |kind: &str| artifacts.iter().filter(|it| it.is(kind)).count();
        let libraries = artifacts.iter().filter(|it| !it.is("custom-build"));
        Ok(Self {
            name,
            proc_macros: of_kind("proc-macro"),
            build_scripts: of_kind("custom-build"),
            crates: libraries
                .filter(|artifact| !artifact.is("bin"))
                .map(|artifact| (artifact.package_id.clone(), artifact.target.name.clone()))
                .collect(),
            debug,
            release,
            rebuild,
            size: project.program_size()?,
            duplicates,
        })
    }

    pub fn ratios(&self, base: &Self) -> Ratios {
        let cpu =
            |time: fn(&Self) -> Time| time(self).cpu.as_secs_f64() / time(base).cpu.as_secs_f64();
        Ratios {
            crates: self.crates.len() as f64 / base.crates.len() as f64,
            debug: cpu(|cost| cost.debug),
            release: cpu(|cost| cost.release),
            rebuild: cpu(|cost| cost.rebuild),
            size: self.size as f64 / base.size as f64,
        }
    }

    /// The crates that `other` does not compile.
    pub fn beyond<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        let extra = self
            .crates
            .iter()
            .filter(|(package, _)| !other.crates.contains_key(*package));
        extra.map(|(_, name)| name.as_str())
    }
}

/// A line of `cargo build --message-format json` about a compiled target.
#[derive(Deserialize)]
struct Artifact {
    package_id: String,
    target: Target,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Artifact {
    fn is(&self, kind: &str) -> bool {
        self.target.kind.iter().any(|it| it == kind)
    }
}

fn build(project: &Project, options: &[&str]) -> Result<(Time, Vec<Artifact>)> {
    let (start, used) = (Instant::now(), cpu_of_children());
    let mut cargo = project.cargo();
    cargo
        .args(["build", "--quiet", "--message-format", "json"])
        .args(options);
    let output = output(&mut cargo)?;
    let time = Time {
        wall: start.elapsed(),
        cpu: cpu_of_children().saturating_sub(used),
    };
    let lines = output.lines();
    let artifacts = lines.filter_map(|line| serde_json::from_str(line).ok());
    Ok((time, artifacts.collect()))
}

/// The packages that `cargo tree` lists in several versions, as compiled for this machine.
fn duplicates(project: &Project) -> Result<Vec<String>> {
    let mut cargo = project.cargo();
    cargo.args(["tree", "--duplicates", "--quiet", "--depth", "0"]);
    cargo.args(["--edges", "normal,build", "--format", "{p}"]);
    let mut packages: Vec<_> = output(&mut cargo)?
        .lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    packages.sort();
    packages.dedup();
    Ok(packages)
}

fn output(cargo: &mut Command) -> Result<String> {
    let output = cargo.stderr(Stdio::inherit()).output().context("cargo")?;
    ensure!(
        output.status.success(),
        "the measured program: {cargo:?} failed"
    );
    String::from_utf8(output.stdout).context("cargo")
}

//! Runs `buf breaking`, the independent opinion on what breaks a wire format or generated code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::source::npm;

/// The npm package that ships the binary; pinned, because its rules are compared with ours.
const PACKAGE: &str = "@bufbuild/buf@1.75.0";

const CONFIG: &str = r#"{"version":"v2","breaking":{"use":["WIRE","WIRE_JSON","FILE","PACKAGE"]}}"#;

/// An installed `buf`.
pub struct Buf {
    binary: PathBuf,
    /// The categories of each rule.
    categories: BTreeMap<String, Vec<String>>,
}

/// One thing that `buf` reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Finding {
    #[serde(rename = "type")]
    pub rule: String,
    #[serde(default)]
    pub path: String,
    pub message: String,
}

impl Buf {
    /// Installs `buf` below `dir` unless it is there.
    pub fn install(dir: &Path) -> Result<Self> {
        let binary = dir.join("node_modules/.bin/buf");
        if !binary.exists() {
            std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
            let install = Command::new("npm")
                .args(["install", "--loglevel=error", "--no-save", "--prefix"])
                .arg(dir)
                .arg(PACKAGE)
                .output()
                .context("npm install")?;
            if !install.status.success() || !binary.exists() {
                bail!("npm install {PACKAGE}: {}", npm::reason(&install.stderr));
            }
        }
        let mut buf = Self {
            binary,
            categories: BTreeMap::new(),
        };
        buf.categories = buf.rules()?;
        Ok(buf)
    }

    /// Whether the rule belongs to `category`.
    pub fn is_in(&self, rule: &str, category: &str) -> bool {
        let categories = self.categories.get(rule);
        categories.is_some_and(|all| all.iter().any(|name| name == category))
    }

    /// What `buf breaking` says of two files with serialized descriptor sets.
    pub fn breaking(&self, old: &Path, new: &Path) -> Result<Vec<Finding>> {
        /// The status of a run that found something.
        const FOUND: i32 = 100;
        let output = Command::new(&self.binary)
            .args(["breaking", "--error-format", "json", "--config", CONFIG])
            .arg(new)
            .arg("--against")
            .arg(old)
            .output()
            .context("buf breaking")?;
        if !output.status.success() && output.status.code() != Some(FOUND) {
            bail!("buf breaking: {}", first_line(&output));
        }
        let mut findings = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            findings.push(serde_json::from_str(line).with_context(|| line.to_owned())?);
        }
        Ok(findings)
    }

    fn rules(&self) -> Result<BTreeMap<String, Vec<String>>> {
        #[derive(Deserialize)]
        struct Rule {
            id: String,
            categories: Vec<String>,
        }
        let output = Command::new(&self.binary)
            .args(["config", "ls-breaking-rules", "--version", "v2"])
            .args(["--format", "json"])
            .output()
            .context("buf config ls-breaking-rules")?;
        let mut rules = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let rule: Rule = serde_json::from_str(line).with_context(|| line.to_owned())?;
            rules.insert(rule.id, rule.categories);
        }
        if rules.is_empty() {
            bail!("buf config ls-breaking-rules: {}", first_line(&output));
        }
        Ok(rules)
    }
}

fn first_line(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let line = stderr.lines().find(|line| !line.trim().is_empty());
    line.unwrap_or("it failed without a reason").to_owned()
}

//! `cargo xtask drift`: checks whether `spec` still matches the newest published package.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::diff;
use crate::diff::report::{self, Report};
use crate::lock::{self, Lock};
use crate::openapi::compare::{Difference, Kind};
use crate::source;
use crate::wheel::Wheel;
use crate::{openapi, pip, refresh, target, tree};

/// The file for the changelog text, below the target directory.
const FRAGMENT: &str = "drift/CHANGELOG-fragment.md";

/// The differences between `spec` and a package.
pub struct Drift {
    report: Report,
}

/// Compares with `wheel`, or with the newest published one.
///
/// The exit status is 0 if both match and 1 if they differ.
pub fn run(root: &Path, wheel: Option<&Path>) -> Result<ExitCode> {
    let wheel = open(wheel)?;
    let drift = Drift::new(root, &wheel)?;
    report::print(&drift.report.to_string())?;
    if drift.is_in_step() {
        eprintln!("spec is in step with {} {}", wheel.package, wheel.version);
        return Ok(ExitCode::SUCCESS);
    }
    let path = drift.write_fragment(root)?;
    eprintln!(
        "spec has drifted from {} {}; changelog fragment: {}; run `cargo xtask refresh`",
        wheel.package,
        wheel.version,
        path.display()
    );
    Ok(ExitCode::from(1))
}

/// Compares the derived OpenAPI document with a published one in `file`, which can cover a part of it: what
/// only the derived one has is counted.
pub fn run_openapi(root: &Path, file: &Path) -> Result<ExitCode> {
    let differences = openapi::compare::run(root, file)?;
    let is_ours = |(kind, _): &&Difference| *kind == Kind::OnlyOurs;
    let (ours, rest): (Vec<_>, Vec<_>) = differences.iter().partition(is_ours);
    let mut text = String::new();
    for (_, difference) in &rest {
        text.push_str(&format!("{difference}\n"));
    }
    report::print(&text)?;
    eprintln!(
        "spec/{} and {}: {} differences, and {} places that only spec/ has",
        openapi::PATH,
        file.display(),
        rest.len(),
        ours.len()
    );
    Ok(ExitCode::from(u8::from(!differences.is_empty())))
}

/// The wheel at `path`, or the newest published one.
pub fn open(path: Option<&Path>) -> Result<Wheel> {
    match path {
        Some(path) => Wheel::open(path),
        None => {
            let download = tempfile::tempdir()?;
            Wheel::open(&pip::download(refresh::PACKAGE, download.path())?)
        }
    }
}

impl Drift {
    pub fn new(root: &Path, wheel: &Wheel) -> Result<Self> {
        let tree = tree::read(&root.join("spec"))?;
        let lock = tree.get(lock::PATH).context("spec/lock.toml: missing")?;
        let lock = Lock::parse(&String::from_utf8_lossy(lock)).context("spec")?;
        let label = format!("spec ({} {})", lock.package.name, lock.package.version);
        let sources = refresh::proto_sources(&tree)?;
        if sources.is_empty() {
            bail!("spec/proto: no .proto file below it");
        }
        let old = source::spec(label, &sources).context("spec/proto")?;
        let mut report = diff::compare(&old, &source::package(wheel))?;
        let api_version = (lock.package.x_api_version, wheel.api_version()?.to_owned());
        if api_version.0 != api_version.1 {
            report.notes.push(format!(
                "x-api-version {} became {}",
                api_version.0, api_version.1
            ));
        }
        Ok(Self { report })
    }

    /// Whether nothing differs. A package can be published again without any change of the API.
    pub fn is_in_step(&self) -> bool {
        let Report {
            changes,
            vendored,
            notes,
            ..
        } = &self.report;
        changes.is_empty() && vendored.is_empty() && notes.is_empty()
    }

    /// Writes the text for the changelog and returns its path.
    pub fn write_fragment(&self, root: &Path) -> Result<PathBuf> {
        let path = target::dir(root).join(FRAGMENT);
        let context = || path.display().to_string();
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir).with_context(context)?;
        }
        std::fs::write(&path, self.report.to_string()).with_context(context)?;
        Ok(path)
    }
}

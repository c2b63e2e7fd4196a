//! `cargo xtask drift`: checks whether `spec` still matches the newest published package.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::diff;
use crate::diff::report::{self, Report};
use crate::lock::{self, Lock};
use crate::openapi::compare::Kind;
use crate::source::{self, Origin, Snapshot};
use crate::wheel::Wheel;
use crate::{openapi, pip, refresh, target, tree};

/// The file for the changelog text, below the target directory.
const FRAGMENT: &str = "drift/CHANGELOG-fragment.md";

/// The differences between `spec` and a package.
pub struct Drift {
    report: Report,
    /// The value of `x-api-version` in `spec` and in the package.
    api_version: (String, String),
}

/// Compares with `wheel`, or with the newest published one unless `offline`.
///
/// The exit status is 0 if both match and 1 if they differ.
pub fn run(root: &Path, wheel: Option<&Path>, offline: bool) -> Result<ExitCode> {
    if offline && wheel.is_none() {
        bail!("--offline needs --wheel FILE to compare with");
    }
    let wheel = open(wheel)?;
    let drift = Drift::new(root, &wheel)?;
    report::print(&drift.report.to_string())?;
    if drift.is_in_step() {
        eprintln!("spec is in step with {} {}", wheel.package, wheel.version);
        return Ok(ExitCode::SUCCESS);
    }
    let path = drift.write_fragment(root)?;
    eprintln!(
        "spec has drifted from {} {}; changelog fragment: {}; run `cargo xtask refresh --apply`",
        wheel.package,
        wheel.version,
        path.display()
    );
    Ok(ExitCode::from(1))
}

/// Compares the derived OpenAPI document with a published one in `file`. What only the derived one has is
/// counted, and listed if `all` is set.
pub fn run_openapi(root: &Path, file: &Path, all: bool) -> Result<ExitCode> {
    let differences = openapi::compare::run(root, file)?;
    let (ours, rest): (Vec<_>, Vec<_>) = differences
        .iter()
        .partition(|difference| difference.kind == Kind::OnlyOurs);
    let mut text = String::new();
    for difference in rest.iter().chain(ours.iter().filter(|_| all)) {
        text.push_str(&format!("{difference}\n"));
    }
    if !all && !ours.is_empty() {
        text.push_str(&format!("{} only in ours: --all names them\n", ours.len()));
    }
    report::print(&text)?;
    let (here, there) = (openapi::PATH, file.display());
    match (rest.len(), ours.len()) {
        (0, 0) => eprintln!("spec/{here} says what {there} says"),
        (0, _) => eprintln!("spec/{here} says what {there} says, and more"),
        (count, _) => eprintln!("spec/{here} says {count} things otherwise than {there}"),
    }
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
        let mut notes = Vec::new();
        let api_version = (lock.package.x_api_version, wheel.api_version.clone());
        if api_version.0 != api_version.1 {
            notes.push(format!(
                "x-api-version {} became {}",
                api_version.0, api_version.1
            ));
        }
        let new = Snapshot {
            label: format!("{} {}", wheel.package, wheel.version),
            origin: Origin::Package,
            files: wheel.descriptors.clone(),
            notes,
        };
        Ok(Self {
            report: diff::compare(&old, &new)?,
            api_version,
        })
    }

    /// Whether nothing differs. A package can be published again without any change of the API.
    pub fn is_in_step(&self) -> bool {
        let is_same = self.report.changes.is_empty() && self.report.vendored.is_empty();
        is_same && self.api_version.0 == self.api_version.1
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

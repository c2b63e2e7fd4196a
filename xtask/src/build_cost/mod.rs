//! `cargo xtask build-cost`: what the crate costs those who compile it, next to a bare tonic client.

mod measure;
mod project;
mod report;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use measure::Cost;
use project::{Api, Project};
pub use report::Format;

/// What is measured, the baseline first: everything in one run, for a ratio of figures that were
/// taken under the same load.
const BUILDS: &[(&str, Api)] = &[
    ("bare tonic", Api::BareTonic),
    ("default", Api::Scalekit("default")),
    ("rest", Api::Scalekit("rest")),
    ("full", Api::Scalekit("full")),
];

/// How much more than the baseline the default features may take to compile.
const GOAL: f64 = 1.15;

/// Measures and prints; the status is 1 when the default features cost more than they may.
///
/// # Errors
/// When one of the programs does not build.
pub fn run(root: &Path, format: Format) -> Result<ExitCode> {
    let mut costs = Vec::new();
    for (name, api) in BUILDS {
        eprintln!("building: {name}");
        let project = Project::new(root, *api)?;
        costs.push(Cost::measure(name, &project)?);
    }
    let [bare, default, ..] = costs.as_slice() else {
        anyhow::bail!("nothing was measured");
    };
    print!("{}", report::write(&costs, format));
    let ratios = default.ratios(bare);
    let within = [ratios.crates, ratios.debug, ratios.release]
        .iter()
        .all(|ratio| *ratio <= GOAL);
    Ok(ExitCode::from(u8::from(!within)))
}

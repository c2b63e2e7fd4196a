//! Measures what this crate costs to compile, next to a bare tonic client of the same services.
//!
//! `cargo xtask build-cost` builds and runs this program.

mod measure;
mod project;
mod report;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::Long;

use measure::Cost;
use project::{Api, Project};
use report::Format;

/// The measured builds, the baseline first. All are measured in one run, under the same load.
const BUILDS: &[(&str, Api)] = &[
    ("bare tonic", Api::BareTonic),
    ("default", Api::Scalekit("default")),
    ("raw-rest", Api::Scalekit("raw-rest")),
    ("raw-full", Api::Scalekit("raw-full")),
];

/// The default features may cost at most this many times the baseline.
const GOAL: f64 = 1.15;

fn main() -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("benches/ has no parent directory")?;
    let mut format = Format::Text;
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("format") => {
                format = match args.value()?.to_str() {
                    Some("text") => Format::Text,
                    Some("markdown") => Format::Markdown,
                    _ => bail!("--format takes text or markdown"),
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let mut costs = Vec::new();
    for (name, api) in BUILDS {
        eprintln!("building: {name}");
        costs.push(Cost::measure(name, &Project::new(root, *api)?)?);
    }
    let [bare, default, ..] = costs.as_slice() else {
        bail!("nothing was measured");
    };
    print!("{}", report::write(&costs, format));
    let ratios = default.ratios(bare);
    let within = [ratios.crates, ratios.debug, ratios.release]
        .iter()
        .all(|ratio| *ratio <= GOAL);
    Ok(ExitCode::from(u8::from(!within)))
}

//! Maintenance commands: `cargo xtask <command>`.

mod api;
mod apply;
mod bench;
mod comments;
mod compile;
mod conformance;
mod coverage;
mod descriptors;
mod diff;
mod difference;
mod drift;
mod elements;
mod generate;
mod lock;
mod official;
mod openapi;
mod pip;
mod printer;
mod python_literal;
mod refresh;
mod rustdoc;
mod source;
mod strip;
mod target;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod tree;
mod wheel;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::{Long, Value, ValueExt};

const USAGE: &str = include_str!("usage.txt");

fn main() -> ExitCode {
    let result = match rustdoc::wrapped() {
        Some(real) => rustdoc::run_wrapped(&real),
        None => run(lexopt::Parser::from_env()),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", one_line(&error));
            ExitCode::from(2)
        }
    }
}

/// An error with its causes. Names from a damaged package can contain line ends.
fn one_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn run(mut args: lexopt::Parser) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask stands in no workspace")?;
    let command = match args.next()? {
        Some(Value(command)) => command.string()?,
        Some(Long("help")) => {
            print!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        Some(other) => return Err(other.unexpected().into()),
        None => bail!("no command: see `cargo xtask --help`"),
    };
    match command.as_str() {
        "refresh" => {
            let args = Args::read(args, 0, &[], &["wheel"])?;
            apply::run(root, args.path("wheel"))?;
            Ok(ExitCode::SUCCESS)
        }
        "generate" => {
            if !Args::read(args, 0, &["check"], &[])?.has("check") {
                generate::run(root)?;
            } else if let Some(report) = generate::check(root)? {
                eprintln!("{report}");
                return Ok(ExitCode::from(1));
            }
            Ok(ExitCode::SUCCESS)
        }
        "api" => api::run(root, Args::read(args, 0, &["check"], &[])?.has("check")),
        "coverage" => {
            Args::read(args, 0, &[], &[])?;
            let coverage = coverage::read(root)?;
            print!("{}", coverage.text());
            for missing in &coverage.missing {
                eprintln!("{missing}");
            }
            Ok(ExitCode::from(u8::from(!coverage.missing.is_empty())))
        }
        "diff" => {
            let args = Args::read(args, 2, &[], &["fail-on"])?;
            let fail_on = args.options.get("fail-on").map(String::as_str);
            let fail_on = fail_on.into_iter().flat_map(|names| names.split(','));
            let fail_on = fail_on.map(|name| {
                diff::change::Break::parse(name).with_context(|| {
                    format!("--fail-on {name}: expected wire, json, source or behaviour")
                })
            });
            let fail_on = fail_on.collect::<Result<Vec<_>>>()?;
            match args.values.as_slice() {
                [old, new] => diff::run(root, old, new, &fail_on),
                _ => bail!("diff takes OLD and NEW: see `cargo xtask --help`"),
            }
        }
        "drift" => {
            let args = Args::read(args, 0, &[], &["wheel", "openapi"])?;
            match (args.path("wheel"), args.path("openapi")) {
                (wheel, None) => drift::run(root, wheel),
                (None, Some(document)) => drift::run_openapi(root, document),
                _ => bail!("--openapi and --wheel are two comparisons"),
            }
        }
        "bench" | "build-cost" => bench::run(root, &command, args.raw_args()?.collect()),
        "conformance" => {
            Args::read(args, 0, &[], &[])?;
            conformance::run(root)?;
            Ok(ExitCode::SUCCESS)
        }
        "validate-openapi" => {
            Args::read(args, 0, &[], &[])?;
            let valid = openapi::validate::run(root)?;
            Ok(ExitCode::from(u8::from(!valid)))
        }
        other => bail!("no command {other:?}: see `cargo xtask --help`"),
    }
}

/// The arguments of a command.
#[derive(Default)]
struct Args {
    values: Vec<String>,
    /// Options by name; those without a value have an empty one.
    options: BTreeMap<String, String>,
}

impl Args {
    /// Reads the rest of the command line, where at most `values` values and only these options may be.
    fn read(
        mut args: lexopt::Parser,
        values: usize,
        flags: &[&str],
        options: &[&str],
    ) -> Result<Self> {
        let mut read = Self::default();
        while let Some(arg) = args.next()? {
            match arg {
                Value(value) if read.values.len() < values => {
                    read.values.push(value.string()?);
                }
                Long(name) if flags.contains(&name) => {
                    read.options.insert(name.to_owned(), String::new());
                }
                Long(name) if options.contains(&name) => {
                    let name = name.to_owned();
                    read.options.insert(name, args.value()?.string()?);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(read)
    }

    fn has(&self, flag: &str) -> bool {
        self.options.contains_key(flag)
    }

    fn path(&self, option: &str) -> Option<&Path> {
        self.options.get(option).map(Path::new)
    }
}

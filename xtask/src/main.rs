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

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::{Long, Value, ValueExt};

const USAGE: &str = "\
usage: cargo xtask <command>

  refresh [--wheel FILE] [--apply]
      rewrite spec/ from the newest scalekit-sdk-python, or from the wheel FILE; --apply also makes
      generated/ and writes a changelog fragment, or changes nothing
  generate [--check]
      make generated/ from spec/, or only say what would change
  coverage
      list every RPC and what the crate has for it; status 1 when something is missing
  diff OLD NEW [--fail-on wire,json,source,behaviour]
      what changed and what it breaks; OLD and NEW are a directory such as spec, a wheel, an npm
      tarball, a descriptor set, a git revision, pypi:VERSION or npm:VERSION; third-party files that
      they hold, such as buf/validate, are reported apart and fail nothing
  drift [--wheel FILE] [--offline]
      whether spec/ is what the newest scalekit-sdk-python says, or the wheel FILE
  drift --openapi FILE [--all]
      whether spec/openapi.json says what a published document does, OpenAPI 3 or Swagger 2 in JSON or
      YAML; what only ours says is counted, and listed with --all
  validate-openapi
      have an independent validator, installed with pip, read spec/openapi.json
  api [--check]
      write the public API of the crate to public-api.txt, one line per item, or compare it with that
      file; status 1 when it differs
  build-cost [--format text|markdown]
      what default, rest and full take to compile, next to a bare tonic client of the same services;
      status 1 when default takes more than it may; takes minutes
  bench [--rounds N]
      this crate, a bare tonic client and the official packages on the same work, side by side;
      writes benches/RESULTS.md; takes about three minutes a round
  bench --quick | --record
      instructions and allocations only, against benches/baseline.json or to be written there;
      status 1 when one is a tenth above; needs valgrind
  conformance
      install the official Node and Python packages and drive the emulator with them

Exit status: 0 done, 1 not in order, 2 could not be done.";

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
    match args.next()? {
        Some(Value(command)) if command == "refresh" => {
            let mut wheel: Option<PathBuf> = None;
            let mut apply = false;
            while let Some(arg) = args.next()? {
                match arg {
                    Long("wheel") => wheel = Some(args.value()?.into()),
                    Long("apply") => apply = true,
                    other => return Err(other.unexpected().into()),
                }
            }
            match apply {
                true => apply::run(root, wheel.as_deref())?,
                false => refresh::run(root, wheel.as_deref())?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(Value(command)) if command == "generate" => {
            if !flag(&mut args, "check")? {
                generate::run(root)?;
            } else if let Some(report) = generate::check(root)? {
                eprintln!("{report}");
                return Ok(ExitCode::from(1));
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(Value(command)) if command == "api" => {
            let check = flag(&mut args, "check")?;
            api::run(root, check)
        }
        Some(Value(command)) if command == "coverage" => {
            nothing_else(&mut args)?;
            let coverage = coverage::read(root)?;
            print!("{}", coverage.text());
            for missing in &coverage.missing {
                eprintln!("{missing}");
            }
            Ok(ExitCode::from(u8::from(!coverage.missing.is_empty())))
        }
        Some(Value(command)) if command == "diff" => diff(root, args),
        Some(Value(command)) if command == "drift" => {
            let (mut wheel, mut offline): (Option<PathBuf>, _) = (None, false);
            let mut all = false;
            let mut document: Option<PathBuf> = None;
            while let Some(arg) = args.next()? {
                match arg {
                    Long("wheel") => wheel = Some(args.value()?.into()),
                    Long("offline") => offline = true,
                    Long("openapi") => document = Some(args.value()?.into()),
                    Long("all") => all = true,
                    other => return Err(other.unexpected().into()),
                }
            }
            match document {
                None if all => bail!("--all belongs to --openapi"),
                None => drift::run(root, wheel.as_deref(), offline),
                Some(_) if wheel.is_some() => bail!("--openapi and --wheel are two comparisons"),
                Some(document) => drift::run_openapi(root, &document, all),
            }
        }
        Some(Value(command)) if command == "bench" || command == "build-cost" => {
            let args = args.raw_args()?.collect();
            bench::run(root, &command.string()?, args)
        }
        Some(Value(command)) if command == "conformance" => {
            nothing_else(&mut args)?;
            conformance::run(root)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Value(command)) if command == "validate-openapi" => {
            nothing_else(&mut args)?;
            let valid = openapi::validate::run(root)?;
            Ok(ExitCode::from(u8::from(!valid)))
        }
        Some(Long("help")) => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => bail!("{}: see `cargo xtask --help`", other.unexpected()),
        None => bail!("no command: see `cargo xtask --help`"),
    }
}

/// Refuses further arguments.
fn nothing_else(args: &mut lexopt::Parser) -> Result<()> {
    match args.next()? {
        Some(argument) => Err(argument.unexpected().into()),
        None => Ok(()),
    }
}

/// Whether the only option that the command takes is there.
fn flag(args: &mut lexopt::Parser, name: &str) -> Result<bool> {
    let mut set = false;
    while let Some(arg) = args.next()? {
        match arg {
            Long(option) if option == name => set = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(set)
}

fn diff(root: &Path, mut args: lexopt::Parser) -> Result<ExitCode> {
    let (mut sides, mut fail_on) = (Vec::new(), Vec::new());
    while let Some(arg) = args.next()? {
        match arg {
            Value(side) => sides.push(side.string()?),
            Long("fail-on") => {
                for name in args.value()?.string()?.split(',') {
                    fail_on.push(diff::change::Break::parse(name).with_context(|| {
                        format!("--fail-on {name}: expected wire, json, source or behaviour")
                    })?);
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    match sides.as_slice() {
        [old, new] => diff::run(root, old, new, &fail_on),
        _ => bail!("diff takes OLD and NEW: see `cargo xtask --help`"),
    }
}

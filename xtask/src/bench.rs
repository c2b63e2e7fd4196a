//! `cargo xtask bench` and `cargo xtask build-cost`: build `benches/`, a workspace of its own, and run a
//! program of it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::official::succeed;
use crate::target;

/// Runs `program` with `args`; the exit status is the program's.
pub fn run(root: &Path, program: &str, args: Vec<OsString>) -> Result<ExitCode> {
    let target = target::dir(root);
    succeed(
        Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet", "--locked"])
            .args(["--manifest-path", "benches/Cargo.toml", "--target-dir"])
            .arg(&target)
            .current_dir(root),
    )?;
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let status = Command::new(target.join("release").join(file))
        .args(args)
        .status()
        .with_context(|| program.to_owned())?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(2)))
}

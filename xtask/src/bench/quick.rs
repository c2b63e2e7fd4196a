//! `cargo xtask bench --quick`: what can be counted instead of timed, against what was counted before.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::build;
use crate::official::Server;

/// How much more than recorded is still the same.
const TOLERANCE: f64 = 1.10;

/// Through this crate at most so many times the instructions of bare tonic.
const OVERHEAD: f64 = 1.05;

/// What the builder of a call holds and the bare client is given as it is: tool, connection and user.
const MORE_ALLOCATIONS: f64 = 3.0;

/// Calls under valgrind, which takes fifty times as long.
const CALLS: usize = 300;

#[derive(Deserialize)]
struct Allocations {
    allocations: f64,
    bytes: f64,
}

#[derive(Deserialize)]
struct Overhead {
    facade: Allocations,
    tonic: Allocations,
}

/// Counts, prints, and compares with `benches/baseline.json`; writes that instead if `record` says
/// so. The status is 1 when something became more than it may.
///
/// # Errors
/// When something cannot be built or run, such as valgrind.
pub fn run(root: &Path, record: bool) -> Result<ExitCode> {
    let binary = build(root)?;
    let server = Server::start(&binary("server"), &[])?;
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();

    let mut command = Command::new(binary("overhead"));
    let output = server.name_to(&mut command).output().context("overhead")?;
    ensure!(
        output.status.success(),
        "overhead failed: {}",
        output.status
    );
    let overhead: Overhead = serde_json::from_slice(&output.stdout)?;
    counts.insert("small: allocations".into(), overhead.facade.allocations);
    counts.insert("small: allocated bytes".into(), overhead.facade.bytes);
    let Overhead { facade, tonic } = &overhead;
    println!(
        "allocations of a small call: {:.1} ({:.0} bytes); bare tonic {:.1} ({:.0} bytes)",
        facade.allocations, facade.bytes, tonic.allocations, tonic.bytes
    );

    let mut failed = facade.allocations > tonic.allocations + MORE_ALLOCATIONS;
    if failed {
        eprintln!("a small call allocates more often than bare tonic and the call's own texts");
    }
    let worker = binary("worker");
    let count = |sdk, work| instructions(&server, &worker, sdk, work);
    match (
        count("facade", "small"),
        count("tonic", "small"),
        count("facade", "large"),
    ) {
        (Ok(facade), Ok(tonic), Ok(large)) => {
            let ratio = facade / tonic;
            println!("instructions of a small call: {facade:.0}; bare tonic {tonic:.0}");
            println!("the first is {ratio:.3} of the second (at most {OVERHEAD})");
            println!("instructions of a large call: {large:.0}");
            if ratio > OVERHEAD {
                eprintln!("a small call needs too many instructions more than bare tonic");
                failed = true;
            }
            counts.insert("small: instructions".into(), facade);
            counts.insert("large: instructions".into(), large);
        }
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
            println!("instructions are not counted here: {error:#}");
        }
    }

    let path = root.join("benches/baseline.json");
    if record {
        let text = serde_json::to_string_pretty(&counts)? + "\n";
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let recorded: BTreeMap<String, f64> = serde_json::from_slice(&text)?;
    for (what, now) in &counts {
        let Some(before) = recorded.get(what) else {
            bail!("{}: nothing recorded for {what}", path.display());
        };
        if *now > before * TOLERANCE {
            eprintln!("{what}: {now:.0}, was {before:.0}: more than a tenth above");
            failed = true;
        }
    }
    Ok(ExitCode::from(u8::from(failed)))
}

/// Per call, without what starting costs.
fn instructions(server: &Server, worker: &Path, sdk: &str, work: &str) -> Result<f64> {
    let count = |calls: usize| -> Result<f64> {
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(worker)
            .args([sdk, work, &calls.to_string(), "1"])
            .stdout(Stdio::null());
        let output = server
            .name_to(&mut command)
            .output()
            .context("valgrind cannot be started: install it (Debian's package is valgrind)")?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{sdk} under valgrind failed: {stderr}"
        );
        let collected = stderr
            .lines()
            .find_map(|line| line.split("Collected :").nth(1));
        let collected = collected.context("valgrind counted nothing")?;
        Ok(collected.trim().parse()?)
    };
    // The warm-up is a tenth more.
    Ok((count(CALLS)? - count(0)?) / (CALLS + CALLS / 10) as f64)
}

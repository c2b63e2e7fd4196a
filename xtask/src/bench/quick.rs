//! `cargo xtask bench --quick`: what can be counted instead of timed, against what was counted before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
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

/// How often a large result is read or written under valgrind.
const TIMES: usize = 20;

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
    match instructions(&server, &binary) {
        Ok(counted) => {
            failed |= report(&counted);
            let ours = counted.into_iter().filter(|(name, _)| !is_another(name));
            counts.extend(ours.map(|(name, count)| (format!("{name}: instructions"), count)));
        }
        Err(error) => println!("instructions are not counted here: {error:#}"),
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

/// What is not ours, and is counted to be compared with.
fn is_another(name: &str) -> bool {
    ["tonic", "serde_json", "prost"]
        .iter()
        .any(|other| name.contains(other))
}

/// What each way to read and write a large result is held against.
const CODEC: [(&str, &str); 4] = [
    ("to a type/ours", "to a type/serde_json::from_slice"),
    ("to a Value/ours", "to a Value/serde_json::from_slice"),
    ("from a type/ours", "from a type/serde_json::to_vec"),
    ("100 tools/ours, unread", "100 tools/prost's tree"),
];

/// Prints what was counted; whether something is more than it may be.
fn report(counted: &BTreeMap<String, f64>) -> bool {
    let pairs = [
        ("small call", "small call, tonic"),
        ("large call", "large call, tonic"),
    ];
    for (ours, other) in pairs.into_iter().chain(CODEC) {
        let (this, that) = (counted[ours], counted[other]);
        println!(
            "instructions, {ours}: {this:.0}; {other}: {that:.0}; the first is {:.3} of the second",
            this / that
        );
    }
    let too_many = counted["small call"] > counted["small call, tonic"] * OVERHEAD;
    if too_many {
        eprintln!("a small call needs more than {OVERHEAD} times the instructions of bare tonic");
    }
    too_many
}

/// Of everything that is counted, by name.
fn instructions(
    server: &Server,
    binary: &impl Fn(&str) -> PathBuf,
) -> Result<BTreeMap<String, f64>> {
    let mut counted = BTreeMap::new();
    for (name, sdk, work) in [
        ("small call", "facade", "small"),
        ("small call, tonic", "tonic", "small"),
        ("large call", "facade", "large"),
        ("large call, tonic", "tonic", "large"),
    ] {
        let count = |calls: usize| {
            let mut command = valgrind(&binary("worker"));
            command.args([sdk, work, &calls.to_string(), "1"]);
            collected(server.name_to(&mut command))
        };
        // The warm-up is a tenth more.
        let per_call = (count(CALLS)? - count(0)?) / (CALLS + CALLS / 10) as f64;
        counted.insert(name.to_owned(), per_call);
    }
    for way in CODEC.into_iter().flat_map(|(ours, other)| [ours, other]) {
        let count =
            |times: usize| collected(valgrind(&binary("codec")).args([way, &times.to_string()]));
        let per_time = (count(TIMES)? - count(0)?) / TIMES as f64;
        counted.insert(way.to_owned(), per_time);
    }
    Ok(counted)
}

fn valgrind(program: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .stdout(Stdio::null());
    command
}

/// The instructions of everything that the program under valgrind did.
fn collected(command: &mut Command) -> Result<f64> {
    let output = command
        .output()
        .context("valgrind cannot be started: install it (Debian's package is valgrind)")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        stderr.trim()
    );
    let mut lines = stderr.lines();
    let collected = lines.find_map(|line| line.split("Collected :").nth(1));
    Ok(collected
        .context("valgrind counted nothing")?
        .trim()
        .parse()?)
}

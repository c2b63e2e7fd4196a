//! `cargo xtask bench --quick`: compares instruction and allocation counts with `benches/baseline.json`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::binary;
use crate::official::Server;

/// A count may exceed its recorded value by this factor.
const TOLERANCE: f64 = 1.10;

/// A small call may take at most this many times the instructions of bare tonic.
const OVERHEAD: f64 = 1.05;

/// The call builder owns tool, connection and user, which the bare client borrows.
const MORE_ALLOCATIONS: f64 = 3.0;

/// Calls under valgrind, which is fifty times slower.
const CALLS: usize = 300;

/// Large results that are read or written under valgrind.
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

/// Compares the counts with `benches/baseline.json`, or writes that file if `record` is set. The exit
/// status is 1 if a count exceeds its limit.
///
/// # Errors
/// A program fails, or nothing is recorded for a count.
pub fn run(root: &Path, record: bool) -> Result<ExitCode> {
    let server = Server::start(&binary("server")?, &[])?;
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();

    let mut command = Command::new(binary("overhead")?);
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
    match instructions(&server) {
        Ok(pairs) => {
            for Pair { ours, other } in pairs {
                let ratio = ours.count / other.count;
                println!(
                    "instructions, {}: {:.0}; {}: {:.0}; the first is {ratio:.3} of the second",
                    ours.name, ours.count, other.name, other.count
                );
                if ours.name == SMALL && ratio > OVERHEAD {
                    eprintln!("{SMALL}: more than {OVERHEAD} times the instructions of bare tonic");
                    failed = true;
                }
                counts.insert(format!("{}: instructions", ours.name), ours.count);
            }
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

/// Instructions per call or per conversion.
struct Counted {
    name: String,
    count: f64,
}

/// A count of this crate and the count it is compared with.
struct Pair {
    ours: Counted,
    other: Counted,
}

const SMALL: &str = "small call";

/// The counted calls with the names that `worker` has for them.
const WORKS: [(&str, &str); 2] = [(SMALL, "small"), ("large call", "large")];

/// Each conversion of a large result with the one it is compared with.
const CODEC: [(&str, &str); 4] = [
    ("to a type/ours", "to a type/serde_json::from_slice"),
    ("to a Value/ours", "to a Value/serde_json::from_slice"),
    ("from a type/ours", "from a type/serde_json::to_vec"),
    ("100 tools/ours, unread", "100 tools/prost's tree"),
];

fn instructions(server: &Server) -> Result<Vec<Pair>> {
    let (worker, codec) = (binary("worker")?, binary("codec")?);
    let call = |name: String, sdk: &str, work: &str| {
        let total = |calls: usize| {
            let mut command = valgrind(&worker);
            command.args([sdk, work, &calls.to_string(), "1"]);
            collected(server.name_to(&mut command))
        };
        // The warm-up adds a tenth.
        let count = (total(CALLS)? - total(0)?) / (CALLS + CALLS / 10) as f64;
        anyhow::Ok(Counted { name, count })
    };
    let codec_way = |way: &str| {
        let total = |times: usize| collected(valgrind(&codec).args([way, &times.to_string()]));
        let count = (total(TIMES)? - total(0)?) / TIMES as f64;
        let name = way.to_owned();
        anyhow::Ok(Counted { name, count })
    };
    let calls = WORKS.into_iter().map(|(name, work)| {
        Ok(Pair {
            ours: call(name.to_owned(), "facade", work)?,
            other: call(format!("{name}, tonic"), "tonic", work)?,
        })
    });
    let codecs = CODEC.into_iter().map(|(ours, other)| {
        Ok(Pair {
            ours: codec_way(ours)?,
            other: codec_way(other)?,
        })
    });
    calls.chain(codecs).collect()
}

fn valgrind(program: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .stdout(Stdio::null());
    command
}

/// All instructions of the program under valgrind.
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

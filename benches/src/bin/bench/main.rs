//! Runs this crate, a bare tonic client and the official packages on the same work, and compares them.
//!
//! `cargo xtask bench` builds and runs this program.

// The servers and the installed packages are those of `cargo xtask conformance`.
#[path = "../../../../xtask/src/official.rs"]
mod official;
mod quick;
mod report;
mod worker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::prelude::{Long, ValueExt};

use official::{Server, Tls};
use worker::{Contender, Cost, Installed, Run, Sdk, WORKS};

/// Calls in flight in the concurrent measurements.
const AT_ONCE: usize = 64;

/// Large results that are read before memory is measured.
const LARGE_RESULTS: usize = 10_000;

/// Starts of each contender per round.
const STARTS: usize = 5;

/// The medians of all rounds.
struct Results {
    pub rounds: usize,
    pub costs: Vec<(Contender, &'static str, Cost)>,
    /// Milliseconds from the start of the process to its first response.
    pub starts: Vec<(Contender, f64)>,
    /// Resident MiB after the first call, and after `LARGE_RESULTS`.
    pub memory: Vec<(Sdk, f64, f64)>,
    /// Connections, calls in flight, client threads, calls per second.
    pub scaling: Vec<(usize, usize, usize, f64)>,
    /// Processor time that the server needs for a small call, in milliseconds.
    pub server_cpu_ms: f64,
}

impl Results {
    pub fn cost(&self, contender: Contender, work: &str) -> Option<&Cost> {
        let mut costs = self.costs.iter();
        costs.find_map(|(who, what, cost)| (*who == contender && *what == work).then_some(cost))
    }

    pub fn start(&self, contender: Contender) -> Option<f64> {
        let mut starts = self.starts.iter();
        starts.find_map(|(who, start)| (*who == contender).then_some(*start))
    }
}

fn main() -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("benches/ has no parent directory")?;
    let (mut rounds, mut quick, mut record) = (5, false, false);
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("rounds") => rounds = args.value()?.parse()?,
            Long("quick") => quick = true,
            Long("record") => record = true,
            other => return Err(other.unexpected().into()),
        }
    }
    match quick || record {
        true => quick::run(root, record),
        false => run(root, rounds).map(|()| ExitCode::SUCCESS),
    }
}

/// Measures everything and writes `benches/RESULTS.md`.
///
/// # Errors
/// A package cannot be installed, or a program fails or returns a wrong result.
fn run(root: &Path, rounds: usize) -> Result<()> {
    let work = binary("server")?.with_file_name("bench-work");
    std::fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
    let installed = Installed {
        server: binary("server")?,
        worker: binary("worker")?,
        modules: official::install_node(root, &work)?,
        python: official::install_python(root, &work)?,
        scripts: root.join("benches/official"),
    };
    let tls = Tls::write(&work)?;
    let plain = Server::start(&installed.server, &[])?;
    let secured = Server::start(&installed.server, &[&tls.certificate, &tls.key])?;
    let run = Run {
        installed: &installed,
        plain: &plain,
        secured: &secured,
        authority: &tls.authority,
    };
    let results = measure(&run, rounds)?;
    report::write(root, &results)
}

/// The path of another program of `benches/`, which stands beside this one.
fn binary(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Interleaves the contenders, so that a slow phase of the machine affects all of them.
fn measure(run: &Run<'_>, rounds: usize) -> Result<Results> {
    let mut samples: Vec<(Contender, &'static str, Vec<Cost>)> = Vec::new();
    let mut scaling: Vec<((usize, usize, usize), Vec<f64>)> = Vec::new();
    let mut starts = Contender::ALL.map(|contender| (contender, Vec::new()));
    let mut server = Vec::new();
    for round in 1..=rounds {
        for _ in 0..STARTS {
            for (contender, samples) in &mut starts {
                eprintln!("round {round} of {rounds}: start, {contender}");
                samples.push(run.cold_start_ms(*contender)?);
            }
        }
        for work in WORKS {
            for contender in Contender::ALL {
                eprintln!("round {round} of {rounds}: {work}, {contender}");
                let cost = run.cost(contender, work)?;
                match samples
                    .iter_mut()
                    .find(|(who, what, _)| (*who, *what) == (contender, work))
                {
                    Some((_, _, costs)) => costs.push(cost),
                    None => samples.push((contender, work, vec![cost])),
                }
            }
        }
        for threads in [1, 2] {
            for at_once in [64, 512] {
                for connections in [1, 2, 4] {
                    let key = (connections, at_once, threads);
                    let calls = run.scaling(connections, at_once, threads)?;
                    match scaling.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, samples)) => samples.push(calls),
                        None => scaling.push((key, vec![calls])),
                    }
                }
            }
        }
        server.push(run.server_cpu_ms()?);
    }
    let costs = samples
        .into_iter()
        .map(|(who, what, costs)| (who, what, Cost::median(&costs)));
    let scaling = scaling
        .into_iter()
        .map(|((connections, at_once, threads), mut samples)| {
            (connections, at_once, threads, worker::median(&mut samples))
        });
    let starts = starts.map(|(who, mut samples)| (who, worker::median(&mut samples)));
    let memory = [Sdk::Scalekit, Sdk::Tonic].map(|sdk| {
        eprintln!("memory: {sdk}");
        let (idle, after) = run.memory(sdk, LARGE_RESULTS)?;
        Ok((sdk, idle, after))
    });
    Ok(Results {
        rounds,
        costs: costs.collect(),
        starts: starts.to_vec(),
        memory: memory.into_iter().collect::<Result<_>>()?,
        scaling: scaling.collect(),
        server_cpu_ms: worker::median(&mut server),
    })
}

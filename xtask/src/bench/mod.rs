//! `cargo xtask bench`: this crate, a bare tonic client and the official packages on the same work.

mod chart;
pub mod quick;
mod report;
mod worker;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::official::{self, Server, Tls, succeed};
use crate::target;
use worker::{Contender, Cost, Installed, Run, Sdk, WORKS};

/// How many calls are under way at once where that is more than one.
const AT_ONCE: usize = 64;

/// How many large results are read before the memory is looked at.
const LARGE_RESULTS: usize = 10_000;

/// How often each contender is started in a round.
const STARTS: usize = 5;

/// The median of what each contender needed for each work.
pub struct Results {
    pub rounds: usize,
    pub costs: Vec<(Contender, &'static str, Cost)>,
    /// Milliseconds from the start of a process to its first answer.
    pub starts: Vec<(Contender, f64)>,
    /// Resident MiB after the first call, and after `LARGE_RESULTS`.
    pub memory: Vec<(Sdk, f64, f64)>,
    /// Connections, calls at once, threads of the client, calls per second.
    pub scaling: Vec<(usize, usize, usize, f64)>,
    /// What a small call costs the server, in milliseconds of processor time.
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

/// Measures, and writes what was found into `benches/`.
///
/// # Errors
/// When something cannot be built, installed or run, or answers wrongly.
pub fn run(root: &Path, rounds: usize) -> Result<()> {
    let work = target::dir(root).join("bench");
    std::fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
    let installed = install(root, &work)?;
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

fn install(root: &Path, work: &Path) -> Result<Installed> {
    let binary = build(root)?;
    Ok(Installed {
        server: binary("server"),
        worker: binary("worker"),
        modules: official::install_node(root, work)?,
        python: official::install_python(root, work)?,
        scripts: root.join("benches/official"),
    })
}

/// Builds what `benches/` has, and gives where each program is.
fn build(root: &Path) -> Result<impl Fn(&str) -> PathBuf> {
    let target = target::dir(root);
    succeed(
        Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet", "--locked"])
            .args(["--manifest-path", "benches/Cargo.toml", "--target-dir"])
            .arg(&target)
            .current_dir(root),
    )?;
    Ok(move |name: &str| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        target.join("release").join(name)
    })
}

/// Rounds are interleaved: what slows the machine for a while slows everybody.
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

//! Runs one measurement: a process that does one kind of work and prints its cost.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use scalekit_benches::process;
use serde::Deserialize;

use super::AT_ONCE;
use crate::official::Server;

/// The kinds of work, as the workers name them.
pub const WORKS: [&str; 4] = ["small", "large", "list", "account"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sdk {
    Scalekit,
    Tonic,
    Node,
    Python,
}

/// An SDK and how it connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender {
    pub sdk: Sdk,
    pub tls: bool,
}

impl Contender {
    /// The Python package supports only TLS.
    pub const ALL: [Contender; 7] = [
        Self::plain(Sdk::Scalekit),
        Self::plain(Sdk::Tonic),
        Self::plain(Sdk::Node),
        Self::secured(Sdk::Scalekit),
        Self::secured(Sdk::Tonic),
        Self::secured(Sdk::Node),
        Self::secured(Sdk::Python),
    ];

    pub const fn plain(sdk: Sdk) -> Self {
        Self { sdk, tls: false }
    }

    pub const fn secured(sdk: Sdk) -> Self {
        Self { sdk, tls: true }
    }

    /// Sequential calls and concurrent calls, enough for a second or two.
    fn calls(self, work: &str) -> (usize, usize) {
        let fast = matches!(self.sdk, Sdk::Scalekit | Sdk::Tonic);
        match (work, fast) {
            ("large", true) => (1_000, 2_000),
            ("large", false) => (100, 200),
            ("list", true) => (500, 1_000),
            ("list", false) => (100, 300),
            (_, true) => (4_000, 30_000),
            (_, false) => (1_000, 4_000),
        }
    }
}

impl fmt::Display for Sdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sdk::Scalekit => "scalekit",
            Sdk::Tonic => "bare tonic",
            Sdk::Node => "Node",
            Sdk::Python => "Python",
        })
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.sdk, if self.tls { ", TLS" } else { "" })
    }
}

/// The cost of one kind of work.
#[derive(Clone, Debug)]
pub struct Cost {
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub calls_per_second: f64,
    pub cpu_ms: f64,
    pub peak_rss_mib: f64,
}

impl Cost {
    pub fn median(costs: &[Cost]) -> Cost {
        let of = |field: fn(&Cost) -> f64| median(&mut costs.iter().map(field).collect::<Vec<_>>());
        Cost {
            p50_ms: of(|cost| cost.p50_ms),
            p99_ms: of(|cost| cost.p99_ms),
            calls_per_second: of(|cost| cost.calls_per_second),
            cpu_ms: of(|cost| cost.cpu_ms),
            peak_rss_mib: of(|cost| cost.peak_rss_mib),
        }
    }
}

pub fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The programs and packages that are run.
pub struct Installed {
    pub server: PathBuf,
    pub worker: PathBuf,
    /// The directory with the Node package.
    pub modules: PathBuf,
    pub python: PathBuf,
    pub scripts: PathBuf,
}

pub struct Run<'a> {
    pub installed: &'a Installed,
    pub plain: &'a Server,
    pub secured: &'a Server,
    pub authority: &'a Path,
}

/// What a worker prints when it is done.
#[derive(Deserialize)]
struct Printed {
    calls_per_second: f64,
    cpu_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    peak_rss_mib: f64,
    /// Only the Rust workers print it.
    rss_mib: Option<f64>,
}

/// What a worker prints after its first call.
#[derive(Deserialize)]
struct First {
    rss_mib: Option<f64>,
}

/// The output of a worker.
struct Worked {
    /// From the start of the process to the first response.
    cold_start_ms: f64,
    first: First,
    /// `None` if the worker made only the first call.
    printed: Option<Printed>,
}

impl Worked {
    fn printed(self) -> Result<Printed> {
        self.printed.context("a worker printed no result")
    }
}

impl Run<'_> {
    pub fn cost(&self, contender: Contender, work: &str) -> Result<Cost> {
        let (one_by_one, at_once) = contender.calls(work);
        let command = |calls, concurrency| self.command(contender, work, calls, concurrency);
        let sequential = self.work(contender, command(one_by_one, 1))?.printed()?;
        let concurrent = self.work(contender, command(at_once, AT_ONCE))?.printed()?;
        Ok(Cost {
            p50_ms: sequential.p50_ms,
            p99_ms: sequential.p99_ms,
            calls_per_second: concurrent.calls_per_second,
            cpu_ms: concurrent.cpu_ms,
            peak_rss_mib: concurrent.peak_rss_mib,
        })
    }

    /// Milliseconds from the start of a process to the response of its first call.
    pub fn cold_start_ms(&self, contender: Contender) -> Result<f64> {
        let command = self.command(contender, "small", 0, 1);
        Ok(self.work(contender, command)?.cold_start_ms)
    }

    /// Resident MiB after the first call, and after `results` sequential large results.
    pub fn memory(&self, sdk: Sdk, results: usize) -> Result<(f64, f64)> {
        let contender = Contender::plain(sdk);
        let worked = self.work(contender, self.command(contender, "large", results, 1))?;
        let idle = worked.first.rss_mib.context("no rss_mib")?;
        Ok((idle, worked.printed()?.rss_mib.context("no rss_mib")?))
    }

    /// Small calls per second of this crate.
    pub fn scaling(&self, connections: usize, at_once: usize, threads: usize) -> Result<f64> {
        let contender = Contender::plain(Sdk::Scalekit);
        let mut command = self.command(contender, "small", 30_000, at_once);
        command
            .arg(connections.to_string())
            .arg(threads.to_string());
        Ok(self.work(contender, command)?.printed()?.calls_per_second)
    }

    /// Processor time that the server needs for a small call, in milliseconds.
    pub fn server_cpu_ms(&self) -> Result<f64> {
        let contender = Contender::plain(Sdk::Tonic);
        let calls = 30_000;
        let before = process::cpu_of(self.plain.process.id());
        self.work(contender, self.command(contender, "small", calls, AT_ONCE))?;
        let used = process::cpu_of(self.plain.process.id()) - before;
        // The warm-up adds a thousand calls.
        Ok(used.as_secs_f64() * 1e3 / (calls + 1_000) as f64)
    }

    fn command(
        &self,
        contender: Contender,
        work: &str,
        calls: usize,
        concurrency: usize,
    ) -> Command {
        let installed = self.installed;
        let mut command = match contender.sdk {
            Sdk::Scalekit | Sdk::Tonic => Command::new(&installed.worker),
            Sdk::Node => Command::new("node"),
            Sdk::Python => Command::new(&installed.python),
        };
        match contender.sdk {
            Sdk::Scalekit => command.arg("facade"),
            Sdk::Tonic => command.arg("tonic"),
            Sdk::Node => command.arg(installed.scripts.join("worker.mjs")),
            Sdk::Python => command.arg(installed.scripts.join("worker.py")),
        };
        command.args([work, &calls.to_string(), &concurrency.to_string()]);
        command.env("BENCH_MODULES", installed.modules.join("index.js"));
        if contender.tls {
            // All contenders trust the one authority, and none reads those of the platform.
            command.env_remove("SSL_CERT_DIR");
            for variable in [
                "BENCH_CA",
                "NODE_EXTRA_CA_CERTS",
                "REQUESTS_CA_BUNDLE",
                "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
                "SSL_CERT_FILE",
            ] {
                command.env(variable, self.authority);
            }
        }
        command
    }

    fn work(&self, contender: Contender, mut command: Command) -> Result<Worked> {
        let server = if contender.tls {
            self.secured
        } else {
            self.plain
        };
        server.name_to(&mut command);
        let started = Instant::now();
        let mut process = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{contender}: cannot be started"))?;
        let mut output = BufReader::new(process.stdout.take().context("no stdout")?);
        let mut first = String::new();
        output.read_line(&mut first)?;
        let cold_start_ms = started.elapsed().as_secs_f64() * 1e3;
        let mut rest = String::new();
        output.read_to_string(&mut rest)?;
        let status = process.wait()?;
        ensure!(
            status.success(),
            "{contender}: {command:?} failed: {status}"
        );
        let says = |line: &str| format!("{contender} printed {line:?}");
        let printed = match rest.trim() {
            "" => None,
            line => Some(serde_json::from_str(line).with_context(|| says(line))?),
        };
        Ok(Worked {
            cold_start_ms,
            first: serde_json::from_str(&first).with_context(|| says(&first))?,
            printed,
        })
    }
}

//! Writes `benches/RESULTS.md`: the medians, the ratios, and which goals they meet.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::worker::{Contender, Cost, Sdk, WORKS};
use super::{AT_ONCE, LARGE_RESULTS, Results, STARTS};
use crate::official::{NODE_PACKAGES, PYTHON_PACKAGES};

/// The compared figure.
#[derive(Clone, Copy)]
enum Figure {
    CallsPerSecond,
    Cpu,
    ColdStart,
}

const NODE: Contender = Contender::plain(Sdk::Node);
const PYTHON: Contender = Contender::secured(Sdk::Python);
const TONIC: Contender = Contender::plain(Sdk::Tonic);

/// Goals for our figure as a ratio to another contender's: a minimum for calls per second, a maximum
/// for costs.
const GOALS: [(&str, Figure, Contender, f64); 11] = [
    ("small", Figure::CallsPerSecond, NODE, 14.0),
    ("small", Figure::CallsPerSecond, PYTHON, 12.0),
    ("small", Figure::Cpu, NODE, 0.05),
    ("small", Figure::Cpu, PYTHON, 0.05),
    ("small", Figure::CallsPerSecond, TONIC, 0.95),
    ("large", Figure::Cpu, TONIC, 0.35),
    ("large", Figure::Cpu, NODE, 1.0 / 12.0),
    ("large", Figure::Cpu, PYTHON, 1.0 / 25.0),
    ("list", Figure::Cpu, PYTHON, 1.0),
    ("small", Figure::ColdStart, NODE, 1.0 / 80.0),
    ("small", Figure::ColdStart, PYTHON, 1.0 / 80.0),
];

/// The first line of the part of the report that is written by hand and kept.
const PROFILE: &str = "\n## Profile of a 130 KB result\n";

pub fn write(root: &Path, results: &Results) -> Result<()> {
    let mut text = String::from(
        "# Side by side\n\nWritten by `cargo xtask bench`. All contenders call the same server, which \
         only repeats recorded responses,\nand take turns; the figures are medians of all rounds. \
         Ratios hold on other machines, absolute figures do not.\n\n",
    );
    writeln!(text, "{}\n", circumstances(root, results)?)?;
    for work in WORKS {
        writeln!(text, "## {}\n", title(work))?;
        writeln!(
            text,
            "| | p50 ms | p99 ms | calls/s, {AT_ONCE} at once | CPU ms per call | peak RSS MiB \
             |\n|---|---|---|---|---|---|"
        )?;
        for contender in Contender::ALL {
            let cost = results
                .cost(contender, work)
                .context("a measurement is missing")?;
            writeln!(text, "| {contender} {}", row(cost))?;
        }
        text.push('\n');
    }
    writeln!(
        text,
        "## Start\n\nFrom the start of a process to the response of its first small call, {STARTS} \
         starts per round.\n\n| | ms |\n|---|---|"
    )?;
    for (contender, start) in &results.starts {
        writeln!(text, "| {contender} | {start:.1} |")?;
    }
    writeln!(
        text,
        "\n## Memory\n\nResident MiB after the first call, and after {LARGE_RESULTS} large results, \
         one after the other.\n\n| | first | all |\n|---|---|---|"
    )?;
    for (sdk, idle, after) in &results.memory {
        writeln!(text, "| {sdk} | {idle:.1} | {after:.1} |")?;
    }
    text.push('\n');
    text.push_str("## More connections\n\nSmall calls per second of this crate, plain.\n\n");
    text.push_str("| client threads | at once | 1 connection | 2 | 4 |\n|---|---|---|---|---|\n");
    for row in results.scaling.chunks(3) {
        let [(_, at_once, threads, _), ..] = row else {
            continue;
        };
        let cells: Vec<String> = row
            .iter()
            .map(|(.., calls)| format!("{calls:.0}"))
            .collect();
        writeln!(text, "| {threads} | {at_once} | {} |", cells.join(" | "))?;
    }
    writeln!(
        text,
        "\nA small call costs the server {:.4} ms of processor time: it can serve {:.0} per second and \
         core.\n",
        results.server_cpu_ms,
        1e3 / results.server_cpu_ms
    )?;
    text.push_str("## Goals\n\n| goal | wanted | found | |\n|---|---|---|---|\n");
    for (work, figure, other, wanted) in GOALS {
        let found = ratio(results, work, figure, other)?;
        let (sign, met) = match figure {
            Figure::CallsPerSecond => ("≥", found >= wanted),
            Figure::Cpu | Figure::ColdStart => ("≤", found <= wanted),
        };
        let what = describe(work, figure, other);
        let verdict = if met { "met" } else { "**missed**" };
        writeln!(
            text,
            "| {what} | {sign} {wanted:.3} | {found:.3} | {verdict} |"
        )?;
    }
    let path = root.join("benches/RESULTS.md");
    let previous = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some(at) = previous.find(PROFILE) {
        text.push_str(&previous[at..]);
    }
    std::fs::write(&path, &text).with_context(|| path.display().to_string())?;
    print!("{text}");
    Ok(())
}

fn title(work: &str) -> &'static str {
    match work {
        "small" => "execute_tool, small",
        "large" => "execute_tool, 130 KB result to native values",
        "list" => "list_tools of 100",
        _ => "get_connected_account",
    }
}

fn row(cost: &Cost) -> String {
    format!(
        "| {:.2} | {:.2} | {:.0} | {:.4} | {:.0} |",
        cost.p50_ms, cost.p99_ms, cost.calls_per_second, cost.cpu_ms, cost.peak_rss_mib
    )
}

/// Date, versions and machine.
fn circumstances(root: &Path, results: &Results) -> Result<String> {
    let said = |program: &str, argument: &str| -> Result<String> {
        let output = Command::new(program).arg(argument).output();
        let output = output.with_context(|| format!("{program} {argument}"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let cores = std::thread::available_parallelism()?;
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |line| line.trim_start_matches([' ', '\t', ':']));
    Ok(format!(
        "{}; {} rounds; {}; node {}; {}; {}; {cores} cores, shared by client and server ({model}).",
        said("date", "+%Y-%m-%d")?,
        results.rounds,
        said("rustc", "--version")?,
        said("node", "--version")?,
        said("python3", "--version")?,
        packages(root)?.join(", "),
    ))
}

/// Our figure divided by another contender's, both plain or both over TLS.
fn ratio(results: &Results, work: &str, figure: Figure, other: Contender) -> Result<f64> {
    let found = |who| {
        let cost = results.cost(who, work);
        let found = match figure {
            Figure::CallsPerSecond => cost.map(|cost| cost.calls_per_second),
            Figure::Cpu => cost.map(|cost| cost.cpu_ms),
            Figure::ColdStart => results.start(who),
        };
        found.context("a measurement is missing")
    };
    Ok(found(ours(other))? / found(other)?)
}

fn ours(other: Contender) -> Contender {
    Contender {
        sdk: Sdk::Scalekit,
        ..other
    }
}

fn describe(work: &str, figure: Figure, other: Contender) -> String {
    let sdk = other.sdk;
    let tls = if other.tls { " (both TLS)" } else { "" };
    match (figure, work) {
        (Figure::CallsPerSecond, _) => format!("{work} calls/s, × {sdk}{tls}"),
        // Only Python's is compared here.
        (Figure::Cpu, "list") => format!("{work} CPU, of {sdk}'s lazy one{tls}"),
        (Figure::Cpu, _) => format!("{work} CPU, of {sdk}'s{tls}"),
        (Figure::ColdStart, _) => format!("cold start, of {sdk}'s{tls}"),
    }
}

/// Name and version of the Node and the Python package.
fn packages(root: &Path) -> Result<[String; 2]> {
    let read = |file| std::fs::read_to_string(root.join(file)).context(file);
    let name = "@scalekit-sdk/node";
    let manifest: Value = serde_json::from_str(&read(NODE_PACKAGES)?).context(NODE_PACKAGES)?;
    let version = manifest["dependencies"][name].as_str();
    let node = format!("{name} {}", version.context(NODE_PACKAGES)?);
    let requirements = read(PYTHON_PACKAGES)?;
    let mut pins = requirements
        .lines()
        .filter_map(|line| line.split_once("=="));
    let (name, version) = pins
        .find(|(name, _)| *name == "scalekit-sdk-python")
        .context(PYTHON_PACKAGES)?;
    Ok([node, format!("{name} {version}")])
}

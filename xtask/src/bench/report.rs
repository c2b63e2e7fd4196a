//! `benches/RESULTS.md`: the medians, the ratios, and which goals they meet.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::worker::{Contender, Cost, Sdk, WORKS};
use super::{AT_ONCE, Results, chart};

/// A ratio that we want, and how it is found.
struct Goal {
    what: &'static str,
    /// At most, or at least.
    at_most: bool,
    wanted: f64,
    found: f64,
}

pub fn write(root: &Path, results: &Results) -> Result<()> {
    let mut text = String::from(
        "# Side by side\n\nWritten by `cargo xtask bench`, which says how each figure is taken: the \
         same server, which only repeats\nrecorded answers, the same work, processes that take \
         turns, medians of all rounds. Ratios hold on other\nmachines; the figures themselves do \
         not.\n\n",
    );
    writeln!(text, "{}\n", circumstances(results)?)?;
    for work in WORKS {
        writeln!(text, "## {}\n", title(work))?;
        text.push_str(
            "| | p50 ms | p99 ms | calls/s, 64 at once | CPU ms per call | peak RSS MiB | cold \
             start ms |\n|---|---|---|---|---|---|---|\n",
        );
        for contender in Contender::ALL {
            let cost = results
                .cost(contender, work)
                .context("a measurement is missing")?;
            writeln!(text, "| {contender} {}", row(cost))?;
        }
        text.push('\n');
    }
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
        "\nA small call costs the server {:.4} ms of processor time: it could answer {:.0} a second \
         per core.\n",
        results.server_cpu_ms,
        1e3 / results.server_cpu_ms
    )?;
    text.push_str("## Goals\n\n| goal | wanted | found | |\n|---|---|---|---|\n");
    let goals = goals(results)?;
    for goal in &goals {
        let (sign, met) = match goal.at_most {
            true => ("≤", goal.found <= goal.wanted),
            false => ("≥", goal.found >= goal.wanted),
        };
        let verdict = if met { "met" } else { "**missed**" };
        let Goal {
            what,
            wanted,
            found,
            ..
        } = goal;
        writeln!(
            text,
            "| {what} | {sign} {wanted:.3} | {found:.3} | {verdict} |"
        )?;
    }
    let path = root.join("benches/RESULTS.md");
    std::fs::write(&path, &text).with_context(|| path.display().to_string())?;
    let path = root.join("benches/ratios.svg");
    std::fs::write(&path, chart::draw(results)?).with_context(|| path.display().to_string())?;
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
        "| {:.2} | {:.2} | {:.0} | {:.4} | {:.0} | {:.1} |",
        cost.p50_ms,
        cost.p99_ms,
        cost.calls_per_second,
        cost.cpu_ms,
        cost.peak_rss_mib,
        cost.cold_start_ms
    )
}

/// When, with what, and on what.
fn circumstances(results: &Results) -> Result<String> {
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
        "{}; {} rounds; {}; node {}; {}; @scalekit-sdk/node 2.11.0, scalekit-sdk-python 2.21.0; {cores} \
         cores, shared by client and server ({model}).",
        said("date", "+%Y-%m-%d")?,
        results.rounds,
        said("rustc", "--version")?,
        said("node", "--version")?,
        said("python3", "--version")?,
    ))
}

fn goals(results: &Results) -> Result<Vec<Goal>> {
    let cost = |contender, work| {
        results
            .cost(contender, work)
            .context("a measurement is missing")
    };
    let ours = Contender::plain(Sdk::Scalekit);
    let ours_tls = Contender::secured(Sdk::Scalekit);
    let tonic = Contender::plain(Sdk::Tonic);
    let node = Contender::plain(Sdk::Node);
    let python = Contender::secured(Sdk::Python);
    let ratio = |field: fn(&Cost) -> f64, work, one, other| -> Result<f64> {
        Ok(field(cost(one, work)?) / field(cost(other, work)?))
    };
    let throughput = |cost: &Cost| cost.calls_per_second;
    let cpu = |cost: &Cost| cost.cpu_ms;
    let start = |cost: &Cost| cost.cold_start_ms;
    let goal = |what, at_most, wanted, found| Goal {
        what,
        at_most,
        wanted,
        found,
    };
    debug_assert_eq!(AT_ONCE, 64);
    Ok(vec![
        goal(
            "small calls/s, × Node",
            false,
            14.0,
            ratio(throughput, "small", ours, node)?,
        ),
        goal(
            "small calls/s, × Python (both TLS)",
            false,
            12.0,
            ratio(throughput, "small", ours_tls, python)?,
        ),
        goal(
            "small CPU, of Node's",
            true,
            0.05,
            ratio(cpu, "small", ours, node)?,
        ),
        goal(
            "small CPU, of Python's (both TLS)",
            true,
            0.05,
            ratio(cpu, "small", ours_tls, python)?,
        ),
        goal(
            "small calls/s, × bare tonic",
            false,
            0.95,
            ratio(throughput, "small", ours, tonic)?,
        ),
        goal(
            "large CPU, of bare tonic's",
            true,
            0.35,
            ratio(cpu, "large", ours, tonic)?,
        ),
        goal(
            "large CPU, of Node's",
            true,
            1.0 / 12.0,
            ratio(cpu, "large", ours, node)?,
        ),
        goal(
            "large CPU, of Python's (both TLS)",
            true,
            1.0 / 25.0,
            ratio(cpu, "large", ours_tls, python)?,
        ),
        goal(
            "list CPU, of Python's lazy one (both TLS)",
            true,
            1.0,
            ratio(cpu, "list", ours_tls, python)?,
        ),
        goal(
            "cold start, of Node's",
            true,
            1.0 / 80.0,
            ratio(start, "small", ours, node)?,
        ),
        goal(
            "cold start, of Python's (both TLS)",
            true,
            1.0 / 80.0,
            ratio(start, "small", ours_tls, python)?,
        ),
    ])
}

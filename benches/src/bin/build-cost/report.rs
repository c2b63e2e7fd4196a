//! Prints the measured costs as a table.

use std::fmt::Write;
use std::time::Duration;

use super::GOAL;
use super::measure::{Cost, Time};

/// The format of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Markdown,
}

const HEAD: [&str; 8] = [
    "build",
    "crates",
    "proc macros",
    "build scripts",
    "debug s (CPU)",
    "release s (CPU)",
    "rebuild s (CPU)",
    "stripped KiB",
];

/// The table of `costs`: the baseline first, then the default features, then others.
pub fn write(costs: &[Cost], format: Format) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(costs.iter().map(row));
    let mut notes = String::new();
    if let [bare, default, ..] = costs {
        let ratios = default.ratios(bare);
        let ratio = |value: f64| format!("{value:.2}");
        rows.push([
            format!("{} / {}, CPU", default.name, bare.name),
            ratio(ratios.crates),
            String::new(),
            String::new(),
            ratio(ratios.debug),
            ratio(ratios.release),
            ratio(ratios.rebuild),
            ratio(ratios.size),
        ]);
        let list = |names: Vec<&str>| match names.is_empty() {
            true => "none".to_owned(),
            false => names.join(", "),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            notes,
            "\nThe default features may compile {GOAL} times the crates and the time of bare tonic.\n\
             Rebuild is after touching the program, unoptimized.\n\
             \nOnly {}: {}.\nOnly {}: {}.\nSeveral versions in {}: {}.",
            default.name,
            list(default.beyond(bare).collect()),
            bare.name,
            list(bare.beyond(default).collect()),
            default.name,
            list(default.duplicates.iter().map(String::as_str).collect()),
        );
    }
    let table = match format {
        Format::Text => text(&rows),
        Format::Markdown => markdown(&rows),
    };
    table + &notes
}

fn row(cost: &Cost) -> [String; HEAD.len()] {
    let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
    let time = |time: Time| format!("{} ({})", seconds(time.wall), seconds(time.cpu));
    [
        cost.name.to_owned(),
        cost.crates.len().to_string(),
        cost.proc_macros.to_string(),
        cost.build_scripts.to_string(),
        time(cost.debug),
        time(cost.release),
        time(cost.rebuild),
        (cost.size / 1024).to_string(),
    ]
}

fn text(rows: &[[String; HEAD.len()]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max();
    let widths: Vec<_> = (0..HEAD.len()).map(|it| width(it).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let _ = write!(text, "{:<1$}", row[0], widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(text, "  {cell:>width$}");
        }
        text.push('\n');
    }
    text
}

fn markdown(rows: &[[String; HEAD.len()]]) -> String {
    let mut lines: Vec<_> = rows
        .iter()
        .map(|row| format!("| {} |\n", row.join(" | ")))
        .collect();
    lines.insert(1, format!("|---{}|\n", "|--:".repeat(HEAD.len() - 1)));
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(name: &'static str, crates: &[&str], seconds: u64) -> Cost {
        let time = |seconds| Time {
            wall: Duration::from_secs(2 * seconds),
            cpu: Duration::from_secs(seconds),
        };
        let crates = crates.iter().map(|name| (*name).to_owned());
        Cost {
            name,
            crates: crates.map(|name| (name.clone(), name)).collect(),
            proc_macros: 1,
            build_scripts: 0,
            debug: time(seconds),
            release: time(2 * seconds),
            rebuild: time(1),
            size: 1024 * seconds,
            duplicates: Vec::new(),
        }
    }

    #[test]
    fn the_ratio_and_what_is_extra() {
        let costs = [
            cost("bare", &["tonic", "tower"], 10),
            cost("default", &["serde", "sdk", "tonic"], 12),
        ];
        let text = write(&costs, Format::Markdown);
        for line in [
            "| bare | 2 | 1 | 0 | 20.0 (10.0) | 40.0 (20.0) | 2.0 (1.0) | 10 |",
            "| default / bare, CPU | 1.50 |  |  | 1.20 | 1.20 | 1.00 | 1.20 |",
            "Only default: sdk, serde.",
            "Only bare: tower.",
            "Several versions in default: none.",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
        let text = write(&costs, Format::Text);
        let widths: Vec<_> = text.lines().take(4).map(str::len).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{text}");
    }
}

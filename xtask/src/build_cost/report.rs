//! Prints what was measured as a table.

use std::fmt::Write;
use std::time::Duration;

use super::GOAL;
use super::measure::{Cost, Time};

/// How the table is printed.
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

/// The table of `costs`, which are the baseline, the default features, and others.
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

//! `cargo xtask diff --history`: every published version against its predecessor, checked against `buf`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::buf::Buf;
use super::change::Break;
use super::deviations::DEVIATIONS;
use super::oracle::{self, Agreement, CATEGORIES};
use super::record::{self, Part};
use super::report::{self, Report};
use crate::source::{self, Snapshot, link};
use crate::{pip, refresh, target};

/// The packages that the facade stands on.
const AGENTKIT: &[&str] = &[
    "scalekit/v1/connected_accounts/",
    "scalekit/v1/connections/",
    "scalekit/v1/mcp/",
    "scalekit/v1/providers/",
    "scalekit/v1/tools/",
];

/// One version and what it changed.
struct Pair {
    version: String,
    report: Report,
    agreement: [Agreement; 3],
    /// Symbols that `buf` reports in PACKAGE.
    package: usize,
}

/// Compares all versions, prints the agreement and writes the table.
///
/// The status is 1 when a difference from `buf` has no argument.
pub fn run(root: &Path) -> Result<ExitCode> {
    let target = target::dir(root).join("xtask");
    let buf = Buf::install(&target.join("buf"))?;
    let cache = target.join("history");
    let versions = pip::versions(refresh::PACKAGE)?;
    let mut pairs = Vec::new();
    let mut before: Option<(Snapshot, PathBuf)> = None;
    for version in &versions {
        let snapshot = source::file(&wheel(&cache, version)?)?;
        let image = cache.join(version).join("descriptors.binpb");
        std::fs::write(&image, link::descriptor_set(&snapshot.files)?)
            .with_context(|| image.display().to_string())?;
        if let Some((old, old_image)) = &before {
            pairs.push(pair(&buf, version, (old, old_image), (&snapshot, &image))?);
        }
        before = Some((snapshot, image));
    }
    let text = totals(&pairs);
    report::print(&text)?;
    record::write(root, Part::Releases(&table(&versions, &pairs, &text)))?;
    let argued = pairs
        .iter()
        .all(|pair| pair.agreement.iter().all(|a| a.unexplained.is_empty()));
    Ok(ExitCode::from(u8::from(!argued)))
}

fn pair(
    buf: &Buf,
    version: &str,
    (old, old_image): (&Snapshot, &Path),
    (new, new_image): (&Snapshot, &Path),
) -> Result<Pair> {
    eprintln!("{} -> {}", old.label, new.label);
    let report = super::compare(old, new)?;
    let findings = buf.breaking(old_image, new_image)?;
    let pools = (link::link(&old.files)?, link::link(&new.files)?);
    // buf does not know whose a file is.
    let all = [report.changes.as_slice(), &report.vendored].concat();
    let (agreement, package) = oracle::agreement(buf, (&pools.0, &pools.1), &all, &findings);
    Ok(Pair {
        version: version.to_owned(),
        report,
        agreement,
        package,
    })
}

/// The wheel of `version`, downloaded once.
pub fn wheel(cache: &Path, version: &str) -> Result<PathBuf> {
    let dir = cache.join(version);
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|e| e == "whl");
    if let Ok(files) = std::fs::read_dir(&dir)
        && let Some(wheel) = files.flatten().map(|file| file.path()).find(is_wheel)
    {
        return Ok(wheel);
    }
    std::fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    // An interrupted download must not be taken for the wheel.
    let download = tempfile::tempdir_in(&dir)?;
    let wheel = pip::download(&format!("{}=={version}", refresh::PACKAGE), download.path())?;
    let kept = dir.join(wheel.file_name().context("a wheel without a name")?);
    std::fs::rename(&wheel, &kept).with_context(|| kept.display().to_string())?;
    Ok(kept)
}

/// The agreement over all pairs, and what only we see.
fn totals(pairs: &[Pair]) -> String {
    let mut text = String::new();
    let mut all: [Agreement; 3] = Default::default();
    for pair in pairs {
        for (total, agreement) in all.iter_mut().zip(&pair.agreement) {
            total.add(agreement);
        }
    }
    let _ = writeln!(
        text,
        "| category | buf | diff | both | only buf | only diff | without argument |\n|---|--:|--:|--:|--:|--:|--:|"
    );
    for ((category, classes), total) in CATEGORIES.iter().zip(&all) {
        let classes: Vec<_> = classes.iter().map(|class| class.name()).collect();
        let _ = writeln!(
            text,
            "| {category} = {} | {} | {} | {} | {} | {} | {} |",
            classes.join(" or "),
            total.buf(),
            total.both + total.only_diff,
            total.both,
            total.only_buf,
            total.only_diff,
            total.unexplained.len()
        );
    }
    let _ = writeln!(
        text,
        "\n| deviation | symbols (WIRE, WIRE_JSON, FILE) | why |\n|---|---|---|"
    );
    for deviation in &DEVIATIONS {
        let (name, reason) = (deviation.name, deviation.reason);
        let counts = all
            .each_ref()
            .map(|total| total.deviations.get(name).copied());
        if counts.iter().any(Option::is_some) {
            let counts = counts.map(|count| count.unwrap_or_default().to_string());
            let _ = writeln!(text, "| {name} | {} | {reason} |", counts.join(", "));
        }
    }
    for unexplained in all.iter().flat_map(|total| &total.unexplained) {
        let _ = writeln!(text, "\nwithout argument: {unexplained}");
    }
    let behaviour = |pair: &Pair, wanted: &dyn Fn(&super::change::Change) -> bool| {
        let changes = pair.report.changes.iter();
        changes
            .filter(|c| c.breaks(Break::Behaviour) && wanted(c))
            .count()
    };
    let clean: Vec<_> = pairs
        .iter()
        .filter(|pair| pair.package == 0 && pair.agreement.iter().all(|a| a.buf() == 0))
        .filter(|pair| behaviour(pair, &|change| change.public) > 0)
        .map(|pair| pair.version.as_str())
        .collect();
    let sum = |wanted: &dyn Fn(&super::change::Change) -> bool| -> usize {
        pairs.iter().map(|pair| behaviour(pair, wanted)).sum()
    };
    let _ = writeln!(
        text,
        "\nChanges of behaviour: {} ({} public, {} of them in the AgentKit packages); {} break nothing \
         that buf looks at.",
        sum(&|_| true),
        sum(&|change| change.public),
        sum(&|change| change.public && is_agentkit(&change.file)),
        sum(&|change| change.breaks == [Break::Behaviour]),
    );
    let _ = writeln!(
        text,
        "Releases in which buf reports nothing in any category although public behaviour changed: {}.",
        clean.join(", ")
    );
    text
}

fn is_agentkit(file: &str) -> bool {
    AGENTKIT.iter().any(|dir| file.starts_with(dir))
}

fn table(versions: &[String], pairs: &[Pair], totals: &str) -> String {
    let mut text = format!(
        "# What every release changed\n\n\
         Written by `cargo xtask diff --history`: the {} published versions of `{}`, each against its \
         predecessor, and the opinion of `buf breaking` on the same descriptors. Do not edit.\n\n\
         A change can break several things; `public` counts changes that a public RPC reaches. The \
         numbers of buf are symbols.\n\n## Agreement with buf\n\n{totals}\n## Releases\n\n",
        versions.len(),
        refresh::PACKAGE
    );
    text += "| version | changes | public | wire | json | source | behaviour | AgentKit, public behaviour \
             | additive | doc | bump | buf WIRE | WIRE_JSON | FILE | PACKAGE | deviations |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|--:|---|\n";
    for pair in pairs {
        let report = &pair.report;
        let public = report.changes.iter().filter(|change| change.public).count();
        let agentkit = report.changes.iter().filter(|change| {
            change.public && change.breaks(Break::Behaviour) && is_agentkit(&change.file)
        });
        let mut deviations = Agreement::default();
        for agreement in &pair.agreement {
            deviations.add(agreement);
        }
        let deviations: Vec<_> = deviations.deviations.into_keys().collect();
        let classes = Break::ALL.map(|class| report.count(class).to_string());
        let buf = pair
            .agreement
            .each_ref()
            .map(|agreement| agreement.buf().to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {public} | {} | {} | {} | {} | {} | {} | {} | {} |",
            pair.version,
            report.changes.len(),
            classes.join(" | "),
            agentkit.count(),
            report.additive(),
            report.doc(),
            report.bump.name(),
            buf.join(" | "),
            pair.package,
            deviations.join(", ")
        );
    }
    text
}

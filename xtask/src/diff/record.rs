//! `spec/HISTORY.md`, which two commands write one part each of.

use std::path::Path;

use anyhow::{Context, Result};

const PATH: &str = "spec/HISTORY.md";

/// Begins the second part.
const SEMVER: &str = "## Agreement with cargo-semver-checks\n";

/// A part of the file, and its new text.
pub enum Part<'a> {
    /// Everything above the second part.
    Releases(&'a str),
    /// What stands below the second part's heading.
    Semver(&'a str),
}

/// Replaces one part and keeps the other.
pub fn write(root: &Path, part: Part<'_>) -> Result<()> {
    let path = root.join(PATH);
    let old = std::fs::read_to_string(&path).context(PATH)?;
    std::fs::write(&path, replace(&old, part)).context(PATH)
}

fn replace(old: &str, part: Part<'_>) -> String {
    let (releases, semver) = match old.split_once(SEMVER) {
        Some((releases, semver)) => (releases, Some(semver.trim_start())),
        None => (old, None),
    };
    let (releases, semver) = match part {
        Part::Releases(releases) => (releases, semver),
        Part::Semver(semver) => (releases, Some(semver)),
    };
    let releases = releases.trim_end();
    match semver {
        Some(semver) => format!("{releases}\n\n{SEMVER}\n{semver}"),
        None => format!("{releases}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_survives_the_other() {
        let releases = replace("# Old\n", Part::Releases("# New\n"));
        assert_eq!(releases, "# New\n");
        let both = replace(&releases, Part::Semver("A table.\n"));
        assert_eq!(both, format!("# New\n\n{SEMVER}\nA table.\n"));
        assert_eq!(
            replace(&both, Part::Releases("# Newer\n")),
            format!("# Newer\n\n{SEMVER}\nA table.\n")
        );
        assert_eq!(replace(&both, Part::Semver("A table.\n")), both);
    }
}

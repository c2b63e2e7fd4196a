//! A directory in memory: read completely, compared, and replaced in one step or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// File contents by path relative to the directory, `/`-separated on every platform.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Reads every file below `dir`; a directory that does not exist is an empty tree.
pub fn read(dir: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    read_into(dir, "", &mut tree)?;
    Ok(tree)
}

fn read_into(dir: &Path, prefix: &str, tree: &mut Tree) -> Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| dir.display().to_string())?,
    };
    for entry in entries {
        let entry = entry.with_context(|| dir.display().to_string())?;
        let Ok(name) = entry.file_name().into_string() else {
            bail!("{}: the file name is not UTF-8", entry.path().display());
        };
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            read_into(&entry.path(), &format!("{path}/"), tree)?;
        } else {
            let content =
                fs::read(entry.path()).with_context(|| entry.path().display().to_string())?;
            tree.insert(path, content);
        }
    }
    Ok(())
}

/// Replaces the content of `dir` with `tree`, or leaves it unchanged.
///
/// The new content is written to a sibling directory first, so that an interruption never leaves a
/// mixture of both.
pub fn replace(dir: &Path, tree: &Tree) -> Result<()> {
    if dir.is_dir() && read(dir)? == *tree {
        // Unchanged modification times avoid a rebuild of everything that includes these files.
        return Ok(());
    }
    let parent = dir.parent().unwrap_or(Path::new("."));
    let stage = tempfile::Builder::new()
        .prefix(".xtask-")
        .tempdir_in(parent)
        .with_context(|| parent.display().to_string())?;
    let (fresh, stale) = (stage.path().join("new"), stage.path().join("old"));
    write(&fresh, tree)?;
    if dir.exists() {
        rename(dir, &stale)?;
    }
    if let Err(error) = rename(&fresh, dir) {
        if stale.exists() {
            rename(&stale, dir)?;
        }
        return Err(error);
    }
    Ok(())
}

fn write(dir: &Path, tree: &Tree) -> Result<()> {
    fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    for (name, content) in tree {
        let path: PathBuf = dir.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        fs::write(&path, content).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("{} to {}", from.display(), to.display()))
}

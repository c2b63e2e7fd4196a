//! Finds the target directory, where commands put files that are not part of the repository.

use std::path::{Path, PathBuf};

/// The directory for build output of the workspace at `root`.
pub fn dir(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root.join(dir),
        None => root.join("target"),
    }
}

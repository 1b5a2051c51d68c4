//! The folder that scenarios leave pictures in.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder that scenarios leave pictures in.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) folder: PathBuf,
    is_wanted: bool,
}

impl Evidence {
    /// The report folder, or one that is removed with this.
    pub(super) fn new(report: Option<&Path>) -> Self {
        let own = || std::env::temp_dir().join(format!("harver-icims-check-{}", std::process::id()));
        Self { folder: report.map_or_else(own, Path::to_owned), is_wanted: report.is_some() }
    }
}

impl Drop for Evidence {
    fn drop(&mut self) {
        if !self.is_wanted {
            // Only runs with a browser have made it.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

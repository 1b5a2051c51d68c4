//! What the checkout has compiled of other people's crates is the same in the copy.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// What is linked into other things; programs are not.
const LIBRARIES: [&str; 4] = ["rlib", "rmeta", "so", "d"];

/// Fills a target folder that is not there yet with what the checkout has compiled of other people's crates, which saves most of the
/// first compilation. What it has compiled of our own is older than the copy's files, so cargo compiles that anew.
///
/// # Errors
/// When a file cannot be copied.
pub fn head_start(compiled: &Path, target: &Path) -> Result<()> {
    for folder in ["build", ".fingerprint", "deps"].map(PathBuf::from) {
        let mut folders = vec![folder];
        while let Some(next) = folders.pop().filter(|next| compiled.join(next).is_dir()) {
            fs::create_dir_all(target.join(&next))?;
            for entry in fs::read_dir(compiled.join(&next))? {
                let path = next.join(entry?.file_name());
                if compiled.join(&path).is_dir() {
                    folders.push(path);
                } else if next != Path::new("deps")
                    || path.extension().is_some_and(|kind| LIBRARIES.iter().any(|one| kind == *one))
                {
                    copy_with_time(&compiled.join(&path), &target.join(&path)).with_context(|| path.display().to_string())?;
                }
            }
        }
    }
    Ok(())
}

/// By their times cargo knows what is out of date.
fn copy_with_time(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    File::open(to)?.set_modified(fs::metadata(from)?.modified()?)
}

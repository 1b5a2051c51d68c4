//! The copy of the checkout in which code is broken. The checkout itself is never touched; whatever happens to a run, the next one
//! makes the copy what the checkout is before it begins.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// A copy of all files that git knows or would know, as they are in the working tree.
#[derive(Debug)]
pub struct Copy {
    folder: PathBuf,
}

impl Copy {
    /// Makes the copy, or makes it right again. A file that is right is not written, so that cargo does not compile it anew; one that
    /// is not gets a new time, so that cargo does.
    ///
    /// # Errors
    /// When git or a file cannot be read or a file cannot be written.
    pub fn of(checkout: &Path, folder: PathBuf) -> Result<Self> {
        let names = git(checkout, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
        let files: BTreeSet<PathBuf> = names
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .filter(|file| checkout.join(file).is_file())
            .collect();
        ensure!(!files.is_empty(), "git knows no files in {}", checkout.display());
        for file in &files {
            let (from, to) = (checkout.join(file), folder.join(file));
            if fs::read(&from).context(from.display().to_string())? != fs::read(&to).unwrap_or_default() || !to.exists() {
                fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
                // Not with its time: cargo would take what it compiled from a broken file for newer.
                fs::write(&to, fs::read(&from)?).context(to.display().to_string())?;
                fs::set_permissions(&to, fs::metadata(&from)?.permissions())?;
            }
        }
        let copy = Self { folder };
        for file in copy.files()?.difference(&files) {
            fs::remove_file(copy.folder.join(file)).context(file.display().to_string())?;
        }
        Ok(copy)
    }

    /// The root of the copy.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file until the guard goes.
    ///
    /// # Errors
    /// When the file cannot be read or written, or the change is refused.
    pub fn change(&self, file: &str, change: impl FnOnce(&str) -> Result<String>) -> Result<Changed> {
        let path = self.folder.join(file);
        let before = fs::read_to_string(&path).context(file.to_owned())?;
        let changed = Changed { path, before };
        fs::write(&changed.path, change(&changed.before)?).context(file.to_owned())?;
        Ok(changed)
    }

    fn files(&self) -> Result<BTreeSet<PathBuf>> {
        let (mut found, mut folders) = (BTreeSet::new(), vec![PathBuf::new()]);
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(self.folder.join(&next))? {
                let path = next.join(entry?.file_name());
                match self.folder.join(&path).is_dir() {
                    true => folders.push(path),
                    false => drop(found.insert(path)),
                }
            }
        }
        Ok(found)
    }
}

/// A file that is something else for now.
#[derive(Debug)]
pub struct Changed {
    path: PathBuf,
    before: String,
}

impl Drop for Changed {
    fn drop(&mut self) {
        fs::write(&self.path, &self.before).expect("the copy can be written");
    }
}

/// What git says.
///
/// # Errors
/// When git is not there or refuses.
pub fn git(checkout: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").args(arguments).current_dir(checkout).output().context("git")?;
    ensure!(output.status.success(), "git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

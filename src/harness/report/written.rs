//! The folder that reports are written to. A file is whole or not there: it is written under another name first.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What an earlier run may have left.
const EARLIER: [&str; 3] = ["junit.xml", "messages.ndjson", "report.html"];
/// The folder of Allure's files.
pub(super) const ALLURE: &str = "allure-results";

/// A folder that can be written to.
#[derive(Clone, Debug)]
pub(in crate::harness) struct Folder(PathBuf);

impl Folder {
    /// The folder at this path, without the reports of an earlier run.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let folder = Self::without(path, &EARLIER)?;
        absent(fs::remove_dir_all(path.join(ALLURE))).with_context(|| folder.cannot(&path.join(ALLURE)))?;
        Ok(folder)
    }

    /// The folder at this path, without these files.
    pub(in crate::harness) fn without(path: &Path, earlier: &[&str]) -> Result<Self> {
        let folder = Self(path.to_owned());
        fs::create_dir_all(path).with_context(|| folder.cannot(path))?;
        for name in earlier {
            absent(fs::remove_file(path.join(name))).with_context(|| folder.cannot(&path.join(name)))?;
        }
        // A run takes its time; that its reports cannot be written is better said before.
        folder.write(".writable", "yes\n")?;
        fs::remove_file(path.join(".writable")).with_context(|| folder.cannot(path))?;
        Ok(folder)
    }

    pub(in crate::harness) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file of this folder, `junit.xml` or `allure-results/1-result.json`.
    pub(in crate::harness) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<()> {
        let path = self.0.join(name);
        let unfinished = path.with_extension("part");
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&unfinished, content)).and_then(|()| fs::rename(&unfinished, &path));
        if written.is_err() {
            // What is half-written is of no use, and on a full disk it is in the way.
            absent(fs::remove_file(&unfinished)).with_context(|| self.cannot(&unfinished))?;
        }
        written.with_context(|| self.cannot(&path))
    }

    fn cannot(&self, path: &Path) -> String {
        let folder = self.0.display();
        format!(
            "the report {} cannot be written; free some space in {folder} and make it writable, or choose another folder",
            path.display()
        )
    }
}

fn absent(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

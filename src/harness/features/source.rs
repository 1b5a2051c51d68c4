//! Where feature files come from: the program itself, or a folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use include_dir::{Dir, include_dir};

use super::Read;

/// The features of this repository, as they were when the program was built.
static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// The example of own features, which shows the steps that those of the program do not use.
static EXAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/examples/features");

/// Where features come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Those that the program carries.
    Embedded,
    /// Every `*.feature` below a folder, or one such file.
    Folder(PathBuf),
}

impl Source {
    /// Reads them all, in the order of their paths.
    ///
    /// # Errors
    /// When a folder or file cannot be read, is not Gherkin, or there is none; the file is named.
    pub(in crate::harness) fn read(&self) -> Result<Read> {
        let mut read = Read::default();
        match self {
            Self::Embedded => {
                for (path, text) in below(&EMBEDDED)? {
                    read.add(text, &Path::new("features").join(path))?;
                }
            }
            Self::Folder(folder) => {
                let mut files = Vec::new();
                collect(folder, &mut files)?;
                ensure!(!files.is_empty(), "there is no file that ends with .feature below {}", folder.display());
                files.sort();
                for file in files {
                    let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
                    read.add(&text, &near(&file))?;
                }
            }
        }
        Ok(read)
    }
}

impl Source {
    /// What the file of a feature says, by the path that the feature has.
    pub(in crate::harness) fn text(&self, path: &Path) -> Option<String> {
        match self {
            Self::Embedded => EMBEDDED.get_file(path.strip_prefix("features").ok()?)?.contents_utf8().map(str::to_owned),
            Self::Folder(_) => std::fs::read_to_string(path).ok(),
        }
    }
}

/// The example of own features.
pub(in crate::harness) fn examples() -> Result<Read> {
    let mut read = Read::default();
    for (path, text) in below(&EXAMPLES)? {
        read.add(text, &Path::new("examples/features").join(path))?;
    }
    Ok(read)
}

fn below(folder: &'static Dir<'static>) -> Result<Vec<(&'static Path, &'static str)>> {
    fn collect(folder: &'static Dir<'static>, files: &mut Vec<(&'static Path, &'static str)>) -> Result<()> {
        for file in folder.files().filter(|file| is_feature(file.path())) {
            let text = file.contents_utf8().with_context(|| format!("{} is not text", file.path().display()))?;
            files.push((file.path(), text));
        }
        folder.dirs().try_for_each(|below| collect(below, files))
    }
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort_unstable();
    Ok(files)
}

fn is_feature(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "feature")
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let about = std::fs::metadata(path).with_context(|| format!("reading the features in {}", path.display()))?;
    if !about.is_dir() {
        ensure!(is_feature(path), "{} is neither a folder nor a file that ends with .feature", path.display());
        files.push(path.to_owned());
        return Ok(());
    }
    let reading = || format!("reading the features in {}", path.display());
    for entry in std::fs::read_dir(path).with_context(reading)? {
        let below = entry.with_context(reading)?.path();
        if below.is_dir() || is_feature(&below) {
            collect(&below, files)?;
        }
    }
    Ok(())
}

/// The path as somebody in the working folder would write it.
fn near(file: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| file.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::features::scenes;

    #[test]
    fn the_program_carries_the_features_of_the_repository() {
        let told = |source: &Source| {
            let read = source.read().expect("features");
            let told: Vec<_> = scenes(&read.features).map(|scene| (scene.place(), scene.scenario.name.clone())).collect();
            told
        };
        let folder = Source::Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("features"));
        assert_eq!(told(&Source::Embedded), told(&folder));
    }
}

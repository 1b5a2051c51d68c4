//! The tests and scenarios of the repository, read off its files, so that nothing has to be compiled to know them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::number::{self, Number};

/// Where tests are.
const FOLDERS: [&str; 4] = ["src", "tests", "sandbox/src", "sandbox/tests"];

/// A test function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The function's name.
    pub name: String,
    /// The file from the root of the repository.
    pub file: String,
}

/// A scenario with its own tags and those of its rule and feature, without the at sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it is called. That of an outline has its variables.
    pub name: String,
    /// All tags that hold for it.
    pub tags: BTreeSet<String>,
    /// The file from the root of the repository.
    pub file: String,
}

/// What there is to go red.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Every test function.
    pub tests: Vec<Test>,
    /// Every scenario.
    pub scenarios: Vec<Scenario>,
}

impl Source {
    /// Reads a repository.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(root: &Path) -> Result<Self> {
        let mut found = Self::default();
        for (file, text) in FOLDERS.iter().map(|folder| files(root, folder, "rs")).collect::<Result<Vec<_>>>()?.concat() {
            found.tests.extend(tests_in(&text).into_iter().map(|name| Test { name, file: file.clone() }));
        }
        for (file, text) in files(root, "features", "feature")? {
            found.scenarios.extend(scenarios_in(&text, &file));
        }
        Ok(found)
    }

    /// The numbers that tests and scenarios carry.
    ///
    /// # Errors
    /// When a tag begins as a number does and is none.
    pub fn carried(&self) -> Result<BTreeSet<Number>> {
        let mut carried: BTreeSet<_> = self.tests.iter().flat_map(|test| number::in_name(&test.name)).collect();
        for scenario in &self.scenarios {
            carried.extend(number::in_tags(scenario.tags.iter().map(String::as_str)).with_context(|| scenario.name.clone())?);
        }
        Ok(carried)
    }

    /// The tests of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Test> {
        self.tests.iter().filter(|test| test.name == name).collect()
    }

    /// The scenarios with this tag, which begins with its at sign.
    #[must_use]
    pub fn tagged(&self, tag: &str) -> Vec<&Scenario> {
        let bare = tag.strip_prefix('@');
        self.scenarios.iter().filter(|scenario| bare.is_some_and(|tag| scenario.tags.contains(tag))).collect()
    }
}

/// The functions below an attribute that makes them a test.
#[must_use]
pub fn tests_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut expected = false;
    for line in text.lines().map(str::trim) {
        expected |= line == "#[test]" || line.starts_with("#[tokio::test");
        let signature = line.trim_start_matches("pub ").trim_start_matches("async ").strip_prefix("fn ");
        if let Some(signature) = signature.filter(|_| expected) {
            found.push(signature.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect());
            expected = false;
        }
    }
    found
}

/// The scenarios of a feature.
#[must_use]
pub fn scenarios_in(text: &str, file: &str) -> Vec<Scenario> {
    let (mut feature, mut rule, mut waiting) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        let of = |keyword: &str| line.strip_prefix(keyword).map(|name| name.trim().to_owned());
        if line.starts_with('@') {
            waiting.extend(line.split_whitespace().map(|tag| tag.trim_start_matches('@').to_owned()));
        } else if of("Feature:").is_some() {
            feature = std::mem::take(&mut waiting);
        } else if of("Rule:").is_some() {
            rule = std::mem::take(&mut waiting);
        } else if let Some(name) = of("Scenario:").or_else(|| of("Scenario Outline:")) {
            let tags = feature.iter().chain(&rule).cloned().chain(std::mem::take(&mut waiting)).collect();
            found.push(Scenario { name, tags, file: file.to_owned() });
        }
    }
    found
}

/// The files below a folder with this ending: their paths from the root, and what they hold.
fn files(root: &Path, folder: &str, ending: &str) -> Result<Vec<(String, String)>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::from(folder)]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(root.join(&next)).with_context(|| next.display().to_string())? {
            let path = next.join(entry?.file_name());
            if root.join(&path).is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let text = fs::read_to_string(root.join(&path)).with_context(|| path.display().to_string())?;
                found.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    Ok(found)
}

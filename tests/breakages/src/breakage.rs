//! A declared breakage: one exact edit, and what goes red.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::number::Number;

/// Where they are, from the root of the repository.
pub const FOLDER: &str = "tests/breakages/edits";

/// An edit that breaks a promise, with the tests that notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakage {
    /// What is broken: the name of its file.
    pub number: Number,
    /// What the file says.
    pub edit: Edit,
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What is promised, and what the broken code does instead.
    pub why: String,
    /// The file that is edited, from the root of the repository.
    pub file: String,
    /// What stands there once.
    pub old: String,
    /// What takes its place.
    pub new: String,
    /// The names of test functions. Each of them fails.
    #[serde(default)]
    pub red: Vec<String>,
    /// A tag of scenarios, at least one of which fails.
    pub scenario: Option<String>,
}

impl Edit {
    /// The text of the file as it is broken.
    ///
    /// # Errors
    /// When the old text does not stand there exactly once.
    pub fn applied(&self, text: &str) -> Result<String> {
        let count = text.matches(&self.old).count();
        ensure!(count == 1, "what it replaces stands {count} times in {}, not once", self.file);
        Ok(text.replacen(&self.old, &self.new, 1))
    }
}

/// The path of a breakage's file from the root of the repository.
#[must_use]
pub fn file_of(number: Number) -> String {
    format!("{FOLDER}/{number}.toml")
}

/// All that are declared, in the order of their numbers: a promise may be broken in several ways.
///
/// # Errors
/// When a file cannot be read or its name is no number.
pub fn read(root: &Path) -> Result<Vec<Breakage>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(FOLDER)).context(FOLDER)? {
        let path = entry?.path();
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number: Number = name.trim_end_matches(".toml").parse().with_context(|| shown.clone())?;
        ensure!(file_of(number) == shown, "{shown}: this file is called {}", file_of(number));
        let text = fs::read_to_string(&path).with_context(|| shown.clone())?;
        let edits = edits_in(&text).with_context(|| shown.clone())?;
        found.extend(edits.into_iter().map(|edit| Breakage { number, edit }));
    }
    found.sort_by_key(|breakage| breakage.number);
    Ok(found)
}

/// The edits of a file: the one that it begins with, and each `[[further]]` one.
fn edits_in(text: &str) -> Result<Vec<Edit>> {
    let mut first: toml::Table = toml::from_str(text)?;
    let further = first.remove("further").unwrap_or_else(|| toml::Value::Array(Vec::new()));
    let mut edits = vec![first.try_into()?];
    edits.extend(further.try_into::<Vec<Edit>>()?);
    Ok(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_declares_one_edit_and_as_many_further_ones() {
        let edit = |old: &str| format!("why = \"x\"\nfile = \"src/x.rs\"\nold = \"{old}\"\nnew = \"n\"\nred = [\"t\"]\n");
        let text = format!("{}[[further]]\n{}", edit("a"), edit("b"));
        let olds: Vec<String> = edits_in(&text).expect("two edits").into_iter().map(|edit| edit.old).collect();
        assert_eq!(olds, ["a", "b"]);
        assert!(edits_in(&format!("{}[[farther]]\n", edit("a"))).is_err(), "a slip of the pen declares nothing");
    }
}

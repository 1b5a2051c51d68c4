//! Which promises of the set-up guide are kept: the README's table, held against the tags of the scenarios and what came of them.
//!
//! The table's last column is written from here and by nobody else, so that it claims no promise that no scenario carries.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// How many promises the guide makes.
const PROMISES: u8 = 40;
/// How the table is written anew.
const HOW: &str = "UPDATE_README=1 cargo test --test cucumber";

/// A promise of the guide, `G01` to `G40`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Promise(u8);

impl Promise {
    fn all() -> impl Iterator<Item = Self> {
        (1..=PROMISES).map(Self)
    }

    /// The promise that a tag names; `None` for tags that are about something else.
    fn named(tag: &str) -> Result<Option<Self>> {
        let Some(number) = tag.strip_prefix('G').filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit())) else {
            return Ok(None);
        };
        let promise =
            number.parse().ok().map(Self).filter(|promise| promise.to_string() == tag && Self::all().any(|one| one == *promise));
        promise.map(Some).with_context(|| format!("the guide has no promise {tag}: they are G01 to G{PROMISES}"))
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "G{:02}", self.0)
    }
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No scenario carries it.
    Open,
    /// One that carries it has failed.
    Broken,
    /// All that carry it have passed.
    Kept,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Broken => "broken",
            Self::Kept => "kept",
        })
    }
}

/// How all promises stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Coverage(BTreeMap<Promise, State>);

impl Coverage {
    /// From all scenarios there are: the tags of each, and whether it passed.
    ///
    /// # Errors
    /// When a tag names a promise that the guide does not make.
    pub(super) fn of<'a>(scenarios: impl IntoIterator<Item = (&'a [String], bool)>) -> Result<Self> {
        let mut states: BTreeMap<_, _> = Promise::all().map(|promise| (promise, State::Open)).collect();
        for (tags, passed) in scenarios {
            for tag in tags {
                let Some(promise) = Promise::named(tag)? else { continue };
                let state = states.entry(promise).or_insert(State::Open);
                *state = if passed && *state != State::Broken { State::Kept } else { State::Broken };
            }
        }
        Ok(Self(states))
    }

    /// What is left to be written to the README after a run, in words; with `update`, it is written.
    ///
    /// # Errors
    /// When there is no such README, or its table is not that of the promises.
    pub(super) fn settle(&self, readme: &Path, update: bool) -> Result<Option<String>> {
        let name = || format!("the table of promises in {}", readme.display());
        let before = fs::read_to_string(readme).with_context(name)?;
        let (after, differences) = self.written(&before).with_context(name)?;
        if update && before != after {
            fs::write(readme, after).with_context(name)?;
            return Ok(None);
        }
        Ok((!differences.is_empty())
            .then(|| format!("{} is not what the scenarios show; {HOW} writes it:\n  {}", name(), differences.join("\n  "))))
    }

    /// The README with the table as it should be, and what that changes.
    fn written(&self, readme: &str) -> Result<(String, Vec<String>)> {
        let (mut written, mut differences) = (String::with_capacity(readme.len()), Vec::new());
        let mut missing = Promise::all().peekable();
        for line in readme.split_inclusive('\n') {
            let Some((promise, about, claimed)) = row(line)? else {
                written.push_str(line);
                continue;
            };
            ensure!(
                missing.next_if_eq(&promise).is_some(),
                "{promise} stands where {} should",
                missing.peek().map_or("nothing".to_owned(), Promise::to_string)
            );
            let state = self.0[&promise].to_string();
            if claimed != state {
                differences.push(format!("{promise} is {state}, not {claimed}"));
            }
            written.push_str(&format!("| {promise} | {about} | {state} |\n"));
        }
        ensure!(
            missing.peek().is_none(),
            "there is no row of {}",
            missing.map(|promise| promise.to_string()).collect::<Vec<_>>().join(", ")
        );
        Ok((written, differences))
    }
}

/// A row of the table: promise, what it is about, and how it is said to stand.
fn row(line: &str) -> Result<Option<(Promise, &str, &str)>> {
    let cells: Vec<&str> = line.trim_end().split('|').map(str::trim).collect();
    let ["", tag, about, state, ""] = cells.as_slice() else { return Ok(None) };
    Ok(Promise::named(tag)?.map(|promise| (promise, *about, *state)))
}

#[cfg(test)]
mod tests;

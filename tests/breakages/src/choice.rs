//! Which breakages are replayed.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use crate::breakage::{self, Breakage};
use crate::copy::git;
use crate::number::Number;
use crate::source::Source;

/// What was asked for; together, when several are.
#[derive(Clone, Debug, Default, Args)]
#[group(required = true, multiple = true)]
pub struct Choice {
    /// Every one
    #[arg(long)]
    pub all: bool,
    /// This one, such as G07, row-12 or promise-03
    #[arg(long, value_name = "NAME")]
    pub only: Vec<Number>,
    /// Those whose code or tests are not what they were in this revision
    #[arg(long, value_name = "REV")]
    pub changed_since: Option<String>,
    /// So many, others with each commit
    #[arg(long, value_name = "N")]
    pub handful: Option<usize>,
}

impl Choice {
    /// The breakages that were asked for, in an order in which little is compiled from one to the next.
    ///
    /// # Errors
    /// When there is none of a name, or git does not know the revision.
    pub fn of(&self, root: &Path, declared: &[Breakage], source: &Source) -> Result<Vec<Breakage>> {
        let mut chosen: BTreeSet<Number> = self.only.iter().copied().collect();
        if let Some(unknown) = chosen.iter().find(|number| declared.iter().all(|breakage| breakage.number != **number)) {
            anyhow::bail!("there is no {}", breakage::file_of(*unknown));
        }
        if let Some(revision) = &self.changed_since {
            let changed = changed_since(root, revision)?;
            let concerned = declared.iter().filter(|one| files_of(one, source).iter().any(|file| changed.contains(file)));
            chosen.extend(concerned.map(|one| one.number));
        }
        if let Some(count) = self.handful.filter(|_| !declared.is_empty()) {
            let commit = git(root, &["rev-parse", "HEAD"])?;
            let start = u64::from_str_radix(commit.get(..8).context("a commit has a name")?, 16)? as usize % declared.len();
            chosen.extend(declared.iter().cycle().skip(start).take(count.min(declared.len())).map(|one| one.number));
        }
        let mut chosen: Vec<Breakage> = declared.iter().filter(|one| self.all || chosen.contains(&one.number)).cloned().collect();
        // What is broken in the sandbox is compiled into everything else.
        chosen.sort_by_key(|one| (one.edit.file.starts_with("sandbox/"), one.edit.file.clone(), one.number));
        Ok(chosen)
    }
}

/// The files that a breakage is about: the one it edits, its own, and those of what goes red.
fn files_of(breakage: &Breakage, source: &Source) -> Vec<String> {
    let tests = breakage.edit.red.iter().flat_map(|name| source.named(name)).map(|test| test.file.clone());
    let scenarios = breakage.edit.scenario.iter().flat_map(|tag| source.tagged(tag)).map(|scenario| scenario.file.clone());
    [breakage.edit.file.clone(), breakage::file_of(breakage.number)].into_iter().chain(tests).chain(scenarios).collect()
}

/// The files that are not what they were.
fn changed_since(root: &Path, revision: &str) -> Result<BTreeSet<String>> {
    ensure!(!revision.starts_with('-'), "{revision:?} is no revision");
    let changed = git(root, &["diff", "--name-only", "-z", revision, "--"])?;
    let new = git(root, &["ls-files", "-z", "--others", "--exclude-standard"])?;
    Ok(changed.split('\0').chain(new.split('\0')).filter(|file| !file.is_empty()).map(str::to_owned).collect())
}

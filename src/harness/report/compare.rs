//! What has changed since the last run: which scenarios are new, fixed, regressed. The last known result of each scenario is kept beside
//! the reports; a run of some of them leaves what is known of the others.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::run::{Run, Status};

/// The name of the file with the last results.
pub(super) const LAST_RUN: &str = "last-run.json";
/// The version of its shape; another one is not compared with.
const SHAPE: u32 = 1;

/// The last known result of each scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LastRun {
    shape: u32,
    /// By file, rule and name, as lines move.
    scenarios: BTreeMap<String, Status>,
}

impl Default for LastRun {
    fn default() -> Self {
        Self { shape: SHAPE, scenarios: BTreeMap::new() }
    }
}

/// What is different from the last run, by the names of scenarios.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Changes {
    /// Whether there was a run to compare with.
    pub(super) compared: bool,
    /// Not known before.
    pub(super) new: Vec<String>,
    /// Failed before and passes now.
    pub(super) fixed: Vec<String>,
    /// Passed before and fails now.
    pub(super) regressed: Vec<String>,
    /// Failed before and still does.
    pub(super) still_failing: Vec<String>,
}

impl LastRun {
    /// The results in a folder; none if there was no run.
    ///
    /// # Errors
    /// When there is a file that cannot be read, or that is none of ours.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(LAST_RUN);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let last: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is not the result of a run; delete it, and the next run starts anew", path.display()))?;
        Ok(if last.shape == SHAPE { last } else { Self::default() })
    }

    /// What is different now.
    pub(super) fn changes(&self, run: &Run) -> Changes {
        let mut changes = Changes { compared: !self.scenarios.is_empty(), ..Changes::default() };
        if !changes.compared {
            return changes;
        }
        for (key, name, status) in keyed(run) {
            let list = match (self.scenarios.get(&key), status) {
                (_, Status::NotRun) => continue,
                (None, _) => &mut changes.new,
                (Some(Status::Failed), Status::Failed) => &mut changes.still_failing,
                (Some(Status::Failed), _) => &mut changes.fixed,
                (Some(Status::Passed | Status::Flaky), Status::Failed) => &mut changes.regressed,
                _ => continue,
            };
            list.push(name);
        }
        changes
    }

    /// What is known after this run.
    pub(super) fn followed_by(mut self, run: &Run) -> Self {
        for (key, _, status) in keyed(run) {
            if status != Status::NotRun {
                self.scenarios.insert(key, status);
            }
        }
        self
    }
}

impl Changes {
    /// One line for a terminal: `Against the last run: 2 new, 1 fixed, 1 regressed (Nobody is invited twice).`
    pub(super) fn line(&self) -> String {
        if !self.compared {
            return "There is no earlier run to compare with.".into();
        }
        let named = |names: &[String]| match names {
            [] => String::new(),
            [one] => format!(" ({one})"),
            [first, rest @ ..] => format!(" ({first}, and {} more)", rest.len()),
        };
        let (new, fixed, regressed) = (self.new.len(), self.fixed.len(), self.regressed.len());
        if new + fixed + regressed == 0 {
            return "Against the last run: nothing new, fixed or regressed.".into();
        }
        format!("Against the last run: {new} new, {fixed} fixed, {regressed} regressed{}.", named(&self.regressed))
    }
}

/// Each scenario with a name that does not change with the lines of its file.
pub(super) fn keyed(run: &Run) -> Vec<(String, String, Status)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let all = run.scenarios().map(|(feature, rule, scenario)| {
        let rule = rule.map_or("", |rule| rule.name.as_str());
        let key = format!("{} / {rule} / {}", feature.file, scenario.name);
        let number = seen.entry(key.clone()).or_default();
        *number += 1;
        let key = if *number == 1 { key } else { format!("{key} #{number}") };
        (key, scenario.name.clone(), scenario.status())
    });
    all.collect()
}

//! What a customer's own entries are called by, for the labels that the scenarios use.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// Where a candidate is who was submitted by a recruiter.
pub(super) const SUBMITTED: &str = "Recruiter Submitted";
/// The folder that makes a person a Candidate.
pub(super) const CANDIDATES: &str = "Cand:Unreviewed";
/// The folder of jobs that are open.
pub(super) const OPEN: &str = "Approved";
/// The folder of jobs that are filled.
pub(super) const CLOSED: &str = "Closed (Filled)";

/// Folders that iCIMS delivers to every customer (`icims-api.md`, 5 and 9).
const DELIVERED: [(&str, &str); 4] = [(CANDIDATES, "D32006"), ("Person", "D32019"), (OPEN, "D31001"), (CLOSED, "D31004")];
/// Statuses of the sandbox's customers. Those of anybody else have ids of their own.
const OF_THE_SANDBOX: [(&str, &str); 4] =
    [(SUBMITTED, "C40101"), ("Send to Harver", "C40177"), ("Phone Screen", "C40130"), ("Not Selected", "C40190")];

/// Ids by label.
#[derive(Clone, Debug)]
pub(in crate::harness) struct Names {
    statuses: BTreeMap<String, String>,
    folders: BTreeMap<String, String>,
}

impl Names {
    /// Those of a customer of the sandbox.
    pub(in crate::harness) fn of_the_sandbox() -> Self {
        let owned = |(label, id): &(&str, &str)| ((*label).to_owned(), (*id).to_owned());
        Self::of(OF_THE_SANDBOX.iter().map(owned).collect(), BTreeMap::new())
    }

    /// Those of a customer who tells them; folders that are not told are the delivered ones.
    pub(in crate::harness) fn of(statuses: BTreeMap<String, String>, own: BTreeMap<String, String>) -> Self {
        let mut folders: BTreeMap<_, _> = DELIVERED.iter().map(|(label, id)| ((*label).to_owned(), (*id).to_owned())).collect();
        folders.extend(own);
        Self { statuses, folders }
    }

    pub(super) fn status(&self, label: &str) -> Result<&str> {
        let id = self.statuses.get(label).map(String::as_str);
        id.with_context(|| format!("the environment does not tell the id of the status {label:?}: add it to [icims.statuses]"))
    }

    pub(super) fn folder(&self, label: &str) -> Result<&str> {
        let id = self.folders.get(label).map(String::as_str);
        id.with_context(|| format!("the environment does not tell the id of the folder {label:?}: add it to [icims.folders]"))
    }
}

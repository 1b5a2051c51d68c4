//! What came of the checks, in words for whoever has to act.

use std::time::Duration;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it must be.
    Passed,
    /// It may work all the same.
    Warning,
    /// The integration cannot work like this.
    Failed,
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Whoever configures the integration.
    HarverAdmin,
    /// The administrator of the customer's iCIMS.
    IcimsAdmin,
    /// Whoever runs the network between the systems.
    Network,
}

impl Whom {
    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::HarverAdmin => "the Harver Admin",
            Self::IcimsAdmin => "the iCIMS administrator",
            Self::Network => "whoever runs the network",
        }
    }
}

/// One check with its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable, for programs and for ids on pages, such as `icims-credentials`.
    pub id: &'static str,
    /// What was checked, as a sentence that holds when it passed.
    pub title: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Why: what was found.
    pub why: String,
    /// What to do and whom to ask; `None` when it passed.
    pub next_step: Option<(String, Whom)>,
}

impl Check {
    /// It is as it must be.
    #[must_use]
    pub fn passed(id: &'static str, title: &'static str, why: impl Into<String>) -> Self {
        Self { id, title, outcome: Outcome::Passed, why: why.into(), next_step: None }
    }

    /// It may work all the same.
    #[must_use]
    pub fn warning(id: &'static str, title: &'static str, why: impl Into<String>, fix: impl Into<String>, whom: Whom) -> Self {
        Self { id, title, outcome: Outcome::Warning, why: why.into(), next_step: Some((fix.into(), whom)) }
    }

    /// The integration cannot work like this.
    #[must_use]
    pub fn failed(id: &'static str, title: &'static str, why: impl Into<String>, fix: impl Into<String>, whom: Whom) -> Self {
        Self { id, title, outcome: Outcome::Failed, why: why.into(), next_step: Some((fix.into(), whom)) }
    }
}

/// All checks that were run, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether the integration may be enabled: nothing has failed, and something was checked.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.outcome != Outcome::Failed)
    }

    pub(super) fn add(&mut self, check: Check) {
        self.checks.push(check);
    }

    pub(super) fn add_all(&mut self, checks: impl IntoIterator<Item = Check>) {
        self.checks.extend(checks);
    }
}

/// What a check is about: its id and its title.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject(pub(super) &'static str, pub(super) &'static str);

impl Subject {
    pub(super) fn passed(self, why: impl Into<String>) -> Check {
        Check::passed(self.0, self.1, why)
    }

    pub(super) fn warning(self, why: impl Into<String>, fix: impl Into<String>, whom: Whom) -> Check {
        Check::warning(self.0, self.1, why, fix, whom)
    }

    pub(super) fn failed(self, why: impl Into<String>, fix: impl Into<String>, whom: Whom) -> Check {
        Check::failed(self.0, self.1, why, fix, whom)
    }

    pub(super) fn took_too_long(self, deadline: Duration) -> Check {
        let why = format!("There was no answer within {} seconds.", deadline.as_secs_f32());
        self.failed(
            why,
            "Try again in a few minutes. If it stays like this, ask whether the network lets us through.",
            Whom::Network,
        )
    }
}

//! A choice of packages that a recruiter is asked for, when packages are chosen in Harver (promises G14 and G32).

use std::str::FromStr;

use jiff::Timestamp;

use super::ids::{CustomerId, JobId, PersonId, SelectionId, WorkflowId};
use super::order::UnknownState;

/// Which packages a candidate is to be invited to, for one workflow. Orders come of it when the recruiter sends it off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Our number.
    pub id: SelectionId,
    /// Whose.
    pub customer: CustomerId,
    /// The workflow in iCIMS.
    pub workflow: WorkflowId,
    /// The candidate's person profile.
    pub person: PersonId,
    /// The job.
    pub job: JobId,
    /// Who advanced the candidate, where iCIMS has said so.
    pub recruiter: Option<PersonId>,
    /// When the event arrived.
    pub opened_at: Timestamp,
    /// Until when packages can be chosen.
    pub expires_at: Timestamp,
    /// What became of it; `None` while it is awaited, or has run out unnoticed.
    pub end: Option<SelectionEnd>,
}

/// How a choice has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionEnd {
    /// Packages were chosen, and the candidate is invited to them.
    Sent,
    /// The recruiter wants nothing sent.
    Cancelled,
    /// Nobody chose in time.
    RanOut,
}

/// How far a choice is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionState {
    /// The recruiter may choose.
    AwaitingPackages,
    /// It has ended.
    Ended(SelectionEnd),
}

impl Selection {
    /// How far it is.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> SelectionState {
        match self.end {
            Some(end) => SelectionState::Ended(end),
            None if now < self.expires_at => SelectionState::AwaitingPackages,
            None => SelectionState::Ended(SelectionEnd::RanOut),
        }
    }
}

impl SelectionEnd {
    const ALL: [Self; 3] = [Self::Sent, Self::Cancelled, Self::RanOut];

    /// The name under which it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Cancelled => "cancelled",
            Self::RanOut => "ran_out",
        }
    }
}

impl FromStr for SelectionEnd {
    type Err = UnknownState;
    fn from_str(name: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|end| end.name() == name).ok_or_else(|| UnknownState::of(name))
    }
}

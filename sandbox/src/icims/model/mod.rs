//! The words of the simulated iCIMS: ids, values and records. No rules, no HTTP, no clock.
//!
//! A record holds the values of one profile by integration field name; which names and types exist is told by
//! [`schema`](super::schema). Read [`state`](super::state) next for what may happen to records.

mod fields;
mod file;
mod ids;
mod life;
mod values;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use fields::{FieldName, Fields};
pub use file::{FileBytes, FileRef};
pub use ids::{CompanyId, EntryId, EventId, FileId, JobId, NodeId, NotAnId, OnboardingId, PersonId, WorkflowId};
pub use life::Life;
pub use values::{Entry, Money, Record, Value};

use super::schema::ProfileType;

/// What a human is to the recruiters; roles add up and are never taken away (icims-api 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Can be submitted to jobs.
    Candidate,
    /// Works here.
    Employee,
    /// Hires here.
    HiringManager,
}

impl Role {
    /// The role that a folder label carries as its prefix: `Cand:`, `Emp:` or `HM:` (icims-api 6).
    #[must_use]
    pub fn of_folder(label: &str) -> Option<Self> {
        match label.split_once(':')?.0 {
            "Cand" => Some(Self::Candidate),
            "Emp" => Some(Self::Employee),
            "HM" => Some(Self::HiringManager),
            _ => None,
        }
    }

    /// The role as recruiters call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Candidate => "Candidate",
            Self::Employee => "Employee",
            Self::HiringManager => "Hiring Manager",
        }
    }
}

/// A human: candidate, employee, hiring manager, or a contact when there is no role at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// System id.
    pub id: PersonId,
    /// Roles; empty means Contact, the plain Person.
    pub roles: BTreeSet<Role>,
    /// Field values.
    pub record: Record,
    /// What a seed has given the person, until somebody changes the profile; then all of it is among the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Life>,
}

impl Person {
    /// First and last name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.record.text("firstname"), self.record.text("lastname")).trim().to_owned()
    }

    /// The e-mail address, empty when there is none.
    #[must_use]
    pub fn email(&self) -> &str {
        self.record.text("email")
    }

    /// Whether this is a plain Person, who cannot be submitted to a job on screen.
    #[must_use]
    pub fn is_contact(&self) -> bool {
        self.roles.is_empty()
    }
}

/// A requisition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// System id.
    pub id: JobId,
    /// Field values.
    pub record: Record,
}

impl Job {
    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.record.text("jobtitle")
    }

    /// The number that people see, `year-number` (icims-api 5.12).
    #[must_use]
    pub fn display_id(&self) -> String {
        let year = self.record.created.to_zoned(jiff::tz::TimeZone::UTC).year();
        format!("{year}-{}", self.id)
    }

    /// The chosen packages: nodes of the Assessment Type list.
    #[must_use]
    pub fn assessment_types(&self) -> &[NodeId] {
        self.record.nodes("assessmenttype")
    }
}

/// A company; for jobs, the place where they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Company {
    /// System id.
    pub id: CompanyId,
    /// Field values.
    pub record: Record,
}

/// Who changed a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// The new status.
    pub status: NodeId,
    /// When.
    pub at: Timestamp,
    /// By whom; a candidate on the portal counts as author of the own application.
    pub by: PersonId,
}

/// Where an application stands on the career portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStep {
    /// The last step shows the link to the vendor.
    Assessment,
    /// The candidate followed the link and has not come back.
    LeftForVendor,
    /// Nothing is left to do: the application is submitted.
    Complete,
}

/// A recruiting workflow: one person's application to one job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// System id.
    pub id: WorkflowId,
    /// The associated profile.
    pub person: PersonId,
    /// The base profile.
    pub job: JobId,
    /// Field values, also status and assessment results.
    pub record: Record,
    /// Status history, oldest first; at most the 100 newest (icims-api 7.6).
    pub log: Vec<StatusChange>,
    /// The application on the portal, if it was made there.
    pub application: Option<ApplicationStep>,
    /// Events this workflow has caused, oldest first.
    pub events: Vec<EventId>,
}

impl Workflow {
    /// The current status. Absent only while an administrator has removed it.
    #[must_use]
    pub fn status(&self) -> Option<&NodeId> {
        self.record.node("status")
    }

    /// The result rows.
    #[must_use]
    pub fn results(&self) -> &[Entry] {
        self.record.entries("assessmentresults")
    }
}

/// An onboarding workflow: what is done for a person who has been hired. Its base profile is a new hire category (icims-api 7.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Onboarding {
    /// System id.
    pub id: OnboardingId,
    /// The associated profile.
    pub person: PersonId,
    /// The application that ended in the hiring; absent where there was none on this platform.
    pub workflow: Option<WorkflowId>,
    /// Field values, also job and status.
    pub record: Record,
}

/// One item of a list editor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// The list it belongs to; a key of [`schema::LISTS`](super::schema::LISTS).
    pub list: String,
    /// What people see.
    pub label: String,
    /// The node above it: the bin of a status, the country of a state.
    pub parent: Option<NodeId>,
    /// Short form, for countries and states.
    pub abbrev: Option<String>,
    /// Whether it is offered nowhere and cannot be set by its label (icims-api 5.10). What has it keeps it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Whether it has been taken out of its list and is there only to be read where it is set.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl Node {
    /// Whether its list offers it to be chosen.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        !self.hidden && !self.removed
    }
}

/// Any profile, by type and number.
pub type ProfileKey = (ProfileType, u64);

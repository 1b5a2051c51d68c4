//! What iCIMS tells the integration, as far as the integration acts on it.

use std::fmt;

use url::Url;

use super::ids::{CustomerId, JobId, PersonId, WorkflowId};

/// A status node without its letter: `D10100`, `C10100` and `10100` are told apart by nobody in events (assessment-flow.md 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatusId(String);

impl StatusId {
    /// Reads a status id with or without its one letter; `None` when the rest is no number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text);
        let valid = !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| Self(digits.to_owned()))
    }
}

impl fmt::Display for StatusId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a workflow stands, as iCIMS tells it when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowStatus {
    /// The status.
    pub id: StatusId,
    /// Bin and status in the customer's words, such as `Not Selected - Position Filled`; empty when iCIMS does not say.
    pub label: String,
}

impl WorkflowStatus {
    /// Whether the label says that the candidate is out of the running or has the job.
    ///
    /// *Assumed*: which statuses a tenant has is its own affair, and only few ids are delivered (icims-api.md 7.5). Bins of those who are
    /// out are called like this everywhere that was looked.
    #[must_use]
    pub fn reads_like_an_end(&self) -> bool {
        let label = self.label.to_lowercase();
        ["not selected", "hired", "reject", "withdr", "declin", "disqualif"].iter().any(|word| label.contains(word))
    }
}

/// A recruiter moved a workflow to another status (assessment-flow.md 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The status it was moved to.
    pub new_status: StatusId,
    /// Who moved it, where the event says so.
    pub recruiter: Option<PersonId>,
}

/// Something happened to one workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose workflow.
    pub customer: CustomerId,
    /// Which workflow.
    pub workflow: WorkflowId,
    /// The candidate.
    pub person: PersonId,
    /// The job.
    pub job: JobId,
    /// What happened.
    pub occasion: Occasion,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The candidate reached the assessment step of an application and waits for a link (assessment-flow.md 2).
    ApplicationCompleted {
        /// Where the candidate goes on afterwards.
        return_url: Option<Url>,
    },
    /// A recruiter advanced the candidate.
    StatusChanged(StatusChange),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_the_same_with_and_without_its_letter() {
        assert_eq!(StatusId::parse("C40177"), StatusId::parse("40177"));
        assert_ne!(StatusId::parse("40177"), StatusId::parse("40178"));
        for wrong in ["", "C", "CC40177", "Status40177", "-40177", "C-40177", "40177.0", "Send to Harver", "40 177", "４０１７７"]
        {
            assert_eq!(StatusId::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_end_is_told_by_its_label() {
        let reads = |label: &str| {
            WorkflowStatus { id: StatusId::parse("C1").expect("a status"), label: label.into() }.reads_like_an_end()
        };
        for end in
            ["Not Selected - Position Filled", "Rejected: Not Qualified", "Withdrawn - Self-Withdrew", "Hired", "Offer Declined"]
        {
            assert!(reads(end), "{end}");
        }
        for open in ["", "New Submissions - External Portal", "Assessment: Send to Harver", "Interview - Hiring Manager Review"] {
            assert!(!reads(open), "{open}");
        }
    }
}

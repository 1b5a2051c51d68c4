//! The steps of durable work. The two directions meet here and nowhere else.

use jiff::Timestamp;

use super::ids::OrderId;

/// What kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Create the application on the platform and keep its link.
    StartAssessment,
    /// Mail the link to the candidate.
    SendInvitation,
    /// Tell iCIMS that the assessment is in progress.
    ReportProgress,
    /// Tell iCIMS the result.
    ReportResult,
    /// Tell iCIMS that the candidate could not be invited, and why.
    ReportFailure,
}

impl JobKind {
    /// Every kind, in the order in which an order meets them.
    pub const ALL: [Self; 5] =
        [Self::StartAssessment, Self::SendInvitation, Self::ReportProgress, Self::ReportResult, Self::ReportFailure];

    /// The name under which the step is stored and logged.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StartAssessment => "start_assessment",
            Self::SendInvitation => "send_invitation",
            Self::ReportProgress => "report_progress",
            Self::ReportResult => "report_result",
            Self::ReportFailure => "report_failure",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One step for one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// What to do.
    pub kind: JobKind,
    /// For which order.
    pub order: OrderId,
}

/// What to do with a step that a neighbour's answer has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Try again on the ladder: the neighbour was away, slow or confused.
    RetryLater,
    /// Try again, but not before the moment that the neighbour named.
    RetryAt(Timestamp),
    /// Trying again changes nothing: somebody has to act.
    Stop,
}

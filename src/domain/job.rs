//! The steps of durable work. The two directions meet here and nowhere else.

use jiff::{SignedDuration, Timestamp};

use super::ids::OrderId;
use super::neighbour::Neighbour;

/// What kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Create the application on the platform and keep its link.
    StartAssessment,
    /// Mail the link to the candidate.
    SendInvitation,
    /// Remind a candidate who has not finished.
    Remind(Reminder),
    /// Close an invitation that ran out and was not renewed.
    CloseInvitation,
    /// Tell iCIMS that the candidate was invited.
    ReportSent,
    /// Look at the application on the platform, and move the order to where it is.
    LookAtApplication,
    /// Ask the platform for what it has not told of any order of the customer: a step of its customer, kept with the order that began it.
    Sweep,
    /// Tell iCIMS that the assessment is in progress.
    ReportProgress,
    /// Tell iCIMS the result.
    ReportResult,
    /// Add the link to the report to a result that iCIMS was told without it.
    AddReportLink,
    /// Tell iCIMS that no result is expected any more, or that the candidate has no link to the assessment, and why.
    ReportFailure,
    /// Tell iCIMS that a candidate is invited after all of whom it was told otherwise.
    ReportInvited,
}

impl JobKind {
    /// Every kind, in the order in which an order meets them.
    pub const ALL: [Self; 13] = [
        Self::StartAssessment,
        Self::SendInvitation,
        Self::ReportSent,
        Self::Remind(Reminder::After48Hours),
        Self::Remind(Reminder::After7Days),
        Self::Sweep,
        Self::LookAtApplication,
        Self::ReportProgress,
        Self::ReportResult,
        Self::AddReportLink,
        Self::CloseInvitation,
        Self::ReportFailure,
        Self::ReportInvited,
    ];

    /// The name under which the step is stored and logged.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StartAssessment => "start_assessment",
            Self::SendInvitation => "send_invitation",
            Self::Remind(Reminder::After48Hours) => "remind_after_48_hours",
            Self::Remind(Reminder::After7Days) => "remind_after_7_days",
            Self::CloseInvitation => "close_invitation",
            Self::ReportSent => "report_sent",
            Self::LookAtApplication => "look_at_application",
            Self::Sweep => "sweep",
            Self::ReportProgress => "report_progress",
            Self::ReportResult => "report_result",
            Self::AddReportLink => "add_report_link",
            Self::ReportFailure => "report_failure",
            Self::ReportInvited => "report_invited",
        }
    }

    /// Whom such a step calls in any case, if there is anything to do.
    #[must_use]
    pub fn calls(self) -> &'static [Neighbour] {
        match self {
            Self::StartAssessment | Self::LookAtApplication | Self::CloseInvitation => &[Neighbour::Harver],
            Self::SendInvitation | Self::Remind(_) => &[Neighbour::Mail],
            Self::ReportResult => &[Neighbour::Harver, Neighbour::Icims],
            Self::AddReportLink | Self::ReportSent | Self::ReportProgress | Self::ReportFailure | Self::ReportInvited => {
                &[Neighbour::Icims]
            }
            // What is due may be a question about one order, which is a step of its own.
            Self::Sweep => &[],
        }
    }

    /// Whom else it may have to ask before.
    #[must_use]
    pub fn may_call(self) -> &'static [Neighbour] {
        match self {
            Self::StartAssessment | Self::SendInvitation => &[Neighbour::Icims],
            Self::Remind(_) => &[Neighbour::Icims, Neighbour::Harver],
            Self::AddReportLink | Self::Sweep => &[Neighbour::Harver],
            Self::LookAtApplication
            | Self::CloseInvitation
            | Self::ReportResult
            | Self::ReportSent
            | Self::ReportProgress
            | Self::ReportFailure
            | Self::ReportInvited => &[],
        }
    }

    /// Whom a step may have to wait for.
    pub fn neighbours(self) -> impl Iterator<Item = Neighbour> {
        self.calls().iter().chain(self.may_call()).copied()
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A mail to a candidate who was invited and has not finished (harver-platform.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reminder {
    /// Two days after the invitation.
    After48Hours,
    /// A week after the invitation.
    After7Days,
}

impl Reminder {
    /// Both, the earlier first.
    pub const ALL: [Self; 2] = [Self::After48Hours, Self::After7Days];

    /// How long after the invitation it is due.
    #[must_use]
    pub fn delay(self) -> SignedDuration {
        match self {
            Self::After48Hours => SignedDuration::from_hours(48),
            Self::After7Days => SignedDuration::from_hours(7 * 24),
        }
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
    /// Try again, but not before the moment that the neighbour named. Being told to wait is no failure: it counts against nothing.
    RetryAt(Timestamp),
    /// The neighbour refuses whatever is asked for the customer: somebody has to act, and no order is at fault. All that goes there waits
    /// until a call gets through.
    Park,
    /// Trying again changes nothing: somebody has to act.
    Stop,
}

impl Disposition {
    /// Whether somebody has to act before this can succeed, so that whoever waits is told at once.
    #[must_use]
    pub fn needs_somebody(self) -> bool {
        match self {
            Self::RetryLater | Self::RetryAt(_) => false,
            Self::Park | Self::Stop => true,
        }
    }
}

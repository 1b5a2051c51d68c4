//! What reaches each crash point. Every effect has an arm, so that a new one does not compile into being forgotten.

use harver_icims::crash_point::{Answer, Commit, Effect};
use harver_icims::domain::{JobKind, Neighbour, Reminder};

/// How a point is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A candidate is advanced, invited, takes the assessment, and has a result.
    Journey,
    /// A step that comes later is due, of somebody who is invited.
    Later(JobKind),
    /// The same of somebody who has a result.
    AfterTheResult(JobKind),
    /// A recruiter advances somebody once more whose link has run out.
    AnotherLink,
    /// A recruiter advances somebody once more who has a result.
    OnceMore,
    /// A recruiter chooses the packages.
    Choice,
    /// A person has a step done again that was given up.
    Replay,
    /// The mail server turns the invitation down.
    TurnedDown,
    /// Somebody has the set-up examined.
    Looking,
}

pub(super) fn settled(kind: JobKind) -> Effect {
    Effect::Commit(Commit::Settled(kind))
}

pub(super) fn way(effect: Effect) -> Way {
    match effect {
        Effect::Call(neighbour, call) => call_to(neighbour, call),
        Effect::Commit(commit) => commit_of(commit),
        Effect::Answer(Answer::Event | Answer::Webhook) => Way::Journey,
        Effect::Answer(Answer::Selection) => Way::Choice,
    }
}

fn call_to(neighbour: Neighbour, call: &str) -> Way {
    match (neighbour, call) {
        (Neighbour::Icims, "person" | "job" | "result_rows" | "add_result_row" | "update_result_row") => Way::Journey,
        // Before a mail that comes later iCIMS is asked how the candidate stands.
        (Neighbour::Icims, "standing") => Way::Later(JobKind::Remind(Reminder::After48Hours)),
        (Neighbour::Icims, _) => Way::Looking,
        (Neighbour::Harver, "token" | "create_application" | "application" | "report" | "vacancy") => Way::Journey,
        (Neighbour::Harver, "reapply_status") => Way::OnceMore,
        (Neighbour::Harver, "finished") => Way::Later(JobKind::Sweep),
        (Neighbour::Harver, "open_vacancies") => Way::Looking,
        (Neighbour::Mail, _) => Way::Journey,
        (_, other) => panic!("nobody says what reaches the call {other}"),
    }
}

fn commit_of(commit: Commit) -> Way {
    match commit {
        Commit::Leased(kind) | Commit::Settled(kind) => step(kind),
        Commit::OrderReceived | Commit::WebhookHeard | Commit::MailNoted => Way::Journey,
        Commit::OrderChanged => Way::AnotherLink,
        Commit::MailTurnedDown => Way::TurnedDown,
        Commit::EventRefused => Way::OnceMore,
        Commit::ChoiceOpened => Way::Choice,
        Commit::Work => Way::Replay,
    }
}

fn step(kind: JobKind) -> Way {
    match kind {
        JobKind::StartAssessment
        | JobKind::SendInvitation
        | JobKind::ReportSent
        | JobKind::LookAtApplication
        | JobKind::ReportProgress
        | JobKind::ReportResult => Way::Journey,
        JobKind::Remind(_) | JobKind::CloseInvitation | JobKind::Sweep | JobKind::ReportFailure | JobKind::ReportInvited => {
            Way::Later(kind)
        }
        JobKind::AddReportLink => Way::AfterTheResult(kind),
    }
}

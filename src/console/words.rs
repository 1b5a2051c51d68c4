//! How states, steps and moments read on a page.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::domain::{JobKind, OrderState, RefusalKind, Reminder};

/// A state with its colour.
pub(super) struct Badge {
    /// Stable, for ids.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// A class of the stylesheet: `good`, `warn`, `bad` or none.
    pub(super) tone: &'static str,
}

impl From<OrderState> for Badge {
    fn from(state: OrderState) -> Self {
        let (label, tone) = match state {
            OrderState::Received => ("Received", ""),
            OrderState::Invited => ("Invited", "info"),
            OrderState::InProgress => ("In progress", "info"),
            OrderState::Completed => ("Completed", "good"),
            OrderState::Failed => ("Failed", "bad"),
            OrderState::Expired => ("Expired", "warn"),
            OrderState::Cancelled => ("Cancelled", ""),
        };
        Self { name: state.name(), label, tone }
    }
}

impl From<RefusalKind> for Badge {
    fn from(kind: RefusalKind) -> Self {
        let (label, tone) = match kind {
            RefusalKind::Unreadable => ("Cannot be read", "bad"),
            RefusalKind::WrongInstance => ("Wrong instance", "bad"),
            RefusalKind::Source => ("Not an event source", "bad"),
            RefusalKind::SwitchedOff => ("Not enabled", "bad"),
            RefusalKind::Candidate => ("Candidate's details", "warn"),
            RefusalKind::SameAddress => ("Address of somebody else", "warn"),
            RefusalKind::JobClosed => ("Job not open", "warn"),
            RefusalKind::Package => ("Package", "warn"),
            RefusalKind::Vacancy => ("Vacancy", "warn"),
            RefusalKind::AlreadyThere => ("Already invited", ""),
            RefusalKind::Icims => ("iCIMS", "bad"),
            RefusalKind::Harver => ("Harver platform", "bad"),
            RefusalKind::Busy => ("Too slow", "bad"),
            RefusalKind::Ignored => ("Ignored", ""),
        };
        Self { name: kind.name(), label, tone }
    }
}

/// A step, as an admin would say it.
pub(super) fn step(kind: JobKind) -> &'static str {
    match kind {
        JobKind::StartAssessment => "Create the application in Harver",
        JobKind::SendInvitation => "Mail the invitation",
        JobKind::LookAtApplication => "Look at the application in Harver",
        JobKind::Sweep => "Ask Harver for what it has not announced",
        JobKind::ReportProgress => "Report the progress to iCIMS",
        JobKind::ReportResult => "Report the result to iCIMS",
        JobKind::Remind(Reminder::After48Hours) => "Remind the candidate after 48 hours",
        JobKind::Remind(Reminder::After7Days) => "Remind the candidate after 7 days",
        JobKind::CloseInvitation => "Close the invitation",
        JobKind::ReportSent => "Report the invitation to iCIMS",
        JobKind::AddReportLink => "Add the link to the report in iCIMS",
        JobKind::ReportFailure => "Report to iCIMS that nothing comes of it",
        JobKind::ReportInvited => "Take the failure back in iCIMS",
    }
}

/// A setting by its place in the console; one that stands nowhere there keeps its own name.
pub(super) fn setting(name: &str) -> &str {
    match name {
        "name" => "Company name",
        "added" => "Integration added",
        "enabled" => "Integration enabled",
        "instance" => "Instance",
        "patterns" => "Integration patterns",
        "trigger_statuses" => "Trigger statuses",
        "ended_statuses" => "End statuses",
        "event_sources" => "Event sources",
        "icims.base_url" => "Base URL",
        "icims.token_url" => "Token URL",
        "icims.client_id" => "Client ID",
        "icims.client_secret" => "Client secret",
        "icims.username" => "Username for iCIMS",
        "icims.password" => "Password for iCIMS",
        "icims.next.from" => "New connection: valid from",
        "icims.next.base_url" => "New connection: base URL",
        "icims.next.token_url" => "New connection: token URL",
        "icims.next.client_id" => "New connection: client ID",
        "icims.next.client_secret" => "New connection: client secret",
        "icims.next.username" => "New connection: username",
        "icims.next.password" => "New connection: password",
        "events.username" => "Harver API username",
        "events.password" => "Harver API password",
        "events.former_until" => "Former Harver API password ends",
        "multi_phase" => "Multi-Phased Assessments",
        "reports_progress" => "Assessment Status",
        "reports_sent" => "Assessment Status: Sent",
        "statuses.in_progress" => "Status value for In Progress",
        "statuses.complete" => "Status value for Completed",
        "statuses.incomplete" => "Status value for Incomplete",
        "report.type" => "Report type",
        "report.ats_field" => "ATS field ID of the report",
        "return_url" => "Candidate Return URL",
        "addresses" => "IP addresses to whitelist",
        "invitation.sender_name" => "Sender of the invitation",
        "invitation.support_email" => "Support contact of the invitation",
        "invitation.language" => "Language of the invitation",
        "invitation.subject" => "Subject of the invitation",
        "invitation.body" => "Text of the invitation",
        "invitation.reminders" => "Reminders",
        "invitation.reminder_subject" => "Subject of the reminder",
        "invitation.reminder_body" => "Text of the reminder",
        "invitation.closes_after_days" => "Days until an invitation is closed",
        other => other,
    }
}

/// A moment, to read and for machines.
pub(super) struct Moment {
    pub(super) iso: String,
    pub(super) text: String,
}

impl From<Timestamp> for Moment {
    /// `5 Mar 2026, 14:07 UTC`.
    fn from(moment: Timestamp) -> Self {
        let text = moment.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M UTC").to_string();
        Self { iso: format!("{moment:.0}"), text }
    }
}

impl Moment {
    /// A moment as a time that is not before it: minutes are rounded up.
    pub(super) fn at_the_latest(moment: Timestamp) -> String {
        let next = moment.saturating_add(SignedDuration::from_secs(59)).unwrap_or(Timestamp::MAX);
        Self::from(next).text
    }
}

/// What is looked for, as the query of an address behind this sign.
pub(super) fn query(sign: char, pairs: &[(&str, &str)]) -> String {
    format!("{sign}{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// An address as people write it: without the slash that stands for no path.
pub(super) fn address(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// What stands in a log, as a sentence.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    // A name such as iCIMS begins as it is written.
    let is_name = text.split_whitespace().next().is_some_and(|word| word.chars().any(char::is_uppercase));
    let mut letters = text.chars();
    let begun: String = match letters.next() {
        Some(first) if !is_name => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    };
    if begun.is_empty() || begun.ends_with(['.', '!', '?']) { begun } else { format!("{begun}.") }
}

/// How long something took.
pub(super) fn duration(milliseconds: u64) -> String {
    if milliseconds < 1000 {
        return format!("{milliseconds} ms");
    }
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_log_becomes_a_sentence() {
        assert_eq!(sentence("the mail server is away: no connection "), "The mail server is away: no connection.");
        assert_eq!((sentence(""), sentence("Try again.")), (String::new(), "Try again.".into()));
    }

    #[test]
    fn moments_and_durations_are_short() {
        let moment = Moment::from(Timestamp::from_second(1_772_719_620).expect("in range"));
        assert_eq!((moment.text.as_str(), moment.iso.as_str()), ("5 Mar 2026, 14:07 UTC", "2026-03-05T14:07:00Z"));
        assert_eq!((duration(12).as_str(), duration(1_950).as_str()), ("12 ms", "1.9 s"));
    }
}

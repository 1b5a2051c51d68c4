//! A recruiting workflow as its profile shows it: status, history, assessments, what the vendor said.

use crate::icims::model::{ApplicationStep, Entry, EntryId, JobId, NodeId, PersonId, Value, Workflow, WorkflowId};

use super::moment;
use crate::icims::state::CustomerState;
use crate::icims::state::outgoing::{EventKind, EventOutcome, OutgoingEvent, Results};

/// The delivered status of an assessment that cannot go on (assessment-flow 4.4).
const INCOMPLETE: &str = "D37002019002";

/// A recruiting workflow's profile.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkflowView {
    /// System id.
    pub id: WorkflowId,
    /// The candidate.
    pub person: PersonId,
    /// The candidate's name.
    pub name: String,
    /// The candidate's e-mail address.
    pub email: String,
    /// The job.
    pub job: JobId,
    /// The job's title.
    pub job_title: String,
    /// The job's chosen packages.
    pub packages: Vec<String>,
    /// The current status.
    pub status_id: Option<NodeId>,
    /// The current status as `Bin: Status`.
    pub status: String,
    /// Source, empty when there is none.
    pub source: String,
    /// Where the portal application stands, if it was made on the portal.
    pub application: Option<ApplicationStep>,
    /// Screen tab, section Assessments: oldest first.
    pub results: Vec<ResultRow>,
    /// Status history, newest first.
    pub log: Vec<LogRow>,
    /// What was sent to the vendor and what it said, newest first.
    pub events: Vec<EventRow>,
}

/// A line of the section Assessments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// The entry, if it has been stored.
    pub entry: Option<EntryId>,
    /// Package label.
    pub name: String,
    /// Moment, UTC.
    pub date: String,
    /// `Sent`, `In-Progress`, `Complete` or `Incomplete`.
    pub status: String,
    /// Whether that is the delivered status of one that cannot go on.
    pub is_incomplete: bool,
    /// Score as it was sent.
    pub score: String,
    /// The recommendation.
    pub result: String,
    /// Notes.
    pub notes: String,
    /// Address of the report. Any text is accepted by the API: make a link of it only when [`ResultRow::link`] says so.
    pub url: String,
}

impl ResultRow {
    /// The report's address when it is a complete http or https address.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        crate::icims::state::connection::is_web_address(&self.url).then_some(self.url.as_str())
    }
}

/// A line of the status history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// `Bin: Status`.
    pub status: String,
    /// Moment, UTC.
    pub at: String,
    /// Who did it.
    pub by: String,
}

/// What was sent to the vendor and what it said.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// The event.
    pub event: OutgoingEvent,
    /// What caused it, in words.
    pub cause: String,
    /// Moment it was caused, UTC.
    pub at: String,
    /// What the user reads: Summary text, the vendor's message, or that the answer is awaited.
    pub message: String,
    /// The vendor's page to open, if there is one.
    pub link: Option<String>,
    /// Whether the vendor took the order; `None` while its answer is awaited.
    pub success: Option<bool>,
    /// What the vendor has reported since, if anything; an assessment that cannot go on comes first.
    pub reported: Option<ResultRow>,
}

impl CustomerState {
    /// A recruiting workflow's profile.
    #[must_use]
    pub fn workflow_view(&self, id: WorkflowId) -> Option<WorkflowView> {
        let workflow = self.workflow(id)?;
        let (person, job) = (self.person(workflow.person)?, self.job(workflow.job)?);
        let results = self.results_of(id);
        Some(WorkflowView {
            id,
            person: person.id,
            name: person.name(),
            email: person.email().to_owned(),
            job: job.id,
            job_title: job.title().to_owned(),
            packages: job.assessment_types().iter().map(|package| self.node_text(package)).collect(),
            status_id: workflow.status().cloned(),
            status: workflow.status().map(|status| self.status_label(status)).unwrap_or_default(),
            source: workflow.record.text("source").to_owned(),
            application: workflow.application,
            results: self.result_rows(workflow),
            log: self.log_rows(workflow),
            events: self.events_of(id).into_iter().map(|event| self.event_row(event, &results)).collect(),
        })
    }

    /// An event with what the user reads about it; the results are those of its workflow.
    #[must_use]
    pub fn event_row(&self, event: &OutgoingEvent, results: &Results<'_>) -> EventRow {
        let outcome = event.outcome.as_ref().map(|(_, outcome)| outcome);
        let cause = match &event.kind {
            EventKind::ApplicationComplete => "Application complete".into(),
            EventKind::StatusChange { to, .. } => format!("Advanced to {}", self.status_label(to)),
        };
        EventRow {
            event: event.clone(),
            cause,
            at: moment(event.caused),
            message: outcome.map_or("Waiting for the vendor to answer.", EventOutcome::message).to_owned(),
            link: outcome.and_then(EventOutcome::link).map(str::to_owned),
            success: outcome.map(EventOutcome::is_success),
            reported: results.reported_since(event).map(|entry| self.result_row(entry)).max_by_key(|row| row.is_incomplete),
        }
    }

    pub(super) fn result_rows(&self, workflow: &Workflow) -> Vec<ResultRow> {
        workflow.results().iter().map(|entry| self.result_row(entry)).collect()
    }

    fn result_row(&self, entry: &Entry) -> ResultRow {
        let text = |name: &str| match entry.fields.get(name) {
            Some(Value::Node(id)) => self.node_text(id),
            Some(value) => super::raw_text(value),
            None => String::new(),
        };
        ResultRow {
            entry: entry.entry,
            name: text("assessmentname"),
            date: text("assessmentdate"),
            status: text("assessmentstatus"),
            is_incomplete: matches!(entry.fields.get("assessmentstatus"), Some(Value::Node(id)) if id.to_string() == INCOMPLETE),
            score: text("assessmentscore"),
            result: text("assessmentresult"),
            notes: text("assessmentnotes"),
            url: text("assessmenturl"),
        }
    }

    fn log_rows(&self, workflow: &Workflow) -> Vec<LogRow> {
        let newest_first = workflow.log.iter().rev();
        newest_first
            .map(|change| LogRow {
                status: self.status_label(&change.status),
                at: moment(change.at),
                by: self.person(change.by).map(crate::icims::model::Person::name).unwrap_or_default(),
            })
            .collect()
    }
}

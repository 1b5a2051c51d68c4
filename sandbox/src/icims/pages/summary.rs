//! The Summary page after advancing: what the vendor made of it, each reason once with how many it concerns, then one line per candidate.
//!
//! The address names the events, or the workflows that were moved without one, so that reloading shows the same and sends nothing again.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Shell};
use super::form::{Asked, Given};
use super::moves::Moved;
use super::read;
use crate::icims::model::{EventId, WorkflowId};
use crate::icims::state::CustomerState;
use crate::icims::state::outgoing::{EventKind, EventOutcome};
use crate::icims::state::views::EventRow;
use crate::ui::Page;

#[derive(Template)]
#[template(path = "icims/summary.html")]
struct Summary {
    shell: Shell,
    way_back: (String, String),
    waiting: bool,
    popups: Vec<Line>,
    /// What was said, each once, if there are several candidates.
    groups: Vec<Group>,
    lines: Vec<Line>,
}

/// What was said of some of the candidates, and of how many.
struct Group {
    said: Said,
    count: usize,
    /// How many candidates there are.
    of: usize,
}

#[derive(Clone)]
struct Line {
    workflow: WorkflowId,
    candidate: String,
    status: String,
    said: Said,
}

/// What a user is told about an event.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// `accepted`, `reported`, `incomplete`, `handed-over`, `link`, `refused`, `failed`, `waiting` or `moved`: for tests, which address outcomes and not words.
    pub(super) outcome: &'static str,
    pub(super) tone: &'static str,
    pub(super) message: String,
    /// What to do about it; empty if nothing.
    pub(super) advice: String,
    /// The vendor's page to open; empty if there is none.
    pub(super) link: String,
}

impl Said {
    pub(super) fn of(row: &EventRow) -> Self {
        if row.event.kind == EventKind::ApplicationComplete {
            return Self::inline(row);
        }
        let outcome = row.event.outcome.as_ref().map(|(_, outcome)| outcome);
        let (outcome, tone, advice) = match outcome {
            None => ("waiting", "", ""),
            Some(EventOutcome::Accepted { .. }) => return Self::accepted(row),
            Some(EventOutcome::Link { .. }) => ("link", "warn", "Nothing is sent until the package is confirmed."),
            Some(EventOutcome::Refused { status: 400..500, .. }) => (
                "refused",
                "bad",
                "The status has been changed. Correct what the message names, then advance the candidate again.",
            ),
            Some(EventOutcome::Refused { .. }) => (
                "refused",
                "bad",
                "The status has been changed. Advance the candidate again later; if this stays, contact support@Harver.com.",
            ),
            Some(EventOutcome::Failed { .. }) => (
                "failed",
                "bad",
                "The status has been changed. Check Admin, Event Notifications, then advance the candidate again; if this stays, contact support@Harver.com.",
            ),
        };
        Self { outcome, tone, advice: advice.into(), message: row.message.clone(), link: row.link.clone().unwrap_or_default() }
    }

    /// An order that the vendor took. The text is fixed (assessment-flow 3.3), and says more than a 200 does: whether the invitation was
    /// sent is told by what the vendor has reported since. *Assumed*: screens look for it, so that they do not contradict themselves.
    fn accepted(row: &EventRow) -> Self {
        let Some(reported) = &row.reported else {
            let advice = "The vendor has accepted the candidate and sends the invitation itself: it is on its way. Whatever becomes of it \
                          stands on the candidate's Screen tab.";
            return Self {
                outcome: "accepted",
                tone: "",
                message: row.message.clone(),
                advice: advice.into(),
                link: String::new(),
            };
        };
        let since = format!("Reported since: {}.", reported.status);
        if reported.is_incomplete {
            let notes = if reported.notes.is_empty() { "The vendor gives no reason." } else { reported.notes.as_str() };
            let advice = "The status has been changed. Correct what the message names, then advance the candidate again; if this stays, contact support@Harver.com.";
            return Self {
                outcome: "incomplete",
                tone: "bad",
                message: format!("{since} {notes}"),
                advice: advice.into(),
                link: String::new(),
            };
        }
        Self { outcome: "reported", tone: "good", message: row.message.clone(), advice: since, link: String::new() }
    }

    /// What the recruiter is told of an application completed on the portal. The link was the candidate's own and signs in without a
    /// password, and no status has been changed, so neither is mentioned (assessment-flow 2.4).
    fn inline(row: &EventRow) -> Self {
        let (outcome, tone, message, advice) = match row.event.outcome.as_ref().map(|(_, outcome)| outcome) {
            None => ("waiting", "", row.message.as_str(), ""),
            Some(EventOutcome::Accepted { .. } | EventOutcome::Link { .. }) => {
                ("handed-over", "good", "The candidate was taken to the assessment.", "")
            }
            Some(refused) => (
                if matches!(refused, EventOutcome::Refused { .. }) { "refused" } else { "failed" },
                "bad",
                row.message.as_str(),
                "The candidate has read this on the career portal and can try again there, from the dashboard.",
            ),
        };
        Self { outcome, tone, message: message.into(), advice: advice.into(), link: String::new() }
    }

    /// Whether a reader learns nothing new from the other, but for links, which are everybody's own.
    fn is_the_same(&self, other: &Self) -> bool {
        (self.outcome, &self.message, &self.advice) == (other.outcome, &other.message, &other.advice)
    }

    /// A move that no vendor was told of.
    fn moved(state: &CustomerState, workflow: WorkflowId) -> Self {
        let status = state.workflow(workflow).and_then(|workflow| workflow.status());
        let is_trigger = status.is_some_and(|status| state.connection().is_trigger(status));
        let advice = if is_trigger && !state.connection().enabled {
            "No event was sent: the vendor is switched off under Admin, Event Notifications."
        } else {
            ""
        };
        Self {
            outcome: "moved",
            tone: "",
            message: "The status has been changed.".into(),
            advice: advice.into(),
            link: String::new(),
        }
    }
}

/// Sends the browser to the Summary of a move.
pub(super) fn go(desk: &Desk, moved: &[Moved]) -> Response {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for Moved { workflow, event } in moved {
        match event {
            Some(event) => query.append_pair("event", &event.to_string()),
            None => query.append_pair("workflow", &workflow.to_string()),
        };
    }
    desk.go(&format!("/summary?{}", query.finish()))
}

/// `GET /icims2/{customer}/summary`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Response {
    let home = desk.path("");
    let (lines, job) = desk.tenant.read(|state| {
        let lines = lines(state, &asked);
        let first = lines.first().and_then(|line| state.workflow(line.workflow));
        let job = first.and_then(|workflow| state.job(workflow.job));
        (lines, job.map(|job| (read::title_of(job), job.id)))
    });
    let way_back = match job {
        Some((title, id)) => (title, desk.path(&format!("/jobs/{id}/people"))),
        None => ("Dashboard".into(), home),
    };
    let waiting = lines.iter().any(|line| line.said.outcome == "waiting");
    let popups = lines.iter().filter(|line| !line.said.link.is_empty()).cloned().collect();
    let groups = if lines.len() > 1 { groups(&lines) } else { Vec::new() };
    Page::ok(Summary { shell: desk.shell, way_back, waiting, popups, groups, lines }).into_response()
}

/// The same said of many is said once: first what went wrong, then of how many.
fn groups(lines: &[Line]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Line { said, .. } in lines {
        match groups.iter_mut().find(|group| group.said.is_the_same(said)) {
            Some(group) => group.count += 1,
            None => groups.push(Group { said: said.clone(), count: 1, of: lines.len() }),
        }
    }
    groups.sort_by_key(|group| (group.said.tone != "bad", std::cmp::Reverse(group.count)));
    groups
}

fn lines(state: &CustomerState, asked: &Given) -> Vec<Line> {
    let events = asked.ids("event").into_iter().filter_map(|id| state.event(EventId::new(id)));
    let told = events.filter_map(|event| {
        let row = state.event_row(event, &state.results_of(event.workflow));
        line(state, event.workflow, Said::of(&row))
    });
    let moved = asked.ids("workflow").into_iter().map(WorkflowId::new);
    told.chain(moved.filter_map(|id| line(state, id, Said::moved(state, id)))).collect()
}

fn line(state: &CustomerState, id: WorkflowId, said: Said) -> Option<Line> {
    let status = state.workflow(id)?.status().map_or_else(String::new, |status| state.status_label(status));
    Some(Line { workflow: id, candidate: read::subject(state, id).0, status, said })
}

//! Asking before a candidate is hired or out of the running: what people are told then cannot be taken back by moving the candidate
//! again, and it is one slip away on the screens that move candidates.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Shell};
use super::form::Given;
use super::read;
use crate::icims::model::{NodeId, WorkflowId};
use crate::icims::state::CustomerState;
use crate::ui::{Page, Question};

/// The bins in which a candidate's way ends (*assumed* labels, spec of the sample tenant).
const ENDINGS: [&str; 3] = ["Hired", super::people_tab::REJECTED_BIN, "Withdrawn"];

#[derive(Template)]
#[template(path = "icims/confirm.html")]
struct Asking {
    shell: Shell,
    question: Question,
}

/// The question whether these candidates really are to be moved to this status, unless it ends nobody's way or has been answered.
pub(super) fn unanswered(
    desk: &Desk,
    workflows: &[WorkflowId],
    status: &NodeId,
    form: &Given,
    (action, way_back): (String, String),
) -> Option<Response> {
    if Question::is_answered(form) {
        return None;
    }
    let question = desk.tenant.read(|state| ends(state, status).then(|| question(state, workflows, status, action, way_back)));
    question.map(|question| Page::ok(Asking { shell: desk.shell.clone(), question }).into_response())
}

fn question(state: &CustomerState, workflows: &[WorkflowId], status: &NodeId, action: String, way_back: String) -> Question {
    let people = workflows.iter().map(|id| ("workflow", id.to_string()));
    Question {
        title: format!("Move to {}?", state.status_label(status)),
        said: "Nobody has been moved yet. A candidate's way ends with this status.".into(),
        concerned: workflows.iter().map(|id| (id.to_string(), read::subject(state, *id).0)).collect(),
        action,
        sent: people.chain([("status", status.to_string())]).collect(),
        yes: match workflows {
            [_] => "Yes, move this candidate".into(),
            several => format!("Yes, move {} candidates", several.len()),
        },
        way_back,
    }
}

/// Whether a candidate's way ends with this status.
fn ends(state: &CustomerState, status: &NodeId) -> bool {
    let bin = state.node(status).and_then(|node| state.node(node.parent.as_ref()?));
    bin.is_some_and(|bin| ENDINGS.contains(&bin.label.as_str()))
}

//! Asking before a candidate is hired or out of the running: a page of its own, which needs no script.
//!
//! What people are told then cannot be taken back by moving the candidate again, and it is one slip away on the screens that move
//! candidates. Nothing is moved until the page's own button has been pressed.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::desk::{Desk, Shell};
use super::form::Given;
use super::read;
use crate::icims::model::{NodeId, WorkflowId};
use crate::icims::state::CustomerState;
use crate::ui::Page;

/// The bins in which a candidate's way ends (*assumed* labels, spec of the sample tenant).
const ENDINGS: [&str; 3] = ["Hired", super::people_tab::REJECTED_BIN, "Withdrawn"];
/// What the form sends along whose button was pressed.
const CONFIRMED: &str = "confirmed";

#[derive(Template)]
#[template(path = "icims/confirm.html")]
struct Question {
    shell: Shell,
    status: NodeId,
    label: String,
    people: Vec<(WorkflowId, String)>,
    /// Where the answer goes.
    action: String,
    way_back: String,
}

/// The question whether these candidates really are to be moved to this status, unless it ends nobody's way or has been answered.
pub(super) fn unanswered(
    desk: &Desk,
    workflows: &[WorkflowId],
    status: &NodeId,
    form: &Given,
    (action, way_back): (String, String),
) -> Option<Response> {
    if form.ticked(CONFIRMED) {
        return None;
    }
    let shell = desk.shell.clone();
    let question = desk.tenant.read(|state| {
        ends(state, status).then(|| Question {
            shell,
            label: state.status_label(status),
            status: status.clone(),
            people: workflows.iter().map(|id| (*id, read::subject(state, *id).0)).collect(),
            action,
            way_back,
        })
    });
    question.map(|question| Page::ok(question).into_response())
}

/// Whether a candidate's way ends with this status.
fn ends(state: &CustomerState, status: &NodeId) -> bool {
    let bin = state.node(status).and_then(|node| state.node(node.parent.as_ref()?));
    bin.is_some_and(|bin| ENDINGS.contains(&bin.label.as_str()))
}

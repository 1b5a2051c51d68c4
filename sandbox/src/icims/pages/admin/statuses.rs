//! Recruiting Workflow Bins and Statuses, with what a status requires first (forced workflow).

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::icims::model::NodeId;
use crate::icims::pages::desk::{Desk, Refused, Shell, said};
use crate::icims::pages::form::{Asked, Choice, Choosable, Given, Submitted};
use crate::icims::pages::read;
use crate::icims::state::CustomerState;
use crate::icims::state::advance::{Criterion, Entrance};
use crate::ui::Page;

/// The form's word for an assessment that must be complete.
const ASSESSMENT: &str = "assessment";

#[derive(Template)]
#[template(path = "icims/admin_statuses.html")]
struct Statuses {
    shell: Shell,
    notice: &'static str,
    rows: Vec<Row>,
    choices: Vec<Choice>,
}

struct Row {
    id: NodeId,
    bin: String,
    label: String,
    seen: &'static str,
    needs: String,
    trigger: bool,
}

/// `GET /icims2/{customer}/admin/statuses`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Response {
    let notice = if asked.text("done") == "saved" { "The changes have been saved." } else { "" };
    page(desk, &Given::default(), String::new(), notice)
}

/// `POST /icims2/{customer}/admin/statuses`: what one status requires, in place of what it required before.
pub(super) async fn save(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let (status, criterion) = (form.text("status").parse::<NodeId>(), form.text("criterion"));
    let before = criterion.parse::<NodeId>().ok();
    let (Ok(status), true) = (status, criterion.is_empty() || criterion == ASSESSMENT || before.is_some()) else {
        return Ok(page(desk, &form, "Choose a status and what it requires.".into(), ""));
    };
    let saved = desk.tenant.write(|state| {
        let mut criteria = state.entrance_criteria().to_vec();
        criteria.retain(|entrance| entrance.status != status);
        let criterion = match before {
            Some(before) => Some(Criterion::Passed(before)),
            None => (criterion == ASSESSMENT).then_some(Criterion::AssessmentComplete),
        };
        criteria.extend(criterion.map(|criterion| Entrance { status, criterion }));
        state.set_entrance_criteria(criteria)
    });
    match said(saved.await)? {
        Ok(()) => Ok(desk.go("/admin/statuses?done=saved")),
        Err(_) => Ok(page(desk, &form, "Choose statuses from the list.".into(), "")),
    }
}

fn page(desk: Desk, given: &Given, error: String, notice: &'static str) -> Response {
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (rows, choices) = desk.tenant.read(|state| (rows(state), choices(state, given, error)));
    Page(status, Statuses { shell: desk.shell, notice, rows, choices }).into_response()
}

fn rows(state: &CustomerState) -> Vec<Row> {
    let connection = state.connection();
    let mut rows = Vec::new();
    for bin in state.bins() {
        rows.extend(bin.statuses.into_iter().map(|node| Row {
            bin: bin.label.clone(),
            label: node.label.clone(),
            seen: read::seen_by_candidate(Some(&node.id)),
            needs: read::needs(state, &node.id),
            trigger: connection.is_trigger(&node.id),
            id: node.id,
        }));
    }
    rows
}

fn choices(state: &CustomerState, given: &Given, error: String) -> Vec<Choice> {
    let (status, criterion) = (given.text("status"), given.text("criterion"));
    let all: Vec<_> = rows(state).into_iter().map(|row| (row.id.to_string(), state.status_label(&row.id))).collect();
    let statuses = all.iter().map(|(id, label)| Choosable::new(id, label, status)).collect();
    let mut criteria =
        vec![Choosable::new("", "Nothing", criterion), Choosable::new(ASSESSMENT, "A complete assessment", criterion)];
    criteria.extend(all.iter().map(|(id, label)| Choosable::new(id, format!("Has been in {label}"), criterion)));
    vec![
        Choice { name: "status", label: "Status".into(), hint: "", error, options: statuses },
        Choice { name: "criterion", label: "Requires".into(), hint: "", error: String::new(), options: criteria },
    ]
}

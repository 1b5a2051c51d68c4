//! What anybody may look at: open positions and one position.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::visitor::{JobView, Shell, Visitor};
use crate::icims::aside;
use crate::icims::pages::desk::Refused;
use crate::icims::pages::form::Asked;
use crate::icims::pages::read::{self, PAGE};
use crate::icims::pages::search::Words;
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::ui::Page;

#[derive(Template)]
#[template(path = "careers/jobs.html")]
struct Positions {
    shell: Shell,
    q: String,
    jobs: Vec<JobView>,
    more: bool,
}

#[derive(Template)]
#[template(path = "careers/job.html")]
struct Position {
    shell: Shell,
    job: JobView,
    /// Label and value.
    facts: Vec<(String, String)>,
    parts: Vec<(&'static str, String)>,
}

/// `GET /careers/{customer}`
pub(super) async fn positions(visitor: Visitor, Asked(asked): Asked) -> Response {
    let (q, customer) = (asked.text("q").to_owned(), visitor.shell.customer);
    let words = Words::of(&q);
    let look = move |state: &CustomerState| {
        let open = state.jobs().rev().filter(|job| state.is_open(job) && words.fit_job(job));
        open.take(PAGE + 1).map(|job| JobView::of(state, customer, job)).collect()
    };
    let mut jobs: Vec<_> = aside::go_through(&visitor.tenant, ProfileType::Jobs, look).await;
    let more = jobs.len() > PAGE;
    jobs.truncate(PAGE);
    Page::ok(Positions { shell: visitor.shell, q, jobs, more }).into_response()
}

/// `GET /careers/{customer}/jobs/{job}/{slug}/job`
pub(super) async fn position(visitor: Visitor) -> Result<Response, Refused> {
    let job = visitor.open_job()?;
    let (facts, parts) = visitor.tenant.read(|state| {
        let record = state.job(job.id).map(|job| &job.record);
        let fact = |field| {
            let value = read::stated(state, record?.fields.get(field)?)?;
            Some((read::label(state, ProfileType::Jobs, field), value))
        };
        let facts = ["positioncategory", "positiontype", "numberofpositions"].into_iter().filter_map(fact).collect();
        let text = |field| record.map_or_else(String::new, |record| record.text(field).to_owned());
        let parts = [
            ("Overview", text("overview")),
            ("Responsibilities", text("responsibilities")),
            ("Qualifications", text("qualifications")),
        ];
        (facts, parts)
    });
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    Ok(Page::ok(Position { shell: visitor.shell, job, facts, parts }).into_response())
}

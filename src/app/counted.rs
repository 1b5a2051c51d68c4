//! Answers to events are counted where they leave, so that none is missed: those of the start endpoint, and those that are given before
//! anything is done for whoever calls too often.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::ats_to_harver::{self, Answered};
use crate::crash_point::{self, Answer, Effect};
use crate::harver_to_ats;
use crate::meter::Meter;

/// On what answers of a path somebody relies, if on any: whatever else is served only shows what there is.
fn relied_on(path: &str) -> Option<Answer> {
    match path {
        ats_to_harver::START_PATH => Some(Answer::Event),
        harver_to_ats::CALLBACK_PATH => Some(Answer::Webhook),
        _ if path.starts_with("/packages/") => Some(Answer::Selection),
        _ => None,
    }
}

/// Counts what is the answer to an event, and how long it took.
pub(super) async fn count_answers(State(meter): State<Meter>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let relied_on = relied_on(request.uri().path()).map(Effect::Answer);
    relied_on.into_iter().for_each(crash_point::before);
    let response = next.run(request).await;
    relied_on.into_iter().for_each(crash_point::after);
    if let Some(Answered { customer, answer }) = response.extensions().get() {
        meter.event_answered(*customer, answer, began.elapsed());
    }
    response
}

//! Answers to events are counted where they leave, so that none is missed: those of the start endpoint, and those that are given before
//! anything is done for whoever calls too often.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::ats_to_harver::Answered;
use crate::meter::Meter;

/// Counts what is the answer to an event, and how long it took.
pub(super) async fn count_answers(State(meter): State<Meter>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let response = next.run(request).await;
    if let Some(Answered { customer, answer }) = response.extensions().get() {
        meter.event_answered(*customer, answer, began.elapsed());
    }
    response
}

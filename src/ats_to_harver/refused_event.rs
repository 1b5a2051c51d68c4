//! Keeping what was refused, so that people find it in the console.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;

use super::AtsToHarver;
use crate::domain::{Customer, Event, Pattern, RefusalKind, RefusedEvent};
use crate::icims;
use crate::store::{StoreError, refused_events};

/// How long, of real time, an answer waits for being kept: a store that does not answer must not keep iCIMS waiting, too.
const PATIENCE: Duration = Duration::from_millis(500);

/// An event as far as it has been read.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) body: Bytes,
    /// Who waits for the answer.
    pub(super) pattern: Option<Pattern>,
    pub(super) event: Option<Event>,
}

/// Why an event was not acted on.
pub(super) struct Why {
    pub(super) kind: RefusalKind,
    pub(super) status: StatusCode,
    pub(super) reason: String,
    pub(super) detail: String,
}

/// Keeps an event that was not acted on. That this fails is logged, and changes no answer.
pub(super) async fn keep(work: &AtsToHarver, customer: &Customer, heard: &Heard, why: Why) {
    let event = heard.event.as_ref();
    let refused = RefusedEvent {
        kind: why.kind,
        http_status: why.status.as_u16(),
        pattern: heard.pattern,
        workflow: event.map(|event| event.workflow),
        person: event.map(|event| event.person),
        job: event.map(|event| event.job),
        reason: why.reason,
        detail: why.detail,
        payload: icims::without_secrets(&heard.body),
        at: work.clock.now(),
    };
    let id = customer.id;
    let kept = work.store.write_in_any_case(move |tx| -> Result<(), StoreError> { refused_events::keep(tx, id, &refused) });
    match tokio::time::timeout(PATIENCE, kept).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(customer.id = %id, error = &error as &dyn std::error::Error, "A refused event could not be kept for the console.");
        }
        // It is kept all the same, once the store comes to it.
        Err(_) => tracing::warn!(customer.id = %id, "The store takes its time to keep a refused event."),
    }
}

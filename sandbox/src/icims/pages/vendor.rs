//! The vendor as screens meet it: waiting for an answer, and handing a candidate over.

use axum::http::HeaderValue;

use super::desk::{Refused, said};
use super::portal::Visitor;
use crate::icims::Icims;
use crate::icims::model::{EventId, WorkflowId};
use crate::icims::state::Refusal;
use crate::icims::state::outgoing::EventOutcome;

/// What the candidate gets for following the link of the assessment step.
pub(super) enum Reply {
    /// The vendor's page.
    Link(String),
    /// Why there is none, in words for a candidate.
    Message(String),
}

/// Waits until each of these events has an outcome, or the vendor's time is up.
pub(super) async fn answered(icims: &Icims, customer: u64, events: &[EventId]) {
    icims.outcomes(customer, events).await;
}

/// Tells the vendor that the application has reached its last step and notes that the candidate leaves, if there is a link to leave by.
pub(super) async fn send_to_assessment(visitor: &Visitor, workflow: WorkflowId) -> Result<Reply, Refused> {
    let now = visitor.now();
    let event = match said(visitor.tenant.write(|state| state.ask_for_assessment(workflow, now)).await)? {
        Ok(event) => event,
        Err(refusal) => return Ok(Reply::Message(refusal.to_string())),
    };
    answered(&visitor.icims, visitor.shell.customer, &[event]).await;
    let outcome = visitor.tenant.read(|state| state.event(event).and_then(|event| event.outcome.clone()));
    let location = match outcome {
        Some((_, EventOutcome::Link { location })) if HeaderValue::from_str(&location).is_ok() => location,
        Some((_, EventOutcome::Refused { message, .. })) => return Ok(Reply::Message(message)),
        // A 200 without a link is undocumented here (assessment-flow 2.3); to a candidate it is the same as no answer.
        _ => {
            return Ok(Reply::Message(
                "The assessment cannot be reached at the moment. Please try again in a few minutes.".into(),
            ));
        }
    };
    said(visitor.tenant.write(|state| state.left_for_vendor(workflow)).await)?.unwrap_or_else(|refusal: Refusal| {
        // Somebody finished the application in another window meanwhile; the link is good all the same.
        tracing::debug!(%refusal, "A candidate left for the vendor from an application that is already complete.");
    });
    Ok(Reply::Link(location))
}

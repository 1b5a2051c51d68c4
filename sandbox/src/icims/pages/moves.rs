//! Moving candidates: everyone who is chosen, or nobody.

use super::desk::{Desk, Refused, said};
use super::{read, vendor};
use crate::icims::model::{EventId, NodeId, WorkflowId};
use crate::icims::state::{CustomerState, Refusal};

/// A candidate who was moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved {
    pub(super) workflow: WorkflowId,
    /// The event that the new status has sent to the vendor.
    pub(super) event: Option<EventId>,
}

/// Moves workflows to a status and waits for what the vendor makes of it. A forced workflow that stops one stops all (*assumed*: a
/// half-done bulk action could not be told from a finished one); the inner error is the red warning.
pub(super) async fn advance(
    desk: &Desk,
    workflows: &[WorkflowId],
    status: &NodeId,
) -> Result<Result<Vec<Moved>, String>, Refused> {
    let now = desk.now();
    let outcome = desk
        .tenant
        .write(|state| {
            let by = state.recruiter();
            check(state, workflows, status)?;
            let advanced =
                workflows.iter().map(|id| Ok(Moved { workflow: *id, event: state.advance(*id, status, by, now)?.event }));
            advanced.collect::<Result<Vec<_>, Refusal>>()
        })
        .await;
    let moved = match said(outcome)? {
        Ok(moved) => moved,
        Err(refusal) => return Ok(Err(in_words(&refusal))),
    };
    let events: Vec<_> = moved.iter().filter_map(|moved| moved.event).collect();
    vendor::answered(&desk.icims, desk.shell.customer, &events).await;
    Ok(Ok(moved))
}

/// Checks everyone first, so that a refusal names all it concerns and changes nothing.
fn check(state: &CustomerState, workflows: &[WorkflowId], status: &NodeId) -> Result<(), Refusal> {
    let mut unmet = Vec::new();
    for id in workflows {
        match state.check_advance(*id, status) {
            Err(Refusal::EntranceCriteria { unmet: sentences }) => {
                let (candidate, _) = read::subject(state, *id);
                unmet.push(format!("{candidate}: {}", sentences.join(" ")));
            }
            other => other?,
        }
    }
    if unmet.is_empty() { Ok(()) } else { Err(Refusal::EntranceCriteria { unmet }) }
}

fn in_words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::EntranceCriteria { unmet } => format!("Nobody was moved. {}", unmet.join(" ")),
        Refusal::Invalid(_) => "Nobody was moved: this status does not exist any more. Choose another one.".into(),
        other => format!("Nobody was moved. {other}"),
    }
}

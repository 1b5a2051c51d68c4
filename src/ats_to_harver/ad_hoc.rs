//! A recruiter has advanced a candidate: record the order and the work in one transaction, and say yes or no.

use jiff::Timestamp;

use super::AtsToHarver;
use super::gather::{check_vacancy, gather};
use super::refusal::Refusal;
use crate::domain::{Customer, Event, Job, JobKind, Order, OrderState};
use crate::store::orders::{self, NewOrder};
use crate::store::{Tx, jobs};

/// Records the order, or says why not.
///
/// # Errors
/// When something is missing, or the candidate is invited already.
pub(super) async fn order(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<(), Refusal> {
    let new = gather(work, customer, event).await?;
    check_vacancy(work, customer, &new.package).await?;
    let now = work.clock.now();
    work.store.write(move |tx| record(tx, &new, now)).await
}

fn record(tx: &Tx<'_>, new: &NewOrder, now: Timestamp) -> Result<(), Refusal> {
    let order = match orders::live(tx, new.customer, new.workflow, new.package.vacancy())? {
        None => orders::insert(tx, new, now)?,
        Some(order) if order.state == OrderState::Completed => return Err(Refusal::AlreadyCompleted),
        Some(order) if link_has_run_out(&order, now) => {
            orders::next_round(tx, order.id, now)?;
            order.id
        }
        Some(_) => return Err(Refusal::AlreadyInvited),
    };
    jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)?;
    Ok(())
}

/// Row 20: a recruiter who advances again after the invitation has run out means a new link to the same application.
fn link_has_run_out(order: &Order, now: Timestamp) -> bool {
    matches!(order.state, OrderState::Invited | OrderState::InProgress) && order.link_expires_at.is_some_and(|end| end <= now)
}

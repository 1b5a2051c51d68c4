//! Asking iCIMS again how a candidate stands, before another mail goes out (row 18), and under which address (row 27).

use jiff::{SignedDuration, Timestamp};

use super::AtsToHarver;
use super::gather::candidate;
use crate::delivery::{Finish, JobError};
use crate::domain::{Candidate, Customer, Job, JobKind, Order, OrderEvent, with_causes};
use crate::icims::{IcimsError, PersonRecord};
use crate::neighbour::Kind;
use crate::store::{StoreError, Tx, jobs, orders};

/// What iCIMS said this short ago still holds: an invitation goes out within seconds of its event, and two more calls for each would
/// double what a bulk costs of the customer's daily quota.
const STILL_HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// What to do with an order that was looked at again.
pub(super) enum Looked {
    /// The candidate is still up for the job.
    Wanted(Box<Present>),
    /// The order is to be ended like this.
    Over(Finish),
}

/// An order with the candidate's present name and address.
pub(super) struct Present {
    pub(super) order: Order,
    /// When iCIMS had been asked before.
    was_read_at: Option<Timestamp>,
}

impl Present {
    /// Keeps what was read, unless somebody has read something newer meanwhile.
    ///
    /// # Errors
    /// When the stored order cannot be read.
    pub(super) fn keep(&self, tx: &Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        match self.order.read_at {
            Some(at) if self.order.read_at != self.was_read_at => {
                orders::keep_candidate(tx, self.order.id, &self.order.candidate, (self.was_read_at, at), now)
            }
            _ => Ok(()),
        }
    }
}

/// The order as iCIMS has it now. Nobody is asked when somebody was a moment ago.
///
/// # Errors
/// When iCIMS refuses or cannot be reached, or the candidate cannot be written to any more.
pub(super) async fn look_again(work: &AtsToHarver, customer: &Customer, order: Order) -> Result<Looked, JobError> {
    let (now, was_read_at) = (work.clock.now(), order.read_at);
    if was_read_at.is_some_and(|read| now.duration_since(read) < STILL_HOLDS) {
        return Ok(Looked::Wanted(Box::new(Present { order, was_read_at })));
    }
    let standing = match work.icims.standing(customer, order.workflow).await {
        Ok(standing) => standing,
        Err(IcimsError { kind: Kind::NotFound, .. }) => return Ok(withdrawn(order, "the application was deleted in iCIMS")),
        Err(error) => return Err(unanswered(&error)),
    };
    if let Some(status) = standing.status.filter(|status| customer.has_ended(status)) {
        let label = if status.label.is_empty() { status.id.to_string() } else { status.label };
        return Ok(withdrawn(order, &format!("in iCIMS the candidate is no longer up for the job ({label})")));
    }
    let person = standing.person.unwrap_or(order.person);
    let person = work.icims.person(customer, person).await.map_err(|error| unanswered(&error))?;
    let order = Order { candidate: reachable(person)?, read_at: Some(now), ..order };
    Ok(Looked::Wanted(Box::new(Present { order, was_read_at })))
}

/// iCIMS knows that the candidate is out, but not that a line which says otherwise comes to nothing.
fn withdrawn(order: Order, why: &str) -> Looked {
    let reason = format!("Withdrawn: {why}.");
    Looked::Over(Box::new(move |tx, now| {
        if orders::end(tx, order.id, OrderEvent::Withdrawn, &reason, now)? && order.result_row.is_some() {
            jobs::enqueue(tx, Job { kind: JobKind::ReportFailure, order: order.id }, now)?;
        }
        Ok(())
    }))
}

fn reachable(person: PersonRecord) -> Result<Candidate, JobError> {
    candidate(person).map_err(|refusal| {
        let words = "Name or e-mail address of the candidate are missing in iCIMS, or cannot be used.";
        JobError::stop(format!("{}: have it filled in in iCIMS, then replay this step", with_causes(&refusal)), words)
    })
}

fn unanswered(error: &IcimsError) -> JobError {
    JobError::of(error, "iCIMS did not say how the candidate stands.")
}

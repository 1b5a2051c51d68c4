//! Closing an invitation that ran out and was not renewed, so that everybody knows that nothing more is waited for.

use jiff::tz::TimeZone;

use super::AtsToHarver;
use super::invited::{has_finished, schedule_closing};
use super::start_assessment::job_error;
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Job, JobKind, Order, OrderEvent, OrderId, OrderState};
use crate::store::{jobs, orders};

/// The job: the order has expired, and iCIMS is to be told. A candidate who finishes after all is completed all the same, and one who
/// finished unheard is found here.
///
/// # Errors
/// When the platform refuses or cannot be reached, or the store fails.
pub async fn close_invitation(work: &AtsToHarver, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    if order.state.has_ended() {
        return Ok(Box::new(|_, _| Ok(())));
    }
    // A link was renewed, or the customer gives more time by now.
    let closes_at = order.link_expires_at.map(|end| customer.invitation.closes_after.a_link_ending(end));
    if closes_at.is_some_and(|closes_at| work.clock.now() < closes_at) {
        return Ok(Box::new(move |tx, now| schedule_closing(tx, order.id, &customer, now)));
    }
    if has_finished(work, &customer, &order).await.map_err(|error| job_error(&error, &order.package))? {
        return Ok(Box::new(move |tx, now| jobs::look(tx, order.id, now)));
    }
    Ok(Box::new(move |tx, now| {
        let Some(present) = orders::get_order(tx, order.id)? else { return Ok(()) };
        // A new link may have come while the platform was asked, or be on its way.
        let on_its_way = |kind| jobs::is_waiting(tx, Job { kind, order: order.id });
        if present.link_expires_at != order.link_expires_at {
            return schedule_closing(tx, order.id, &customer, now);
        }
        if on_its_way(JobKind::StartAssessment)? || on_its_way(JobKind::SendInvitation)? {
            // Counted from the old link it would be due already, and again and again before what it waits for.
            let due_at = customer.invitation.closes_after.a_link_ending(now);
            return jobs::schedule(tx, Job { kind: JobKind::CloseInvitation, order: order.id }, due_at, now);
        }
        if orders::end(tx, order.id, OrderEvent::RanOut, &reason(&order), now)? {
            jobs::enqueue(tx, Job { kind: JobKind::ReportFailure, order: order.id }, now)?;
        }
        Ok(())
    }))
}

/// In words for the recruiter.
fn reason(order: &Order) -> String {
    let ran_out = order.link_expires_at.map(|end| end.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string());
    let what = match (order.state, ran_out) {
        (OrderState::InProgress, Some(day)) => {
            format!("The candidate began and did not finish; the invitation ran out on {day}.")
        }
        (OrderState::InProgress, None) => "The candidate began and did not finish.".into(),
        (_, Some(day)) => format!("The invitation ran out on {day}; the candidate did not begin."),
        (_, None) => "The candidate never got a link that works.".into(),
    };
    format!("{what} Advance the candidate again to send a new one.")
}

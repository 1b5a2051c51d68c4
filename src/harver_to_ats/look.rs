//! Looking at an application: what it shows moves the order, whatever was announced.

use jiff::Timestamp;

use super::own_application::{OF_ANOTHER, not_shown_yet, own_application};
use super::{HarverToAts, is_told};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Customer, Job, JobKind, Order, OrderEvent, OrderId};
use crate::harver_platform::ApplicationRecord;
use crate::store::announcements::Announcement;
use crate::store::{StoreError, Tx, announcements, jobs, orders};

/// What an application shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// The candidate has finished: there is a completion time. A status is none.
    Finished,
    /// The candidate has begun and not finished.
    Begun,
    /// Nothing more than that it is there.
    Nothing,
}

impl Seen {
    /// *Assumed*: of a start the platform shows only what comes of it, the modules that are done. Before the first one its announcement
    /// counts.
    fn in_record(record: &ApplicationRecord, announced: Announcement) -> Self {
        match &record.completed {
            Some(_) => Self::Finished,
            None if announced.started || record.progress.completed > 0 => Self::Begun,
            None => Self::Nothing,
        }
    }
}

/// The job: reads the application and moves the order to where it is. Whatever it finds, it is done, unless a finish was announced or all
/// modules are done and the platform does not show the completion yet: then it looks again on the ladder.
///
/// # Errors
/// When the platform refuses or cannot be reached, or does not show a completion that is to be there; or the store fails.
pub async fn look_at_application(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let asked = order.clone();
    let announced = work.store.read(move |tx| announced(tx, &asked)).await.map_err(|error| JobError::from_store(&error))?;
    let Some(announced) = announced else { return Ok(Box::new(|_, _| Ok(()))) };
    let Some(record) = own_application(work, &customer, &order).await? else {
        tracing::error!(order.id = %order.id, "An order has the application of another candidate and is closed.");
        return Ok(Box::new(move |tx, now| disown(tx, &order, now)));
    };
    let seen = Seen::in_record(&record, announced);
    let all_done = record.progress.all > 0 && record.progress.completed >= record.progress.all;
    let awaits_finish = seen != Seen::Finished && (announced.finished || all_done);
    let tells_start = seen == Seen::Begun && order.state.after(OrderEvent::Started).is_some();
    if awaits_finish && !tells_start {
        return Err(not_shown_yet());
    }
    Ok(Box::new(move |tx, now| {
        follow(tx, order.id, &customer, seen, now)?;
        if awaits_finish { jobs::look(tx, order.id, now) } else { Ok(()) }
    }))
}

/// What was announced of an order's application; `None` when nothing that is seen there could concern the order any more.
fn announced(tx: &Tx<'_>, order: &Order) -> Result<Option<Announcement>, StoreError> {
    let Some(application) = &order.application else { return Ok(None) };
    if is_told(order) || orders::is_replaced(tx, order)? {
        return Ok(None);
    }
    Ok(Some(announcements::of(tx, order.customer, application)?.unwrap_or_default()))
}

/// Moves the order to what was seen, and lets iCIMS be told.
fn follow(tx: &Tx<'_>, id: OrderId, customer: &Customer, seen: Seen, now: Timestamp) -> Result<(), StoreError> {
    // What happened while the platform was asked counts.
    let Some(order) = orders::get_order(tx, id)? else { return Ok(()) };
    if orders::is_replaced(tx, &order)? {
        return Ok(());
    }
    match seen {
        Seen::Finished => {
            orders::apply(tx, id, OrderEvent::Finished, now)?;
            orders::forget_failure(tx, id)?;
            if !is_told(&order) {
                jobs::enqueue(tx, Job { kind: JobKind::ReportResult, order: id }, now)?;
            }
        }
        Seen::Begun => {
            if orders::apply(tx, id, OrderEvent::Started, now)?.is_some() {
                let failed = orders::forget_failure(tx, id)?;
                // Assessment Status off: iCIMS is not told that an assessment is in progress (promise G15).
                if customer.reports_progress {
                    jobs::enqueue(tx, Job { kind: JobKind::ReportProgress, order: id }, now)?;
                } else if failed {
                    jobs::enqueue(tx, Job { kind: JobKind::ReportInvited, order: id }, now)?;
                }
            }
        }
        Seen::Nothing => {}
    }
    Ok(())
}

/// The order ends here: whatever comes of the application is another candidate's.
fn disown(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<(), StoreError> {
    if orders::apply(tx, order.id, OrderEvent::Disowned, now)?.is_some() {
        orders::note(tx, order.id, now, "the application is that of another candidate, who has the same e-mail address")?;
        orders::keep_failure(tx, order.id, &format!("No result. {OF_ANOTHER}"))?;
        // Under the corrected address the candidate gets an application of their own.
        orders::forget_registered(tx, order.id)?;
        jobs::enqueue(tx, Job { kind: JobKind::ReportFailure, order: order.id }, now)?;
    }
    Ok(())
}

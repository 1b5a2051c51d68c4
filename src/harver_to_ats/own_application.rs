//! Whose application it is: a result goes to nobody but the person that the application was made for.

use super::HarverToAts;
use crate::delivery::JobError;
use crate::domain::{Customer, Disposition, Order};
use crate::harver_platform::ApplicationRecord;
use crate::store::{StoreError, Tx, orders};

/// Why an order gets no result, in words for the recruiter.
pub(super) const OF_ANOTHER: &str =
    "The e-mail address belongs to another candidate in Harver. Correct the address, then send the candidate to Harver again.";

/// The application of an order as the platform shows it; `None` when it is that of another candidate.
///
/// # Errors
/// When the platform refuses or cannot be reached, or the store fails.
pub(super) async fn own_application(
    work: &HarverToAts,
    customer: &Customer,
    order: &Order,
) -> Result<Option<ApplicationRecord>, JobError> {
    let Some(application) = &order.application else {
        return Err(JobError::stop("the order has no application", "Harver has no application of the candidate."));
    };
    let asked = work.harver.application(&customer.harver, application).await;
    let record = asked.map_err(|error| JobError::of(&error, "The application could not be read from Harver."))?;
    let (asked, order) = (record.clone(), order.clone());
    let own = work.store.read(move |tx| is_own(tx, &order, &asked)).await.map_err(|error| JobError::from_store(&error))?;
    Ok(own.then_some(record))
}

/// One person's orders for several workflows share an application, and all get its result (row 28). Another person's never does: the
/// platform took the two for one because of their e-mail address.
///
/// *Assumed*: the platform keeps the parameters that were sent last, so that they may name somebody who was refused here afterwards.
fn is_own(tx: &Tx<'_>, order: &Order, record: &ApplicationRecord) -> Result<bool, StoreError> {
    let owner = orders::owner(tx, order.customer, &record.id)?;
    if owner.is_some_and(|owner| owner.is_of_another_person_than(order.person, order.workflow))
        || record.customer.is_some_and(|id| id != order.customer)
    {
        return Ok(false);
    }
    match (record.person, record.workflow) {
        (None, _) => Ok(true),
        (Some(person), _) if person == order.person => Ok(true),
        (Some(person), Some(workflow)) => orders::came_later(tx, order, person, workflow),
        (Some(_), None) => Ok(false),
    }
}

/// The platform has answered, so that its breaker is not concerned.
pub(super) fn not_shown_yet() -> JobError {
    JobError {
        at: None,
        disposition: Disposition::RetryLater,
        for_operator: "the platform announced a completion and does not show it yet".into(),
        for_recruiter: "Harver has not finished scoring the assessment.".into(),
    }
}

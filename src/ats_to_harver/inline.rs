//! A candidate waits on the portal for a link to the assessment.

use url::Url;

use super::AtsToHarver;
use super::gather::gather;
use super::refusal::Refusal;
use super::start_assessment::{create_application, keep, onwards};
use crate::domain::{Customer, Event, Order, OrderEvent, OrderState};
use crate::store::{StoreError, orders};

/// Records the order and answers where the candidate goes: to the assessment, or onwards if it is finished already.
///
/// A repeated event finds the same order and yields a working link to the same application (row 1).
///
/// # Errors
/// When something is missing, or a neighbour cannot help.
pub(super) async fn order(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<Url, Refusal> {
    let new = gather(work, customer, event).await?;
    let now = work.clock.now();
    let order = work
        .store
        .write(move |tx| -> Result<Option<Order>, StoreError> {
            match orders::live(tx, new.customer, new.workflow, new.package.vacancy())? {
                // The portal's page is another one each time.
                Some(order) => Ok(Some(Order { return_url: new.return_url.or(order.return_url), ..order })),
                None => {
                    let number = orders::insert(tx, &new, now)?;
                    orders::get_order(tx, number)
                }
            }
        })
        .await?;
    let order = order.ok_or(StoreError::Conflict("an order that was just recorded is gone, so something else".into()))?;
    let onwards = onwards(customer, &order).cloned();
    if let (OrderState::Completed, Some(onwards)) = (order.state, &onwards) {
        return Ok(onwards.clone());
    }
    let application = create_application(work, customer, &order).await.map_err(|error| vacancy_problem(error, &order))?;
    let (now, life) = (work.clock.now(), work.link_life);
    let handed_over = work.store.write(move |tx| -> Result<Url, StoreError> {
        let finished = keep(tx, &order, &application, life, now)?;
        orders::apply(tx, order.id, OrderEvent::LinkHandedOver, now)?;
        Ok(onwards.filter(|_| finished).unwrap_or(application.link))
    });
    handed_over.await.map_err(Refusal::Store)
}

/// A vacancy that cannot be used is something a recruiter can fix (row 7), unlike the platform's other refusals.
fn vacancy_problem(error: crate::harver_platform::HarverError, order: &Order) -> Refusal {
    use crate::harver_platform::HarverError as E;
    let label = || order.package.as_listed().to_owned();
    match error {
        E::NotFound { .. } => Refusal::Vacancy { label: label(), problem: "does not exist" },
        E::Refused { .. } => Refusal::Vacancy { label: label(), problem: "does not take candidates" },
        other => Refusal::Harver(other),
    }
}

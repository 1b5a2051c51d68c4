//! A candidate waits on the portal for a link to the assessment.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::AtsToHarver;
use super::gather::{Gathered, gather, no_candidates, vacancy_problem};
use super::invited::{let_in, schedule_closing};
use super::new_order;
use super::reapply::may_start_again;
use super::refusal::Refusal;
use super::start_assessment::{address_of_another, create_application, has_finished_already, keep, of_another, onwards};
use crate::domain::{Customer, Event, Job, JobKind, Occasion, Order, OrderEvent, OrderId, OrderState, with_causes};
use crate::harver_platform::HarverError;
use crate::store::{StoreError, Tx, jobs, orders};

/// Answers where the candidate goes: to the assessment, or onwards if it is finished already. Somebody who comes for the first time is
/// recorded before.
///
/// A repeated event finds the same order and yields a working link to the same application (row 1), whatever has become of the job
/// meanwhile and whether or not iCIMS can be asked.
///
/// # Errors
/// When something is missing, or a neighbour cannot help.
pub(super) async fn order(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<Url, Refusal> {
    let order = match known(work, event).await? {
        Some(order) => order,
        None => recorded(work, customer, gather(work, customer, event).await?, None).await?,
    };
    let onwards = onwards(customer, &order).cloned();
    let order = match (order.state, &onwards) {
        (OrderState::Completed, Some(onwards)) => return Ok(onwards.clone()),
        (OrderState::Completed, None) if may_take_again(work, customer, &order).await? => {
            recorded(work, customer, gather(work, customer, event).await?, Some(&order)).await?
        }
        _ => order,
    };
    // A link that still works is handed over in time, whatever the platform does.
    let kept = order.link.clone().filter(|_| order.link_expires_at.is_some_and(|end| work.clock.now() < end));
    let patience = if kept.is_some() { work.deadline / 2 } else { work.deadline };
    let application = match tokio::time::timeout(patience, create_application(work, customer, &order)).await {
        Ok(Ok(application)) => application,
        Ok(Err(error)) => return without_new_link(work, customer, order, kept, Some(error)).await,
        Err(_) => return without_new_link(work, customer, order, kept, None).await,
    };
    if let Some(other) = of_another(work, &order, &application).await? {
        let (reason, now) = (address_of_another(&other).for_recruiter, work.clock.now());
        work.store.write(move |tx| close(tx, order.id, &reason, now)).await?;
        let completed = other.state == OrderState::Completed;
        return Err(Refusal::SameAddress { person: other.person, order: other.id, completed });
    }
    // If this cannot be told, the link leads to a page of the platform that can.
    let asked = tokio::time::timeout(work.deadline / 4, has_finished_already(work, customer, &order, &application)).await;
    let finished = asked.unwrap_or(Ok(false)).unwrap_or_else(|error| {
        tracing::warn!(order.id = %order.id, reason = error.for_operator, "Whether a candidate has finished could not be told.");
        false
    });
    let (now, life, customer) = (work.clock.now(), work.link_life, customer.clone());
    let link = work.store.write(move |tx| -> Result<Url, Refusal> {
        keep(tx, &order, &application, life, now)?;
        new_order::live(tx, order.id)?;
        let_in(tx, order.id, &customer, now)?;
        Ok(onwards.filter(|_| finished).unwrap_or(application.link))
    });
    link.await
}

/// Nobody is invited, and the recruiter is told why: what the candidate reads on the portal is not for them to mend.
fn close(tx: &Tx<'_>, order: OrderId, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    if orders::apply(tx, order, OrderEvent::GivenUp, now)?.is_some() {
        orders::keep_failure(tx, order, &format!("Not invited. {reason}"))?;
        jobs::enqueue(tx, Job { kind: JobKind::ReportFailure, order }, now)?;
    }
    Ok(())
}

/// The candidate's order for this application, if there is one. The portal's page is another one each time.
async fn known(work: &AtsToHarver, event: &Event) -> Result<Option<Order>, Refusal> {
    let (customer, workflow) = (event.customer, event.workflow);
    let known = work.store.read(move |tx| orders::live_of_workflow(tx, customer, workflow)).await?.into_iter().next();
    let page = match &event.occasion {
        Occasion::ApplicationCompleted { return_url } => return_url.clone(),
        Occasion::StatusChanged(_) => None,
    };
    Ok(known.map(|order| Order { return_url: page.or(order.return_url), ..order }))
}

async fn may_take_again(work: &AtsToHarver, customer: &Customer, order: &Order) -> Result<bool, Refusal> {
    let again = may_start_again(work, customer, order.workflow, vec![order.package.vacancy().clone()]).await?;
    Ok(again.contains(&order.id))
}

/// A new order, unless another event has made one meanwhile. `beside` is a completed one that does not count.
async fn recorded(
    work: &AtsToHarver,
    customer: &Customer,
    Gathered { new, left }: Gathered,
    beside: Option<&Order>,
) -> Result<Order, Refusal> {
    let (now, customer, beside) = (work.clock.now(), customer.clone(), beside.map(|order| order.id));
    let record = move |tx: &Tx<'_>| {
        let known = orders::live(tx, new.customer, new.workflow, new.package.vacancy())?;
        if let Some(order) = known.filter(|order| Some(order.id) != beside) {
            return Ok(Order { return_url: new.return_url.or(order.return_url), ..order });
        }
        let order = new_order::record(tx, &new, now)?;
        for package in left {
            let note = format!(
                "the job names {} too, which was left: on the portal the first Harver package counts",
                package.as_listed()
            );
            orders::note(tx, order, now, &note)?;
        }
        // A candidate who never gets a link, because the platform is away, may not come back: such an order is closed in time, too.
        schedule_closing(tx, order, &customer, now)?;
        new_order::live(tx, order)
    };
    work.store.write(record).await
}

/// The platform gives no new link, or takes too long: the one that the candidate has may still work, and the assessment goes on where it
/// stopped.
async fn without_new_link(
    work: &AtsToHarver,
    customer: &Customer,
    order: Order,
    kept: Option<Url>,
    error: Option<HarverError>,
) -> Result<Url, Refusal> {
    let Some(link) = kept else {
        let Some(error) = error else { return Err(Refusal::Deadline) };
        let problem = vacancy_problem(&error);
        return Err(problem.map_or_else(|| Refusal::Harver(Arc::new(error)), |problem| no_candidates(&order.package, problem)));
    };
    let reason = error.map_or_else(|| "it takes too long".to_owned(), |error| with_causes(&error));
    tracing::warn!(order.id = %order.id, reason, "The platform gives no new link; the candidate gets the former one.");
    let (now, customer) = (work.clock.now(), customer.clone());
    let handed_over = move |tx: &Tx<'_>| -> Result<(), Refusal> {
        new_order::live(tx, order.id)?;
        Ok(let_in(tx, order.id, &customer, now)?)
    };
    work.store.write(handed_over).await?;
    Ok(link)
}

//! A candidate waits on the portal for a link to the assessment.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::AtsToHarver;
use super::deadline::Deadline;
use super::gather::{Gathered, gather, no_candidates, vacancy_problem};
use super::invited::let_in;
use super::new_order;
use super::reapply::may_start_again;
use super::refusal::Refusal;
use super::start_assessment::{Invitee, address_of_another, create_application, has_finished_already, keep, of_another};
use crate::domain::{Customer, Event, Job, JobKind, Occasion, Order, OrderEvent, OrderId, OrderState, PackageLabel, with_causes};
use crate::harver_platform::HarverError;
use crate::store::{StoreError, Tx, jobs, orders};

/// Answers where the candidate goes: to the assessment, or onwards if it is finished already. Somebody who comes for the first time is
/// recorded with the link; who gets none can only come again.
///
/// A repeated event finds the same order and yields a working link to the same application (row 1), whatever has become of the job
/// meanwhile and whether or not iCIMS can be asked.
///
/// # Errors
/// When something is missing, or a neighbour cannot help.
pub(super) async fn order(work: &AtsToHarver, customer: &Customer, event: &Event, deadline: Deadline) -> Result<Url, Refusal> {
    let whom = match deadline.hold(whom(work, customer, event)).await? {
        Whom::HasFinished(onwards) => return Ok(onwards),
        Whom::Invited(order) => Ok(order),
        Whom::New(new) => Err(new),
    };
    let invitee = match &whom {
        Ok(order) => Invitee::from(&**order),
        Err(new) => Invitee::from(&new.gathered.new),
    };
    // A link that still works is handed over in time, whatever the platform does.
    let works = |order: &Order| order.link_expires_at.is_some_and(|end| work.clock.now() < end);
    let kept = whom.as_ref().ok().filter(|order| works(order)).and_then(|order| Some((order.id, order.link.clone()?)));
    let patience = if kept.is_some() { deadline.left() / 2 } else { deadline.left() };
    let asked = tokio::time::timeout(patience, create_application(work, customer, &invitee)).await;
    // Without an error it takes too long.
    let asked = asked.map_or(Err(None), |asked| asked.map_err(Some));
    let application = match (asked, kept) {
        (Ok(application), _) => application,
        (Err(error), Some((order, link))) => return without_new_link(work, customer, order, link, error).await,
        (Err(Some(error)), None) => return Err(no_link(error, invitee.package)),
        (Err(None), None) => return Err(Refusal::Deadline),
    };
    let other = of_another(work, customer.id, &invitee, &application).await?;
    // If this cannot be told, the link leads to a page of the platform that can.
    let asked = tokio::time::timeout(deadline.left() / 4, has_finished_already(work, customer, &invitee, &application)).await;
    let finished = asked.unwrap_or(Ok(false)).unwrap_or_else(|error| {
        tracing::warn!(customer.id = %customer.id, workflow.id = %event.workflow, reason = error.for_operator, "Whether a candidate has finished could not be told.");
        false
    });
    let onwards = invitee.onwards(customer).cloned();
    let (now, life, customer) = (work.clock.now(), work.link_life, customer.clone());
    let link = work.store.write(move |tx| -> Result<Result<Url, Refusal>, Refusal> {
        let order = match &whom {
            Ok(order) => Order::clone(order),
            Err(new) => recorded(tx, new, now)?,
        };
        if let Some(other) = &other {
            close(tx, order.id, &address_of_another(other).for_recruiter, now)?;
            let completed = other.state == OrderState::Completed;
            return Ok(Err(Refusal::SameAddress { person: other.person, order: other.id, completed }));
        }
        keep(tx, &order, &application, life, now)?;
        new_order::live(tx, order.id)?;
        let_in(tx, order.id, &customer, now)?;
        Ok(Ok(onwards.as_ref().filter(|_| finished).unwrap_or(&application.link).clone()))
    });
    link.await?
}

/// Who waits on the portal.
enum Whom {
    /// Somebody who has finished and goes on here.
    HasFinished(Url),
    /// Somebody with an order.
    Invited(Box<Order>),
    /// Somebody who comes for the first time, or once more.
    New(Box<Newcomer>),
}

/// Somebody of whom nothing is recorded.
struct Newcomer {
    gathered: Gathered,
    /// A completed order that does not count.
    beside: Option<OrderId>,
}

async fn whom(work: &AtsToHarver, customer: &Customer, event: &Event) -> Result<Whom, Refusal> {
    let Some(order) = known(work, event).await? else { return newcomer(work, customer, event, None).await };
    if order.state == OrderState::Completed {
        if let Some(onwards) = Invitee::from(&order).onwards(customer) {
            return Ok(Whom::HasFinished(onwards.clone()));
        }
        if may_take_again(work, customer, &order).await? {
            return newcomer(work, customer, event, Some(order.id)).await;
        }
    }
    Ok(Whom::Invited(Box::new(order)))
}

async fn newcomer(work: &AtsToHarver, customer: &Customer, event: &Event, beside: Option<OrderId>) -> Result<Whom, Refusal> {
    let gathered = gather(work, customer, event).await?;
    let new = gathered.new.clone();
    // Before the platform is asked, which would hand out another person's application.
    work.store.read(move |tx| new_order::check_address(tx, &new)).await?;
    Ok(Whom::New(Box::new(Newcomer { gathered, beside })))
}

/// Why the platform gives no link.
fn no_link(error: HarverError, package: &PackageLabel) -> Refusal {
    match vacancy_problem(&error) {
        Some(problem) => no_candidates(package, problem),
        None => Refusal::Harver(Arc::new(error)),
    }
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

/// A new order, unless another event has made one meanwhile.
fn recorded(tx: &Tx<'_>, newcomer: &Newcomer, now: Timestamp) -> Result<Order, Refusal> {
    let Newcomer { gathered: Gathered { new, left }, beside } = newcomer;
    let known = orders::live(tx, new.customer, new.workflow, new.package.vacancy())?;
    if let Some(order) = known.filter(|order| Some(order.id) != *beside) {
        return Ok(Order { return_url: new.return_url.clone().or(order.return_url), ..order });
    }
    let order = new_order::record(tx, new, now)?;
    for package in left {
        let note =
            format!("the job names {} too, which was left: on the portal the first Harver package counts", package.as_listed());
        orders::note(tx, order, now, &note)?;
    }
    new_order::live(tx, order)
}

/// The platform gives no new link, or takes too long: the one that the candidate has may still work, and the assessment goes on where it
/// stopped.
async fn without_new_link(
    work: &AtsToHarver,
    customer: &Customer,
    order: OrderId,
    link: Url,
    error: Option<HarverError>,
) -> Result<Url, Refusal> {
    let reason = error.map_or_else(|| "it takes too long".to_owned(), |error| with_causes(&error));
    tracing::warn!(order.id = %order, reason, "The platform gives no new link; the candidate gets the former one.");
    let (now, customer) = (work.clock.now(), customer.clone());
    let handed_over = move |tx: &Tx<'_>| -> Result<(), Refusal> {
        new_order::live(tx, order)?;
        Ok(let_in(tx, order, &customer, now)?)
    };
    work.store.write(handed_over).await?;
    Ok(link)
}

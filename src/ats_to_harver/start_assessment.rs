//! Creating the application on the platform, and keeping its link.

use jiff::Timestamp;
use url::Url;

use super::AtsToHarver;
use super::gather::vacancy_problem;
use super::invited::has_finished;
use super::look_again::{Looked, look_again};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{ApplicationId, Customer, CustomerId, Job, JobKind, LinkLife, Neighbour, Order, OrderId, OrderState};
use crate::harver_platform::{ApplicationStatus, CreatedApplication, HarverError, NewApplication};
use crate::store::{StoreError, Tx, announcements, jobs, orders};

/// Asks the platform for the application of an order. The same address and vacancy give the same application and a new link, so that a
/// lost answer does no harm; so it is the address that the platform knows, whatever the candidate's is by now (row 27).
///
/// # Errors
/// When the platform refuses or cannot be reached.
pub(super) async fn create_application(
    work: &AtsToHarver,
    customer: &Customer,
    order: &Order,
) -> Result<CreatedApplication, HarverError> {
    let candidate = order.as_registered();
    let new = NewApplication {
        candidate: &candidate,
        customer: order.customer,
        workflow: order.workflow,
        person: order.person,
        job: order.job,
        return_url: onwards(customer, order),
    };
    work.harver.create_application(&customer.harver, order.package.vacancy(), &new).await
}

/// Where the candidate goes on after the assessment: where the event said, or else where all of the company's candidates do.
pub(super) fn onwards<'a>(customer: &'a Customer, order: &'a Order) -> Option<&'a Url> {
    order.return_url.as_ref().or(customer.return_url.as_ref())
}

/// Whether the candidate has finished already, for another workflow of the same person (row 28), or before a link was renewed. The status
/// of the answer and the orders that are known only tell that there may be something to see; a finish is what the application shows.
pub(super) async fn has_finished_already(
    work: &AtsToHarver,
    customer: &Customer,
    order: &Order,
    application: &CreatedApplication,
) -> Result<bool, JobError> {
    let (owner, id) = (customer.id, application.id.clone());
    let known = work.store.read(move |tx| has_completed(tx, owner, &id)).await.map_err(|error| JobError::from_store(&error))?;
    if application.status == ApplicationStatus::InProgress && !known {
        return Ok(false);
    }
    let found = work.harver.application(&customer.harver, &application.id).await;
    Ok(found.map_err(|error| job_error(&error, order))?.completed.is_some())
}

/// Whether an order of the application has been completed.
fn has_completed(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<bool, StoreError> {
    let known = orders::of_application(tx, customer, application)?;
    Ok(known.iter().any(|order| order.state == OrderState::Completed))
}

/// The order of another person who has this application already: the platform takes two people with one e-mail address for one.
pub(super) async fn of_another(
    work: &AtsToHarver,
    order: &Order,
    application: &CreatedApplication,
) -> Result<Option<Order>, StoreError> {
    let (customer, application) = (order.customer, application.id.clone());
    let owner = work.store.read(move |tx| orders::owner(tx, customer, &application)).await?;
    Ok(owner.filter(|owner| owner.is_of_another_person_than(order)))
}

/// Keeps an application with its link, and asks for a look at it wherever there may be more to see than that it is there: the status says
/// so, or a webhook has overtaken the platform's answer.
///
/// # Errors
/// A conflict when the application is another person's.
pub(super) fn keep(
    tx: &Tx<'_>,
    order: &Order,
    application: &CreatedApplication,
    link_life: LinkLife,
    now: Timestamp,
) -> Result<(), StoreError> {
    if orders::owner(tx, order.customer, &application.id)?.is_some_and(|owner| owner.is_of_another_person_than(order)) {
        return Err(StoreError::Conflict("an order of another person for the same application".into()));
    }
    let expires_at = link_life.after(now);
    orders::keep_link(tx, order.id, &application.id, &application.link, expires_at)?;
    orders::keep_registered(tx, order.id, &order.as_registered().email)?;
    let announced = announcements::claim(tx, order.customer, &application.id)?.is_some();
    if announced || has_completed(tx, order.customer, &application.id)? || application.status != ApplicationStatus::InProgress {
        jobs::look(tx, order.id, now)?;
    }
    Ok(())
}

fn mail_next(tx: &Tx<'_>, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    jobs::enqueue(tx, Job { kind: JobKind::SendInvitation, order }, now)
}

/// The job: an order that has no link gets one, and the invitation is to be mailed. Where that is another round, the candidate may have
/// left the running (row 18), corrected the address (row 27), or finished unheard.
///
/// # Errors
/// When the platform refuses or cannot be reached, or the store fails.
pub async fn start_assessment(work: &AtsToHarver, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    if order.state.has_ended() {
        return Ok(Box::new(|_, _| Ok(())));
    }
    // The candidate came by the portal meanwhile, and has a link; the mail is wanted all the same.
    if order.link_expires_at.is_some() {
        return Ok(Box::new(move |tx, now| mail_next(tx, order.id, now)));
    }
    let present = match look_again(work, &customer, order).await? {
        Looked::Over(ending) => return Ok(ending),
        Looked::Wanted(present) => present,
    };
    let order = present.order.clone();
    if has_finished(work, &customer, &order).await.map_err(|error| job_error(&error, &order))? {
        return Ok(Box::new(move |tx, now| jobs::look(tx, order.id, now)));
    }
    let application = create_application(work, &customer, &order).await.map_err(|error| job_error(&error, &order))?;
    let other = of_another(work, &order, &application).await.map_err(|error| JobError::from_store(&error))?;
    if let Some(other) = other {
        return Err(address_of_another(&other));
    }
    let already = has_finished_already(work, &customer, &order, &application).await?;
    let life = work.link_life;
    Ok(Box::new(move |tx, now| {
        present.keep(tx, now)?;
        keep(tx, &order, &application, life, now)?;
        if already { Ok(()) } else { mail_next(tx, order.id, now) }
    }))
}

/// Why nobody is invited whose address is another person's.
pub(super) fn address_of_another(other: &Order) -> JobError {
    JobError::stop(
        format!(
            "Harver has the application of order {} for the candidate's e-mail address, and that order is of person {}: correct the \
             address of one of them in iCIMS",
            other.id, other.person
        ),
        format!(
            "The e-mail address belongs to another candidate in Harver, person {} in iCIMS. Correct the address, then send the \
             candidate to Harver again.",
            other.person
        ),
    )
}

/// What stops a step that asks the platform for a candidate.
pub(super) fn job_error(error: &HarverError, order: &Order) -> JobError {
    let for_recruiter = match vacancy_problem(error) {
        Some(problem) => format!("The vacancy of the package \"{}\" {problem} in Harver.", order.package.as_listed()),
        None if error.needs_somebody() => "A Harver Admin has to check the integration's Harver account.".into(),
        None => "Harver could not be reached.".into(),
    };
    JobError::of(Neighbour::Harver, error.disposition(), error, for_recruiter)
}

//! Creating the application on the platform, and keeping its link.

use jiff::Timestamp;
use url::Url;

use super::AtsToHarver;
use super::gather::vacancy_problem;
use super::invited::has_finished;
use super::look_again::{Looked, look_again};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{
    ApplicationId, Candidate, Customer, CustomerId, Job, JobId, JobKind, LinkLife, Order, OrderId, OrderState, PackageLabel,
    PersonId, WorkflowId,
};
use crate::harver_platform::{CreatedApplication, HarverError, NewApplication};
use crate::store::orders::NewOrder;
use crate::store::{StoreError, Tx, announcements, jobs, orders};

/// Whom the platform is asked to take.
pub(super) struct Invitee<'a> {
    workflow: WorkflowId,
    person: PersonId,
    job: JobId,
    pub(super) package: &'a PackageLabel,
    candidate: Candidate,
    return_url: Option<&'a Url>,
}

impl<'a> From<&'a Order> for Invitee<'a> {
    fn from(order: &'a Order) -> Self {
        let Order { workflow, person, job, ref package, ref return_url, .. } = *order;
        Self { workflow, person, job, package, candidate: order.as_registered(), return_url: return_url.as_ref() }
    }
}

impl<'a> From<&'a NewOrder> for Invitee<'a> {
    fn from(new: &'a NewOrder) -> Self {
        let NewOrder { workflow, person, job, ref package, ref candidate, ref return_url, .. } = *new;
        Self { workflow, person, job, package, candidate: candidate.clone(), return_url: return_url.as_ref() }
    }
}

impl Invitee<'_> {
    /// Where the candidate goes on after the assessment: where the event said, or else where all of the company's candidates do.
    pub(super) fn onwards<'a>(&'a self, customer: &'a Customer) -> Option<&'a Url> {
        self.return_url.or(customer.return_url.as_ref())
    }
}

/// Asks the platform for somebody's application. The same address and vacancy give the same application and a new link, so that a
/// lost answer does no harm; so it is the address that the platform knows, whatever the candidate's is by now (row 27).
///
/// # Errors
/// When the platform refuses or cannot be reached.
pub(super) async fn create_application(
    work: &AtsToHarver,
    customer: &Customer,
    invitee: &Invitee<'_>,
) -> Result<CreatedApplication, HarverError> {
    let new = NewApplication {
        candidate: &invitee.candidate,
        customer: customer.id,
        workflow: invitee.workflow,
        person: invitee.person,
        job: invitee.job,
        return_url: invitee.onwards(customer),
    };
    work.harver.create_application(&customer.harver, invitee.package.vacancy(), &new).await
}

/// Whether the candidate has finished already, for another workflow of the same person (row 28), or before a link was renewed. The status
/// of the answer and the orders that are known only tell that there may be something to see; a finish is what the application shows.
pub(super) async fn has_finished_already(
    work: &AtsToHarver,
    customer: &Customer,
    invitee: &Invitee<'_>,
    application: &CreatedApplication,
) -> Result<bool, JobError> {
    let (owner, id) = (customer.id, application.id.clone());
    let known = work.store.read(move |tx| has_completed(tx, owner, &id)).await.map_err(|error| JobError::from_store(&error))?;
    if application.is_in_progress && !known {
        return Ok(false);
    }
    let found = work.harver.application(&customer.harver, &application.id).await;
    Ok(found.map_err(|error| job_error(&error, invitee.package))?.completed.is_some())
}

/// Whether an order of the application has been completed.
fn has_completed(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<bool, StoreError> {
    let known = orders::of_application(tx, customer, application)?;
    Ok(known.iter().any(|order| order.state == OrderState::Completed))
}

/// The order of another person who has this application already: the platform takes two people with one e-mail address for one.
pub(super) async fn of_another(
    work: &AtsToHarver,
    customer: CustomerId,
    invitee: &Invitee<'_>,
    application: &CreatedApplication,
) -> Result<Option<Order>, StoreError> {
    let application = application.id.clone();
    let owner = work.store.read(move |tx| orders::owner(tx, customer, &application)).await?;
    Ok(owner.filter(|owner| owner.is_of_another_person_than(invitee.person, invitee.workflow)))
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
    if orders::owner(tx, order.customer, &application.id)?
        .is_some_and(|owner| owner.is_of_another_person_than(order.person, order.workflow))
    {
        return Err(StoreError::Conflict("an order of another person for the same application".into()));
    }
    orders::keep_link(tx, order.id, &application.id, (&application.link, link_life.after(now)), now)?;
    orders::keep_registered(tx, order.id, &order.as_registered().email)?;
    let announced = announcements::claim(tx, order.customer, &application.id)?.is_some();
    if announced || has_completed(tx, order.customer, &application.id)? || !application.is_in_progress {
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
    if has_finished(work, &customer, &order).await.map_err(|error| job_error(&error, &order.package))? {
        return Ok(Box::new(move |tx, now| jobs::look(tx, order.id, now)));
    }
    let invitee = Invitee::from(&order);
    let application = create_application(work, &customer, &invitee).await.map_err(|error| job_error(&error, &order.package))?;
    let other = of_another(work, customer.id, &invitee, &application).await.map_err(|error| JobError::from_store(&error))?;
    if let Some(other) = other {
        return Err(address_of_another(&other));
    }
    let already = has_finished_already(work, &customer, &invitee, &application).await?;
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
pub(super) fn job_error(error: &HarverError, package: &PackageLabel) -> JobError {
    let for_recruiter = match vacancy_problem(error) {
        Some(problem) => format!("The vacancy of the package \"{}\" {problem} in Harver.", package.as_listed()),
        None if error.needs_somebody() => "A Harver Admin has to check the integration's Harver account.".into(),
        None => "Harver could not be reached.".into(),
    };
    JobError::of(error, for_recruiter)
}

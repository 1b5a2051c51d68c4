//! Mailing the link to the candidate.

use jiff::Timestamp;
use url::Url;

use super::AtsToHarver;
use super::invited::invited;
use super::look_again::{Looked, look_again};
use super::mailing::hand_over;
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Customer, Job, JobKind, Order, OrderId};
use crate::invitation::{Invitation, MessageId, Occasion};
use crate::store::{StoreError, Tx, jobs, mails, orders};

/// The job: the candidate gets the newest link by mail. One that ran out while the mail was held up is replaced first, and a mail that
/// was held up goes to the present address, if it is still wanted (rows 18 and 27).
///
/// The Message-ID depends on order and round alone, so that a mail that is sent twice, because the answer to the first was lost,
/// is one message to mail systems that suppress duplicates.
///
/// # Errors
/// When the mail server or iCIMS refuse or cannot be reached, or the store fails.
pub async fn send_invitation(work: &AtsToHarver, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    if order.state.has_ended() {
        return Ok(Box::new(|_, _| Ok(())));
    }
    let now = work.clock.now();
    let Some(link) = order.link.clone().filter(|_| order.link_expires_at.is_some_and(|end| now < end)) else {
        return Ok(Box::new(move |tx, now| replace_link(tx, &order, now)));
    };
    let present = match look_again(work, &customer, order).await? {
        Looked::Over(ending) => return Ok(ending),
        Looked::Wanted(present) => present,
    };
    let (id, expires_at) = (present.order.id, present.order.link_expires_at);
    let invitation = mail(&present.order, (&link, expires_at), &customer, Occasion::Invitation, now);
    hand_over(work, id, &invitation, "The invitation").await?;
    Ok(Box::new(move |tx, now| {
        mails::taken(tx, invitation.message_id.as_str(), now)?;
        present.keep(tx, now)?;
        invited(tx, id, &customer, now)?;
        orders::note(tx, id, now, "invitation mailed to the candidate")
    }))
}

/// The new link comes in a mail of its own round, which no mail system takes for the one before it.
fn replace_link(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<(), StoreError> {
    if order.link_expires_at.is_some() {
        orders::next_round(tx, order.id, now)?;
    }
    jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order: order.id }, now)
}

/// The mail about an order, with a link and its end.
pub(super) fn mail(
    order: &Order,
    (link, link_expires_at): (&Url, Option<Timestamp>),
    customer: &Customer,
    occasion: Occasion,
    sent_at: Timestamp,
) -> Invitation {
    let kind = match occasion {
        Occasion::Invitation => String::new(),
        Occasion::Reminder(reminder) => format!(".reminder-{}", reminder.delay().as_hours()),
    };
    let identity = format!("order-{}.{}.{}.{}{kind}", order.customer, order.id, order.round, order.received_at.as_microsecond());
    let message_id = MessageId::parse(&identity).expect("numbers, letters, dots and dashes are an identity");
    Invitation {
        to: order.candidate.email.clone(),
        first_name: order.candidate.first_name.clone(),
        last_name: order.candidate.last_name.clone(),
        job_title: order.job_title.clone(),
        company_name: customer.name.clone(),
        settings: customer.invitation.clone(),
        occasion,
        link: link.clone(),
        link_expires_at,
        customer: customer.id,
        message_id,
        sent_at,
    }
}

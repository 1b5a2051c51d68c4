//! Mailing the link to the candidate.

use jiff::Timestamp;
use url::Url;

use super::AtsToHarver;
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Customer, Job, JobKind, Order, OrderEvent, OrderId, OrderState, with_causes};
use crate::invitation::{Invitation, MessageId};
use crate::store::{StoreError, Tx, jobs, orders};

/// The job: the candidate gets the newest link by mail. One that ran out while the mail was held up is replaced first.
///
/// The Message-ID depends on order and round alone, so that a mail that is sent twice, because the answer to the first was lost,
/// is one message to mail systems that suppress duplicates.
///
/// # Errors
/// When the mail server refuses or cannot be reached, or the store fails.
pub async fn send_invitation(work: &AtsToHarver, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    if order.state == OrderState::Completed || order.state.is_abandoned() {
        return Ok(Box::new(|_, _| Ok(())));
    }
    let now = work.clock.now();
    let Some(link) = order.link.as_ref().filter(|_| order.link_expires_at.is_some_and(|end| now < end)) else {
        return Ok(Box::new(move |tx, now| replace_link(tx, &order, now)));
    };
    let invitation = invitation(&order, link, &customer, now);
    work.mailer.send(&invitation).await.map_err(|error| JobError {
        disposition: error.disposition(),
        for_operator: with_causes(&error),
        for_recruiter: "The invitation could not be mailed to the candidate.".into(),
    })?;
    Ok(Box::new(move |tx, now| {
        orders::apply(tx, order.id, OrderEvent::LinkHandedOver, now)?;
        orders::note(tx, order.id, now, "invitation mailed to the candidate")
    }))
}

/// The new link comes in a mail of its own round, which no mail system takes for the one before it.
fn replace_link(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<(), StoreError> {
    if order.link_expires_at.is_some() {
        orders::next_round(tx, order.id, now)?;
    }
    jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order: order.id }, now)
}

fn invitation(order: &Order, link: &Url, customer: &Customer, sent_at: Timestamp) -> Invitation {
    let identity = format!("order-{}.{}.{}.{}", order.customer, order.id, order.round, order.received_at.as_microsecond());
    let message_id = MessageId::parse(&identity).expect("numbers, dots and a dash are an identity");
    Invitation {
        to: order.candidate.email.clone(),
        first_name: order.candidate.first_name.clone(),
        last_name: order.candidate.last_name.clone(),
        job_title: order.job_title.clone(),
        company_name: customer.name.clone(),
        settings: customer.invitation.clone(),
        link: link.clone(),
        link_expires_at: order.link_expires_at,
        customer: customer.id,
        message_id,
        sent_at,
    }
}

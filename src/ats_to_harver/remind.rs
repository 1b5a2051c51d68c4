//! Reminding a candidate who has not finished. Who sends the invitation also reminds (assessment-flow.md 3.4): the platform's own reminders
//! are off unless somebody switches them on there.

use jiff::SignedDuration;

use super::AtsToHarver;
use super::invited::{has_finished, schedule_closing};
use super::look_again::{Looked, Present, look_again};
use super::mailing::hand_over;
use super::send_invitation::mail;
use super::start_assessment::{create_application, job_error, keep};
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{Customer, OrderId, OrderState, Reminder};
use crate::invitation::Occasion;
use crate::store::{jobs, mails, orders};

/// A link that a candidate finds in a reminder works at least this long.
const WORKS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// The job: a candidate who was invited and has not finished is reminded, with a link that works, whether the assessment was begun or not:
/// the platform's own reminders make no difference either (harver-platform.md 8: "while the assessment is open").
///
/// # Errors
/// When a neighbour or the mail server refuses or cannot be reached, or the store fails.
pub async fn remind(work: &AtsToHarver, order: OrderId, reminder: Reminder) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let waits = matches!(order.state, OrderState::Invited | OrderState::InProgress);
    // Without the end of a link a new one is on its way, and reminders of it with it.
    if !waits || !customer.invitation.reminders || order.link_expires_at.is_none() {
        return Ok(Box::new(|_, _| Ok(())));
    }
    let present = match look_again(work, &customer, order).await? {
        Looked::Over(ending) => return Ok(ending),
        Looked::Wanted(present) => present,
    };
    if has_finished(work, &customer, &present.order).await.map_err(|error| job_error(&error, &present.order.package))? {
        let id = present.order.id;
        return Ok(Box::new(move |tx, now| jobs::look(tx, id, now)));
    }
    send(work, customer, present, reminder).await
}

async fn send(work: &AtsToHarver, customer: Customer, present: Box<Present>, reminder: Reminder) -> Result<Finish, JobError> {
    let (order, now, life) = (&present.order, work.clock.now(), work.link_life);
    let lasts = order.link_expires_at.is_some_and(|end| now.duration_until(end) >= WORKS_FOR);
    let renewed = match &order.link {
        Some(_) if lasts => None,
        _ => Some(create_application(work, &customer, &order.into()).await.map_err(|error| job_error(&error, &order.package))?),
    };
    let link = renewed.as_ref().map(|application| &application.link).or(order.link.as_ref());
    let expires_at = if renewed.is_some() { Some(life.after(now)) } else { order.link_expires_at };
    let Some(link) = link else { return Err(JobError::stop("the order has no link", "Harver has no link for the candidate.")) };
    let reminder_mail = mail(order, (link, expires_at), &customer, Occasion::Reminder(reminder), now);
    hand_over(work, order.id, &reminder_mail, "The reminder").await?;
    Ok(Box::new(move |tx, now| {
        mails::taken(tx, reminder_mail.message_id.as_str(), now)?;
        present.keep(tx, now)?;
        // Somebody may have asked for another round meanwhile: its link takes the place of this one.
        let round = orders::get_order(tx, present.order.id)?.map(|order| order.round);
        if let Some(application) = renewed.as_ref().filter(|_| round == Some(present.order.round)) {
            keep(tx, &present.order, application, life, now)?;
            schedule_closing(tx, present.order.id, &customer, now)?;
        }
        orders::note(tx, present.order.id, now, "reminder mailed to the candidate")
    }))
}

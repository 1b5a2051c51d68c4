//! Asking the platform for what it has not told: a webhook may never come, and nobody sends it again (harver-platform.md 9.4).

use jiff::{SignedDuration, Timestamp};

use super::HarverToAts;
use super::receive::hear;
use crate::delivery::{Finish, JobError, order_of_job};
use crate::domain::{ApplicationId, Customer, CustomerId, OrderId, VacancyId};
use crate::harver_platform::HarverError;
use crate::neighbour::Kind;
use crate::store::announcements::Announcement;
use crate::store::sweeps::{self, Question};
use crate::store::{StoreError, Tx, announcements, jobs, orders};

/// What changed so long before the last question is asked for once more: the platform's clock and ours differ by no more, and what it
/// changes is listed within that time.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// The job: asks one question of an order's customer and plans the next. A finish that is found counts as if it had been announced; an
/// order that was silent for long is looked at, which finds starts too, and whom people have given another status.
///
/// # Errors
/// When the platform cannot be reached or refuses to know us, or the store fails.
pub async fn sweep(work: &HarverToAts, order: OrderId) -> Result<Finish, JobError> {
    let (order, customer) = order_of_job(&work.store, order).await?;
    let (now, id) = (work.clock.now(), customer.id);
    let next = work.store.read(move |tx| sweeps::next(tx, id, now)).await.map_err(|error| JobError::from_store(&error))?;
    let mut answered: Finish = match next {
        Some(Question::Vacancy(vacancy, since)) => ask_for(work, &customer, vacancy, since, now).await?,
        Some(Question::Order(silent)) => Box::new(move |tx, now| {
            jobs::look(tx, silent, now)?;
            sweeps::asked_about(tx, silent, now)
        }),
        None => Box::new(|_, _| Ok(())),
    };
    Ok(Box::new(move |tx, now| {
        answered(tx, now)?;
        sweeps::go_on(tx, id, order.id, now)
    }))
}

/// Asks who has finished in a vacancy. Whatever comes of that, another vacancy's turn is next.
async fn ask_for(
    work: &HarverToAts,
    customer: &Customer,
    vacancy: VacancyId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Finish, JobError> {
    let id = customer.id;
    let from = since.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
    let error = match work.harver.finished_since(&customer.harver, &vacancy, from).await {
        Ok(finished) => {
            return Ok(Box::new(move |tx, later| {
                for application in &finished {
                    find(tx, id, application, later)?;
                }
                sweeps::asked(tx, id, &vacancy, since, now)
            }));
        }
        Err(error) => error,
    };
    match error {
        // More than is read at once: every order of the vacancy is asked about by itself.
        error if error.is_too_much() => Ok(Box::new(move |tx, _| {
            sweeps::one_by_one(tx, id, &vacancy)?;
            sweeps::asked(tx, id, &vacancy, since, now)
        })),
        // It is about this vacancy alone, and its orders are looked at all the same, once they have been silent for long.
        HarverError { kind: Kind::NotFound | Kind::Refused { .. }, .. } => {
            tracing::warn!(customer.id = %id, vacancy.id = %vacancy, reason = %error, "A vacancy cannot be asked for finished candidates.");
            Ok(Box::new(move |tx, now| sweeps::put_off(tx, id, &vacancy, now)))
        }
        error => {
            let put_last = work.store.write(move |tx| sweeps::put_last(tx, id, &vacancy, now)).await;
            put_last.map_err(|error| JobError::from_store(&error))?;
            Err(JobError::of(&error, "Harver could not be asked who has finished."))
        }
    }
}

/// A candidate has finished. What was announced already, or is nobody's whom we know, is no news.
fn find(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId, now: Timestamp) -> Result<(), StoreError> {
    let known = orders::of_application(tx, customer, application)?;
    let announced = announcements::of(tx, customer, application)?.is_some_and(|announced| announced.finished);
    if announced || !known.iter().any(|order| order.result_written_at.is_none()) {
        return Ok(());
    }
    tracing::warn!(customer.id = %customer, application.id = %application, "A candidate has finished, and no webhook said so.");
    hear(tx, customer, application, Announcement { started: false, finished: true }, now)
}

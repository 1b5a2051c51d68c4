//! What the platform has announced of applications, until it is seen there.

use jiff::{SignedDuration, Timestamp};

use super::row::get;
use super::value::params;
use super::{StoreError, Tx};
use crate::crash_point::Commit;
use crate::domain::{ApplicationId, CustomerId};

/// How long an announcement waits for its order. The answer that names the application comes within hours or never: whatever asks for it
/// is tried on the ladder.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// What was announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announcement {
    /// That the candidate has begun.
    pub started: bool,
    /// That the candidate has finished.
    pub finished: bool,
}

/// Keeps an announcement beside those that came before. One that no order has `claimed` yet is kept for a day, because the order may be
/// about to learn its application.
///
/// # Errors
/// When the database refuses.
pub fn hear(
    tx: &Tx<'_>,
    customer: CustomerId,
    application: &ApplicationId,
    heard: Announcement,
    claimed: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.publishes(Commit::WebhookHeard);
    tx.execute(
        "DELETE FROM announcements WHERE unclaimed_since < :oldest",
        params! { oldest: now.saturating_sub(PATIENCE).unwrap_or(Timestamp::MIN) },
    )?;
    tx.execute(
        "INSERT INTO announcements (application, customer, started, finished, unclaimed_since)
         VALUES (:application, :customer, :started, :finished, :unclaimed_since)
         ON CONFLICT (application, customer) DO UPDATE SET unclaimed_since = excluded.unclaimed_since,
             started = CASE WHEN announcements.started = 1 THEN 1 ELSE excluded.started END,
             finished = CASE WHEN announcements.finished = 1 THEN 1 ELSE excluded.finished END",
        params! { application, customer, started: heard.started, finished: heard.finished, unclaimed_since: (!claimed).then_some(now) },
    )?;
    Ok(())
}

/// What was announced of an application that an order has from now on; `None` when nothing was.
///
/// # Errors
/// When the database refuses.
pub fn claim(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<Option<Announcement>, StoreError> {
    tx.execute(
        "UPDATE announcements SET unclaimed_since = NULL WHERE application = :application AND customer = :customer",
        params! { application, customer },
    )?;
    of(tx, customer, application)
}

/// What was announced of an application; `None` when nothing was.
///
/// # Errors
/// When the database refuses.
pub fn of(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<Option<Announcement>, StoreError> {
    tx.one(
        "SELECT started, finished FROM announcements WHERE application = :application AND customer = :customer",
        params! { application, customer },
        |row| Ok(Announcement { started: get(row, "started")?, finished: get(row, "finished")? }),
    )
}

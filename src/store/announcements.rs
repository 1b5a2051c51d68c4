//! What the platform has announced of applications, until it is seen there.

use jiff::{SignedDuration, Timestamp};

use super::row::{get, micros};
use super::{StoreError, Tx};
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
    tx.execute(
        "DELETE FROM announcements WHERE unclaimed_since < ?1",
        [micros(now.saturating_sub(PATIENCE).unwrap_or(Timestamp::MIN))],
    )?;
    tx.execute(
        "INSERT INTO announcements (application, customer, started, finished, unclaimed_since) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (application, customer) DO UPDATE SET started = MAX(started, excluded.started),
             finished = MAX(finished, excluded.finished), unclaimed_since = excluded.unclaimed_since",
        (application.as_str(), customer.get().cast_signed(), heard.started, heard.finished, (!claimed).then_some(micros(now))),
    )?;
    Ok(())
}

/// What was announced of an application that an order has from now on; `None` when nothing was.
///
/// # Errors
/// When the database refuses.
pub fn claim(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<Option<Announcement>, StoreError> {
    tx.execute(
        "UPDATE announcements SET unclaimed_since = NULL WHERE application = ?1 AND customer = ?2",
        (application.as_str(), customer.get().cast_signed()),
    )?;
    of(tx, customer, application)
}

/// What was announced of an application; `None` when nothing was.
///
/// # Errors
/// When the database refuses.
pub fn of(tx: &Tx<'_>, customer: CustomerId, application: &ApplicationId) -> Result<Option<Announcement>, StoreError> {
    tx.one(
        "SELECT started, finished FROM announcements WHERE application = ?1 AND customer = ?2",
        (application.as_str(), customer.get().cast_signed()),
        |row| Ok(Announcement { started: get(row, "started")?, finished: get(row, "finished")? }),
    )
}

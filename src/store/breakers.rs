//! What is known of each customer's neighbours that cannot be called as usual: see [`Breaker`]. Nothing is kept of those that can. What was
//! found before the customer's settings changed is not found any more.

use std::collections::HashMap;

use jiff::Timestamp;

use super::row::{Row, get, unreadable};
use super::value::params;
use super::{StoreError, Tx};
use crate::domain::{Breaker, CustomerId, Neighbour, Parked};

/// The number of the customer's newest change to the settings; `breakers` is the table that is asked.
const OF_PRESENT_SETTINGS: &str =
    "breakers.settings = COALESCE((SELECT MAX(id) FROM settings_history WHERE customer = breakers.customer), 0)";

/// All that is known.
///
/// # Errors
/// When a stored row cannot be read.
pub fn all(tx: &Tx<'_>) -> Result<HashMap<(CustomerId, Neighbour), Breaker>, StoreError> {
    let found = tx.all(&format!("SELECT * FROM breakers WHERE {OF_PRESENT_SETTINGS}"), params! {}, |row| {
        Ok(((get(row, "customer")?, neighbour(row)?), breaker(row)?))
    })?;
    Ok(found.into_iter().collect())
}

/// What is known of a customer's neighbours.
///
/// # Errors
/// When a stored row cannot be read.
pub fn of_customer(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<(Neighbour, Breaker)>, StoreError> {
    tx.all(
        &format!("SELECT * FROM breakers WHERE customer = :customer AND {OF_PRESENT_SETTINGS} ORDER BY neighbour"),
        params! { customer },
        |row| Ok((neighbour(row)?, breaker(row)?)),
    )
}

/// What is known of one of them.
///
/// # Errors
/// When the stored row cannot be read.
pub fn one(tx: &Tx<'_>, customer: CustomerId, neighbour: Neighbour) -> Result<Option<Breaker>, StoreError> {
    tx.one(
        &format!("SELECT * FROM breakers WHERE customer = :customer AND neighbour = :neighbour AND {OF_PRESENT_SETTINGS}"),
        params! { customer, neighbour: neighbour.name() },
        breaker,
    )
}

/// Keeps what is known of a neighbour from now on. Whoever waits for it looks again when it may be called.
///
/// # Errors
/// When the database refuses.
pub fn keep(tx: &Tx<'_>, customer: CustomerId, neighbour: Neighbour, breaker: Option<&Breaker>) -> Result<(), StoreError> {
    let Some(breaker) = breaker else {
        let gone = tx.execute(
            "DELETE FROM breakers WHERE customer = :customer AND neighbour = :neighbour",
            params! { customer, neighbour: neighbour.name() },
        )?;
        if gone > 0 {
            tx.wake_worker();
        }
        return Ok(());
    };
    let (failures, parked) = match breaker {
        Breaker::Closed { failures } | Breaker::Open { failures, .. } => (*failures, None),
        Breaker::Parked(parked) => (0, Some(parked)),
    };
    tx.execute(
        "INSERT INTO breakers (customer, neighbour, settings, failures, open_until, parked_since, refusals, reason)
         VALUES (:customer, :neighbour, COALESCE((SELECT MAX(id) FROM settings_history WHERE customer = :customer), 0), :failures, :open_until, :parked_since, :refusals, :reason)
         ON CONFLICT (customer, neighbour) DO UPDATE SET settings = excluded.settings, failures = excluded.failures,
             open_until = excluded.open_until, parked_since = excluded.parked_since, refusals = excluded.refusals, reason = excluded.reason",
        params! { customer, neighbour: neighbour.name(), failures, open_until: breaker.open_until(), parked_since: parked.map(|parked| parked.since), refusals: parked.map_or(0, |parked| parked.refusals), reason: parked.map(|parked| &parked.reason) },
    )?;
    Ok(())
}

/// Lets one step try a neighbour now that is left alone: somebody has acted.
///
/// # Errors
/// When the database refuses or the stored row cannot be read.
pub fn try_now(tx: &Tx<'_>, customer: CustomerId, neighbour: Neighbour, now: Timestamp) -> Result<(), StoreError> {
    let Some(mut breaker) = one(tx, customer, neighbour)? else { return Ok(()) };
    breaker.try_at(now);
    keep(tx, customer, neighbour, Some(&breaker))?;
    tx.wake_worker();
    Ok(())
}

fn neighbour(row: &Row<'_>) -> Result<Neighbour, StoreError> {
    let name: String = get(row, "neighbour")?;
    Neighbour::named(&name).ok_or_else(|| unreadable("neighbour"))
}

fn breaker(row: &Row<'_>) -> Result<Breaker, StoreError> {
    let (failures, until) = (get(row, "failures")?, get(row, "open_until")?);
    Ok(match (get(row, "parked_since")?, until) {
        (None, None) => Breaker::Closed { failures },
        (None, Some(until)) => Breaker::Open { failures, until },
        (Some(since), Some(until)) => {
            Breaker::Parked(Parked { since, until, refusals: get(row, "refusals")?, reason: get(row, "reason")? })
        }
        (Some(_), None) => return Err(unreadable("open_until")),
    })
}

//! How much is still to be done.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{Breaker, CustomerId, JobKind};
use crate::store::row::{get, unreadable};
use crate::store::value::params;
use crate::store::{StoreError, Tx, breakers};

/// Work that will be done without anybody doing anything, once those whom it calls are well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outstanding {
    /// How many jobs are due, or being worked on.
    pub due: u64,
    /// How many wait for the moment of the next attempt: they have failed, or others have, and the neighbour is left alone.
    pub waiting: u64,
    /// When the first of those is tried.
    pub next_attempt: Option<Timestamp>,
    /// Since when the first of those that are due has been.
    pub due_since: Option<Timestamp>,
}

/// The jobs of one kind of a customer.
struct Heap {
    customer: CustomerId,
    kind: JobKind,
    due: u64,
    running: u64,
    retried: u64,
    next_attempt: Option<Timestamp>,
    due_since: Option<Timestamp>,
    running_since: Option<Timestamp>,
}

impl Outstanding {
    fn and(self, other: Self) -> Self {
        Self {
            due: self.due + other.due,
            waiting: self.waiting + other.waiting,
            next_attempt: self.next_attempt.into_iter().chain(other.next_attempt).min(),
            due_since: self.due_since.into_iter().chain(other.due_since).min(),
        }
    }
}

/// What is not done yet of one customer or of all. Jobs that were planned for later, and have not failed, are none of it.
///
/// # Errors
/// When the database refuses or a stored value cannot be read.
pub fn outstanding(tx: &Tx<'_>, customer: Option<CustomerId>, now: Timestamp) -> Result<Outstanding, StoreError> {
    Ok(by_customer(tx, customer, now)?.into_values().fold(Outstanding::default(), Outstanding::and))
}

/// The same of each customer of whom there is anything.
///
/// # Errors
/// When the database refuses or a stored value cannot be read.
pub fn outstanding_of_each(tx: &Tx<'_>, now: Timestamp) -> Result<BTreeMap<CustomerId, Outstanding>, StoreError> {
    by_customer(tx, None, now)
}

fn by_customer(
    tx: &Tx<'_>,
    customer: Option<CustomerId>,
    now: Timestamp,
) -> Result<BTreeMap<CustomerId, Outstanding>, StoreError> {
    let breakers = breakers::all(tx)?;
    let mut sums = BTreeMap::<CustomerId, Outstanding>::new();
    for heap in heaps(tx, customer, now)? {
        let known = |neighbour| breakers.get(&(heap.customer, neighbour));
        let held_until = Breaker::holding(heap.kind, known, now).map(|hold| hold.until);
        let held = if held_until.is_some() { heap.due - heap.running } else { 0 };
        let of_retried = heap.next_attempt.map(|moment| held_until.map_or(moment, |held_until| held_until.max(moment)));
        let next_attempt = if held > 0 { held_until } else { of_retried };
        let due_since = if held > 0 { heap.running_since } else { heap.due_since };
        let of_heap = Outstanding { due: heap.due - held, waiting: heap.retried + held, next_attempt, due_since };
        let sum = sums.entry(heap.customer).or_default();
        *sum = sum.and(of_heap);
    }
    Ok(sums)
}

fn heaps(tx: &Tx<'_>, customer: Option<CustomerId>, now: Timestamp) -> Result<Vec<Heap>, StoreError> {
    tx.all(
        "SELECT customer, kind, COUNT(*) FILTER (WHERE due_at <= :now) AS due,
                COUNT(*) FILTER (WHERE due_at <= :now AND leased_until > :now) AS running,
                COUNT(*) FILTER (WHERE due_at > :now AND was_tried) AS retried,
                MIN(due_at) FILTER (WHERE due_at > :now AND was_tried) AS next_attempt,
                MIN(due_at) FILTER (WHERE due_at <= :now) AS due_since,
                MIN(due_at) FILTER (WHERE due_at <= :now AND leased_until > :now) AS running_since
         FROM (SELECT customer, kind, due_at, leased_until, EXISTS (SELECT 1 FROM attempts WHERE job_id = jobs.id) AS was_tried
               FROM jobs WHERE state = 'waiting' AND customer = COALESCE(:customer, customer)) AS waiting
         GROUP BY customer, kind",
        params! { now, customer },
        |row| {
            let count = |column| get::<u64>(row, column);
            let kind: String = get(row, "kind")?;
            Ok(Heap {
                customer: get(row, "customer")?,
                kind: JobKind::named(&kind).ok_or_else(|| unreadable("kind"))?,
                due: count("due")?,
                running: count("running")?,
                retried: count("retried")?,
                next_attempt: get(row, "next_attempt")?,
                due_since: get(row, "due_since")?,
                running_since: get(row, "running_since")?,
            })
        },
    )
}

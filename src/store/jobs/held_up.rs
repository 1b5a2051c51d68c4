//! Steps that wait for more than their turn: they have failed before, or one of those whom they call is left alone. The list of orders, the
//! page of each and the answers to recruiters go by this one rule. How many there are of a customer is counted in `outstanding.rs`.

use jiff::Timestamp;

use crate::domain::{Breaker, CustomerId, JobKind, OrderId};
use crate::store::value::params;
use crate::store::{StoreError, Tx, breakers};

/// That a row of `jobs` is such a step, given what is [`HeldUp`] as `:held` and `:now`. A sweep is its customer's, whichever order it is
/// kept with.
pub(in crate::store) const WAITS: &str = "jobs.state = 'waiting' AND jobs.kind <> 'sweep'
    AND (EXISTS (SELECT 1 FROM attempts WHERE job_id = jobs.id) OR (jobs.due_at <= :now AND instr(:held, ',' || jobs.kind || ',') > 0))";

/// The kinds of a customer's steps that cannot begin at a moment, however long they have been due.
#[derive(Clone, Debug)]
pub struct HeldUp {
    /// Their names between commas, with one before the first and behind the last, so that each can be found as a text.
    pub(in crate::store) kinds: String,
    pub(in crate::store) now: Timestamp,
}

impl HeldUp {
    /// None.
    pub(in crate::store) fn nothing() -> Self {
        Self { kinds: String::new(), now: Timestamp::UNIX_EPOCH }
    }

    /// Those of a customer.
    ///
    /// # Errors
    /// When what is known of a neighbour cannot be read.
    pub fn of(tx: &Tx<'_>, customer: CustomerId, now: Timestamp) -> Result<Self, StoreError> {
        let known = breakers::of_customer(tx, customer)?;
        let breaker = |neighbour| known.iter().find(|(known, _)| *known == neighbour).map(|(_, breaker)| breaker);
        let held = JobKind::ALL.into_iter().filter(|kind| Breaker::holding(*kind, breaker, now).is_some());
        Ok(Self { kinds: held.fold(",".to_owned(), |kinds, kind| format!("{kinds}{},", kind.name())), now })
    }
}

/// Whether an order has a step that waits for more than its turn.
///
/// # Errors
/// When the database refuses.
pub fn waits(tx: &Tx<'_>, order: OrderId, held: &HeldUp) -> Result<bool, StoreError> {
    let waiting = format!("SELECT COUNT(*) FROM jobs WHERE order_id = :order AND {WAITS}");
    Ok(tx.number(&waiting, params! { order, held: held.kinds, now: held.now })? > 0)
}

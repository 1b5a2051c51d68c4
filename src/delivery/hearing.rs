//! What came of a step tells how those are whom it called, and is kept with it, in one transaction.

use jiff::Timestamp;

use super::worker::JobError;
use crate::domain::{Breaker, CustomerId, Disposition, JobKind, Neighbour, News};
use crate::store::{StoreError, Tx, breakers};

/// What has become of a neighbour, for whoever reads the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is parked from now on: somebody has to act.
    Parked(Neighbour),
    /// It was parked, and everything goes on.
    GoesOn(Neighbour),
}

/// Keeps what a step of this kind has found out. Says what has turned with it.
///
/// # Errors
/// When the database refuses or a stored breaker cannot be read.
pub(super) fn hear(
    tx: &Tx<'_>,
    customer: CustomerId,
    kind: JobKind,
    error: Option<&JobError>,
    now: Timestamp,
) -> Result<Vec<Turn>, StoreError> {
    let found: Vec<(Neighbour, News)> = match error {
        None => {
            let called = kind.calls().iter().map(|neighbour| (*neighbour, News::GotThrough));
            called.chain(kind.may_call().iter().map(|neighbour| (*neighbour, News::ProbablyGotThrough))).collect()
        }
        Some(error) => error.at.map(|neighbour| (neighbour, news(error))).into_iter().collect(),
    };
    let mut turns = Vec::new();
    for (neighbour, news) in found {
        let known = breakers::one(tx, customer, neighbour)?;
        let after = Breaker::after(known.clone(), news, now);
        if after == known {
            continue;
        }
        let is_parked = |breaker: &Option<Breaker>| matches!(breaker, Some(Breaker::Parked(_)));
        match (is_parked(&known), is_parked(&after)) {
            (false, true) => turns.push(Turn::Parked(neighbour)),
            (true, false) => turns.push(Turn::GoesOn(neighbour)),
            _ => {}
        }
        breakers::keep(tx, customer, neighbour, after.as_ref())?;
    }
    Ok(turns)
}

fn news(error: &JobError) -> News {
    match error.disposition {
        Disposition::RetryLater => News::Failed,
        Disposition::RetryAt(moment) => News::ToldToWait(moment),
        Disposition::Park => News::Refused(error.for_operator.clone()),
        // It has answered, if only to refuse.
        Disposition::Stop => News::GotThrough,
    }
}

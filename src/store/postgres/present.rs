//! The server's clock, by which all replicas go: what one has leased runs out for all at the same moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
use postgres::Client;

use crate::clock::Clock;
use crate::store::StoreError;

/// How far the server's clock is ahead of this machine's, in microseconds. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Ahead(Arc<AtomicI64>);

impl Ahead {
    /// Asks the server for the time.
    pub(super) fn ask(&self, client: &mut Client, machine: &Clock) -> Result<(), StoreError> {
        let asked = machine.now();
        let told = client.query_one("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", &[])?;
        self.hear(asked.as_microsecond(), told.try_get(0)?, machine.now().as_microsecond());
        Ok(())
    }

    /// When the server told its time is known to half of what asking took. What may as well be that is no difference: the time would only
    /// be put to and fro.
    fn hear(&self, asked: i64, told: i64, answered: i64) {
        let unknown = (answered - asked).abs() / 2;
        let ahead = told - asked.midpoint(answered);
        if (ahead - self.0.load(Ordering::Relaxed)).abs() > unknown {
            self.0.store(ahead, Ordering::Relaxed);
        }
    }

    /// The machine's clock, put right.
    pub(super) fn corrects(&self, machine: Clock) -> Clock {
        let ahead = self.clone();
        machine.put_right(move || SignedDuration::from_micros(ahead.0.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_one_that_is_greater_than_what_is_not_known() {
        let ahead = Ahead::default();
        let check = |asked, told, answered, wanted| {
            ahead.hear(asked, told, answered);
            assert_eq!(ahead.0.load(Ordering::Relaxed), wanted, "asked at {asked}, told {told}, answered at {answered}");
        };
        check(1_000, 1_050, 1_100, 0);
        check(1_000, 1_090, 1_100, 0);
        check(1_000, 1_400, 1_100, 350);
        check(2_000, 2_420, 2_100, 350);
        check(2_000, 1_050, 2_100, -1_000);
        // Halted between question and answer: nothing is known.
        check(3_000, 3_010, 9_000_000, -1_000);
    }
}

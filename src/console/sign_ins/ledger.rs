//! How often something may still fail.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use jiff::{SignedDuration, Timestamp};

/// How many may fail at once, and after how long one more may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) most: u16,
    pub(super) each: SignedDuration,
}

/// What has failed lately, by whom. It has a fixed number of lines and forgets nothing that counts: a flood of names cannot push anybody
/// out. Who shares a line shares its budget; nobody can choose with whom, as the lines are drawn anew at each start.
#[derive(Debug)]
pub(super) struct Ledger {
    budget: Budget,
    lines: RandomState,
    /// When a line is as good as new. What lies in the past counts for nothing.
    spent_until: HashMap<Line, Timestamp>,
}

/// The place of somebody in a ledger.
pub(super) type Line = u16;

impl Ledger {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, lines: RandomState::new(), spent_until: HashMap::new() }
    }

    /// Where somebody's failures are noted.
    pub(super) fn line(&self, of: impl Hash) -> Line {
        let [low, high, ..] = self.lines.hash_one(of).to_le_bytes();
        u16::from_le_bytes([low, high])
    }

    /// Whether one more may fail.
    ///
    /// # Errors
    /// The moment from when it may.
    pub(super) fn admits(&self, line: Line, now: Timestamp) -> Result<(), Timestamp> {
        let Some(spent_until) = self.spent_until.get(&line) else { return Ok(()) };
        let all_but_one = self.budget.each * i32::from(self.budget.most.saturating_sub(1));
        let from = spent_until.saturating_sub(all_but_one).unwrap_or(Timestamp::MIN);
        if now < from { Err(from) } else { Ok(()) }
    }

    /// Notes a failure.
    pub(super) fn failed(&mut self, line: Line, now: Timestamp) {
        let until = self.spent_until.entry(line).or_insert(now);
        *until = (*until).max(now).saturating_add(self.budget.each).unwrap_or(Timestamp::MAX);
    }

    /// Starts a line anew.
    pub(super) fn forgive(&mut self, line: Line) {
        self.spent_until.remove(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget { most: 3, each: SignedDuration::from_mins(1) };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn so_many_may_fail_at_once_and_then_one_after_each_while() {
        let mut ledger = Ledger::new(BUDGET);
        for _ in 0..3 {
            assert_eq!(ledger.admits(7, at(0)), Ok(()));
            ledger.failed(7, at(0));
        }
        assert_eq!(ledger.admits(7, at(59)), Err(at(60)));
        assert_eq!(ledger.admits(7, at(60)), Ok(()));
        ledger.failed(7, at(60));
        assert_eq!(ledger.admits(7, at(60)), Err(at(120)));
        assert_eq!(ledger.admits(8, at(60)), Ok(()), "another line is not harmed");
        ledger.forgive(7);
        assert_eq!(ledger.admits(7, at(60)), Ok(()));
    }

    #[test]
    fn a_flood_of_names_pushes_nobody_out_and_takes_no_more_room_than_there_are_lines() {
        let mut ledger = Ledger::new(BUDGET);
        let guessed = ledger.line("admin@example.org");
        for _ in 0..3 {
            ledger.failed(guessed, at(0));
        }
        for number in 0..200_000 {
            let line = ledger.line(number);
            ledger.failed(line, at(0));
        }
        assert!(ledger.admits(guessed, at(1)).is_err(), "it is not forgotten");
        assert!(ledger.spent_until.len() <= 1 << 16);
        ledger.failed(1, at(1_000_000));
    }

    #[test]
    fn nobody_knows_who_shares_a_line() {
        let (one, other) = (Ledger::new(BUDGET), Ledger::new(BUDGET));
        let lines = |ledger: &Ledger| (0..8).map(|name| ledger.line(name)).collect::<Vec<_>>();
        assert_ne!(lines(&one), lines(&other));
        assert_eq!(lines(&one), lines(&one));
    }
}

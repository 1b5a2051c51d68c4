//! How many sign-ins have failed, and how many still may, whichever replica they come to.
//!
//! There is a fixed number of lines, and nothing that counts is forgotten: a flood of names cannot push anybody out. Who shares a line
//! shares its budget; nobody can choose with whom, as lines are drawn with the key.

use jiff::{SignedDuration, Timestamp};

use super::row::first;
use super::value::params;
use super::{StoreError, Tx};

/// How many may fail at once, and after how long one more may.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Of what.
    pub counted: &'static str,
    /// So many at once.
    pub most: u16,
    /// And one more after each such time.
    pub each: SignedDuration,
}

/// Whether one more sign-in of somebody may fail: `None` when it may, or else the moment from when.
///
/// # Errors
/// When a stored moment cannot be read.
pub fn locked_until(tx: &Tx<'_>, budget: Budget, who: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let Some(spent_until) = spent_until(tx, budget, who)? else { return Ok(None) };
    let all_but_one = budget.each * i32::from(budget.most.saturating_sub(1));
    let from = spent_until.saturating_sub(all_but_one).unwrap_or(Timestamp::MIN);
    Ok(Some(from).filter(|from| now < *from))
}

/// Counts a sign-in that failed.
///
/// # Errors
/// When the database refuses.
pub fn count(tx: &Tx<'_>, budget: Budget, who: &str, now: Timestamp) -> Result<(), StoreError> {
    let [line, ..] = lines(tx, budget, who);
    let until = spent_until(tx, budget, who)?.unwrap_or(now).max(now).saturating_add(budget.each).unwrap_or(Timestamp::MAX);
    tx.execute(
        "INSERT INTO failed_sign_ins (counted, line, spent_until) VALUES (:counted, :line, :until)
         ON CONFLICT (counted, line) DO UPDATE SET spent_until = :until",
        params! { counted: budget.counted, line, until },
    )?;
    Ok(())
}

/// Counts from the beginning again.
///
/// # Errors
/// When the database refuses.
pub fn forgive(tx: &Tx<'_>, budget: Budget, who: &str) -> Result<(), StoreError> {
    let [present, former, next] = lines(tx, budget, who);
    let sql = "DELETE FROM failed_sign_ins WHERE counted = :counted AND line IN (:present, :former, :next)";
    tx.execute(sql, params! { counted: budget.counted, present, former, next })?;
    Ok(())
}

/// Forgets what counts for nothing any more, and says how many lines that were.
///
/// # Errors
/// When the database refuses.
pub fn forget(tx: &Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM failed_sign_ins WHERE spent_until < :now", params! { now })
}

fn spent_until(tx: &Tx<'_>, budget: Budget, who: &str) -> Result<Option<Timestamp>, StoreError> {
    let [present, former, next] = lines(tx, budget, who);
    let sql = "SELECT spent_until FROM failed_sign_ins WHERE counted = :counted AND line IN (:present, :former, :next)
               ORDER BY spent_until DESC LIMIT 1";
    tx.one(sql, params! { counted: budget.counted, present, former, next }, first)
}

/// Where the failures of somebody are counted: by the present key, and by those that other replicas may have.
fn lines(tx: &Tx<'_>, budget: Budget, who: &str) -> [u16; 3] {
    let line = |mark: Vec<u8>| mark.iter().take(2).fold(0, |line, byte| (line << 8) | u16::from(*byte));
    tx.marks(&format!("failed sign-in\n{}\n{who}", budget.counted)).map(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{SealingKey, Store};

    const BUDGET: Budget = Budget { counted: "names", most: 3, each: SignedDuration::from_mins(1) };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    async fn within<T: Send + 'static>(mut look: impl FnMut(&Tx<'_>) -> Result<T, StoreError> + Send + 'static) -> T {
        let store = Store::in_memory(SealingKey::for_this_process()).expect("memory");
        store.write(move |tx| look(tx)).await.expect("memory")
    }

    #[tokio::test]
    async fn so_many_may_fail_at_once_and_then_one_after_each_while() {
        within(|tx| {
            for _ in 0..3 {
                assert_eq!(locked_until(tx, BUDGET, "admin", at(0))?, None);
                count(tx, BUDGET, "admin", at(0))?;
            }
            assert_eq!(locked_until(tx, BUDGET, "admin", at(59))?, Some(at(60)));
            assert_eq!(locked_until(tx, BUDGET, "admin", at(60))?, None);
            count(tx, BUDGET, "admin", at(60))?;
            assert_eq!(locked_until(tx, BUDGET, "admin", at(60))?, Some(at(120)));
            assert_eq!(locked_until(tx, BUDGET, "other", at(60))?, None, "another one is not harmed");
            assert_eq!(locked_until(tx, Budget { counted: "places", ..BUDGET }, "admin", at(60))?, None, "nor another count");
            assert_eq!(forget(tx, at(239))?, 0);
            forgive(tx, BUDGET, "admin")?;
            assert_eq!(locked_until(tx, BUDGET, "admin", at(60))?, None);
            count(tx, BUDGET, "admin", at(60))?;
            assert_eq!((forget(tx, at(120))?, forget(tx, at(121))?), (0, 1));
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn a_flood_of_names_pushes_nobody_out_and_takes_no_more_room_than_there_are_lines() {
        within(|tx| {
            (0..3).try_for_each(|_| count(tx, BUDGET, "admin", at(0)))?;
            (0..70_000).try_for_each(|number| count(tx, BUDGET, &number.to_string(), at(0)))?;
            assert!(locked_until(tx, BUDGET, "admin", at(1))?.is_some(), "it is not forgotten");
            let lines = tx.number("SELECT COUNT(*) FROM failed_sign_ins", params! {})?;
            assert!((20_000..=1 << 16).contains(&lines), "{lines}");
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn nobody_knows_who_shares_a_line() {
        let lines = |tx: &Tx<'_>| Ok((0..8).map(|name| lines(tx, BUDGET, &name.to_string())).collect::<Vec<_>>());
        assert_ne!(within(lines).await, within(lines).await, "another key draws others");
    }
}

//! Events that were not acted on, as people look them up: bounded, and the same refusal once.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Row;

use super::orders::{pattern_name, pattern_named};
use super::row::{get, id, micros, moment, parsed, unreadable};
use super::{StoreError, Tx};
use crate::domain::{CustomerId, RefusalKind, RefusedEvent};

/// How many lines a customer has; the one that has not been repeated the longest makes room.
pub const KEPT: u32 = 1_000;
/// How long a line is kept after it was repeated last.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number; a line that is repeated gets a new one.
    pub id: i64,
    /// What came last, and why it was not acted on.
    pub event: RefusedEvent,
    /// When it came first.
    pub first_at: Timestamp,
    /// How often it came.
    pub times: u64,
}

/// Which lines are looked for. What is left open matches every line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this kind.
    pub kind: Option<RefusalKind>,
    /// With this number of a workflow, person or job, or with these words in the reason.
    pub words: String,
    /// That came before the one with this number.
    pub before: Option<i64>,
}

/// Keeps an event. One that was refused before for the same reason takes the place of its line.
///
/// # Errors
/// When the database refuses.
pub fn keep(tx: &Tx<'_>, customer: CustomerId, event: &RefusedEvent) -> Result<(), StoreError> {
    let (customer, at) = (customer.get().cast_signed(), micros(event.at));
    let number = |id: Option<u64>| id.map(u64::cast_signed);
    let workflow = number(event.workflow.map(crate::domain::WorkflowId::get));
    let person = number(event.person.map(crate::domain::PersonId::get));
    let job = number(event.job.map(crate::domain::JobId::get));
    let before = tx.one(
        "DELETE FROM refused_events WHERE customer = ?1 AND workflow IS ?2 AND kind = ?3 AND person IS ?4 AND job IS ?5 AND reason = ?6
         RETURNING first_at, times",
        (customer, workflow, event.kind.name(), person, job, &event.reason),
        |row| Ok((get::<i64>(row, "first_at")?, get::<i64>(row, "times")?)),
    )?;
    let (first_at, times) = before.unwrap_or((at, 0));
    tx.insert(
        "INSERT INTO refused_events
             (customer, kind, http_status, pattern, workflow, person, job, reason, detail, payload, first_at, last_at, times)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        (
            customer,
            event.kind.name(),
            event.http_status,
            event.pattern.map(pattern_name),
            workflow,
            person,
            job,
            &event.reason,
            &event.detail,
            &event.payload,
            first_at,
            at,
            times + 1,
        ),
    )?;
    tx.execute(
        "DELETE FROM refused_events WHERE customer = ?1 AND (last_at < ?2 OR id <=
             (SELECT id FROM refused_events WHERE customer = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?3))",
        (customer, micros(oldest(event.at)), KEPT),
    )?;
    Ok(())
}

/// The lines of a customer that are looked for, the latest first.
///
/// # Errors
/// When a stored line cannot be read.
pub fn find(tx: &Tx<'_>, customer: CustomerId, wanted: &Wanted, now: Timestamp, limit: u32) -> Result<Vec<Line>, StoreError> {
    tx.all(
        "SELECT * FROM refused_events
         WHERE customer = ?1 AND last_at >= ?2 AND id < ?3 AND (?4 IS NULL OR kind = ?4)
             AND (?5 = '' OR ?5 IN (CAST(workflow AS TEXT), CAST(person AS TEXT), CAST(job AS TEXT)) OR instr(lower(reason), lower(?5)) > 0)
         ORDER BY id DESC LIMIT ?6",
        (
            customer.get().cast_signed(),
            micros(oldest(now)),
            wanted.before.unwrap_or(i64::MAX),
            wanted.kind.map(RefusalKind::name),
            &wanted.words,
            limit,
        ),
        read,
    )
}

/// How many events of a customer were refused since a moment, those not counted that asked for nothing.
///
/// # Errors
/// When the database refuses.
pub fn count_since(tx: &Tx<'_>, customer: CustomerId, since: Timestamp) -> Result<u64, StoreError> {
    let found = tx.number(
        "SELECT COUNT(*) FROM refused_events WHERE customer = ?1 AND last_at >= ?2 AND kind <> ?3",
        (customer.get().cast_signed(), micros(since), RefusalKind::Ignored.name()),
    )?;
    Ok(found.cast_unsigned())
}

fn oldest(now: Timestamp) -> Timestamp {
    now.saturating_sub(KEPT_FOR).unwrap_or(Timestamp::MIN)
}

fn read(row: &Row<'_>) -> Result<Line, StoreError> {
    let pattern = get::<Option<String>>(row, "pattern")?;
    Ok(Line {
        id: get(row, "id")?,
        first_at: moment(row, "first_at")?,
        times: get::<i64>(row, "times")?.cast_unsigned(),
        event: RefusedEvent {
            kind: parsed(row, "kind")?,
            http_status: get(row, "http_status")?,
            pattern: pattern.map(|name| pattern_named(&name).ok_or_else(|| unreadable("pattern"))).transpose()?,
            workflow: optional_id(row, "workflow")?,
            person: optional_id(row, "person")?,
            job: optional_id(row, "job")?,
            reason: get(row, "reason")?,
            detail: get(row, "detail")?,
            payload: get(row, "payload")?,
            at: moment(row, "last_at")?,
        },
    })
}

fn optional_id<T>(row: &Row<'_>, column: &'static str) -> Result<Option<T>, StoreError>
where
    T: TryFrom<u64>,
    T::Error: std::error::Error + Send + Sync + 'static,
{
    get::<Option<i64>>(row, column)?.map(|_| id(row, column)).transpose()
}

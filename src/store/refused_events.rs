//! Events that were not acted on, as people look them up: bounded, and the same refusal once.

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::orders::{pattern_name, pattern_named};
use super::row::{Row, get, parsed, unreadable};
use super::seal::Place;
use super::value::params;
use super::{StoreError, Tx};
use crate::crash_point::Commit;
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
    tx.publishes(Commit::EventRefused);
    let RefusedEvent { workflow, person, job, at, .. } = *event;
    let before = tx.one(
        "DELETE FROM refused_events WHERE customer = :customer AND workflow IS NOT DISTINCT FROM :workflow AND kind = :kind AND person IS NOT DISTINCT FROM :person AND job IS NOT DISTINCT FROM :job AND reason = :reason
         RETURNING first_at, times",
        params! { customer, workflow, kind: event.kind.name(), person, job, reason: event.reason },
        |row| Ok((get::<Timestamp>(row, "first_at")?, get::<u64>(row, "times")?)),
    )?;
    let (first_at, times) = before.unwrap_or((at, 0));
    let line: i64 = tx.insert(
        "INSERT INTO refused_events
             (customer, kind, http_status, pattern, workflow, person, job, reason, detail, first_at, last_at, times)
         VALUES (:customer, :kind, :http_status, :pattern, :workflow, :person, :job, :reason, :detail, :first_at, :at, :times)
         RETURNING id",
        params! { customer, kind: event.kind.name(), http_status: event.http_status, pattern: event.pattern.map(pattern_name), workflow, person, job, reason: event.reason, detail: event.detail, first_at, at, times: times + 1 },
    )?;
    keep_payload(tx, line, &event.payload)?;
    tx.execute(
        "DELETE FROM refused_events WHERE customer = :customer AND (last_at < :oldest OR id <=
             (SELECT id FROM refused_events WHERE customer = :customer ORDER BY id DESC LIMIT 1 OFFSET :kept))",
        params! { customer, oldest: oldest(event.at), kept: KEPT },
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
         WHERE customer = :customer AND last_at >= :oldest AND id < :before AND kind = COALESCE(:kind, kind)
             AND (:words = '' OR :words IN (CAST(workflow AS TEXT), CAST(person AS TEXT), CAST(job AS TEXT)) OR instr(lower(reason), lower(:words)) > 0)
         ORDER BY id DESC LIMIT :limit",
        params! { customer, oldest: oldest(now), before: wanted.before.unwrap_or(i64::MAX), kind: wanted.kind.map(RefusalKind::name), words: wanted.words, limit },
        |row| read(tx, row),
    )
}

/// How many events of a customer were refused since a moment, those not counted that asked for nothing.
///
/// # Errors
/// When the database refuses.
pub fn count_since(tx: &Tx<'_>, customer: CustomerId, since: Timestamp) -> Result<u64, StoreError> {
    let found = tx.number(
        "SELECT COUNT(*) FROM refused_events WHERE customer = :customer AND last_at >= :since AND kind <> :ignored",
        params! { customer, since, ignored: RefusalKind::Ignored.name() },
    )?;
    Ok(found.cast_unsigned())
}

/// Forgets what came last too long ago to be shown, also of customers to whom nothing comes any more. Says how many: none when there are no
/// more.
///
/// # Errors
/// When the database refuses.
pub fn forget(tx: &Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM refused_events WHERE last_at < :oldest", params! { oldest: oldest(now) })
}

fn oldest(now: Timestamp) -> Timestamp {
    now.saturating_sub(KEPT_FOR).unwrap_or(Timestamp::MIN)
}

/// Where what came with an event is sealed.
fn place(line: &i64) -> Place<'_> {
    Place { table: "refused_events", column: "payload_sealed", row: line }
}

/// Keeps what came with an event, which may be anything, somebody's name for one.
pub(super) fn keep_payload(tx: &Tx<'_>, line: i64, payload: &str) -> Result<(), StoreError> {
    let sealed = tx.seal(place(&line), &SecretString::from(payload));
    tx.execute("UPDATE refused_events SET payload_sealed = :sealed WHERE id = :line", params! { line, sealed })?;
    Ok(())
}

/// What came with the event in a row.
pub(super) fn payload(tx: &Tx<'_>, row: &Row<'_>) -> Result<String, StoreError> {
    let (line, sealed) = (get::<i64>(row, "id")?, get::<Vec<u8>>(row, "payload_sealed")?);
    Ok(tx.open(place(&line), &sealed)?.expose_secret().to_owned())
}

fn read(tx: &Tx<'_>, row: &Row<'_>) -> Result<Line, StoreError> {
    let pattern = get::<Option<String>>(row, "pattern")?;
    Ok(Line {
        id: get(row, "id")?,
        first_at: get(row, "first_at")?,
        times: get(row, "times")?,
        event: RefusedEvent {
            kind: parsed(row, "kind")?,
            http_status: get(row, "http_status")?,
            pattern: pattern.map(|name| pattern_named(&name).ok_or_else(|| unreadable("pattern"))).transpose()?,
            workflow: get(row, "workflow")?,
            person: get(row, "person")?,
            job: get(row, "job")?,
            reason: get(row, "reason")?,
            detail: get(row, "detail")?,
            payload: payload(tx, row)?,
            at: get(row, "last_at")?,
        },
    })
}

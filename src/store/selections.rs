//! Choices of packages that recruiters are asked for.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Row;

use super::row::{get, id, micros, moment, parsed_option, unreadable};
use super::{StoreError, Tx};
use crate::domain::{CustomerId, JobId, PersonId, Selection, SelectionEnd, SelectionId, SelectionState, WorkflowId};

/// A choice that is about to be asked for.
#[derive(Clone, Copy, Debug)]
pub struct NewSelection {
    /// Whose.
    pub customer: CustomerId,
    /// The workflow in iCIMS.
    pub workflow: WorkflowId,
    /// The candidate's person profile.
    pub person: PersonId,
    /// The job.
    pub job: JobId,
    /// Who advanced the candidate.
    pub recruiter: Option<PersonId>,
}

/// The choice that is awaited for a workflow: the one that is open, or else a new one that can be made for `life`.
///
/// # Errors
/// When the database refuses.
pub fn open(tx: &Tx<'_>, new: &NewSelection, now: Timestamp, life: SignedDuration) -> Result<Selection, StoreError> {
    let sql = "SELECT * FROM selections WHERE customer = ?1 AND workflow = ?2 AND ended IS NULL";
    let open = tx.one(sql, (new.customer.get().cast_signed(), new.workflow.get().cast_signed()), read)?;
    if let Some(open) = open {
        let same = open.person == new.person && open.job == new.job;
        if same && open.state(now) == SelectionState::AwaitingPackages {
            return Ok(open);
        }
        end(tx, open.id, SelectionEnd::RanOut, now)?;
    }
    let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX);
    let number = tx.insert(
        "INSERT INTO selections (customer, workflow, person, job, recruiter, opened_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            new.customer.get().cast_signed(),
            new.workflow.get().cast_signed(),
            new.person.get().cast_signed(),
            new.job.get().cast_signed(),
            new.recruiter.map(|recruiter| recruiter.get().cast_signed()),
            micros(now),
            micros(expires_at),
        ),
    )?;
    let NewSelection { customer, workflow, person, job, recruiter } = *new;
    Ok(Selection { id: numbered(number)?, customer, workflow, person, job, recruiter, opened_at: now, expires_at, end: None })
}

/// What opens the page of a choice: its number and our signature, so that nobody gets to another one by counting.
#[must_use]
pub fn token(tx: &Tx<'_>, selection: &Selection) -> String {
    format!("{}.{}", selection.id, tx.sign(&signed(selection)))
}

/// What is signed: the choice with whom and what it is for, so that a link of a world that is gone opens nothing of the next one.
fn signed(selection: &Selection) -> String {
    let Selection { id, customer, workflow, opened_at, .. } = selection;
    format!("selection {id} {customer} {workflow} {}", micros(*opened_at))
}

/// The choice behind a token; `None` when we have not signed it, or it is gone.
///
/// # Errors
/// When the stored choice cannot be read.
pub fn behind(tx: &Tx<'_>, token: &str) -> Result<Option<Selection>, StoreError> {
    let parts = token.split_once('.').and_then(|(number, signature)| Some((number.parse::<SelectionId>().ok()?, signature)));
    let Some((number, signature)) = parts else { return Ok(None) };
    let found = tx.one("SELECT * FROM selections WHERE id = ?1", [number.get()], read)?;
    Ok(found.filter(|selection| tx.has_signed(&signed(selection), signature)))
}

/// Ends a choice. Says whether it was still open: somebody else may have ended it meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn end(tx: &Tx<'_>, selection: SelectionId, end: SelectionEnd, now: Timestamp) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "UPDATE selections SET ended = ?2, ended_at = ?3 WHERE id = ?1 AND ended IS NULL",
        (selection.get(), end.name(), micros(now)),
    )?;
    Ok(ended > 0)
}

/// Whether a choice has not been ended.
///
/// # Errors
/// When the database refuses.
pub fn is_open(tx: &Tx<'_>, selection: SelectionId) -> Result<bool, StoreError> {
    Ok(tx.number("SELECT COUNT(*) FROM selections WHERE id = ?1 AND ended IS NULL", [selection.get()])? > 0)
}

/// The choices of a customer that are awaited, newest first.
///
/// # Errors
/// When a stored choice cannot be read.
pub fn awaited(tx: &Tx<'_>, customer: CustomerId, now: Timestamp, limit: u32) -> Result<Vec<Selection>, StoreError> {
    tx.all(
        "SELECT * FROM selections WHERE customer = ?1 AND ended IS NULL AND expires_at > ?2 ORDER BY id DESC LIMIT ?3",
        (customer.get().cast_signed(), micros(now), limit),
        read,
    )
}

fn numbered(number: i64) -> Result<SelectionId, StoreError> {
    SelectionId::try_from(number).map_err(|_| unreadable("selections.id"))
}

fn read(row: &Row<'_>) -> Result<Selection, StoreError> {
    let recruiter = match get::<Option<i64>>(row, "recruiter")? {
        Some(_) => Some(id(row, "recruiter")?),
        None => None,
    };
    Ok(Selection {
        id: numbered(get(row, "id")?)?,
        customer: id(row, "customer")?,
        workflow: id(row, "workflow")?,
        person: id(row, "person")?,
        job: id(row, "job")?,
        recruiter,
        opened_at: moment(row, "opened_at")?,
        expires_at: moment(row, "expires_at")?,
        end: parsed_option(row, "ended")?,
    })
}

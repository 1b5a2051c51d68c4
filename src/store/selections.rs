//! Choices of packages that recruiters are asked for.

use jiff::{SignedDuration, Timestamp};

use super::row::{Row, get, parsed_option};
use super::value::params;
use super::{StoreError, Tx};
use crate::crash_point::Commit;
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
    let sql = "SELECT * FROM selections WHERE customer = :customer AND workflow = :workflow AND ended IS NULL";
    let open = tx.one(sql, params! { customer: new.customer, workflow: new.workflow }, read)?;
    if let Some(open) = open {
        let same = open.person == new.person && open.job == new.job;
        if same && open.state(now) == SelectionState::AwaitingPackages {
            return Ok(open);
        }
        end(tx, open.id, SelectionEnd::RanOut, now)?;
    }
    tx.publishes(Commit::ChoiceOpened);
    let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX);
    let id = tx.insert(
        "INSERT INTO selections (customer, workflow, person, job, recruiter, opened_at, expires_at)
         VALUES (:customer, :workflow, :person, :job, :recruiter, :now, :expires_at) RETURNING id",
        params! { customer: new.customer, workflow: new.workflow, person: new.person, job: new.job, recruiter: new.recruiter, now, expires_at },
    )?;
    let NewSelection { customer, workflow, person, job, recruiter } = *new;
    Ok(Selection { id, customer, workflow, person, job, recruiter, opened_at: now, expires_at, end: None })
}

/// What opens the page of a choice: its number and our signature, so that nobody gets to another one by counting.
#[must_use]
pub fn token(tx: &Tx<'_>, selection: &Selection) -> String {
    format!("{}.{}", selection.id, tx.sign(&signed(selection)))
}

/// What is signed: the choice with whom and what it is for, so that a link of a world that is gone opens nothing of the next one.
fn signed(selection: &Selection) -> String {
    let Selection { id, customer, workflow, opened_at, .. } = selection;
    format!("selection {id} {customer} {workflow} {}", opened_at.as_microsecond())
}

/// The choice behind a token; `None` when we have not signed it, or it is gone.
///
/// # Errors
/// When the stored choice cannot be read.
pub fn behind(tx: &Tx<'_>, token: &str) -> Result<Option<Selection>, StoreError> {
    let parts = token.split_once('.').and_then(|(number, signature)| Some((number.parse::<SelectionId>().ok()?, signature)));
    let Some((number, signature)) = parts else { return Ok(None) };
    let found = tx.one("SELECT * FROM selections WHERE id = :number", params! { number }, read)?;
    Ok(found.filter(|selection| tx.has_signed(&signed(selection), signature)))
}

/// Ends a choice. Says whether it was still open: somebody else may have ended it meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn end(tx: &Tx<'_>, selection: SelectionId, end: SelectionEnd, now: Timestamp) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "UPDATE selections SET ended = :end, ended_at = :now WHERE id = :selection AND ended IS NULL",
        params! { selection, end: end.name(), now },
    )?;
    Ok(ended > 0)
}

/// Whether a choice has not been ended.
///
/// # Errors
/// When the database refuses.
pub fn is_open(tx: &Tx<'_>, selection: SelectionId) -> Result<bool, StoreError> {
    Ok(tx.number("SELECT COUNT(*) FROM selections WHERE id = :selection AND ended IS NULL", params! { selection })? > 0)
}

/// The choices of a customer that are awaited, newest first.
///
/// # Errors
/// When a stored choice cannot be read.
pub fn awaited(tx: &Tx<'_>, customer: CustomerId, now: Timestamp, limit: u32) -> Result<Vec<Selection>, StoreError> {
    tx.all(
        "SELECT * FROM selections WHERE customer = :customer AND ended IS NULL AND expires_at > :now ORDER BY id DESC LIMIT :limit",
        params! { customer, now, limit },
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Selection, StoreError> {
    Ok(Selection {
        id: get(row, "id")?,
        customer: get(row, "customer")?,
        workflow: get(row, "workflow")?,
        person: get(row, "person")?,
        job: get(row, "job")?,
        recruiter: get(row, "recruiter")?,
        opened_at: get(row, "opened_at")?,
        expires_at: get(row, "expires_at")?,
        end: parsed_option(row, "ended")?,
    })
}

//! Brings a database to the newest version: one file per change, applied in order, never edited.

use postgres::Client;

use crate::store::StoreError;

/// The changes, oldest first. The version of a database is how many of them it has seen.
const CHANGES: [&str; 1] = [include_str!("migrations/0001_everything.sql")];

/// What replicas that start at once wait for one another with.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(hashtext('harver-icims schema'))";

/// Applies what is missing, all of it or nothing.
///
/// # Errors
/// When the database is newer than this program, or cannot be changed.
pub(super) fn to_newest(client: &mut Client) -> Result<(), StoreError> {
    let mut tx = client.transaction()?;
    tx.batch_execute(ONE_AT_A_TIME)?;
    tx.batch_execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
    let found = tx.query_opt("SELECT version FROM schema_version", &[])?.map_or(Ok(0), |row| row.try_get::<_, i64>(0))?;
    let known = i64::try_from(CHANGES.len()).expect("a handful of changes");
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for change in CHANGES.iter().skip(usize::try_from(found).unwrap_or_default()) {
        tx.batch_execute(change)?;
    }
    if found < known {
        tx.batch_execute("DELETE FROM schema_version")?;
        tx.execute("INSERT INTO schema_version VALUES ($1)", &[&known])?;
    }
    Ok(tx.commit()?)
}

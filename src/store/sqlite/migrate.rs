//! Brings a database to the newest version: one file per change, applied in order, never edited.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::store::seal::SealingKey;
use crate::store::tx::{Database, Tx};
use crate::store::{StoreError, sealing};

/// The changes, oldest first. The version of a database is how many of them it has seen.
const CHANGES: [&str; 18] = [
    include_str!("migrations/0001_orders_and_work.sql"),
    include_str!("migrations/0002_settings.sql"),
    include_str!("migrations/0003_report_links.sql"),
    include_str!("migrations/0004_dismissed.sql"),
    include_str!("migrations/0005_selections.sql"),
    include_str!("migrations/0006_refused_events.sql"),
    include_str!("migrations/0007_ends.sql"),
    include_str!("migrations/0008_looking.sql"),
    include_str!("migrations/0009_event_sources.sql"),
    include_str!("migrations/0010_turns.sql"),
    include_str!("migrations/0011_breakers.sql"),
    include_str!("migrations/0012_sweeps.sql"),
    include_str!("migrations/0013_looked_for.sql"),
    include_str!("migrations/0014_counted.sql"),
    include_str!("migrations/0015_retention.sql"),
    include_str!("migrations/0016_sealed.sql"),
    include_str!("migrations/0017_nothing_in_the_open.sql"),
    include_str!("migrations/0018_failed_sign_ins.sql"),
];

/// The version that has the columns for what the program then seals.
const SEALED: i64 = 16;

/// What they come to together. Adding a column makes SQLite read the whole schema again, so that a fresh database would take fifty
/// times as long by the changes.
const NEWEST: &str = include_str!("migrations/newest.sql");

/// Reads every page of a file once, so that damage is found at the start and not in the middle of an order. The connection cannot
/// write: a file that is refused keeps its bytes.
///
/// # Errors
/// When the file is no database, is damaged, or newer than this program.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let looked = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|connection| {
        let version = version(&connection)?;
        // A newer program may have tables that this SQLite cannot check.
        let found =
            if version > known() { None } else { Some(connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?) };
        Ok((version, found))
    });
    match looked {
        Ok((found, None)) => Err(StoreError::Newer { found, known: known() }),
        Ok((_, Some(found))) if found != "ok" => Err(StoreError::Corrupt(found)),
        Ok(_) => Ok(()),
        Err(rusqlite::Error::SqliteFailure(failure, text))
            if matches!(failure.code, ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) =>
        {
            Err(StoreError::Corrupt(text.unwrap_or_else(|| failure.to_string())))
        }
        // The process that made it was killed in its first change; opening it for writing takes that back.
        Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.extended_code == rusqlite::ffi::SQLITE_READONLY_ROLLBACK => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn known() -> i64 {
    i64::try_from(CHANGES.len()).expect("a handful of changes")
}

/// Refuses a database of another version, and changes nothing.
///
/// # Errors
/// When it is older or newer than this program.
pub(super) fn is_newest(connection: &Connection) -> Result<(), StoreError> {
    match version(connection)? {
        found if found < known() => Err(StoreError::Older { found, known: known() }),
        found if found > known() => Err(StoreError::Newer { found, known: known() }),
        _ => Ok(()),
    }
}

/// Applies what is missing, each change in a transaction of its own; all of them at once where there is nothing yet.
///
/// # Errors
/// When the database is newer than this program, was sealed with another key, or cannot be changed. It is left at the last version that was
/// complete.
pub(super) fn to_newest(connection: &mut Connection, key: &SealingKey) -> Result<(), StoreError> {
    let mut was_open = false;
    loop {
        // The version is read under the write lock, so that two programs that start at once do not apply a change twice.
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = version(&tx)?;
        if found > known() {
            return Err(StoreError::Newer { found, known: known() });
        }
        let next = usize::try_from(found).ok().and_then(|next| CHANGES.get(next));
        let (change, leads_to) = match next {
            // What was changed or deleted in the open before stands in unused parts of the file.
            None if was_open => {
                drop(tx);
                return Ok(connection.execute_batch("VACUUM")?);
            }
            None => return Ok(()),
            Some(_) if found == 0 => (NEWEST, known()),
            Some(change) => (*change, found + 1),
        };
        tx.execute_batch(change)?;
        if leads_to == SEALED {
            sealing::seal_all(&Tx::new(Database::Sqlite(&tx), key))?;
            was_open = true;
        }
        tx.pragma_update(None, "user_version", leads_to)?;
        tx.commit()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What SQLite keeps of the tables and indexes that somebody made.
    fn schema(connection: &Connection) -> Vec<String> {
        let query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid";
        let mut statement = connection.prepare(query).expect("a query");
        let rows = statement.query_map([], |row| row.get(0)).expect("a schema");
        rows.collect::<Result<_, _>>().expect("text")
    }

    #[test]
    fn what_a_fresh_database_begins_with_is_what_the_changes_come_to() {
        let changed = Connection::open_in_memory().expect("memory");
        CHANGES.iter().for_each(|change| changed.execute_batch(change).expect("a change"));
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            let (head, _) = NEWEST.split_once("\n\n").expect("a head that says what it is");
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sqlite/migrations/newest.sql");
            let text = format!("{head}\n\n{};\n", schema(&changed).join(";\n\n"));
            return std::fs::write(path, text).expect("the file can be written");
        }
        let mut fresh = Connection::open_in_memory().expect("memory");
        to_newest(&mut fresh, &SealingKey::for_this_process()).expect("a fresh database");
        assert_eq!(schema(&fresh), schema(&changed), "UPDATE_SCHEMA=1 cargo test --lib what_a_fresh_database_begins_with");
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().expect("memory");
        to_newest(&mut connection, &SealingKey::for_this_process()).expect("a fresh database");
        to_newest(&mut connection, &SealingKey::for_this_process()).expect("a current database");
        assert_eq!(version(&connection).expect("a version"), known());
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().expect("memory");
        connection.pragma_update(None, "user_version", 99).expect("a version");
        assert!(matches!(to_newest(&mut connection, &SealingKey::for_this_process()), Err(StoreError::Newer { found: 99, .. })));
    }
}

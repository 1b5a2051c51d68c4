//! Brings a database to the newest version: one file per change, applied in order, never edited.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::StoreError;

/// The changes, oldest first. The version of a database is how many of them it has seen.
const CHANGES: [&str; 9] = [
    include_str!("migrations/0001_orders_and_work.sql"),
    include_str!("migrations/0002_settings.sql"),
    include_str!("migrations/0003_report_links.sql"),
    include_str!("migrations/0004_dismissed.sql"),
    include_str!("migrations/0005_selections.sql"),
    include_str!("migrations/0006_refused_events.sql"),
    include_str!("migrations/0007_ends.sql"),
    include_str!("migrations/0008_looking.sql"),
    include_str!("migrations/0009_event_sources.sql"),
];

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

/// Applies what is missing, each change in a transaction of its own.
///
/// # Errors
/// When the database is newer than this program, or cannot be changed. It is left at the last version that was complete.
pub(super) fn to_newest(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        // The version is read under the write lock, so that two programs that start at once do not apply a change twice.
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = version(&tx)?;
        if found > known() {
            return Err(StoreError::Newer { found, known: known() });
        }
        let Some(change) = usize::try_from(found).ok().and_then(|next| CHANGES.get(next)) else { return Ok(()) };
        tx.execute_batch(change)?;
        tx.pragma_update(None, "user_version", found + 1)?;
        tx.commit()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().expect("memory");
        to_newest(&mut connection).expect("a fresh database");
        to_newest(&mut connection).expect("a current database");
        assert_eq!(version(&connection).expect("a version"), known());
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().expect("memory");
        connection.pragma_update(None, "user_version", 99).expect("a version");
        assert!(matches!(to_newest(&mut connection), Err(StoreError::Newer { found: 99, .. })));
    }
}

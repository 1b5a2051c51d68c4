//! Brings a database to the newest version: one file per change, applied in order, never edited.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// The changes, oldest first. The version of a database is how many of them it has seen.
const CHANGES: [&str; 1] = [include_str!("migrations/0001_orders_and_work.sql")];

/// Reads every page once, so that damage is found at the start and not in the middle of an order.
///
/// # Errors
/// When the file is no database, or damaged. Nothing is changed.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    match connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => Err(StoreError::Corrupt(found)),
        Err(rusqlite::Error::SqliteFailure(failure, text))
            if matches!(failure.code, rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) =>
        {
            Err(StoreError::Corrupt(text.unwrap_or_else(|| failure.to_string())))
        }
        Err(error) => Err(error.into()),
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
        let found: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let known = i64::try_from(CHANGES.len()).expect("a handful of changes");
        if found > known {
            return Err(StoreError::Newer { found, known });
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
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a version");
        assert_eq!(version, 1);
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().expect("memory");
        connection.pragma_update(None, "user_version", 99).expect("a version");
        assert!(matches!(to_newest(&mut connection), Err(StoreError::Newer { found: 99, known: 1 })));
    }
}

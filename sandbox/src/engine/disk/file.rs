//! Making the file, and reading it through a connection that cannot change it.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{DiskError, StoredRow, VERSION, pieces};

/// What every scope of a snapshot starts with; what comes after it, `0` being the sign after the slash, is no snapshot.
const SNAPSHOTS: (&str, &str) = ("snapshot/", "snapshot0");

/// Makes the file. It has its name once it is whole, so that a process that is killed here leaves nothing that looks damaged.
pub(super) fn create(path: &Path) -> Result<(), DiskError> {
    let unusable = |source| DiskError::Unusable { path: path.to_path_buf(), source };
    let cannot = |error: std::io::Error| unusable(rusqlite::Error::ToSqlConversionFailure(Box::new(error)));
    let unfinished = path.with_extension("new");
    match std::fs::remove_file(&unfinished) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot(error)),
    }
    let connection = Connection::open(&unfinished).map_err(unusable)?;
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous=FULL;
             BEGIN;
             CREATE TABLE rows (
                 scope TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, pieces INTEGER,
                 PRIMARY KEY (scope, name, key)
             ) STRICT, WITHOUT ROWID;
             {}
             PRAGMA user_version={VERSION};
             COMMIT;",
            pieces::SCHEMA
        ))
        .map_err(unusable)?;
    connection.close().map_err(|(_, source)| unusable(source))?;
    std::fs::rename(&unfinished, path).map_err(cannot)?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(cannot)?;
    }
    Ok(())
}

/// Everything that the file holds, without the snapshots. The file is left as it is.
pub(super) fn read(path: &Path) -> Result<Vec<StoredRow>, DiskError> {
    let wrong = |source| failure(path, source);
    // SQLite takes an empty file for a new database; here it is one that has lost everything.
    if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        return Err(DiskError::Corrupt { path: path.to_path_buf(), reason: "it is empty".into() });
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(wrong)?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(wrong)?;
    if found != VERSION {
        return Err(DiskError::OtherVersion { path: path.to_path_buf(), found });
    }
    if ends_within_a_page(path, &connection).map_err(wrong)? {
        return Err(DiskError::Corrupt { path: path.to_path_buf(), reason: "it is cut short".into() });
    }
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(wrong)?;
    if sound != "ok" {
        return Err(DiskError::Corrupt { path: path.to_path_buf(), reason: sound });
    }
    let mut statement = connection
        .prepare("SELECT scope, name, key, body, pieces FROM rows WHERE scope < ?1 OR scope >= ?2 ORDER BY scope, name, key")
        .map_err(wrong)?;
    let rows = statement.query_map(SNAPSHOTS, |row| stored_row(&connection, row)).map_err(wrong)?;
    rows.collect::<rusqlite::Result<_>>().map_err(wrong)
}

/// Whether the file was cut where SQLite does not notice: what is missing of its last page would be read as zeros. While there is a log,
/// the log may have that page.
fn ends_within_a_page(path: &Path, connection: &Connection) -> rusqlite::Result<bool> {
    let page: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    Ok(size(log.as_ref()) == 0 && !size(path).is_multiple_of(page.into()))
}

/// Every row of every scope that starts so. Whoever writes meanwhile is not held up.
pub(super) fn read_below(path: &Path, prefix: &str) -> Result<Vec<StoredRow>, DiskError> {
    let read = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = connection.prepare(
            "SELECT scope, name, key, body, pieces FROM rows WHERE scope >= ?1 AND scope < ?2 ORDER BY scope, name, key",
        )?;
        let rows = statement.query_map([prefix, &after(prefix)], |row| stored_row(&connection, row))?;
        rows.collect::<rusqlite::Result<_>>()
    };
    read().map_err(|source| failure(path, source))
}

/// A row with its whole body.
fn stored_row(connection: &Connection, row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredRow> {
    let body = match row.get(4)? {
        Some(id) => pieces::whole(connection, id)?,
        None => row.get(3)?,
    };
    Ok(StoredRow { scope: row.get(0)?, table: row.get(1)?, key: row.get(2)?, body })
}

/// The first text after all those that start with `prefix`, which ends with a slash: the sign after it is `0`.
pub(super) fn after(prefix: &str) -> String {
    format!("{}0", prefix.trim_end_matches('/'))
}

/// Tells a file that is damaged from one that cannot be reached.
fn failure(path: &Path, source: rusqlite::Error) -> DiskError {
    let path = path.to_path_buf();
    match &source {
        rusqlite::Error::SqliteFailure(failure, text)
            if matches!(failure.code, ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) =>
        {
            DiskError::Corrupt { path, reason: text.clone().unwrap_or_else(|| failure.to_string()) }
        }
        // The file opens and has not what a file of this program has.
        rusqlite::Error::SqlInputError { msg, .. } => DiskError::Corrupt { path, reason: msg.clone() },
        rusqlite::Error::SqliteFailure(failure, Some(text)) if failure.code == ErrorCode::Unknown => {
            DiskError::Corrupt { path, reason: text.clone() }
        }
        _ => DiskError::Unusable { path, source },
    }
}

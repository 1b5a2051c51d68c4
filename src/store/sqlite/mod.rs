//! SQLite: one file, one writer that commits in groups at `synchronous=FULL`, one reader beside it.

mod lane;
mod migrate;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql};
use tokio::sync::watch;

use super::row::Row;
use super::seal::SealingKey;
use super::step::Queue;
use super::trouble::Trouble;
use super::value::{Params, Value};
use super::{StoreError, jobs};

use lane::{Carries, start};

/// Where a store hands its steps.
pub(super) struct Lanes {
    pub(super) writer: Queue,
    pub(super) reader: Queue,
}

/// What a writer tells.
pub(super) type Told<'t> = (&'t Arc<watch::Sender<u64>>, &'t Trouble);

/// Opens or creates a file and keeps other processes away from it as long as the returned lock lives.
///
/// One process at a time: what one that was killed was working on is therefore nobody's, and due again at once.
pub(super) fn open(path: &Path, key: &Arc<SealingKey>, (work, trouble): Told<'_>) -> Result<(Lanes, File), StoreError> {
    let lock = lock_beside(path)?;
    if path.exists() {
        migrate::check(path)?;
    }
    let mut writing = Connection::open(path)?;
    writing
        .execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA busy_timeout=5000;")?;
    migrate::to_newest(&mut writing, key)?;
    // What a change has sealed or dropped leaves the file now, not when the log is full.
    writing.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    writing.execute(jobs::RELEASE_LEASES, [])?;
    let reading = Connection::open(path)?;
    reading.execute_batch("PRAGMA query_only=ON; PRAGMA busy_timeout=5000;")?;
    let told = (Some(Arc::clone(work)), trouble.clone());
    let writer = start("store-writer", writing, Carries::Changes, Arc::clone(key), told)?;
    let reader = start("store-reader", reading, Carries::LookUps, Arc::clone(key), (None, Trouble::default()))?;
    Ok((Lanes { writer, reader }, lock))
}

/// Opens a file that is there, also beside the process that works on it.
pub(super) fn open_beside(path: &Path, key: &Arc<SealingKey>, (_, trouble): Told<'_>) -> Result<Lanes, StoreError> {
    let writing = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    writing
        .execute_batch("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA busy_timeout=5000;")?;
    migrate::is_newest(&writing)?;
    let lane = start("store-guest", writing, Carries::Changes, Arc::clone(key), (None, trouble.clone()))?;
    Ok(Lanes { writer: lane.clone(), reader: lane })
}

/// A database that lives as long as the process.
pub(super) fn in_memory(key: &Arc<SealingKey>, (work, trouble): Told<'_>) -> Result<Lanes, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA foreign_keys=ON;")?;
    migrate::to_newest(&mut connection, key)?;
    let lane = start("store", connection, Carries::Changes, Arc::clone(key), (Some(Arc::clone(work)), trouble.clone()))?;
    Ok(Lanes { writer: lane.clone(), reader: lane })
}

pub(super) fn execute(connection: &Connection, sql: &str, params: Params<'_>) -> Result<u64, StoreError> {
    let changed = bound(connection, sql, params)?.raw_execute()?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

pub(super) fn each(
    connection: &Connection,
    sql: &str,
    params: Params<'_>,
    read: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = bound(connection, sql, params)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if !read(&Row::Sqlite(row))? {
            break;
        }
    }
    Ok(())
}

pub(super) fn columns(connection: &Connection, table: &'static str) -> Result<Vec<(String, bool)>, StoreError> {
    let sql = "SELECT name, (\"notnull\" = 1 OR pk > 0) AND dflt_value IS NULL FROM pragma_table_info(?1)";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A statement with its values; each name must have one, and each value a name.
fn bound<'c>(connection: &'c Connection, sql: &str, params: Params<'_>) -> Result<CachedStatement<'c>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    for (name, value) in params {
        let place = statement.parameter_index(&format!(":{name}"))?;
        statement.raw_bind_parameter(place.ok_or_else(|| rusqlite::Error::InvalidParameterName((*name).to_owned()))?, value)?;
    }
    if statement.parameter_count() != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), statement.parameter_count()).into());
    }
    Ok(statement)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl FromSql for Value {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Null => Ok(Self::Null),
            ValueRef::Integer(number) => Ok(Self::Integer(number)),
            ValueRef::Real(_) => Err(FromSqlError::InvalidType),
            ValueRef::Text(_) => value.as_str().map(|text| Self::Text(text.to_owned())),
            ValueRef::Blob(bytes) => Ok(Self::Bytes(bytes.to_owned())),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, ref text) if failure.code == rusqlite::ErrorCode::ConstraintViolation => {
                Self::Conflict(text.clone().unwrap_or_else(|| failure.to_string()))
            }
            other => Self::Unusable(other),
        }
    }
}

fn lock_beside(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = File::create(Path::new(&name)).map_err(StoreError::Lock)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(StoreError::Lock(error)),
    }
}

//! One connection to the server, and what a transaction does on it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use postgres::error::{DbError, Severity, SqlState};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};

use crate::store::StoreError;
use crate::store::row::Row;
use crate::store::statement;
use crate::store::value::{Params, Value};

/// See the module.
pub(in crate::store) struct Session {
    client: RefCell<Client>,
    known: RefCell<HashMap<String, Arc<Known>>>,
    failed: Cell<Option<Failure>>,
    has_changed: Cell<bool>,
}

/// A statement that the server has read already.
struct Known {
    statement: Statement,
    names: Vec<String>,
}

/// Why nothing more can be done in a transaction. Of several failures the first one counts: the others follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Another transaction was quicker, and this one has seen what is not so any more.
    Overtaken,
    /// Something that must be unique is there already: perhaps since just now.
    Conflict,
    /// Nobody is there.
    Lost,
    /// The server takes changes from nobody at present, whatever they are.
    Unwilling,
    /// The server does not accept a statement.
    Refused,
}

impl Failure {
    pub(super) fn of(error: &postgres::Error) -> Self {
        match error.code() {
            None => Self::Lost,
            Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED => {
                Self::Overtaken
            }
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::Conflict,
            Some(_) if ends_the_connection(error) => Self::Lost,
            Some(code) if is_of_an_unwilling_server(code) => Self::Unwilling,
            Some(_) => Self::Refused,
        }
    }
}

/// The server is being shut down, a person has ended the connection, or nothing came for too long.
fn ends_the_connection(error: &postgres::Error) -> bool {
    let severity = error.as_db_error().and_then(DbError::parsed_severity);
    matches!(severity, Some(Severity::Fatal | Severity::Panic))
}

/// Its disk is full, its files cannot be read or written (class 58) or are damaged, or it is a copy that can only be read (PostgreSQL's
/// manual, appendix A). What else it lacks, it may lack for one statement alone.
fn is_of_an_unwilling_server(code: &SqlState) -> bool {
    let alone = [SqlState::DISK_FULL, SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED, SqlState::READ_ONLY_SQL_TRANSACTION];
    alone.contains(code) || code.code().starts_with("58")
}

impl Session {
    pub(super) fn new(client: Client) -> Self {
        Self { client: RefCell::new(client), known: RefCell::default(), failed: Cell::new(None), has_changed: Cell::new(false) }
    }

    /// Begins a transaction.
    pub(super) fn begin(&self, how: &str) -> Result<(), postgres::Error> {
        self.failed.set(None);
        self.has_changed.set(false);
        self.run(how)
    }

    /// The first failure since the transaction began.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failed.get()
    }

    /// Whether a statement has changed something since then.
    pub(super) fn has_changed(&self) -> bool {
        self.has_changed.get()
    }

    /// Runs what has no values and returns no rows.
    pub(super) fn run(&self, sql: &str) -> Result<(), postgres::Error> {
        self.client.borrow_mut().batch_execute(sql)
    }

    pub(in crate::store) fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64, StoreError> {
        let known = self.known(sql)?;
        let values = known.values(params)?;
        let done = self.client.borrow_mut().execute(&known.statement, &values);
        let changed = self.heard(done)?;
        self.has_changed.set(self.has_changed.get() || changed > 0);
        Ok(changed)
    }

    pub(in crate::store) fn each(
        &self,
        sql: &str,
        params: Params<'_>,
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let known = self.known(sql)?;
        let values = known.values(params)?;
        // All rows come before the first is read: reading one may ask for others.
        let rows = self.client.borrow_mut().query_raw(&known.statement, values).and_then(FallibleIterator::collect);
        let rows: Vec<postgres::Row> = self.heard(rows)?;
        for row in &rows {
            if !read(&Row::Postgres(row))? {
                break;
            }
        }
        Ok(())
    }

    /// The columns of a table, and whether a row must be given a value there.
    pub(in crate::store) fn columns(&self, table: &'static str) -> Result<Vec<(String, bool)>, StoreError> {
        let sql = "SELECT column_name::text, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
                   FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1";
        let rows = self.client.borrow_mut().query(sql, &[&table]);
        let rows = self.heard(rows)?;
        rows.iter().map(|row| self.heard(row.try_get(0).and_then(|name| Ok((name, row.try_get(1)?))))).collect()
    }

    /// Has new rows of a table numbered from behind those that are there.
    #[cfg(feature = "sandbox")]
    pub(in crate::store) fn number_on(&self, table: &'static str) -> Result<(), StoreError> {
        let sql = format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))");
        let done = self.run(&sql);
        self.heard(done)
    }

    fn known(&self, sql: &str) -> Result<Arc<Known>, StoreError> {
        if let Some(known) = self.known.borrow().get(sql) {
            return Ok(Arc::clone(known));
        }
        let (numbered, names) = statement::numbered(sql);
        let prepared = self.client.borrow_mut().prepare(&numbered);
        let known = Arc::new(Known { statement: self.heard(prepared)?, names });
        self.known.borrow_mut().insert(sql.to_owned(), Arc::clone(&known));
        Ok(known)
    }

    fn heard<T>(&self, answer: Result<T, postgres::Error>) -> Result<T, StoreError> {
        answer.map_err(|error| {
            self.failed.set(self.failed.get().or(Some(Failure::of(&error))));
            error.into()
        })
    }
}

impl Known {
    /// The values in the order of the places; each name must have one, and each value a name.
    fn values<'p>(&self, params: Params<'p>) -> Result<Vec<&'p (dyn ToSql + Sync)>, StoreError> {
        let of = |name: &String| params.iter().find(|(given, _)| given == name);
        let found: Vec<_> = self.names.iter().filter_map(of).map(|(_, value)| value as &(dyn ToSql + Sync)).collect();
        if found.len() == self.names.len() && found.len() == params.len() { Ok(found) } else { Err(StoreError::Misnamed) }
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        match Failure::of(&error) {
            Failure::Conflict => Self::Conflict(constraint(&error)),
            Failure::Lost => Self::Unreachable(error),
            _ if took_too_long(&error) => Self::Late(error),
            Failure::Overtaken | Failure::Unwilling | Failure::Refused => Self::Refused(error),
        }
    }
}

/// The server has ended the transaction before, because nothing came any more.
pub(super) fn put_out(error: &postgres::Error) -> bool {
    error.code() == Some(&SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT)
}

/// Somebody else held what it needed, or the server did not get to it.
fn took_too_long(error: &postgres::Error) -> bool {
    error.code().is_some_and(|code| [SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED].contains(code))
}

/// What must be unique, as far as the server tells: the constraint's name holds the table's and the column's.
fn constraint(error: &postgres::Error) -> String {
    let named = error.as_db_error().and_then(|error| error.constraint().map(str::to_owned));
    named.unwrap_or_else(|| error.to_string())
}

impl ToSql for Value {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, of) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Integer(number), &Type::INT8) => number.to_sql(of, out),
            (Self::Integer(number), &Type::INT4) => i32::try_from(*number)?.to_sql(of, out),
            // The server keeps every letter but this one.
            (Self::Text(text), &Type::TEXT) => text.replace('\0', "\u{fffd}").to_sql(of, out),
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(of, out),
            _ => Err(Unfit(of.clone()).into()),
        }
    }

    fn accepts(of: &Type) -> bool {
        matches!(*of, Type::INT8 | Type::INT4 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}

impl<'r> FromSql<'r> for Value {
    fn from_sql(of: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        match *of {
            Type::INT8 => Ok(Self::Integer(i64::from_sql(of, raw)?)),
            Type::INT4 => Ok(Self::Integer(i32::from_sql(of, raw)?.into())),
            Type::BOOL => Ok(Self::Integer(bool::from_sql(of, raw)?.into())),
            Type::TEXT => Ok(Self::Text(String::from_sql(of, raw)?)),
            Type::BYTEA => Ok(Self::Bytes(Vec::from_sql(of, raw)?)),
            _ => Err(Unfit(of.clone()).into()),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(of: &Type) -> bool {
        matches!(*of, Type::INT8 | Type::INT4 | Type::BOOL | Type::TEXT | Type::BYTEA)
    }
}

/// A type that none of our columns has.
#[derive(Debug)]
struct Unfit(Type);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is no {}", self.0)
    }
}

impl Error for Unfit {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_statement_lacks_alone_is_not_held_against_the_server() {
        for of_the_server in ["53100", "58000", "58030", "58P01", "XX001", "XX002", "25006"] {
            assert!(is_of_an_unwilling_server(&SqlState::from_code(of_the_server)), "{of_the_server}");
        }
        for of_one_statement in ["53200", "53300", "53400", "23503", "40001", "42501", "57014", "XX000", "22023"] {
            assert!(!is_of_an_unwilling_server(&SqlState::from_code(of_one_statement)), "{of_one_statement}");
        }
    }
}

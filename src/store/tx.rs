//! What a store function may do inside a transaction, whichever database it is in.

use std::cell::{Cell, RefCell};

use secrecy::SecretString;

use super::StoreError;
use super::moments::{Moment, What};
use super::postgres::Session;
use super::row::{Row, first};
use super::seal::{Place, SealingKey};
use super::sqlite;
use super::value::{FromValue, Params};
use crate::crash_point::{Commit, Commits};

/// One transaction. Store functions take it, so that several of them can be one change.
///
/// Their statements are read by SQLite and by PostgreSQL alike. What only one of them has is asked for here by what it is for.
pub struct Tx<'c> {
    database: Database<'c>,
    key: &'c SealingKey,
    added_work: Cell<bool>,
    moments: RefCell<Vec<Moment>>,
    commits: Commits,
}

/// Where the transaction is.
#[derive(Clone, Copy)]
pub(super) enum Database<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c Session),
}

impl<'c> Tx<'c> {
    pub(super) fn new(database: Database<'c>, key: &'c SealingKey) -> Self {
        Self { database, key, added_work: Cell::new(false), moments: RefCell::default(), commits: Commits::none() }
    }

    /// Runs a statement and tells how many rows it changed.
    pub(super) fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64, StoreError> {
        match self.database {
            Database::Sqlite(connection) => sqlite::execute(connection, sql, params),
            Database::Postgres(session) => session.execute(sql, params),
        }
    }

    /// Runs an `INSERT … RETURNING` of one row and tells what it returns.
    pub(super) fn insert<T: FromValue>(&self, sql: &str, params: Params<'_>) -> Result<T, StoreError> {
        self.one(sql, params, first)?.ok_or(StoreError::Misnamed)
    }

    /// The one row that a query finds, if any.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: Params<'_>,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let (mut read, mut found) = (Some(read), None);
        self.each(sql, params, &mut |row| {
            if let Some(read) = read.take() {
                found = Some(read(row)?);
            }
            Ok(false)
        })?;
        Ok(found)
    }

    /// Every row that a query finds.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: Params<'_>,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, params, &mut |row| {
            found.push(read(row)?);
            Ok(true)
        })?;
        Ok(found)
    }

    /// The one number that a query finds; what is true is 1.
    pub(super) fn number(&self, sql: &str, params: Params<'_>) -> Result<i64, StoreError> {
        Ok(self.one(sql, params, first)?.unwrap_or_default())
    }

    /// Reads rows for as long as the reader wants another one.
    fn each(
        &self,
        sql: &str,
        params: Params<'_>,
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        match self.database {
            Database::Sqlite(connection) => sqlite::each(connection, sql, params, read),
            Database::Postgres(session) => session.each(sql, params, read),
        }
    }

    /// What makes a query pass over rows on which another transaction is at work, where there can be one.
    pub(super) fn passing_over_locked(&self) -> &'static str {
        match self.database {
            Database::Sqlite(_) => "",
            Database::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// The columns of a table, and whether a row must be given a value there.
    pub(super) fn columns(&self, table: &'static str) -> Result<Vec<(String, bool)>, StoreError> {
        match self.database {
            Database::Sqlite(connection) => sqlite::columns(connection, table),
            Database::Postgres(session) => session.columns(table),
        }
    }

    /// Has the database number new rows of a table from behind those that are there.
    #[cfg(feature = "sandbox")]
    pub(super) fn number_on(&self, table: &'static str) -> Result<(), StoreError> {
        match self.database {
            Database::Sqlite(_) => Ok(()),
            Database::Postgres(session) => session.number_on(table),
        }
    }

    pub(super) fn seal(&self, place: Place<'_>, secret: &SecretString) -> Vec<u8> {
        self.key.seal(place, secret)
    }

    pub(super) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, StoreError> {
        self.key.open(place, sealed)
    }

    /// The key, for those who seal anew what was sealed with another one.
    pub(super) fn key(&self) -> &SealingKey {
        self.key
    }

    /// By which a text is found again without being kept.
    pub(super) fn mark(&self, text: &str) -> Vec<u8> {
        self.key.mark(text)
    }

    /// The same by any of our keys.
    pub(super) fn marks(&self, text: &str) -> [Vec<u8>; 3] {
        self.key.marks(text)
    }

    /// Our signature of a text, in hexadecimal digits.
    pub(super) fn sign(&self, text: &str) -> String {
        self.key.sign(text)
    }

    /// Whether a signature is ours, of this text.
    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        self.key.has_signed(text, signature)
    }

    /// Notes that this transaction adds work, so that the worker is woken by the commit.
    pub(super) fn wake_worker(&self) {
        self.added_work.set(true);
    }

    pub(super) fn added_work(&self) -> bool {
        self.added_work.get()
    }

    /// Notes what happens to an order, so that the log is told by the commit.
    pub(super) fn happens(&self, moment: Moment) {
        self.publishes(if moment.what == What::Received { Commit::OrderReceived } else { Commit::OrderChanged });
        self.moments.borrow_mut().push(moment);
    }

    /// Says what the commit publishes; what was said first counts.
    pub(super) fn publishes(&self, commit: Commit) {
        self.commits.lead(commit);
    }

    /// What the commit publishes.
    pub(super) fn commits(&self) -> &Commits {
        if self.added_work() {
            self.commits.lead(Commit::Work);
        }
        &self.commits
    }

    /// What has happened to orders since this was asked last.
    pub(super) fn take_moments(&self) -> Vec<Moment> {
        self.moments.take()
    }
}

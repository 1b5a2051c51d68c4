//! What a store function may do inside a transaction.

use std::cell::Cell;

use rusqlite::{Connection, OptionalExtension, Params, Row};
use secrecy::SecretString;

use super::StoreError;
use super::seal::SealingKey;

/// One transaction. Store functions take it, so that several of them can be one change.
#[derive(Debug)]
pub struct Tx<'c> {
    connection: &'c Connection,
    key: &'c SealingKey,
    added_work: Cell<bool>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(connection: &'c Connection, key: &'c SealingKey) -> Self {
        Self { connection, key, added_work: Cell::new(false) }
    }

    /// Runs a statement and tells how many rows it changed.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// Runs an `INSERT` and tells the number of the new row.
    pub(super) fn insert(&self, sql: &str, params: impl Params) -> Result<i64, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.insert(params)?)
    }

    /// The one row that a query finds, if any.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    /// Every row that a query finds.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// The one number that a query finds.
    pub(super) fn number(&self, sql: &str, params: impl Params) -> Result<i64, StoreError> {
        let found = self.connection.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
        Ok(found.unwrap_or_default())
    }

    pub(super) fn seal(&self, secret: &SecretString) -> Vec<u8> {
        self.key.seal(secret)
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Result<SecretString, StoreError> {
        self.key.open(sealed)
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
}

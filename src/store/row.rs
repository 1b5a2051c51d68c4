//! Reading columns into domain types.

use std::error::Error;

use super::StoreError;
use super::value::{FromValue, Value};

/// A row that a query has found.
pub(super) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// Every value with the name of its column.
    pub(super) fn values(&self) -> Result<Vec<(String, Value)>, StoreError> {
        let names: Vec<String> = match self {
            Self::Sqlite(row) => row.as_ref().column_names().into_iter().map(str::to_owned).collect(),
            Self::Postgres(row) => row.columns().iter().map(|column| column.name().to_owned()).collect(),
        };
        let values = names.into_iter().enumerate().map(|(at, name)| match self.at(at) {
            Ok(value) => Ok((name, value)),
            Err(source) => Err(damaged(&name, source)),
        });
        values.collect()
    }

    fn at(&self, index: usize) -> Result<Value, Box<dyn Error + Send + Sync>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(index)?),
            Self::Postgres(row) => Ok(row.try_get(index)?),
        }
    }

    fn named(&self, column: &str) -> Result<Value, Box<dyn Error + Send + Sync>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}

/// The value of the first column.
pub(super) fn first<T: FromValue>(row: &Row<'_>) -> Result<T, StoreError> {
    row.at(0).and_then(T::from_value).map_err(|source| damaged("first column", source))
}

/// The value of a column.
pub(super) fn get<T: FromValue>(row: &Row<'_>, column: &'static str) -> Result<T, StoreError> {
    row.named(column).and_then(T::from_value).map_err(|source| damaged(column, source))
}

/// The value of a text column, parsed.
pub(super) fn parsed<T>(row: &Row<'_>, column: &'static str) -> Result<T, StoreError>
where
    T: std::str::FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    get::<String>(row, column)?.parse().map_err(|source: T::Err| damaged(column, source.into()))
}

/// The value of a text column that may be empty, parsed.
pub(super) fn parsed_option<T>(row: &Row<'_>, column: &'static str) -> Result<Option<T>, StoreError>
where
    T: std::str::FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    let text = get::<Option<String>>(row, column)?;
    text.map(|text| text.parse().map_err(|source: T::Err| damaged(column, source.into()))).transpose()
}

/// The error for a column whose value a parse function refused without saying why.
pub(super) fn unreadable(column: &'static str) -> StoreError {
    damaged(column, "its value is none of those that this program writes".into())
}

/// The error for a column whose value cannot be read.
pub(super) fn damaged(column: &str, source: Box<dyn Error + Send + Sync>) -> StoreError {
    StoreError::Damaged { what: column.into(), source }
}

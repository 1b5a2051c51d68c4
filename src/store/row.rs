//! Reading columns into domain types.

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::FromSql;

use super::StoreError;

/// The value of a column.
pub(super) fn get<T: FromSql>(row: &Row<'_>, column: &'static str) -> Result<T, StoreError> {
    row.get(column).map_err(|source| damaged(column, source))
}

/// The value of a text column, parsed.
pub(super) fn parsed<T>(row: &Row<'_>, column: &'static str) -> Result<T, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    get::<String>(row, column)?.parse().map_err(|source| damaged(column, source))
}

/// The value of a text column that may be empty, parsed.
pub(super) fn parsed_option<T>(row: &Row<'_>, column: &'static str) -> Result<Option<T>, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text = get::<Option<String>>(row, column)?;
    text.map(|text| text.parse().map_err(|source| damaged(column, source))).transpose()
}

/// The value of a number column as an id.
pub(super) fn id<T>(row: &Row<'_>, column: &'static str) -> Result<T, StoreError>
where
    T: TryFrom<u64>,
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let number = get::<i64>(row, column)?.cast_unsigned();
    T::try_from(number).map_err(|source| damaged(column, source))
}

/// Moments are stored as microseconds since 1970, which every database holds alike.
pub(super) fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// The value of a moment column.
pub(super) fn moment(row: &Row<'_>, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(get(row, column)?).map_err(|source| damaged(column, source))
}

/// The value of a moment column that may be empty.
pub(super) fn moment_option(row: &Row<'_>, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    let found = get::<Option<i64>>(row, column)?;
    found.map(|micros| Timestamp::from_microsecond(micros).map_err(|source| damaged(column, source))).transpose()
}

/// The error for a column whose value a parse function refused without saying why.
pub(super) fn unreadable(column: &'static str) -> StoreError {
    StoreError::Damaged { what: column.into(), source: "its value is none of those that this program writes".into() }
}

fn damaged(column: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Damaged { what: column.into(), source: Box::new(source) }
}

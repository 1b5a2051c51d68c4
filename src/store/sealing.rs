//! Sealing what is there already: anew, when the key has changed, and for the first time, in a database of an older program.

mod first;

pub(super) use first::seal_all;

use super::seal::Place;
use super::value::{Value, params};
use super::{StoreError, Tx, orders};

/// The tables with sealed values, and the primary key that says in which row one stands.
pub(super) const TABLES: [(&str, &str); 4] =
    [("customers", "id"), ("orders", "id"), ("refused_events", "id"), ("report_links", "token_hash")];

/// How many rows are looked at in one transaction: whoever else writes waits for no more.
const AT_ONCE: u32 = 200;

/// Whether what stands in a column is sealed.
pub(super) fn is_sealed(column: &str) -> bool {
    column.ends_with("_sealed")
}

/// The primary key of a table with sealed values.
#[cfg(feature = "sandbox")]
pub(super) fn key_of(table: &str) -> Option<&'static str> {
    TABLES.iter().find(|(name, _)| *name == table).map(|(_, key)| *key)
}

/// How far a look at everything that is sealed has come.
#[derive(Clone, Debug, Default)]
pub struct Look {
    table: usize,
    after: Option<Value>,
}

/// What came of a part of such a look.
#[derive(Debug)]
pub struct Looked {
    /// Where it goes on; `None` at the end.
    pub next: Option<Look>,
    /// How many values were sealed anew.
    pub sealed: u64,
    /// How many of the former key cannot be opened where they stand: somebody has moved or damaged them.
    pub unreadable: u64,
}

/// Whether there may be something that another key has sealed before.
#[must_use]
pub fn has_former_key(tx: &Tx<'_>) -> bool {
    tx.key().follows_another()
}

/// Whether others may seal with the next key already.
#[must_use]
pub fn has_next_key(tx: &Tx<'_>) -> bool {
    tx.key().is_followed()
}

/// Seals some of what the former key has sealed with the present one.
///
/// # Errors
/// When the database refuses.
pub fn seal_anew(tx: &Tx<'_>, look: &Look) -> Result<Looked, StoreError> {
    let Some((table, key)) = TABLES.get(look.table) else {
        return Ok(Looked { next: None, sealed: 0, unreadable: 0 });
    };
    let (mut sealed, mut unreadable) = (0, 0);
    let last = each_row(tx, (table, key), look.after.as_ref(), &mut |row, values| {
        let former: Vec<_> = values.iter().filter(|(_, value)| tx.key().is_former(value)).collect();
        let before = (sealed, unreadable);
        for (column, value) in &former {
            let place = Place { table, column, row: &shown(row) };
            let Ok(opened) = tx.open(place, value) else {
                tracing::warn!(table, column, row = shown(row), "A sealed value cannot be opened where it stands.");
                unreadable += 1;
                continue;
            };
            put(tx, key, place, row, tx.seal(place, &opened))?;
            sealed += 1;
        }
        let is_read = sealed > before.0 && unreadable == before.1;
        if *table == "orders" && is_read { orders::mark_anew(tx, row) } else { Ok(()) }
    })?;
    let next = match last {
        Some(last) => Look { table: look.table, after: Some(last) },
        None => Look { table: look.table + 1, after: None },
    };
    Ok(Looked { next: Some(next), sealed, unreadable })
}

/// A column, and what is sealed there.
type Sealed = (String, Vec<u8>);

/// Goes through the next rows of a table, with what is sealed in each. Says which was the last, if there may be more.
fn each_row(
    tx: &Tx<'_>,
    (table, key): (&'static str, &'static str),
    after: Option<&Value>,
    seal: &mut impl FnMut(&Value, &[Sealed]) -> Result<(), StoreError>,
) -> Result<Option<Value>, StoreError> {
    let columns: Vec<String> = tx.columns(table)?.into_iter().map(|(name, _)| name).filter(|name| is_sealed(name)).collect();
    let least = if key == "id" { Value::Integer(i64::MIN) } else { Value::Text(String::new()) };
    let sql = format!("SELECT {key}, {} FROM {table} WHERE {key} > :after ORDER BY {key} LIMIT {AT_ONCE}", columns.join(", "));
    let rows = tx.all(&sql, params! { after: after.unwrap_or(&least) }, |row| row.values())?;
    for row in &rows {
        let Some(((_, number), values)) = row.split_first() else { continue };
        let bytes = |(name, value): &(String, Value)| match value {
            Value::Bytes(bytes) => Some((name.clone(), bytes.clone())),
            _ => None,
        };
        seal(number, &values.iter().filter_map(bytes).collect::<Vec<_>>())?;
    }
    let last = rows.last().and_then(|row| row.first()).map(|(_, number)| number.clone());
    Ok(last.filter(|_| rows.len() == AT_ONCE as usize))
}

fn put(tx: &Tx<'_>, key: &str, place: Place<'_>, row: &Value, sealed: Vec<u8>) -> Result<(), StoreError> {
    let Place { table, column, .. } = place;
    tx.execute(&format!("UPDATE {table} SET {column} = :sealed WHERE {key} = :row"), params! { sealed, row })?;
    Ok(())
}

/// A primary key as it stands in a [`Place`].
pub(super) fn shown(key: &Value) -> String {
    match key {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Null | Value::Bytes(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_with_something_sealed_is_gone_through() {
        let schema = include_str!("sqlite/migrations/newest.sql");
        let sealed = schema.split("CREATE TABLE ").skip(1).filter(|table| table.contains("_sealed "));
        let mut tables: Vec<&str> = sealed.filter_map(|table| table.split_whitespace().next()).collect();
        tables.sort_unstable();
        assert_eq!(tables, TABLES.map(|(name, _)| name));
    }
}

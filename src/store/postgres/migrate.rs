//! Brings a database to the newest version: one file per change, applied in order, never edited.

use super::session::Session;
use crate::store::row::first;
use crate::store::seal::SealingKey;
use crate::store::tx::{Database, Tx};
use crate::store::value::params;
use crate::store::{StoreError, sealing};

/// The changes, oldest first. The version of a database is how many of them it has seen.
const CHANGES: [&str; 6] = [
    include_str!("migrations/0001_everything.sql"),
    include_str!("migrations/0002_counted.sql"),
    include_str!("migrations/0003_retention.sql"),
    include_str!("migrations/0004_sealed.sql"),
    include_str!("migrations/0005_nothing_in_the_open.sql"),
    include_str!("migrations/0006_failed_sign_ins.sql"),
];

/// The version that has the columns for what the program then seals.
const SEALED: i64 = 4;

/// What replicas that start at once wait for one another with.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(hashtext('harver-icims schema'))";

/// Applies what is missing, all of it or nothing.
///
/// # Errors
/// When the database is newer than this program, was sealed with another key, or cannot be changed.
pub(super) fn to_newest(session: &Session, key: &SealingKey) -> Result<(), StoreError> {
    // A change reads whole tables, and others who start wait for it.
    session.begin("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
    match change(session, key) {
        Ok(()) => Ok(session.run("COMMIT")?),
        Err(error) => {
            if let Err(undoing) = session.run("ROLLBACK") {
                tracing::error!(error = &undoing as &dyn std::error::Error, "Undoing a change of the schema failed too.");
            }
            Err(error)
        }
    }
}

/// Refuses a database of another version, and changes nothing.
///
/// # Errors
/// When it is older or newer than this program.
pub(super) fn is_newest(session: &Session, key: &SealingKey) -> Result<(), StoreError> {
    let tx = Tx::new(Database::Postgres(session), key);
    let is_there = tx.number("SELECT CASE WHEN to_regclass('schema_version') IS NULL THEN 0 ELSE 1 END", params! {})?;
    let found = if is_there == 0 { 0 } else { tx.number("SELECT version FROM schema_version", params! {})? };
    match (found, known()) {
        (found, known) if found < known => Err(StoreError::Older { found, known }),
        (found, known) if found > known => Err(StoreError::Newer { found, known }),
        _ => Ok(()),
    }
}

fn known() -> i64 {
    i64::try_from(CHANGES.len()).expect("a handful of changes")
}

fn change(session: &Session, key: &SealingKey) -> Result<(), StoreError> {
    let tx = Tx::new(Database::Postgres(session), key);
    session.run(ONE_AT_A_TIME)?;
    session.run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
    let found: i64 = tx.one("SELECT version FROM schema_version", params! {}, first)?.unwrap_or_default();
    let known = known();
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (change, leads_to) in CHANGES.iter().zip(1..).skip(usize::try_from(found).unwrap_or_default()) {
        session.run(change)?;
        if leads_to == SEALED {
            sealing::seal_all(&tx)?;
        }
    }
    if found < known {
        session.run("DELETE FROM schema_version")?;
        tx.execute("INSERT INTO schema_version VALUES (:known)", params! { known })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The tables of a schema with their columns, each with whether it must have a value.
    fn tables(schema: &str) -> BTreeMap<&str, BTreeSet<(String, bool)>> {
        let mut tables = BTreeMap::new();
        for made in schema.split("CREATE TABLE ").skip(1) {
            let (name, rest) = made.split_once(" (\n").expect("columns");
            let end = rest.find(") STRICT").or_else(|| rest.find("\n);")).expect("an end");
            tables.insert(name, columns(&rest[..end]));
        }
        for (name, change) in schema.lines().filter_map(|line| line.strip_prefix("ALTER TABLE ")?.split_once(' ')) {
            let table: &mut BTreeSet<_> = tables.get_mut(name).expect("a table that was made");
            let changed = change.split_once(';').map_or(change, |(change, _)| change);
            match changed.split_once(" COLUMN ").expect("a column") {
                ("ADD", column) => table.extend(columns(column)),
                (_, gone) => table.retain(|(column, _)| column != gone),
            }
        }
        tables
    }

    /// Commas part columns, but for those in brackets and in quotes; SQLite keeps them as they were written, comments included.
    fn columns(body: &str) -> BTreeSet<(String, bool)> {
        let uncommented: String =
            body.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
        let (mut columns, mut column, mut depth) = (Vec::new(), String::new(), 0);
        for letter in uncommented.chars() {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            if letter == ',' && depth == 0 { columns.push(std::mem::take(&mut column)) } else { column.push(letter) }
        }
        columns.push(column);
        let is_column = |text: &&str| !text.starts_with("PRIMARY KEY (") && !text.starts_with("CHECK (");
        let named = |text: &str| {
            let name = text.split_whitespace().next().expect("a name").to_owned();
            (name, text.contains("NOT NULL") || text.contains("PRIMARY KEY"))
        };
        columns.iter().map(|column| column.trim()).filter(is_column).map(named).collect()
    }

    #[test]
    fn both_databases_keep_the_same_tables_and_columns() {
        let file = tables(include_str!("../sqlite/migrations/newest.sql"));
        let changes = CHANGES.join("\n");
        let server = tables(&changes);
        assert!(file.len() > 15 && file["customers"].len() > 49, "{file:?}");
        assert_eq!(server.keys().collect::<Vec<_>>(), file.keys().collect::<Vec<_>>());
        for (name, columns) in &file {
            assert_eq!(&server[name], columns, "{name}");
        }
    }

    /// The names of the indexes and whether they admit one row each.
    fn indexes(schema: &str) -> BTreeSet<&str> {
        schema
            .lines()
            .filter(|line| line.starts_with("CREATE ") && line.contains("INDEX "))
            .filter_map(|line| line.split(" ON ").next())
            .collect()
    }

    #[test]
    fn both_databases_have_the_same_indexes() {
        assert_eq!(indexes(&CHANGES.join("\n")), indexes(include_str!("../sqlite/migrations/newest.sql")));
    }
}

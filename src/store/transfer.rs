//! Everything that is kept of one customer, or of all, as one text: for snapshots, and to take a customer to another sandbox.
//!
//! Rows are written column by column as they are stored, but for what is sealed: it could be opened nowhere else, so that it is in the
//! open. The sandbox alone asks for this; it holds no real secrets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::row::Row;
use super::seal::Place;
use super::sealing::{is_sealed, key_of, shown};
use super::value::{Value as Stored, params};
use super::{StoreError, Tx, orders};
use crate::domain::CustomerId;

/// The version of the form.
const VERSION: u32 = 1;
/// What stands for an address that whoever takes the customer in replaces by its own.
const NO_ADDRESS: &str = "http://address.invalid/";

/// A table, and how its rows belong to a customer and to one another.
struct Kept {
    name: &'static str,
    /// Which rows are a customer's, whose id is `:customer`.
    of_customer: &'static str,
    /// Whether rows are numbered by the database.
    numbered: bool,
    /// The column that names a row of another table, whose numbers may change.
    parent: Option<(&'static str, &'static str)>,
    /// Whether rows are taken to another sandbox.
    portable: bool,
}

/// Parents before children.
const TABLES: [Kept; 16] = [
    Kept { name: "customers", of_customer: "id = :customer", numbered: false, parent: None, portable: true },
    Kept { name: "orders", of_customer: "customer = :customer", numbered: true, parent: None, portable: true },
    Kept {
        name: "order_history",
        of_customer: "order_id IN (SELECT id FROM orders WHERE customer = :customer)",
        numbered: true,
        parent: Some(("order_id", "orders")),
        portable: true,
    },
    Kept {
        name: "jobs",
        of_customer: "order_id IN (SELECT id FROM orders WHERE customer = :customer)",
        numbered: true,
        parent: Some(("order_id", "orders")),
        portable: true,
    },
    Kept {
        name: "attempts",
        of_customer: "job_id IN (SELECT jobs.id FROM jobs JOIN orders ON orders.id = jobs.order_id WHERE orders.customer = :customer)",
        numbered: true,
        parent: Some(("job_id", "jobs")),
        portable: true,
    },
    Kept {
        name: "report_links",
        of_customer: "order_id IN (SELECT id FROM orders WHERE customer = :customer)",
        numbered: false,
        parent: Some(("order_id", "orders")),
        portable: true,
    },
    // A link to it is signed with what it is called here.
    Kept { name: "selections", of_customer: "customer = :customer", numbered: true, parent: None, portable: false },
    Kept { name: "announcements", of_customer: "customer = :customer", numbered: false, parent: None, portable: true },
    Kept { name: "sweeps", of_customer: "customer = :customer", numbered: false, parent: None, portable: true },
    Kept {
        name: "mails",
        of_customer: "order_id IN (SELECT id FROM orders WHERE customer = :customer)",
        numbered: false,
        parent: Some(("order_id", "orders")),
        // Its identity is made of what the order is called here.
        portable: false,
    },
    Kept { name: "admins", of_customer: "customer = :customer", numbered: false, parent: None, portable: true },
    Kept { name: "settings_history", of_customer: "customer = :customer", numbered: true, parent: None, portable: true },
    Kept {
        name: "breakers",
        of_customer: "customer = :customer",
        numbered: false,
        parent: None,
        // What was found of a neighbour at one place says nothing of another.
        portable: false,
    },
    Kept {
        name: "refused_events",
        of_customer: "customer = :customer",
        numbered: true,
        parent: None,
        // What was refused at one place says nothing of another, and names its addresses.
        portable: false,
    },
    Kept {
        name: "api_tokens",
        of_customer: "email IN (SELECT email FROM admins WHERE customer = :customer)",
        numbered: false,
        parent: None,
        // A token is shown once, at the place where it was made.
        portable: false,
    },
    Kept {
        name: "admin_sessions",
        of_customer: "email IN (SELECT email FROM admins WHERE customer = :customer)",
        numbered: false,
        parent: None,
        // A session is a cookie of the place where it was opened.
        portable: false,
    },
];
/// The columns that hold addresses of neighbours.
const ADDRESSES: [&str; 5] = ["ats_base_url", "ats_token_url", "next_ats_base_url", "next_ats_token_url", "harver_base_url"];

/// The column that follows from another one by the key.
const MARK: &str = "address_mark";

/// How what is exported is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As it is.
    Kept,
    /// From one, and without addresses: the same text wherever it comes from.
    FromOne,
}

type Columns = Map<String, Value>;

#[derive(Debug, Serialize, Deserialize)]
struct Export {
    version: u32,
    tables: BTreeMap<String, Vec<Columns>>,
}

/// Everything that is kept of a customer, or of all.
///
/// # Errors
/// When a stored row cannot be read, or a secret was sealed with another key.
pub fn export(tx: &Tx<'_>, customer: Option<CustomerId>, numbers: Numbers) -> Result<Vec<u8>, StoreError> {
    let portable = numbers == Numbers::FromOne;
    let mut tables = BTreeMap::new();
    let mut renumbered: HashMap<&str, HashMap<i64, i64>> = HashMap::new();
    for table in TABLES.iter().filter(|table| table.portable || !portable) {
        let mut rows = rows_of(tx, table, customer)?;
        if portable {
            for (row, number) in rows.iter_mut().zip(1..) {
                let old = number_in(row, "id");
                if let Some(old) = old.filter(|_| table.numbered) {
                    renumbered.entry(table.name).or_default().insert(old, number);
                    row.insert("id".into(), number.into());
                }
                follow(row, table, &renumbered)?;
                for address in ADDRESSES {
                    if row.get(address).and_then(Value::as_str).is_some_and(|entered| !entered.is_empty()) {
                        row.insert(address.into(), NO_ADDRESS.into());
                    }
                }
            }
        }
        tables.insert(table.name.to_owned(), rows);
    }
    serde_json::to_vec(&Export { version: VERSION, tables }).map_err(|source| unreadable("export", source))
}

/// Puts what was exported in the place of everything that is kept of a customer, or of all; no bytes at all mean nothing. Of an export
/// of all, one customer can be taken. Nobody works on any of it afterwards: leases are released.
///
/// # Errors
/// When the bytes are no export of this version, hold something that belongs to another customer, or the database refuses.
pub fn import(tx: &Tx<'_>, customer: Option<CustomerId>, data: &[u8]) -> Result<(), StoreError> {
    forget(tx, customer)?;
    if data.is_empty() {
        return Ok(());
    }
    let mut export: Export = serde_json::from_slice(data).map_err(|source| unreadable("export", source))?;
    if export.version != VERSION {
        return Err(StoreError::Newer { found: export.version.into(), known: VERSION.into() });
    }
    if let Some(unknown) = export.tables.keys().find(|name| !TABLES.iter().any(|table| table.name == name.as_str())) {
        return Err(unreadable("export", format!("it has a table {unknown}, which this program does not know")));
    }
    if let Some(customer) = customer {
        keep_only(&mut export, customer.get().cast_signed());
    }
    let anew = customer.is_some() && any_number_taken(tx, &export)?;
    let mut renumbered: HashMap<&str, HashMap<i64, i64>> = HashMap::new();
    for table in &TABLES {
        let known: BTreeMap<String, bool> = tx.columns(table.name)?.into_iter().collect();
        for mut row in export.tables.remove(table.name).unwrap_or_default() {
            let all_known = row.keys().all(|name| known.contains_key(name));
            // A column that came later says itself what it holds in rows from before.
            let none_missing = known.iter().all(|(name, needed)| !needed || row.contains_key(name));
            if !all_known || !none_missing {
                return Err(unreadable(table.name, "its columns are not those of this program"));
            }
            if row.contains_key("leased_until") {
                row.insert("leased_until".into(), Value::Null);
            }
            let old = number_in(&row, "id").filter(|_| table.numbered && anew);
            if old.is_some() {
                row.remove("id");
            }
            follow(&mut row, table, &renumbered)?;
            let number = insert(tx, table, &row)?;
            if let Some(old) = old {
                renumbered.entry(table.name).or_default().insert(old, number);
            }
        }
        if table.numbered {
            tx.number_on(table.name)?;
        }
    }
    tx.wake_worker();
    Ok(())
}

/// Forgets everything that is kept of a customer, or of all.
fn forget(tx: &Tx<'_>, customer: Option<CustomerId>) -> Result<(), StoreError> {
    for table in TABLES.iter().rev() {
        match customer {
            None => tx.execute(&format!("DELETE FROM {}", table.name), params! {})?,
            Some(customer) => {
                tx.execute(&format!("DELETE FROM {} WHERE {}", table.name, table.of_customer), params! { customer })?
            }
        };
    }
    Ok(())
}

fn rows_of(tx: &Tx<'_>, table: &Kept, customer: Option<CustomerId>) -> Result<Vec<Columns>, StoreError> {
    let Kept { name, of_customer, .. } = table;
    let read = |row: &Row<'_>| {
        let values = row.values()?;
        let key = values.iter().find(|(name, _)| Some(name.as_str()) == key_of(table.name)).map(|(_, key)| shown(key));
        let key = key.unwrap_or_default();
        let kept = values.into_iter().filter(|(column, _)| column != MARK);
        kept.map(|(column, value)| {
            let place = Place { table: table.name, column: &column, row: &key };
            written(tx, place, value).map(|value| (column.clone(), value))
        })
        .collect()
    };
    // The first column is what rows are told apart by.
    match customer {
        None => tx.all(&format!("SELECT * FROM {name} ORDER BY 1"), params! {}, read),
        Some(customer) => tx.all(&format!("SELECT * FROM {name} WHERE {of_customer} ORDER BY 1"), params! { customer }, read),
    }
}

fn written(tx: &Tx<'_>, place: Place<'_>, value: Stored) -> Result<Value, StoreError> {
    Ok(match value {
        Stored::Null => Value::Null,
        Stored::Integer(number) => number.into(),
        Stored::Text(text) => text.into(),
        Stored::Bytes(sealed) => tx.open(place, &sealed)?.expose_secret().into(),
    })
}

/// Adds a row and tells its number, if the table's rows have some. What is sealed belongs to its number, which there may be only then.
fn insert(tx: &Tx<'_>, table: &Kept, row: &Columns) -> Result<i64, StoreError> {
    let Kept { name, numbered, .. } = table;
    let key = key_of(name);
    let known = key.and_then(|key| row.get(key));
    let (later, now): (Vec<_>, Vec<_>) = row.iter().partition(|(column, _)| is_sealed(column) && known.is_none());
    let values = now.into_iter().map(|(column, value)| Ok((column.as_str(), stored(tx, table, (column, known), value)?)));
    let values = values.collect::<Result<Vec<_>, StoreError>>()?;
    let (columns, places): (Vec<_>, Vec<_>) = values.iter().map(|(column, _)| (*column, format!(":{column}"))).unzip();
    let number = if *numbered { "id" } else { "0" };
    let sql = format!("INSERT INTO {name} ({}) VALUES ({}) RETURNING {number}", columns.join(", "), places.join(", "));
    let number: i64 = tx.insert(&sql, &values)?;
    for (column, value) in later {
        let sealed = stored(tx, table, (column, Some(&number.into())), value)?;
        tx.execute(&format!("UPDATE {name} SET {column} = :sealed WHERE id = :number"), params! { sealed, number })?;
    }
    if *name == "orders" {
        orders::mark_anew(tx, &Stored::Integer(number))?;
    }
    Ok(number)
}

fn stored(tx: &Tx<'_>, table: &Kept, (column, key): (&str, Option<&Value>), value: &Value) -> Result<Stored, StoreError> {
    match value {
        Value::Null => Ok(Stored::Null),
        Value::String(text) if is_sealed(column) => {
            let row = match key {
                Some(Value::String(text)) => text.clone(),
                key => key.and_then(Value::as_i64).unwrap_or_default().to_string(),
            };
            Ok(Stored::Bytes(tx.seal(Place { table: table.name, column, row: &row }, &SecretString::from(text.as_str()))))
        }
        Value::String(text) => Ok(Stored::Text(text.clone())),
        Value::Number(number) => {
            number.as_i64().map(Stored::Integer).ok_or_else(|| unreadable(table.name, "a number is too large"))
        }
        _ => Err(unreadable(table.name, format!("{column} is neither text nor number"))),
    }
}

/// Lets a row name the new number of its parent.
fn follow(row: &mut Columns, table: &Kept, renumbered: &HashMap<&str, HashMap<i64, i64>>) -> Result<(), StoreError> {
    let Some((column, parent)) = table.parent else { return Ok(()) };
    let Some(numbers) = renumbered.get(parent) else { return Ok(()) };
    let new = number_in(row, column).and_then(|old| numbers.get(&old));
    let new = new.ok_or_else(|| unreadable(table.name, format!("{column} names no row of {parent}")))?;
    row.insert(column.into(), (*new).into());
    Ok(())
}

/// Leaves what belongs to one customer.
fn keep_only(export: &mut Export, customer: i64) {
    let mut kept: HashMap<&str, BTreeSet<i64>> = HashMap::new();
    let mut emails = BTreeSet::new();
    for table in &TABLES {
        let Some(rows) = export.tables.get_mut(table.name) else { continue };
        rows.retain(|row| match (table.name, table.parent) {
            ("customers", _) => number_in(row, "id") == Some(customer),
            ("admin_sessions" | "api_tokens", _) => {
                row.get("email").and_then(Value::as_str).is_some_and(|email| emails.contains(email))
            }
            (_, Some((column, parent))) => {
                number_in(row, column).is_some_and(|number| kept.get(parent).is_some_and(|kept| kept.contains(&number)))
            }
            (_, None) => number_in(row, "customer") == Some(customer),
        });
        if table.numbered {
            kept.insert(table.name, rows.iter().filter_map(|row| number_in(row, "id")).collect());
        }
        if table.name == "admins" {
            emails = rows.iter().filter_map(|row| row.get("email").and_then(Value::as_str).map(str::to_owned)).collect();
        }
    }
}

/// Whether a number of the export has been given to somebody else here.
fn any_number_taken(tx: &Tx<'_>, export: &Export) -> Result<bool, StoreError> {
    for table in TABLES.iter().filter(|table| table.numbered) {
        let sql = format!("SELECT COUNT(*) FROM {} WHERE id = :id", table.name);
        for row in export.tables.get(table.name).into_iter().flatten() {
            if tx.number(&sql, params! { id: number_in(row, "id") })? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn number_in(row: &Columns, column: &str) -> Option<i64> {
    row.get(column).and_then(Value::as_i64)
}

fn unreadable(what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Damaged { what: what.into(), source: source.into() }
}

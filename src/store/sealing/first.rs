//! What older programs kept in the open, or sealed for no place.

use secrecy::SecretString;

use super::{AT_ONCE, TABLES, each_row, put, shown};
use crate::domain::{Candidate, CustomerId, EmailAddress, OrderId, PersonName};
use crate::store::orders::{address, seal_candidate};
use crate::store::row::{Row, get, unreadable};
use crate::store::seal::Place;
use crate::store::value::params;
use crate::store::{StoreError, Tx, refused_events};

/// Seals everything in a database that has just been given the columns for it.
///
/// # Errors
/// When something was sealed with another key, or cannot be read.
pub(in crate::store) fn seal_all(tx: &Tx<'_>) -> Result<(), StoreError> {
    let had_sealed = |table: &str| ["customers", "report_links"].contains(&table);
    for (table, key) in TABLES.into_iter().filter(|(table, _)| had_sealed(table)) {
        bind(tx, (table, key))?;
    }
    let mut after = Some(0);
    while let Some(last) = after {
        after = seal_orders(tx, last)?;
    }
    let mut after = Some(0);
    while let Some(last) = after {
        after = seal_payloads(tx, last)?;
    }
    Ok(())
}

/// Seals what was sealed for no place in its own.
fn bind(tx: &Tx<'_>, (table, key): (&'static str, &'static str)) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        after = each_row(tx, (table, key), after.as_ref(), &mut |row, values| {
            values.iter().try_for_each(|(column, value)| {
                let place = Place { table, column, row: &shown(row) };
                put(tx, key, place, row, tx.seal(place, &tx.key().open_unbound(value)?))
            })
        })?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// What was kept of an order in the open.
struct Open {
    order: OrderId,
    customer: CustomerId,
    candidate: Candidate,
    registered: Option<String>,
    link: Option<String>,
}

impl Open {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let name = |column| PersonName::parse(&get::<String>(row, column)?).ok_or_else(|| unreadable(column));
        let (first_name, last_name) = (name("first_name")?, name("last_name")?);
        Ok(Self {
            order: get(row, "id")?,
            customer: get(row, "customer")?,
            candidate: Candidate { first_name, last_name, email: EmailAddress::stored(get(row, "email")?) },
            registered: get(row, "registered_email")?,
            link: get(row, "link")?,
        })
    }
}

/// Seals the next orders, and says which was the last, if there was any.
fn seal_orders(tx: &Tx<'_>, after: i64) -> Result<Option<i64>, StoreError> {
    let some = format!("SELECT * FROM orders WHERE id > :after ORDER BY id LIMIT {AT_ONCE}");
    let rows = tx.all(&some, params! { after }, Open::read)?;
    for Open { order, customer, candidate, registered, link } in &rows {
        let sealed = |column, text: &Option<String>| {
            text.as_ref().map(|text| tx.seal(Place { table: "orders", column, row: order }, &SecretString::from(text.as_str())))
        };
        tx.execute(
            "UPDATE orders SET candidate_sealed = :candidate, address_mark = :mark, registered_sealed = :registered, link_sealed = :link
             WHERE id = :order",
            params! {
                order,
                candidate: seal_candidate(tx, *order, candidate),
                mark: tx.mark(&address(*customer, &candidate.email)),
                registered: sealed("registered_sealed", registered),
                link: sealed("link_sealed", link),
            },
        )?;
    }
    Ok(rows.last().map(|last| last.order.get()))
}

/// The same for what came with refused events.
fn seal_payloads(tx: &Tx<'_>, after: i64) -> Result<Option<i64>, StoreError> {
    let some = format!("SELECT id, payload FROM refused_events WHERE id > :after ORDER BY id LIMIT {AT_ONCE}");
    let rows = tx.all(&some, params! { after }, |row| Ok((get::<i64>(row, "id")?, get::<String>(row, "payload")?)))?;
    rows.iter().try_for_each(|(line, payload)| refused_events::keep_payload(tx, *line, payload))?;
    Ok(rows.last().map(|(line, _)| *line))
}

//! What is personal of an order, as it is kept: sealed, in the place of that order only.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::domain::{Candidate, CustomerId, EmailAddress, OrderId, PersonName};
use crate::store::row::{Row, damaged, get, unreadable};
use crate::store::seal::Place;
use crate::store::value::{Value, params};
use crate::store::{StoreError, Tx};

/// The candidate of an order.
pub(super) const CANDIDATE: &str = "candidate_sealed";
/// The address under which the platform knows the application.
pub(super) const REGISTERED: &str = "registered_sealed";
/// The newest personal link.
pub(super) const LINK: &str = "link_sealed";

/// What [`CANDIDATE`] holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    first_name: String,
    last_name: String,
    email: String,
}

/// Seals a value of an order.
pub(super) fn seal(tx: &Tx<'_>, order: OrderId, column: &str, text: &str) -> Vec<u8> {
    tx.seal(Place { table: "orders", column, row: &order }, &SecretString::from(text))
}

/// Seals the candidate of an order.
pub(in crate::store) fn seal_candidate(tx: &Tx<'_>, order: OrderId, candidate: &Candidate) -> Vec<u8> {
    let Candidate { first_name, last_name, email } = candidate;
    let owned = |text: &str| text.to_owned();
    let kept =
        Kept { first_name: owned(first_name.as_str()), last_name: owned(last_name.as_str()), email: owned(email.as_str()) };
    seal(tx, order, CANDIDATE, &serde_json::to_string(&kept).expect("three texts"))
}

/// By which an address of a customer's candidate is found again, whatever the case of its letters.
pub(in crate::store) fn address(customer: CustomerId, email: &EmailAddress) -> String {
    format!("address\n{customer}\n{}", email.as_str().to_lowercase())
}

/// Marks the address of an order with the present key.
pub(in crate::store) fn mark_anew(tx: &Tx<'_>, order: &Value) -> Result<(), StoreError> {
    let read = |row: &Row<'_>| Ok((get::<CustomerId>(row, "customer")?, candidate(tx, row)?));
    let sql = "SELECT id, customer, candidate_sealed FROM orders WHERE id = :order";
    let Some((customer, candidate)) = tx.one(sql, params! { order }, read)? else { return Ok(()) };
    let mark = tx.mark(&address(customer, &candidate.email));
    tx.execute("UPDATE orders SET address_mark = :mark WHERE id = :order", params! { order, mark })?;
    Ok(())
}

/// The candidate of the order in a row.
pub(super) fn candidate(tx: &Tx<'_>, row: &Row<'_>) -> Result<Candidate, StoreError> {
    let kept = open(tx, row, CANDIDATE)?.ok_or_else(|| unreadable(CANDIDATE))?;
    let kept: Kept = serde_json::from_str(kept.expose_secret()).map_err(|_| damaged(CANDIDATE, "it is no candidate".into()))?;
    let name = |text: &str| PersonName::parse(text).ok_or_else(|| unreadable(CANDIDATE));
    Ok(Candidate {
        first_name: name(&kept.first_name)?,
        last_name: name(&kept.last_name)?,
        email: EmailAddress::stored(kept.email),
    })
}

/// The value of a sealed column of the order in a row, if there is one.
pub(super) fn open(tx: &Tx<'_>, row: &Row<'_>, column: &'static str) -> Result<Option<SecretString>, StoreError> {
    let order: OrderId = get(row, "id")?;
    let sealed: Option<Vec<u8>> = get(row, column)?;
    sealed.map(|sealed| tx.open(Place { table: "orders", column, row: &order }, &sealed)).transpose()
}

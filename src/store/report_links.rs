//! Addresses of ours in result rows, and the reports that they stand for.

use std::fmt::Display;

use secrecy::SecretString;

use super::orders::get_order;
use super::row::{Row, get, parsed};
use super::seal::Place;
use super::value::params;
use super::{StoreError, Tx};
use crate::domain::{Order, OrderId, ReportType};

/// What opens a report of an order: what was given out for it before, or else `fresh`, known by its hash, from now on. A result that is
/// written twice carries the same address.
///
/// # Errors
/// When the database refuses, or what was given out before cannot be read.
pub fn token(
    tx: &Tx<'_>,
    order: OrderId,
    report: ReportType,
    fresh: SecretString,
    hash: &str,
) -> Result<SecretString, StoreError> {
    let sql = "SELECT token_hash, token_sealed FROM report_links WHERE order_id = :order AND report_type = :report";
    let known = tx.one(sql, params! { order, report: report.name() }, |row| {
        tx.open(place(&get::<String>(row, "token_hash")?), &get::<Vec<u8>>(row, "token_sealed")?)
    })?;
    if let Some(known) = known {
        return Ok(known);
    }
    tx.execute(
        "INSERT INTO report_links (token_hash, token_sealed, order_id, report_type) VALUES (:hash, :sealed, :order, :report)",
        params! { hash, sealed: tx.seal(place(&hash), &fresh), order, report: report.name() },
    )?;
    Ok(fresh)
}

/// Where a token is sealed.
fn place(hash: &dyn Display) -> Place<'_> {
    Place { table: "report_links", column: "token_sealed", row: hash }
}

/// The order and the report that the token with this hash opens; `None` when it was never given out, or its order is gone.
///
/// # Errors
/// When the stored order cannot be read.
pub fn behind(tx: &Tx<'_>, token_hash: &str) -> Result<Option<(Order, ReportType)>, StoreError> {
    let link = |row: &Row<'_>| {
        let order = get(row, "order_id")?;
        Ok((order, parsed(row, "report_type")?))
    };
    let found =
        tx.one("SELECT order_id, report_type FROM report_links WHERE token_hash = :token_hash", params! { token_hash }, link)?;
    let Some((order, report)) = found else { return Ok(None) };
    Ok(get_order(tx, order)?.map(|order| (order, report)))
}

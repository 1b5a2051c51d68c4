//! Addresses of ours in result rows, and the reports that they stand for.

use rusqlite::Row;
use secrecy::SecretString;

use super::orders::get_order;
use super::row::{get, parsed, unreadable};
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
    let sql = "SELECT token_sealed FROM report_links WHERE order_id = ?1 AND report_type = ?2";
    let known = tx.one(sql, (order.get(), report.name()), |row| tx.open(&get::<Vec<u8>>(row, "token_sealed")?))?;
    if let Some(known) = known {
        return Ok(known);
    }
    tx.insert(
        "INSERT INTO report_links (token_hash, token_sealed, order_id, report_type) VALUES (?1, ?2, ?3, ?4)",
        (hash, tx.seal(&fresh), order.get(), report.name()),
    )?;
    Ok(fresh)
}

/// The order and the report that the token with this hash opens; `None` when it was never given out, or its order is gone.
///
/// # Errors
/// When the stored order cannot be read.
pub fn behind(tx: &Tx<'_>, token_hash: &str) -> Result<Option<(Order, ReportType)>, StoreError> {
    let link = |row: &Row<'_>| {
        let order = OrderId::try_from(get::<i64>(row, "order_id")?).map_err(|_| unreadable("order_id"))?;
        Ok((order, parsed(row, "report_type")?))
    };
    let found = tx.one("SELECT order_id, report_type FROM report_links WHERE token_hash = ?1", [token_hash], link)?;
    let Some((order, report)) = found else { return Ok(None) };
    Ok(get_order(tx, order)?.map(|order| (order, report)))
}

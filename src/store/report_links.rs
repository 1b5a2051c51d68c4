//! Addresses of ours in result rows, and the reports that they stand for.

use std::fmt::Write as _;

use rusqlite::Row;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::orders::get_order;
use super::row::{get, parsed, unreadable};
use super::{StoreError, Tx};
use crate::domain::{Order, OrderId, ReportType};

/// What opens a report of an order: what was given out for it before, or else `fresh` from now on. A result that is written twice carries
/// the same address.
///
/// # Errors
/// When the database refuses, or what was given out before cannot be read.
pub fn token(tx: &Tx<'_>, order: OrderId, report: ReportType, fresh: SecretString) -> Result<SecretString, StoreError> {
    let sql = "SELECT token_sealed FROM report_links WHERE order_id = ?1 AND report_type = ?2";
    let known = tx.one(sql, (order.get(), report.name()), |row| tx.open(&get::<Vec<u8>>(row, "token_sealed")?))?;
    if let Some(known) = known {
        return Ok(known);
    }
    tx.insert(
        "INSERT INTO report_links (token_hash, token_sealed, order_id, report_type) VALUES (?1, ?2, ?3, ?4)",
        (hash_of(fresh.expose_secret()), tx.seal(&fresh), order.get(), report.name()),
    )?;
    Ok(fresh)
}

/// The order and the report that a token opens; `None` when it was never given out, or its order is gone.
///
/// # Errors
/// When the stored order cannot be read.
pub fn behind(tx: &Tx<'_>, token: &str) -> Result<Option<(Order, ReportType)>, StoreError> {
    let link = |row: &Row<'_>| {
        let order = OrderId::try_from(get::<i64>(row, "order_id")?).map_err(|_| unreadable("order_id"))?;
        Ok((order, parsed(row, "report_type")?))
    };
    let found = tx.one("SELECT order_id, report_type FROM report_links WHERE token_hash = ?1", [hash_of(token)], link)?;
    let Some((order, report)) = found else { return Ok(None) };
    Ok(get_order(tx, order)?.map(|order| (order, report)))
}

fn hash_of(token: &str) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(token.as_bytes()) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

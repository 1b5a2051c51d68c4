//! Which settings were changed, when and by whom.

use jiff::Timestamp;

use super::row::get;
use super::value::params;
use super::{StoreError, Tx};
use crate::domain::{CustomerId, OrderId};

/// One setting that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// Its number; later changes have higher ones.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// The address of whoever changed it, or what stands for it.
    pub who: String,
    /// By which way: `console`, `api`, `file` or `command line`.
    pub way: String,
    /// Which setting, such as `icims.base_url`.
    pub setting: String,
    /// What it was. Of a secret nothing but that there was one.
    pub was: String,
    /// What it became.
    pub became: String,
}

/// Keeps a change; its number is given here.
///
/// # Errors
/// When the database refuses.
pub fn keep(tx: &Tx<'_>, customer: CustomerId, change: &SettingChange) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO settings_history (customer, at, who, way, setting, was, became) VALUES (:customer, :at, :who, :way, :setting, :was, :became)",
        params! { customer, at: change.at, who: change.who, way: change.way, setting: change.setting, was: change.was, became: change.became },
    )?;
    Ok(())
}

/// The number of the newest change to the settings that an order is carried out with; zero when they were never changed.
///
/// # Errors
/// When the database refuses.
pub fn newest_for(tx: &Tx<'_>, order: OrderId) -> Result<i64, StoreError> {
    tx.number(
        "SELECT COALESCE(MAX(id), 0) FROM settings_history WHERE customer = (SELECT customer FROM orders WHERE id = :order)",
        params! { order },
    )
}

/// The changes of a customer's settings, newest first: at most `limit`, of those before the one with number `before`, if it is given.
///
/// # Errors
/// When a stored change cannot be read.
pub fn changes(tx: &Tx<'_>, customer: CustomerId, before: Option<i64>, limit: u32) -> Result<Vec<SettingChange>, StoreError> {
    tx.all(
        "SELECT * FROM settings_history WHERE customer = :customer AND id < :before ORDER BY id DESC LIMIT :limit",
        params! { customer, before: before.unwrap_or(i64::MAX), limit },
        |row| {
            Ok(SettingChange {
                id: get(row, "id")?,
                at: get(row, "at")?,
                who: get(row, "who")?,
                way: get(row, "way")?,
                setting: get(row, "setting")?,
                was: get(row, "was")?,
                became: get(row, "became")?,
            })
        },
    )
}

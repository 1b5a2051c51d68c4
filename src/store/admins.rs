//! Who may sign in to the console, and who has.

use jiff::Timestamp;

use super::row::{get, id, micros};
use super::{StoreError, Tx};
use crate::domain::CustomerId;

/// Somebody who may configure a customer's integration.
#[derive(Clone, Debug)]
pub struct Admin {
    /// The address they sign in with.
    pub email: String,
    /// The customer they are responsible for.
    pub customer: CustomerId,
    /// Their password's hash, in the form that names its own parameters.
    pub password_hash: String,
}

/// A signed-in admin.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub email: String,
    /// For which customer.
    pub customer: CustomerId,
    /// What each form must send back, so that no other site can fill it in.
    pub form_token: String,
}

/// Adds an admin, or replaces the one with the same address.
///
/// # Errors
/// A conflict when the address is that of another customer's admin, who would lose the console to this one.
pub fn put(tx: &Tx<'_>, admin: &Admin) -> Result<(), StoreError> {
    let changed = tx.execute(
        "INSERT INTO admins (email, customer, password_hash) VALUES (?1, ?2, ?3)
         ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash WHERE customer = excluded.customer",
        (&admin.email, admin.customer.get().cast_signed(), &admin.password_hash),
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict("an admin of another customer with this address".into())) }
}

/// The admin with this address.
///
/// # Errors
/// When the stored admin cannot be read.
pub fn find(tx: &Tx<'_>, email: &str) -> Result<Option<Admin>, StoreError> {
    tx.one("SELECT * FROM admins WHERE email = ?1", [email], |row| {
        Ok(Admin { email: get(row, "email")?, customer: id(row, "customer")?, password_hash: get(row, "password_hash")? })
    })
}

/// Opens a session; sessions that have run out are swept away with it.
///
/// # Errors
/// When the database refuses.
pub fn open_session(
    tx: &Tx<'_>,
    token_hash: &str,
    session: &Session,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM admin_sessions WHERE expires_at <= ?1", [micros(now)])?;
    tx.insert(
        "INSERT INTO admin_sessions (token_hash, email, form_token, expires_at) VALUES (?1, ?2, ?3, ?4)",
        (token_hash, &session.email, &session.form_token, micros(expires_at)),
    )?;
    Ok(())
}

/// The session that a cookie stands for, unless it has run out.
///
/// # Errors
/// When the stored session cannot be read.
pub fn session(tx: &Tx<'_>, token_hash: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
    tx.one(
        "SELECT admins.email, admins.customer, form_token FROM admin_sessions JOIN admins ON admins.email = admin_sessions.email
         WHERE token_hash = ?1 AND expires_at > ?2",
        (token_hash, micros(now)),
        |row| Ok(Session { email: get(row, "email")?, customer: id(row, "customer")?, form_token: get(row, "form_token")? }),
    )
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub fn close_session(tx: &Tx<'_>, token_hash: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM admin_sessions WHERE token_hash = ?1", [token_hash])?;
    Ok(())
}

/// Ends every session of an admin.
///
/// # Errors
/// When the database refuses.
pub fn close_sessions_of(tx: &Tx<'_>, email: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM admin_sessions WHERE email = ?1", [email])?;
    Ok(())
}

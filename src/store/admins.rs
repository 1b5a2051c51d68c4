//! Who may sign in to the console, and who has.

use jiff::Timestamp;

use super::row::{Row, get, parsed};
use super::value::params;
use super::{StoreError, Tx};
use crate::domain::{CustomerId, Role};

/// Somebody who may sign in to the console of a customer's integration.
#[derive(Clone, Debug)]
pub struct Admin {
    /// The address they sign in with.
    pub email: String,
    /// The customer they are responsible for.
    pub customer: CustomerId,
    /// What they may do.
    pub role: Role,
    /// Their password's hash, in the form that names its own parameters.
    pub password_hash: String,
}

/// Somebody who is signed in, or a program with their token.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub email: String,
    /// For which customer.
    pub customer: CustomerId,
    /// What they may do.
    pub role: Role,
    /// What each form must send back, so that no other site can fill it in.
    pub form_token: String,
}

/// Adds an admin, or replaces the one with the same address.
///
/// # Errors
/// A conflict when the address is that of another customer's admin, who would lose the console to this one.
pub fn put(tx: &Tx<'_>, admin: &Admin) -> Result<(), StoreError> {
    let changed = tx.execute(
        "INSERT INTO admins (email, customer, role, password_hash) VALUES (:email, :customer, :role, :password_hash)
         ON CONFLICT (email) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash
         WHERE admins.customer = excluded.customer",
        params! { email: admin.email, customer: admin.customer, role: admin.role.name(), password_hash: admin.password_hash },
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict("an admin of another customer with this address".into())) }
}

/// The admin with this address.
///
/// # Errors
/// When the stored admin cannot be read.
pub fn find(tx: &Tx<'_>, email: &str) -> Result<Option<Admin>, StoreError> {
    tx.one("SELECT * FROM admins WHERE email = :email", params! { email }, read)
}

/// Everybody who may sign in, by customer and address.
///
/// # Errors
/// When a stored admin cannot be read.
pub fn everybody(tx: &Tx<'_>) -> Result<Vec<Admin>, StoreError> {
    tx.all("SELECT * FROM admins ORDER BY customer, email", params! {}, read)
}

fn read(row: &Row<'_>) -> Result<Admin, StoreError> {
    Ok(Admin {
        email: get(row, "email")?,
        customer: get(row, "customer")?,
        role: parsed(row, "role")?,
        password_hash: get(row, "password_hash")?,
    })
}

/// Takes somebody's access away, with sessions and tokens; says whether there was somebody.
///
/// # Errors
/// When the database refuses.
pub fn remove(tx: &Tx<'_>, email: &str) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM admins WHERE email = :email", params! { email })? == 1)
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
    tx.execute("DELETE FROM admin_sessions WHERE expires_at <= :now", params! { now })?;
    tx.execute(
        "INSERT INTO admin_sessions (token_hash, email, form_token, expires_at) VALUES (:token_hash, :email, :form_token, :expires_at)",
        params! { token_hash, email: session.email, form_token: session.form_token, expires_at },
    )?;
    Ok(())
}

/// The session that a cookie stands for, unless it has run out.
///
/// # Errors
/// When the stored session cannot be read.
pub fn session(tx: &Tx<'_>, token_hash: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
    tx.one(
        "SELECT admins.email, admins.customer, admins.role, form_token FROM admin_sessions JOIN admins ON admins.email = admin_sessions.email
         WHERE token_hash = :token_hash AND expires_at > :now",
        params! { token_hash, now },
        |row| {
            Ok(Session {
                email: get(row, "email")?,
                customer: get(row, "customer")?,
                role: parsed(row, "role")?,
                form_token: get(row, "form_token")?,
            })
        },
    )
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub fn close_session(tx: &Tx<'_>, token_hash: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM admin_sessions WHERE token_hash = :token_hash", params! { token_hash })?;
    Ok(())
}

/// Ends every session of an admin.
///
/// # Errors
/// When the database refuses.
pub fn close_sessions_of(tx: &Tx<'_>, email: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM admin_sessions WHERE email = :email", params! { email })?;
    Ok(())
}

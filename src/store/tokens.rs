//! What programs present at the API of the settings, in place of a person's sign-in.

use jiff::Timestamp;

use super::admins::Session;
use super::row::{get, parsed};
use super::value::params;
use super::{StoreError, Tx};

/// What a program presents in place of a person's sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// What is stored of it, also the name by which it is taken back.
    pub token_hash: String,
    /// Whose rights it has.
    pub email: String,
    /// What it is for, in its owner's words.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it opens.
    pub expires_at: Timestamp,
}

/// Keeps a token; those that have run out are swept away with it.
///
/// # Errors
/// When the database refuses.
pub fn keep(tx: &Tx<'_>, token: &ApiToken) -> Result<(), StoreError> {
    tx.execute("DELETE FROM api_tokens WHERE expires_at <= :created_at", params! { created_at: token.created_at })?;
    tx.execute(
        "INSERT INTO api_tokens (token_hash, email, name, created_at, expires_at) VALUES (:token_hash, :email, :name, :created_at, :expires_at)",
        params! { token_hash: token.token_hash, email: token.email, name: token.name, created_at: token.created_at, expires_at: token.expires_at },
    )?;
    Ok(())
}

/// Whose rights a token gives, unless it has run out. Such a session has no forms.
///
/// # Errors
/// When the stored owner cannot be read.
pub fn owner(tx: &Tx<'_>, token_hash: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
    tx.one(
        "SELECT admins.email, admins.customer, admins.role FROM api_tokens JOIN admins ON admins.email = api_tokens.email
         WHERE token_hash = :token_hash AND expires_at > :now",
        params! { token_hash, now },
        |row| {
            Ok(Session {
                email: get(row, "email")?,
                customer: get(row, "customer")?,
                role: parsed(row, "role")?,
                form_token: String::new(),
            })
        },
    )
}

/// The tokens of somebody that still open, newest first.
///
/// # Errors
/// When a stored token cannot be read.
pub fn of(tx: &Tx<'_>, email: &str, now: Timestamp) -> Result<Vec<ApiToken>, StoreError> {
    tx.all(
        "SELECT * FROM api_tokens WHERE email = :email AND expires_at > :now ORDER BY created_at DESC",
        params! { email, now },
        |row| {
            Ok(ApiToken {
                token_hash: get(row, "token_hash")?,
                email: get(row, "email")?,
                name: get(row, "name")?,
                created_at: get(row, "created_at")?,
                expires_at: get(row, "expires_at")?,
            })
        },
    )
}

/// Takes every token of somebody back.
///
/// # Errors
/// When the database refuses.
pub fn revoke_all(tx: &Tx<'_>, email: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM api_tokens WHERE email = :email", params! { email })?;
    Ok(())
}

/// Takes a token of somebody back; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub fn revoke(tx: &Tx<'_>, email: &str, token_hash: &str) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM api_tokens WHERE email = :email AND token_hash = :token_hash", params! { email, token_hash })?
        == 1)
}

//! Creating those who may sign in.

use secrecy::{ExposeSecret, SecretString};

use super::password::{hash_password, hash_public_password};
use crate::domain::{CustomerId, EmailAddress, Role};
use crate::store::admins::{self, Admin};
use crate::store::{Store, StoreError, tokens};

/// The shortest password that is taken (NIST SP 800-63B: at least 8 characters).
const SHORTEST_PASSWORD: usize = 8;

/// Why an admin cannot be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateAdminError {
    /// The address is none.
    #[error("the admin's e-mail address cannot be used: give one like admin@example.org")]
    Email,
    /// The password is too short.
    #[error("the admin's password is too short: give at least {SHORTEST_PASSWORD} characters")]
    Password,
    /// The password could not be hashed.
    #[error("the admin's password could not be hashed")]
    Hash(#[source] tokio::task::JoinError),
    /// The store refuses: most likely there is no such customer.
    #[error(
        "the admin could not be recorded: check that the customer is there already, and that no other customer's admin has the address"
    )]
    Store(#[from] StoreError),
}

/// Somebody who may sign in and is not recorded yet, so that customer and admin can be recorded together.
///
/// # Errors
/// When address or password cannot be used.
pub async fn new_admin(email: &str, customer: CustomerId, role: Role, password: SecretString) -> Result<Admin, CreateAdminError> {
    let email = acceptable(email, &password)?;
    let password_hash = tokio::task::spawn_blocking(move || hash_password(&password)).await.map_err(CreateAdminError::Hash)?;
    Ok(Admin { email, customer, role, password_hash })
}

/// Somebody who may sign in to a sandbox, whose password is shown to everybody who uses it.
///
/// # Errors
/// When address or password cannot be used.
pub fn new_public_admin(
    email: &str,
    customer: CustomerId,
    role: Role,
    password: &SecretString,
) -> Result<Admin, CreateAdminError> {
    let email = acceptable(email, password)?;
    Ok(Admin { email, customer, role, password_hash: hash_public_password(password) })
}

/// The address as it is stored, if address and password can be used.
fn acceptable(email: &str, password: &SecretString) -> Result<String, CreateAdminError> {
    let email = EmailAddress::parse(email).map(|address| known_as(address.as_str())).ok_or(CreateAdminError::Email)?;
    if password.expose_secret().chars().count() < SHORTEST_PASSWORD {
        return Err(CreateAdminError::Password);
    }
    Ok(email)
}

/// Creates somebody who may sign in for a customer that is there already, or replaces the one with the same address: their sessions
/// and tokens end, because a password is replaced when somebody else may know it.
///
/// # Errors
/// See [`CreateAdminError`].
pub async fn create_admin(
    store: &Store,
    email: &str,
    customer: CustomerId,
    role: Role,
    password: SecretString,
) -> Result<(), CreateAdminError> {
    let admin = new_admin(email, customer, role, password).await?;
    store
        .write(move |tx| -> Result<(), StoreError> {
            admins::put(tx, &admin)?;
            admins::close_sessions_of(tx, &admin.email)?;
            tokens::revoke_all(tx, &admin.email)
        })
        .await?;
    Ok(())
}

/// The form in which addresses are stored and looked up: people do not mind capitals in theirs.
pub(super) fn known_as(email: &str) -> String {
    email.trim().to_lowercase()
}

//! People with an account on the platform: recruiters and administrators.

use serde::{Deserialize, Serialize};

use super::Session;

/// Somebody who may sign in to the screens of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    /// The address to sign in with; unique in the account.
    pub email: String,
    /// The password to sign in with.
    pub password: String,
    /// Browsers that are signed in, oldest first.
    pub(in crate::harver_platform) sessions: Vec<Session>,
}

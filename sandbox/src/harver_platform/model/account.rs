//! Accounts, and who may use their API.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, Language};

/// What a new account is made from.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Identity.
    pub id: AccountId,
    /// The company's name, shown to candidates.
    pub name: String,
    /// Name of its API client; unique on the platform.
    pub client_id: String,
    /// Secret of its API client.
    pub client_secret: String,
    /// The language used when an invitation names none.
    pub language: Language,
}

/// The settings of an account, and the counter behind everything it draws by chance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountProfile {
    /// Identity.
    pub id: AccountId,
    /// The company's name, shown to candidates.
    pub name: String,
    /// The language used when an invitation names none.
    pub language: Language,
    /// How long a magic link works. The documents say one hour in one place and 24 in another (`harver-platform.md` 4); 24 by default.
    pub magic_link_hours: u32,
    /// How many API requests a client may make in a minute (450 in production, `harver-platform.md` 9).
    pub requests_per_minute: u32,
    /// The seed of the process that opened the account.
    pub(in crate::harver_platform) seed: u64,
    /// How many ids and tokens have been drawn.
    pub(in crate::harver_platform) drawn: u64,
    /// How many mails have been lined up.
    #[serde(default)]
    pub(in crate::harver_platform) mailed: u64,
}

/// A program that may ask for access tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ApiClient {
    /// Public name.
    pub client_id: String,
    /// Secret.
    pub client_secret: String,
}

/// What `POST /oauth/token` has handed out; it lives one hour (`harver-platform.md` 9).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessToken {
    /// The client that asked for it.
    pub client_id: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

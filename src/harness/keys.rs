//! Addresses and credentials of a tenant, as `up --json` and `POST /__sandbox/customers` tell them.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// One tenant.
#[derive(Clone, Deserialize)]
pub(super) struct TenantKeys {
    pub(super) icims: IcimsKeys,
    pub(super) integration: IntegrationKeys,
    pub(super) platform: PlatformKeys,
    pub(super) mailbox: MailboxKeys,
    pub(super) control: ControlKeys,
    /// All of them, as they were told.
    #[serde(skip)]
    pub(super) told: Value,
}

#[derive(Clone, Deserialize)]
pub(super) struct IcimsKeys {
    pub(super) base_url: String,
    pub(super) customer_id: String,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) token_url: String,
    pub(super) recruiter_url: String,
    pub(super) portal_url: String,
}

#[derive(Clone, Deserialize)]
pub(super) struct IntegrationKeys {
    pub(super) start_url: String,
    pub(super) username: String,
    /// Empty where the integration is still to be added, which makes one.
    #[serde(default)]
    pub(super) password: String,
    pub(super) console_url: String,
    pub(super) admin_email: String,
    pub(super) admin_password: String,
    pub(super) recruiter_email: String,
    pub(super) recruiter_password: String,
}

#[derive(Clone, Deserialize)]
pub(super) struct PlatformKeys {
    pub(super) base_url: String,
    pub(super) account_id: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
}

#[derive(Clone, Deserialize)]
pub(super) struct MailboxKeys {
    pub(super) base_url: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlKeys {
    pub(super) base_url: String,
    /// What it wants from whoever calls it from elsewhere.
    pub(super) token: Option<String>,
}

impl ControlKeys {
    /// Those of one that wants no token.
    pub(super) fn open(base_url: String) -> Self {
        Self { base_url, token: None }
    }
}

impl fmt::Debug for ControlKeys {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlKeys").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

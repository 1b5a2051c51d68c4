//! Addresses and credentials of a tenant, as `up --json` and `POST /__sandbox/customers` tell them.

use serde::Deserialize;

/// One tenant.
#[derive(Clone, Deserialize)]
pub(super) struct TenantKeys {
    pub(super) icims: IcimsKeys,
    pub(super) integration: IntegrationKeys,
    pub(super) platform: PlatformKeys,
    pub(super) mailbox: MailboxKeys,
    pub(super) control: ControlKeys,
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
pub(super) struct ControlKeys {
    pub(super) base_url: String,
}

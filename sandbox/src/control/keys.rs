//! A tenant in the words of those who are told of it: the ready line, and the integration.

use super::connector::{Connected, IcimsConnection, NewTenant, PlatformConnection};
use super::guard::ControlToken;
use super::ready::{ControlKeys, IcimsKeys, IntegrationKeys, MailboxKeys, PlatformKeys, TenantKeys};
use super::tenants::TenantRecord;

/// Where each part is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Overview, control and mailbox pages, without a trailing slash.
    pub control: String,
    /// iCIMS, without a trailing slash.
    pub icims: String,
    /// The assessment platform, without a trailing slash.
    pub platform: String,
    /// Where mail is handed in, as `host:port`.
    pub smtp: String,
}

/// Addresses and credentials of a tenant.
pub(super) fn of(
    tenant: &TenantRecord,
    addresses: &Addresses,
    integration: &Connected,
    token: Option<&ControlToken>,
) -> TenantKeys {
    let (own, id) = (&tenant.credentials, tenant.customer_id);
    TenantKeys {
        icims: IcimsKeys {
            base_url: addresses.icims.clone(),
            customer_id: id.to_string(),
            username: own.icims_username.clone(),
            password: own.icims_password.clone(),
            client_id: own.icims_client_id.clone(),
            client_secret: own.icims_client_secret.clone(),
            hmac_user: own.hmac_user.clone(),
            hmac_key: own.hmac_key.clone(),
            token_url: format!("{}/oauth/token", addresses.icims),
            recruiter_url: format!("{}/icims2/{id}", addresses.icims),
            portal_url: format!("{}/careers/{id}", addresses.icims),
        },
        integration: IntegrationKeys {
            base_url: integration.base_url.clone(),
            start_url: integration.start_url.clone(),
            username: own.event_username.clone(),
            password: if tenant.unconnected { String::new() } else { own.event_password.clone() },
            console_url: integration.console_url.clone(),
            admin_email: own.admin_email.clone(),
            admin_password: own.admin_password.clone(),
            recruiter_email: own.recruiter_email.clone(),
            recruiter_password: own.recruiter_password.clone(),
        },
        platform: PlatformKeys {
            base_url: addresses.platform.clone(),
            account_id: tenant.account_id.clone(),
            client_id: own.platform_client_id.clone(),
            client_secret: own.platform_client_secret.clone(),
        },
        mailbox: MailboxKeys { base_url: format!("{}/mailbox", addresses.control), smtp: addresses.smtp.clone() },
        control: ControlKeys { base_url: addresses.control.clone(), token: token.map(|token| token.as_str().to_owned()) },
        sample: tenant.sample.clone(),
    }
}

/// Everything an integration must be told of a tenant.
pub(super) fn introduction(tenant: &TenantRecord, addresses: &Addresses, integration: &Connected) -> NewTenant {
    let TenantKeys { icims, platform, mailbox, sample, .. } = of(tenant, addresses, integration, None);
    let own = tenant.credentials.clone();
    NewTenant {
        customer_id: icims.customer_id,
        name: tenant.name.clone(),
        icims: IcimsConnection {
            base_url: icims.base_url,
            token_url: icims.token_url,
            username: icims.username,
            password: icims.password,
            client_id: icims.client_id,
            client_secret: icims.client_secret,
            trigger_status: sample.send_to_harver_status,
        },
        platform: PlatformConnection {
            base_url: platform.base_url,
            account_id: platform.account_id,
            client_id: platform.client_id,
            client_secret: platform.client_secret,
        },
        smtp: mailbox.smtp,
        event_username: own.event_username,
        event_password: own.event_password,
        webhook_username: own.webhook_username,
        webhook_password: own.webhook_password,
        admin_email: own.admin_email,
        admin_password: own.admin_password,
        recruiter_email: own.recruiter_email,
        recruiter_password: own.recruiter_password,
        connected: !tenant.unconnected,
    }
}

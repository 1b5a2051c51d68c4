//! Every credential of a tenant, drawn from the seed and the customer id, so that no two customers share one.

use serde::{Deserialize, Serialize};

use crate::engine::Chance;

/// The credentials of one tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// iCIMS, Basic: user name.
    pub icims_username: String,
    /// iCIMS, Basic: password.
    pub icims_password: String,
    /// iCIMS, OAuth 2.0: client id.
    pub icims_client_id: String,
    /// iCIMS, OAuth 2.0: client secret.
    pub icims_client_secret: String,
    /// iCIMS, signed requests: user name.
    pub hmac_user: String,
    /// iCIMS, signed requests: key.
    pub hmac_key: String,
    /// Platform, OAuth 2.0: client id.
    pub platform_client_id: String,
    /// Platform, OAuth 2.0: client secret.
    pub platform_client_secret: String,
    /// iCIMS towards the integration: user name.
    pub event_username: String,
    /// iCIMS towards the integration: password.
    pub event_password: String,
    /// Platform towards the integration: user name.
    pub webhook_username: String,
    /// Platform towards the integration: password.
    pub webhook_password: String,
    /// The integration's administrator: address.
    pub admin_email: String,
    /// The integration's administrator: password.
    pub admin_password: String,
    /// Somebody who only reads orders in the integration: address. Empty in customers from before.
    #[serde(default)]
    pub recruiter_email: String,
    /// Somebody who only reads orders in the integration: password.
    #[serde(default)]
    pub recruiter_password: String,
}

impl Credentials {
    /// The credentials of a customer. The same seed and customer always give the same.
    pub(super) fn drawn(seed: u64, customer: u64, domain: &str) -> Self {
        let mut chance = Chance::new(seed, &format!("customer {customer} credentials"));
        Self {
            icims_username: format!("harver-api-{customer}"),
            icims_password: chance.token(20),
            icims_client_id: format!("icims-{customer}-{}", chance.hex(12)),
            icims_client_secret: chance.token(32),
            hmac_user: format!("harver-hmac-{customer}"),
            hmac_key: chance.hex(64),
            platform_client_id: format!("harver-{customer}-{}", chance.hex(12)),
            platform_client_secret: chance.token(32),
            event_username: format!("icims-events-{customer}"),
            event_password: chance.token(20),
            webhook_username: format!("harver-webhooks-{customer}"),
            webhook_password: chance.token(20),
            admin_email: format!("admin@{domain}"),
            admin_password: chance.token(16),
            recruiter_email: format!("recruiter@{domain}"),
            recruiter_password: Chance::new(seed, &format!("customer {customer} console")).token(16),
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("icims_username", &self.icims_username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_customers_share_a_credential() {
        let mut seen = HashSet::new();
        for customer in 4021..4121 {
            let drawn = Credentials::drawn(1, customer, &format!("brightwater-{customer}.example"));
            let serde_json::Value::Object(values) = serde_json::to_value(&drawn).expect("it writes") else { panic!("an object") };
            for (name, value) in values {
                assert!(seen.insert(value.to_string()), "{name} of {customer} was seen before");
            }
        }
    }
}

//! What a program is told when the sandbox is ready. Names and order of the keys are a public interface (design, section 2).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The one line that `up --json` prints.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Always true: the line is printed once everything answers.
    pub ready: bool,
    /// The sample tenant.
    #[serde(flatten)]
    pub tenant: TenantKeys,
}

/// Addresses and credentials of one tenant: what `POST customers` and `POST reset` answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantKeys {
    /// The applicant tracking system.
    pub icims: IcimsKeys,
    /// The integration.
    pub integration: IntegrationKeys,
    /// The assessment platform.
    pub platform: PlatformKeys,
    /// Where mail arrives.
    pub mailbox: MailboxKeys,
    /// The tester's interface.
    pub control: ControlKeys,
    /// What there is to begin with.
    pub sample: SampleKeys,
}

/// The applicant tracking system.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IcimsKeys {
    /// Base URL; the API is below `/customers/{customer_id}`.
    pub base_url: String,
    /// Customer id: digits.
    pub customer_id: String,
    /// User name for Basic authentication.
    pub username: String,
    /// Password for Basic authentication.
    pub password: String,
    /// Client id for OAuth 2.0.
    pub client_id: String,
    /// Client secret for OAuth 2.0.
    pub client_secret: String,
    /// User name for signed requests.
    pub hmac_user: String,
    /// Key for signed requests.
    pub hmac_key: String,
    /// Where OAuth 2.0 tokens are fetched.
    pub token_url: String,
    /// The recruiter's home page.
    pub recruiter_url: String,
    /// The career portal.
    pub portal_url: String,
}

/// The integration.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IntegrationKeys {
    /// Base URL.
    pub base_url: String,
    /// Where iCIMS posts its events.
    pub start_url: String,
    /// User name with which iCIMS calls it.
    pub username: String,
    /// Password with which iCIMS calls it; left out where the integration is still to be added, which makes one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub password: String,
    /// The administrator's console.
    pub console_url: String,
    /// The administrator.
    pub admin_email: String,
    /// The administrator's password.
    pub admin_password: String,
    /// Somebody who only reads orders in the console; left out in customers from before there was one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub recruiter_email: String,
    /// Their password.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub recruiter_password: String,
}

/// The assessment platform.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformKeys {
    /// Base URL.
    pub base_url: String,
    /// The tenant's account.
    pub account_id: String,
    /// Client id for OAuth 2.0.
    pub client_id: String,
    /// Client secret for OAuth 2.0.
    pub client_secret: String,
}

/// Where mail arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailboxKeys {
    /// The mailbox's pages.
    pub base_url: String,
    /// Where mail is handed in, as `host:port`.
    pub smtp: String,
}

/// The tester's interface.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ControlKeys {
    /// Base URL; the endpoints are below `/__sandbox/`.
    pub base_url: String,
    /// What whoever is on another machine sends as `Authorization: Bearer`; left out when control cannot be reached from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// What a tenant has to begin with: a Candidate submitted to an approved job with its package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SampleKeys {
    /// The approved job.
    pub job_id: String,
    /// The candidate.
    pub person_id: String,
    /// The candidate's application to the job, in New Submissions.
    pub workflow_id: String,
    /// The open vacancy that the job's package names.
    pub vacancy_id: String,
    /// The status that sends a candidate to the vendor.
    pub send_to_harver_status: String,
}

macro_rules! shown_without_secrets {
    ($($name:ident($key:ident)),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field(stringify!($key), &self.$key).finish_non_exhaustive()
            }
        }
    )+};
}
shown_without_secrets!(
    Ready(tenant),
    TenantKeys(icims),
    IcimsKeys(customer_id),
    IntegrationKeys(base_url),
    PlatformKeys(account_id),
    ControlKeys(base_url)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_come_in_the_published_order_and_read_back() {
        let text = r#"{"ready":true,"icims":{"base_url":"a","customer_id":"4021","username":"b","password":"c","client_id":"d","client_secret":"e","hmac_user":"f","hmac_key":"g","token_url":"h","recruiter_url":"i","portal_url":"j"},"integration":{"base_url":"k","start_url":"l","username":"m","password":"n","console_url":"o","admin_email":"p","admin_password":"q"},"platform":{"base_url":"r","account_id":"s","client_id":"t","client_secret":"u"},"mailbox":{"base_url":"v","smtp":"w"},"control":{"base_url":"x"},"sample":{"job_id":"y","person_id":"z","workflow_id":"1","vacancy_id":"2","send_to_harver_status":"3"}}"#;
        let ready: Ready = serde_json::from_str(text).expect("it reads");
        assert_eq!(serde_json::to_string(&ready).expect("it writes"), text);
        let shown = format!("{ready:?}");
        assert!(shown.contains("4021") && !shown.contains("\"c\""), "{shown}");
    }
}

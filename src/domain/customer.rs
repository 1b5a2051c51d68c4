//! One iCIMS tenant and how the integration is set up for it.

use secrecy::SecretString;
use url::Url;

use super::event::StatusId;
use super::ids::{AccountId, CustomerId};

/// The integration of one customer (harver-platform.md 11).
#[derive(Clone, Debug)]
pub struct Customer {
    /// The numeric id that iCIMS gave the tenant.
    pub id: CustomerId,
    /// The company's name, as candidates know it.
    pub name: String,
    /// Section General: the toggle. While it is off, events are refused; what is under way goes on.
    pub enabled: bool,
    /// Section General: the patterns whose events are accepted.
    pub patterns: Vec<Pattern>,
    /// The statuses that ask for an assessment; others are answered and ignored. Empty: every status that iCIMS sends asks for one.
    pub trigger_statuses: Vec<StatusId>,
    /// Section Credentials, tab ATS to Harver: what iCIMS must present at the start endpoint.
    pub events: InboundCredentials,
    /// What the Harver platform must present at the webhook endpoint.
    pub webhooks: InboundCredentials,
    /// Section Credentials, tab Harver to ATS.
    pub ats: AtsConnection,
    /// The company's account on the platform.
    pub harver: HarverConnection,
    /// Section ATS to Harver, Assessment Status: whether iCIMS is told that an assessment is in progress.
    pub reports_progress: bool,
    /// How the candidate is invited.
    pub invitation: InvitationSettings,
}

/// When candidates are sent to an assessment (setup guide, General).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// ATS First Inline: at the end of an application.
    Inline,
    /// ATS First Ad-Hoc: when a recruiter advances the candidate.
    AdHoc,
}

impl Pattern {
    /// The name that the Harver Admin sees.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Inline => "ATS First Inline",
            Self::AdHoc => "ATS First Ad-Hoc",
        }
    }
}

/// A user name and a password that somebody else must present to us.
#[derive(Clone, Debug)]
pub struct InboundCredentials {
    /// The user name; unique among all customers, because it tells who is calling.
    pub username: String,
    /// The password. Kept readable, because the Harver Admin copies it to the other side.
    pub password: SecretString,
}

/// How the integration reaches the customer's iCIMS.
#[derive(Clone, Debug)]
pub struct AtsConnection {
    /// The API's address without a path, such as `https://api.icims.com`. Credentials are sent nowhere else.
    pub base_url: Url,
    /// How it identifies itself.
    pub authentication: AtsAuthentication,
}

/// The two methods that iCIMS supports; exactly one is configured, so that a switch forgets the other's secret (G12).
#[derive(Clone, Debug)]
pub enum AtsAuthentication {
    /// OAuth2 client credentials: Harver's default (G11).
    OAuth2 {
        /// The authorization server's token endpoint.
        token_url: Url,
        /// Client ID.
        client_id: String,
        /// Client Secret.
        client_secret: SecretString,
    },
    /// Basic authentication (G12).
    Basic {
        /// Username of the integration user.
        username: String,
        /// Its password.
        password: SecretString,
    },
}

impl AtsAuthentication {
    /// The name that the Harver Admin sees.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::OAuth2 { .. } => "OAuth2",
            Self::Basic { .. } => "Basic authentication",
        }
    }
}

/// How the integration reaches the company's account on the Harver platform.
#[derive(Clone, Debug)]
pub struct HarverConnection {
    /// The API's address without a path, such as `https://api.harver.com`.
    pub base_url: Url,
    /// The account.
    pub account: AccountId,
    /// Client id of the public API.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

/// What the invitation says beside the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationSettings {
    /// The sender's name, such as "Brightwater Foods".
    pub sender_name: String,
    /// Whom a candidate asks for help.
    pub support_email: String,
}

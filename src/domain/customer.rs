//! One iCIMS tenant and how the integration is set up for it.

use std::net::{IpAddr, Ipv4Addr};

use secrecy::SecretString;
use url::Url;

use super::event::{StatusId, WorkflowStatus};
use super::ids::{AccountId, CustomerId};
use super::network::Network;
use super::settings::{AtsConnections, InboundCredentials, Instance, InvitationSettings, ReportSetting, ResultStatuses};

/// The integration of one customer (harver-platform.md 11).
#[derive(Clone, Debug)]
pub struct Customer {
    /// The numeric id that iCIMS gave the tenant.
    pub id: CustomerId,
    /// The company's name, as candidates know it.
    pub name: String,
    /// Whether the integration was added in the Integration menu (promise G09). Before that there is nothing to configure.
    pub added: bool,
    /// Section General: the toggle. While it is off, events are refused; what is under way goes on.
    pub enabled: bool,
    /// Where the account lives.
    pub instance: Instance,
    /// Section General: the patterns whose events are accepted.
    pub patterns: Vec<Pattern>,
    /// The statuses that ask for an assessment; others are answered and ignored. Empty: every status that iCIMS sends asks for one.
    pub trigger_statuses: Vec<StatusId>,
    /// The statuses of candidates who are out of the running or hired: no more mail to them. Empty: told by the label, see
    /// [`WorkflowStatus::reads_like_an_end`].
    pub ended_statuses: Vec<StatusId>,
    /// Where events may come from (assessment-flow.md 10, row 12). Empty: from everywhere.
    pub event_sources: Vec<Network>,
    /// Section Credentials, tab ATS to Harver: what iCIMS must present at the start endpoint.
    pub events: InboundCredentials,
    /// What the Harver platform must present at the webhook endpoint.
    pub webhooks: InboundCredentials,
    /// Section Credentials, tab Harver to ATS.
    pub ats: AtsConnections,
    /// The company's account on the platform.
    pub harver: HarverConnection,
    /// Section ATS to Harver, Multi-Phased Assessments Configuration: whether packages are chosen in Harver.
    pub multi_phase: bool,
    /// Section ATS to Harver, Assessment Status: whether iCIMS is told that an assessment is in progress.
    pub reports_progress: bool,
    /// Section ATS to Harver, Assessment Status: whether iCIMS is told that a candidate was invited (harver-platform.md 3: optional).
    pub reports_sent: bool,
    /// Section Harver to ATS, tab Assessments.
    pub statuses: ResultStatuses,
    /// Section Harver to ATS, tab Reports.
    pub report: ReportSetting,
    /// Where candidates go on when the event names no place (setup guide, "Candidate Return URL").
    pub return_url: Option<Url>,
    /// The addresses from which Harver calls iCIMS, for the iCIMS admin to allow (promise G06).
    pub addresses: Vec<IpAddr>,
    /// How the candidate is invited.
    pub invitation: InvitationSettings,
}

impl Customer {
    /// A company whose integration was not added yet, with everything else as it is defaulted.
    #[must_use]
    pub fn new(
        id: CustomerId,
        name: impl Into<String>,
        harver: HarverConnection,
        events: InboundCredentials,
        webhooks: InboundCredentials,
    ) -> Self {
        let name = name.into();
        Self {
            id,
            added: false,
            enabled: false,
            instance: Instance::default(),
            patterns: Vec::new(),
            trigger_statuses: Vec::new(),
            ended_statuses: Vec::new(),
            event_sources: Vec::new(),
            events,
            webhooks,
            ats: AtsConnections::default(),
            harver,
            multi_phase: false,
            reports_progress: false,
            reports_sent: false,
            statuses: ResultStatuses::default(),
            report: ReportSetting::default(),
            return_url: None,
            addresses: OUTGOING.to_vec(),
            invitation: InvitationSettings::new(name.clone(), "your recruiter"),
            name,
        }
    }

    /// Whether a candidate with this status is out of the running or hired. A status that asks for an assessment never says so.
    #[must_use]
    pub fn has_ended(&self, status: &WorkflowStatus) -> bool {
        if self.trigger_statuses.contains(&status.id) {
            return false;
        }
        if self.ended_statuses.is_empty() { status.reads_like_an_end() } else { self.ended_statuses.contains(&status.id) }
    }
}

/// The addresses that Harver calls from (setup guide, "List of IP Addresses to Whitelist").
pub const OUTGOING: [IpAddr; 13] = [
    v4(80, 113, 26, 114),
    v4(35, 158, 208, 210),
    v4(54, 229, 248, 124),
    v4(52, 51, 44, 10),
    v4(124, 43, 10, 11),
    v4(52, 29, 23, 29),
    v4(34, 241, 38, 163),
    v4(34, 247, 200, 75),
    v4(54, 171, 191, 142),
    v4(52, 48, 58, 158),
    v4(3, 19, 247, 132),
    v4(18, 217, 100, 151),
    v4(3, 139, 115, 195),
];

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
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
    /// Both, in the order of the guide.
    pub const ALL: [Self; 2] = [Self::Inline, Self::AdHoc];

    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::AdHoc => "ad_hoc",
        }
    }

    /// The name that the Harver Admin sees.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Inline => "ATS First Inline",
            Self::AdHoc => "ATS First Ad-Hoc",
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

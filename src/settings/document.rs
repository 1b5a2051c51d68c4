//! Settings as somebody writes them: a form, a JSON body, a section of the configuration file.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{AtsAuthentication, Customer, InboundCredentials, InvitationSettings, MailTemplate};

/// A value that people write as a number or as a text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Typed {
    /// Without quotes.
    Number(u64),
    /// With quotes, or from a form.
    Text(String),
}

impl Typed {
    /// What was written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.trim().to_owned(),
        }
    }
}

/// The settings of one integration. What is left out stays as it is; secrets are taken and never given back.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The numeric customer id in iCIMS. It cannot be changed: a different one is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Typed>,
    /// The company's name, as candidates know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether events are accepted. Only read where a customer is created; afterwards it is switched, after checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Where the Harver account lives: `default` or `us`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Integration Patterns: `inline`, `ad_hoc` or both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patterns: Option<Vec<String>>,
    /// The ids of the statuses that ask for an assessment; empty: every status that iCIMS sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_statuses: Option<Vec<String>>,
    /// The ids of the statuses of candidates who are out of the running or hired, who get no more mail; empty: told by the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_statuses: Option<Vec<String>>,
    /// Where events may come from, such as `203.0.113.7` or `203.0.113.0/24`; empty: from everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_sources: Option<Vec<String>>,
    /// Credentials, Harver to ATS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icims: Option<IcimsDocument>,
    /// The account on the Harver platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harver: Option<HarverDocument>,
    /// Credentials, ATS to Harver: what iCIMS presents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<InboundDocument>,
    /// What the Harver platform presents with its webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<InboundDocument>,
    /// Multi-Phased Assessments Configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_phase: Option<bool>,
    /// Assessment Status: whether iCIMS is told In-Progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports_progress: Option<bool>,
    /// Assessment Status: whether iCIMS is told Sent once a candidate is invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports_sent: Option<bool>,
    /// Assessments Status: the list nodes in iCIMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statuses: Option<StatusesDocument>,
    /// The one report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportDocument>,
    /// Where candidates go on when the event names no place; empty: nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// The addresses that the iCIMS admin allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    /// The invitation mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationDocument>,
}

/// How the integration reaches iCIMS. Either `token_url`, `client_id` and `client_secret`, or `username` and `password`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IcimsDocument {
    /// `oauth2` or `basic`; told from the other settings where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Such as `https://api.icims.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// OAuth2: such as `https://login.icims.com/oauth/token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_url: Option<String>,
    /// OAuth2: Client ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// OAuth2: Client Secret. Left out or empty: the present one, as long as the addresses stay.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub client_secret: Option<SecretString>,
    /// Basic: Username.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Basic: Password. Left out or empty: the present one, as long as the address stays.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub password: Option<SecretString>,
    /// From when it counts (RFC 3339); until then the present one does. Left out: at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// How the integration reaches the company's account on the platform.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HarverDocument {
    /// Such as `https://api.harver.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The account: 24 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Client id of the public API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Its secret.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub client_secret: Option<SecretString>,
}

/// What somebody else presents to the integration.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboundDocument {
    /// The user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password; it opens alone from now on. To keep the present one valid for a while, rotate it.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub password: Option<SecretString>,
}

/// List nodes of iCIMS, such as `D37002019001`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusesDocument {
    /// The candidate has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_progress: Option<String>,
    /// The candidate has finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<String>,
    /// Nothing will come of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
}

/// Which report iCIMS gets.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportDocument {
    /// `reports_hub`, `candidate_detail_page`, `pdf_report`, `fact_sheet`, `interview_guide` or `development_report`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The field of the result in iCIMS that holds its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ats_field: Option<String>,
}

/// The invitation mail.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationDocument {
    /// The sender's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<String>,
    /// Whom a candidate asks for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_email: Option<String>,
    /// Such as `en-GB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// With variables such as `{{job_title}}`; empty: that of the language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// With variables; `{{link}}` must be among them. Empty: that of the language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether candidates who have not finished are reminded after 48 hours and after 7 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminders: Option<bool>,
    /// The subject of a reminder; empty: that of the language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_subject: Option<String>,
    /// The text of a reminder; `{{link}}` must be in it. Empty: that of the language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_body: Option<String>,
    /// How many days after its last link ran out an invitation is closed and iCIMS told so: 1 to 365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_after_days: Option<Typed>,
}

impl Document {
    /// What is set up at a moment, without the secrets.
    #[must_use]
    pub fn of(customer: &Customer, now: Timestamp) -> Self {
        let texts = |list: Vec<&dyn ToString>| Some(list.into_iter().map(ToString::to_string).collect());
        let text = |value: &dyn ToString| Some(value.to_string());
        Self {
            id: Some(Typed::Number(customer.id.get())),
            name: Some(customer.name.clone()),
            enabled: Some(customer.enabled),
            instance: text(&customer.instance),
            patterns: Some(customer.patterns.iter().map(|pattern| pattern.name().to_owned()).collect()),
            trigger_statuses: texts(customer.trigger_statuses.iter().map(|id| id as &dyn ToString).collect()),
            ended_statuses: texts(customer.ended_statuses.iter().map(|id| id as &dyn ToString).collect()),
            event_sources: texts(customer.event_sources.iter().map(|network| network as &dyn ToString).collect()),
            icims: customer.ats.at(now).map(IcimsDocument::of),
            harver: Some(HarverDocument {
                base_url: Some(written(&customer.harver.base_url)),
                account: text(&customer.harver.account),
                client_id: Some(customer.harver.client_id.clone()),
                client_secret: None,
            }),
            events: Some(InboundDocument::of(&customer.events)),
            webhooks: Some(InboundDocument::of(&customer.webhooks)),
            multi_phase: Some(customer.multi_phase),
            reports_progress: Some(customer.reports_progress),
            reports_sent: Some(customer.reports_sent),
            statuses: Some(StatusesDocument {
                in_progress: text(&customer.statuses.in_progress),
                complete: text(&customer.statuses.complete),
                incomplete: text(&customer.statuses.incomplete),
            }),
            report: Some(ReportDocument { kind: text(&customer.report.kind), ats_field: text(&customer.report.field) }),
            return_url: Some(customer.return_url.as_ref().map(ToString::to_string).unwrap_or_default()),
            addresses: texts(customer.addresses.iter().map(|address| address as &dyn ToString).collect()),
            invitation: Some(InvitationDocument::of(&customer.invitation)),
        }
    }
}

impl IcimsDocument {
    fn of(connection: &crate::domain::AtsConnection) -> Self {
        let base_url = Some(written(&connection.base_url));
        match &connection.authentication {
            AtsAuthentication::OAuth2 { token_url, client_id, .. } => Self {
                method: Some("oauth2".into()),
                base_url,
                token_url: Some(token_url.to_string()),
                client_id: Some(client_id.clone()),
                ..Self::default()
            },
            AtsAuthentication::Basic { username, .. } => {
                Self { method: Some("basic".into()), base_url, username: Some(username.clone()), ..Self::default() }
            }
        }
    }
}

impl InvitationDocument {
    fn of(mail: &InvitationSettings) -> Self {
        let template = |own: &Option<MailTemplate>| Some(own.as_ref().map(ToString::to_string).unwrap_or_default());
        Self {
            sender_name: Some(mail.sender_name.clone()),
            support_email: Some(mail.support_email.clone()),
            language: Some(mail.language.to_string()),
            subject: template(&mail.subject),
            body: template(&mail.body),
            reminders: Some(mail.reminders),
            reminder_subject: template(&mail.reminder_subject),
            reminder_body: template(&mail.reminder_body),
            closes_after_days: Some(Typed::Number(mail.closes_after.days().into())),
        }
    }
}

impl InboundDocument {
    fn of(credentials: &InboundCredentials) -> Self {
        Self { username: Some(credentials.username.clone()), password: None }
    }
}

/// An address as people write it: without the slash that stands for no path.
pub(super) fn written(url: &url::Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// A secret that was typed; an empty one was not.
pub(super) fn typed(secret: Option<&SecretString>) -> Option<&SecretString> {
    secret.filter(|secret| !secret.expose_secret().is_empty())
}

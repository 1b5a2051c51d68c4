//! How this customer's platform is connected to the assessment vendor (Event Notifications, configured by iCIMS staff).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::icims::model::NodeId;

use super::delivered::{known, node};
use super::outgoing::EventKind;
use super::{CustomerState, Refusal};

/// How many further statuses may go to the vendor (*assumed*).
const TRIGGER_LIMIT: usize = 50;
/// The longest text of a setting, in characters (*assumed*).
const TEXT_LIMIT: usize = 2_000;

/// Settings of the vendor connection.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The vendor, as screens name it.
    pub vendor: String,
    /// Whether the vendor is switched on; off, no event is sent.
    pub enabled: bool,
    /// Where events go; nobody listens until it is set.
    pub endpoint: Option<String>,
    /// User name for Basic towards the vendor.
    pub username: String,
    /// Password for Basic towards the vendor.
    pub password: String,
    /// Whether applications on the portal go to the vendor at their last step (Application Complete).
    pub inline: bool,
    /// The status that goes to the vendor (Workflow Status Change); `None` switches that trigger off.
    pub trigger: Option<NodeId>,
    /// What the Summary page says when the vendor accepts (*assumed* to be fixed per connection, assessment-flow 3.3).
    pub summary: String,
    /// Whether event bodies are compressed.
    pub gzip: bool,
    /// How the inline event calls itself.
    pub inline_event_type: InlineEventType,
    /// Whether status ids in events come without their letter.
    pub bare_status_ids: bool,
    /// How long to wait for the vendor, in seconds of real time.
    pub timeout_seconds: u64,
    /// Where applications on the portal go, if not to `endpoint` (one address per event configuration, icims-api 12.1).
    #[serde(default)]
    pub inline_endpoint: Option<String>,
    /// Further statuses that go to the vendor, such as one for hired candidates (assessment-flow 3.2).
    #[serde(default)]
    pub further_triggers: Vec<Trigger>,
    /// How iCIMS proves to the vendor who it is.
    #[serde(default)]
    pub authentication: Authentication,
    /// Key with which events are signed by `username`; empty takes the password (*assumed*).
    #[serde(default)]
    pub hmac_key: String,
    /// Where the vendor hands out access tokens.
    #[serde(default)]
    pub token_url: Option<String>,
    /// Client id at the vendor.
    #[serde(default)]
    pub client_id: String,
    /// Client secret at the vendor.
    #[serde(default)]
    pub client_secret: String,
}

/// A further status that goes to the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The status.
    #[schema(value_type = String)]
    pub status: NodeId,
    /// Where its events go, if not to the endpoint of the connection.
    #[serde(default)]
    pub endpoint: Option<String>,
}

/// How iCIMS proves to the vendor who it is (assessment-flow 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Authentication {
    /// User name and password with every event.
    #[default]
    #[serde(rename = "basic")]
    Basic,
    /// Every event is signed (icims-api 2.4).
    #[serde(rename = "hmac")]
    Hmac,
    /// An access token of the vendor with every event.
    #[serde(rename = "oauth2")]
    OAuth2,
}

impl Authentication {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Hmac, Self::OAuth2];

    /// The word in settings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Hmac => "hmac",
            Self::OAuth2 => "oauth2",
        }
    }
}

impl Connection {
    /// Whether a status goes to the vendor, the switch for the whole vendor aside.
    #[must_use]
    pub fn is_trigger(&self, status: &NodeId) -> bool {
        self.trigger.as_ref() == Some(status) || self.further_triggers.iter().any(|trigger| trigger.status == *status)
    }

    /// Where an event goes; nowhere until an address is set.
    #[must_use]
    pub fn endpoint_of(&self, kind: &EventKind) -> Option<&str> {
        let own = match kind {
            EventKind::ApplicationComplete => self.inline_endpoint.as_deref(),
            EventKind::StatusChange { to, .. } => {
                let further = self.further_triggers.iter().find(|trigger| trigger.status == *to);
                further.and_then(|trigger| trigger.endpoint.as_deref())
            }
        };
        own.or(self.endpoint.as_deref())
    }

    /// The key with which events are signed.
    #[must_use]
    pub fn signing_key(&self) -> &str {
        if self.hmac_key.is_empty() { &self.password } else { &self.hmac_key }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("vendor", &self.vendor).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// The two names under which the inline event is known (icims-api 12.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub enum InlineEventType {
    /// Seen in real traffic.
    #[default]
    ApplicationCompletedEvent,
    /// Printed in the documents.
    AssessmentEvent,
}

impl InlineEventType {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ApplicationCompletedEvent => "ApplicationCompletedEvent",
            Self::AssessmentEvent => "AssessmentEvent",
        }
    }
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            vendor: "Harver".into(),
            enabled: true,
            endpoint: None,
            username: String::new(),
            password: String::new(),
            inline: true,
            trigger: Some(known(node::SEND_TO_HARVER)),
            summary: "Invitation is sent to Candidate".into(),
            gzip: true,
            inline_event_type: InlineEventType::default(),
            bare_status_ids: true,
            timeout_seconds: 30,
            inline_endpoint: None,
            further_triggers: Vec::new(),
            authentication: Authentication::Basic,
            hmac_key: String::new(),
            token_url: None,
            client_id: String::new(),
            client_secret: String::new(),
        }
    }
}

impl CustomerState {
    /// Forgets where the integration is, for a customer that is taken elsewhere. Whoever takes it in says where it is there.
    pub(crate) fn forget_addresses(&mut self) {
        self.connection.edit().endpoint = None;
    }

    /// The connection to the vendor.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        self.connection.get()
    }

    /// Replaces the settings of the connection.
    ///
    /// # Errors
    /// When a trigger is not a status or named twice, an address is not an http(s) address, OAuth 2.0 has no token address, a text is
    /// too long, or the time-out is not 1 to 120 seconds.
    pub fn configure_connection(&mut self, settings: Connection) -> Result<(), Refusal> {
        self.check_connection(&settings)?;
        // Written only when it changes: this is said at every start.
        if *self.connection.get() != settings {
            *self.connection.edit() = settings;
        }
        Ok(())
    }

    fn check_connection(&self, settings: &Connection) -> Result<(), Refusal> {
        let invalid = |what: &str| Err(Refusal::Invalid(what.into()));
        if settings.trigger.as_ref().is_some_and(|status| !self.is_status(status)) {
            return invalid("trigger");
        }
        let further = &settings.further_triggers;
        let statuses: BTreeSet<&NodeId> = settings.trigger.iter().chain(further.iter().map(|trigger| &trigger.status)).collect();
        let twice = statuses.len() < further.len() + usize::from(settings.trigger.is_some());
        if further.len() > TRIGGER_LIMIT || twice || further.iter().any(|trigger| !self.is_status(&trigger.status)) {
            return invalid("further_triggers");
        }
        let addresses = [
            ("endpoint", &settings.endpoint),
            ("inline_endpoint", &settings.inline_endpoint),
            ("token_url", &settings.token_url),
        ];
        let addresses = addresses.into_iter().chain(further.iter().map(|trigger| ("further_triggers", &trigger.endpoint)));
        for (name, address) in addresses {
            if address.as_deref().is_some_and(|address| address.len() > TEXT_LIMIT || !is_web_address(address)) {
                return invalid(name);
            }
        }
        if settings.authentication == Authentication::OAuth2 && settings.token_url.is_none() {
            return Err(Refusal::Required("token_url".into()));
        }
        let texts = [
            ("vendor", &settings.vendor),
            ("username", &settings.username),
            ("password", &settings.password),
            ("hmac_key", &settings.hmac_key),
            ("client_id", &settings.client_id),
            ("client_secret", &settings.client_secret),
            ("summary", &settings.summary),
        ];
        for (name, text) in texts {
            if text.chars().count() > TEXT_LIMIT {
                return Err(Refusal::TooLong { field: name.into(), max: TEXT_LIMIT });
            }
            // They go into headers and onto pages.
            if text.chars().any(char::is_control) {
                return invalid(name);
            }
        }
        if !(1..=120).contains(&settings.timeout_seconds) {
            return invalid("timeout_seconds");
        }
        Ok(())
    }
}

/// Whether a text is a complete http or https address.
pub(in crate::icims) fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Persist as _;
    use crate::icims::state::fixture::platform;

    fn status(id: &str) -> NodeId {
        id.parse().expect("a node id")
    }

    #[test]
    fn each_trigger_has_its_address_and_the_others_take_the_common_one() {
        let further = Trigger { status: status("C40150"), endpoint: Some("https://v.example/hired".into()) };
        let settings = Connection {
            endpoint: Some("https://v.example/start".into()),
            inline_endpoint: Some("https://v.example/inline".into()),
            further_triggers: vec![further, Trigger { status: status("C40190"), endpoint: None }],
            ..Connection::default()
        };
        let change = |to| EventKind::StatusChange { from: None, to: status(to) };
        assert_eq!(settings.endpoint_of(&EventKind::ApplicationComplete), Some("https://v.example/inline"));
        assert_eq!(settings.endpoint_of(&change("C40177")), Some("https://v.example/start"));
        assert_eq!(settings.endpoint_of(&change("C40150")), Some("https://v.example/hired"));
        assert_eq!(settings.endpoint_of(&change("C40190")), Some("https://v.example/start"));
        assert!(settings.is_trigger(&status("C40150")) && !settings.is_trigger(&status("C40130")));
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_name_and_change_nothing() {
        let mut state = platform().state;
        let before = state.connection().clone();
        let trigger = |id, endpoint: Option<&str>| Trigger { status: status(id), endpoint: endpoint.map(str::to_owned) };
        let checks = [
            (Connection { trigger: Some(status("C40030")), ..before.clone() }, "trigger: Invalid value."),
            (
                Connection { further_triggers: vec![trigger("C40177", None)], ..before.clone() },
                "further_triggers: Invalid value.",
            ),
            (
                Connection { further_triggers: vec![trigger("C40150", Some("x"))], ..before.clone() },
                "further_triggers: Invalid value.",
            ),
            (Connection { inline_endpoint: Some("ftp://x".into()), ..before.clone() }, "inline_endpoint: Invalid value."),
            (Connection { authentication: Authentication::OAuth2, ..before.clone() }, "token_url: Required field."),
            (Connection { username: "a\nb".into(), ..before.clone() }, "username: Invalid value."),
            (Connection { timeout_seconds: 0, ..before.clone() }, "timeout_seconds: Invalid value."),
        ];
        for (settings, message) in checks {
            assert_eq!(state.configure_connection(settings).expect_err(message).to_string(), message);
        }
        assert!(*state.connection() == before);
    }

    #[test]
    fn settings_that_stay_as_they_are_are_not_written_again() {
        let mut state = platform().state;
        state.settle();
        let same = state.connection().clone();
        state.configure_connection(same.clone()).expect("as before");
        assert!(!state.settle());
        state.configure_connection(Connection { gzip: !same.gzip, ..same }).expect("allowed");
        assert!(state.settle());
    }
}

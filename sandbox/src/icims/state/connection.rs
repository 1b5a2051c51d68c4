//! How this customer's platform is connected to the assessment vendor (Event Notifications, configured by iCIMS staff).

use serde::{Deserialize, Serialize};

use crate::icims::model::NodeId;

use super::delivered::{known, node};
use super::{CustomerState, Refusal};

/// Settings of the vendor connection.
#[derive(Clone, Serialize, Deserialize)]
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
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("vendor", &self.vendor).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// The two names under which the inline event is known (icims-api 12.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
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
        }
    }
}

impl CustomerState {
    /// The connection to the vendor.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        self.connection.get()
    }

    /// Replaces the settings of the connection.
    ///
    /// # Errors
    /// When the trigger is not a status, the endpoint is not an http(s) address, or the time-out is not 1 to 120 seconds.
    pub fn configure_connection(&mut self, settings: Connection) -> Result<(), Refusal> {
        if settings.trigger.as_ref().is_some_and(|status| !self.is_status(status)) {
            return Err(Refusal::Invalid("trigger".into()));
        }
        if settings.endpoint.as_deref().is_some_and(|endpoint| !is_web_address(endpoint)) {
            return Err(Refusal::Invalid("endpoint".into()));
        }
        if !(1..=120).contains(&settings.timeout_seconds) {
            return Err(Refusal::Invalid("timeout".into()));
        }
        *self.connection.edit() = settings;
        Ok(())
    }
}

/// Whether a text is a complete http or https address.
pub(in crate::icims) fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

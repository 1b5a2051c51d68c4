//! Webhooks: who wants to be told, and what there is to tell (`harver-platform.md` 9.4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApplicationId, ApplicationStatus};

/// What happened to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The candidate accepted the terms and started.
    ApplicationStarted,
    /// The candidate finished.
    CandidateStatusNew,
}

impl Event {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ApplicationStarted => "ApplicationStarted",
            Self::CandidateStatusNew => "CandidateStatusNew",
        }
    }
}

/// Where callbacks of an account go: Basic authentication, all events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSubscription {
    /// What the admin calls it; unique in the account.
    pub name: String,
    /// Where to post.
    pub url: String,
    /// User name for Basic authentication.
    pub username: String,
    /// Password for Basic authentication.
    pub password: String,
}

/// One callback: written with the change that caused it, delivered afterwards, kept with what came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Callback {
    /// What happened.
    pub event: Event,
    /// To which application.
    pub application: ApplicationId,
    /// The application's status at that moment.
    pub status: ApplicationStatus,
    /// When it happened.
    pub triggered_at: Timestamp,
    /// Which subscription it is for.
    pub subscription: String,
    /// The recruiting workflow, told from the ATS parameter `application_id`; for the journal alone.
    pub workflow: Option<String>,
    /// How often delivery was tried.
    pub attempts: u32,
    /// What came of the latest attempt, in words.
    pub latest_outcome: Option<String>,
    /// Where it stands.
    pub state: CallbackState,
}

/// Where a callback stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum CallbackState {
    /// To be tried at this moment.
    Pending {
        /// The earliest moment.
        due_at: Timestamp,
    },
    /// Accepted by the other side.
    Delivered {
        /// With this HTTP status.
        status: u16,
    },
    /// Given up after the last attempt.
    GivenUp,
}

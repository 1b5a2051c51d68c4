//! One candidate in one vacancy: status, answers, links, result.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApplicationId, CandidateId, ConfirmationCode, Language, SentMail, Vacancy, VacancyId, WebAddress};
use crate::harver_platform::scoring::Outcome;

/// What a candidate answered in one module: question name (`q1`) to value.
pub type Answers = BTreeMap<String, String>;

/// Free pairs that link an application to another system (`harver-platform.md` 2).
pub type AtsParameters = BTreeMap<String, String>;

/// Where an application stands (`harver-platform.md` 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationStatus {
    /// Registered or started, not complete.
    InProgress,
    /// Complete, to be reviewed.
    New,
    /// Promising.
    Shortlisted,
    /// Fits, no opening.
    TalentPool,
    /// To the next step, an interview for example.
    Invited,
    /// Out.
    Rejected,
    /// Accepted.
    Hired,
    /// Contract stage.
    Contract,
}

impl ApplicationStatus {
    /// Every status, in the order the platform lists them.
    pub const ALL: [Self; 8] = [
        Self::InProgress,
        Self::New,
        Self::Shortlisted,
        Self::TalentPool,
        Self::Invited,
        Self::Rejected,
        Self::Hired,
        Self::Contract,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "in-progress",
            Self::New => "new",
            Self::Shortlisted => "shortlisted",
            Self::TalentPool => "talent-pool",
            Self::Invited => "invited",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
            Self::Contract => "contract",
        }
    }

    /// Whether people may set it; the first two are the system's own.
    #[must_use]
    pub fn is_set_by_people(self) -> bool {
        !matches!(self, Self::InProgress | Self::New)
    }
}

impl fmt::Display for ApplicationStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The text is no status.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a candidate status: GET /api/v1.0/candidate-statuses lists them")]
pub struct StatusError(String);

impl FromStr for ApplicationStatus {
    type Err = StatusError;

    fn from_str(text: &str) -> Result<Self, StatusError> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| StatusError(text.to_owned()))
    }
}

/// One candidate in one vacancy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Application {
    /// Identity.
    pub id: ApplicationId,
    /// In which vacancy.
    pub vacancy: VacancyId,
    /// Who.
    pub candidate: CandidateId,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// When the status last changed.
    pub status_updated_at: Timestamp,
    /// When the candidate was registered.
    pub created_at: Timestamp,
    /// When the candidate accepted the terms.
    pub started_at: Option<Timestamp>,
    /// When the last module was answered.
    pub completed_at: Option<Timestamp>,
    /// The language the candidate is addressed in.
    pub language: Language,
    /// Links to other systems.
    pub ats: AtsParameters,
    /// Consent boxes of the landing page: name to whether it was ticked.
    pub consents: BTreeMap<String, bool>,
    /// Answers by module key.
    pub answers: BTreeMap<String, Answers>,
    /// The result, once complete.
    pub result: Option<Outcome>,
    /// Tokens of its magic links, oldest first.
    pub(in crate::harver_platform) links: Vec<String>,
    /// Browsers that are signed in, oldest first.
    pub(in crate::harver_platform) sessions: Vec<Session>,
    /// The latest mails that the platform has sent to the candidate, oldest first.
    #[serde(default)]
    pub mailed: Vec<SentMail>,
    /// The latest confirmation code, until it is used.
    #[serde(default)]
    pub(in crate::harver_platform) code: Option<ConfirmationCode>,
    /// When codes were asked for within the latest hour.
    #[serde(default)]
    pub(in crate::harver_platform) codes_asked: Vec<Timestamp>,
}

impl Application {
    /// Where the candidate goes from the End Page: to the attribute `return_url`, else to the vacancy's own address (*assumed*: the
    /// address of a single application says more than the one of all). What a browser may not follow counts as none.
    #[must_use]
    pub fn way_back(&self, vacancy: &Vacancy) -> Option<WebAddress> {
        let own = self.ats.get("return_url").and_then(|address| address.parse().ok());
        own.or_else(|| vacancy.settings.end_page.return_url.clone())
    }
}

/// A personal address that signs the candidate in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MagicLink {
    /// Whose it is.
    pub application: ApplicationId,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A browser that came by a magic link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The secret in the browser's cookie.
    pub token: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_reads_back_from_its_name() {
        for status in ApplicationStatus::ALL {
            assert_eq!(status.as_str().parse::<ApplicationStatus>().expect("its own name"), status);
        }
        assert!("In progress".parse::<ApplicationStatus>().is_err());
    }
}

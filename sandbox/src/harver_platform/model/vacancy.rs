//! Open positions: settings, flow, and how results are judged.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CommunicationSet, EndPage, Language, Module, ReportKind, VacancyId};

/// Whether candidates may be registered (`harver-platform.md` 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VacancyStatus {
    /// Being built; cannot be regained once left.
    Draft,
    /// Takes candidates.
    Open,
    /// Takes no more candidates; those who are in may finish.
    Closed,
}

impl VacancyStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Open, Self::Closed];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for VacancyStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The text is no vacancy status.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a vacancy status: use open, closed or draft")]
pub struct VacancyStatusError(String);

impl FromStr for VacancyStatus {
    type Err = VacancyStatusError;

    fn from_str(text: &str) -> Result<Self, VacancyStatusError> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| VacancyStatusError(text.to_owned()))
    }
}

/// How candidates get in (`harver-platform.md` 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthenticationStrategy {
    /// Candidates register themselves.
    HarverFirst,
    /// The ATS asks for magic links; an expired one can be replaced by a confirmation code.
    AtsFirst,
    /// Only the ATS hands out magic links.
    AtsOnly,
}

/// Whether somebody who has finished may start again (`harver-platform.md` 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reapply {
    /// Never: a second attempt leads back to the first.
    Off,
    /// At once.
    Immediately,
    /// So many weeks after finishing.
    AfterWeeks(u16),
    /// So many months after finishing.
    AfterMonths(u16),
}

/// A named range of scores, from its threshold up to the next higher one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bracket {
    /// Identity within its list, such as `great`.
    pub id: String,
    /// What people read, such as `Great Fit`.
    pub name: String,
    /// The lowest score that falls into it, 0 to 100.
    pub threshold: u8,
    /// Whether a score in it forces the lowest overall label. Only looked at on indicators.
    pub cutoff: bool,
}

/// A named, weighted combination of module scores.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Indicator {
    /// Identity, such as `k1`.
    pub id: String,
    /// The name other systems know it by, such as `ACC`.
    pub external_id: String,
    /// What people read.
    pub name: String,
    /// Its share in the matching score.
    pub weight: u8,
    /// What it is made of.
    pub parts: Vec<IndicatorPart>,
    /// Its labels, highest first; the last starts at 0.
    pub brackets: Vec<Bracket>,
}

/// One module's share in an indicator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IndicatorPart {
    /// Key of a scorable module.
    pub module: String,
    /// Its share.
    pub weight: u8,
}

/// How results of a vacancy are judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MatchingProfile {
    /// What is measured.
    pub indicators: Vec<Indicator>,
    /// Overall labels, highest first; the last starts at 0. Empty when no labels are configured.
    pub brackets: Vec<Bracket>,
}

/// An open position.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Vacancy {
    /// Identity.
    pub id: VacancyId,
    /// Whether it takes candidates.
    pub status: VacancyStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// What was configured.
    #[serde(flatten)]
    pub settings: NewVacancy,
}

/// The configuration of a vacancy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewVacancy {
    /// What recruiters read.
    pub internal_title: String,
    /// What candidates read.
    pub public_title: String,
    /// What candidates read about it.
    pub description: String,
    /// Where the work is.
    pub location: String,
    /// The languages a candidate may choose; the first is the default.
    pub languages: Vec<Language>,
    /// How candidates get in.
    pub authentication: AuthenticationStrategy,
    /// Whether candidates may start again.
    pub reapply: Reapply,
    /// The flow.
    pub modules: Vec<Module>,
    /// How results are judged.
    pub profile: MatchingProfile,
    /// Whether interview guides are configured.
    pub interview_guide: bool,
    /// Whether development reports are configured.
    #[serde(default)]
    pub development_report: bool,
    /// The last page of the journey.
    #[serde(default)]
    pub end_page: EndPage,
    /// Which mails candidates get.
    #[serde(default)]
    pub communication: CommunicationSet,
}

impl NewVacancy {
    /// Whether candidates of the vacancy get this report once they have finished (`harver-platform.md` 10).
    #[must_use]
    pub fn has_report(&self, kind: ReportKind) -> bool {
        match kind {
            ReportKind::InterviewGuide => self.interview_guide,
            ReportKind::DevelopmentReport => self.development_report,
            ReportKind::ReportsHub | ReportKind::CandidateReport | ReportKind::FactSheet => true,
        }
    }
}

impl Vacancy {
    /// The module with this key.
    #[must_use]
    pub fn module(&self, key: &str) -> Option<&Module> {
        self.settings.modules.iter().find(|module| module.key == key)
    }

    /// The label of the package that an ATS offers for this vacancy, with an en dash between name and id (`harver-platform.md` 11).
    #[must_use]
    pub fn package_label(&self) -> String {
        format!("Harver {} – {}", self.settings.internal_title, self.id)
    }
}

//! Links to reports, which work without signing in until they expire (`harver-platform.md` 10).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ApplicationId;

/// Which report a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// All of a candidate's results on one page; two weeks to a year.
    ReportsHub,
    /// Questions for the interview; a short time, or two months.
    InterviewGuide,
    /// What the candidate may learn from the results; 15 minutes.
    DevelopmentReport,
    /// The results as a document; 15 minutes.
    CandidateReport,
    /// The results on one sheet; 15 minutes.
    FactSheet,
}

/// How long the document and the fact sheet can be opened.
const REPORT_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How long an interview guide can be opened without a wish for more; "short" in the documents, 15 minutes *assumed*. *Assumed* for the
/// development report, too, of which they say nothing.
const GUIDE_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// And with it: two months.
pub(in crate::harver_platform) const EXTENDED_GUIDE_LIFE: SignedDuration = SignedDuration::from_hours(24 * 60);
/// The shortest life of a link to the hub: two weeks.
pub(in crate::harver_platform) const HUB_LIFE: SignedDuration = SignedDuration::from_hours(24 * 14);
/// The longest: a year.
pub(in crate::harver_platform) const LONGEST_HUB_LIFE: SignedDuration = SignedDuration::from_hours(24 * 365);

impl ReportKind {
    /// Every kind, the one that says most first.
    pub const ALL: [Self; 5] =
        [Self::ReportsHub, Self::CandidateReport, Self::FactSheet, Self::InterviewGuide, Self::DevelopmentReport];

    /// The word for it in addresses and forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ReportsHub => "reports-hub",
            Self::CandidateReport => "candidate-report",
            Self::FactSheet => "fact-sheet",
            Self::InterviewGuide => "interview-guide",
            Self::DevelopmentReport => "development-report",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ReportsHub => "Reports Hub",
            Self::CandidateReport => "PDF report",
            Self::FactSheet => "Fact sheet",
            Self::InterviewGuide => "Interview guide",
            Self::DevelopmentReport => "Development report",
        }
    }

    /// How long a link works for which nobody asks for more.
    #[must_use]
    pub fn life(self) -> SignedDuration {
        match self {
            Self::ReportsHub => HUB_LIFE,
            Self::CandidateReport | Self::FactSheet => REPORT_LIFE,
            Self::InterviewGuide | Self::DevelopmentReport => GUIDE_LIFE,
        }
    }

    /// The address of its page, from its token.
    #[must_use]
    pub(in crate::harver_platform) fn address(self, token: &str) -> String {
        match self {
            Self::ReportsHub => format!("/reports-hub?token={token}"),
            other => format!("/reports/{}?token={token}", other.word()),
        }
    }
}

/// A link to a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportLink {
    /// Whose results.
    pub application: ApplicationId,
    /// Which report.
    pub kind: ReportKind,
    /// Whether the viewer may see personal data.
    pub allowed_pii: bool,
    /// When it stops working.
    pub expires_at: Timestamp,
}

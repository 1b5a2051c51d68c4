//! Links to reports, which work without signing in until they expire (`harver-platform.md` 10).

use jiff::Timestamp;
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
    /// The results as a document; 15 minutes.
    CandidateReport,
    /// The results on one sheet; 15 minutes.
    FactSheet,
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

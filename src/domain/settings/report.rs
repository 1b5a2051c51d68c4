//! Which report iCIMS is given, and where it stands there.

use std::fmt;
use std::str::FromStr;

use crate::domain::InvalidId;

/// The reports of the platform; exactly one is sent (promise G17). Harver's own list of this tab is not published (harver-platform.md
/// 10): *assumed*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReportType {
    /// All reports on one page, for a year, without a sign-in.
    #[default]
    ReportsHub,
    /// The candidate's page in Harver; whoever opens it signs in there.
    CandidateDetailPage,
    /// The results as a PDF.
    Pdf,
    /// One page.
    FactSheet,
    /// Questions for the interview.
    InterviewGuide,
    /// What the candidate may be given.
    Development,
}

impl ReportType {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 6] =
        [Self::ReportsHub, Self::CandidateDetailPage, Self::Pdf, Self::FactSheet, Self::InterviewGuide, Self::Development];

    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReportsHub => "reports_hub",
            Self::CandidateDetailPage => "candidate_detail_page",
            Self::Pdf => "pdf_report",
            Self::FactSheet => "fact_sheet",
            Self::InterviewGuide => "interview_guide",
            Self::Development => "development_report",
        }
    }

    /// The name that the Harver Admin sees.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ReportsHub => "Reports Hub",
            Self::CandidateDetailPage => "Candidate Detail Page",
            Self::Pdf => "PDF report",
            Self::FactSheet => "Fact sheet",
            Self::InterviewGuide => "Interview Guide",
            Self::Development => "Development report",
        }
    }

    /// Whether the platform's own link to it may be stored for good. The others open for minutes (harver-platform.md 10).
    #[must_use]
    pub fn has_lasting_link(self) -> bool {
        matches!(self, Self::ReportsHub | Self::CandidateDetailPage)
    }
}

impl FromStr for ReportType {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| {
            let rule = "one of reports_hub, candidate_detail_page, pdf_report, fact_sheet, interview_guide, development_report";
            InvalidId::new("report type", text, rule)
        })
    }
}

impl fmt::Display for ReportType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A field of a line of the Assessments section that holds the address of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtsField(String);

impl AtsField {
    /// What iCIMS delivers for it (icims-api.md 8.1).
    const DEFAULT: &str = "assessmenturl";
    /// What the integration itself writes there.
    const TAKEN: [&str; 6] =
        ["assessmentname", "assessmentdate", "assessmentstatus", "assessmentscore", "assessmentresult", "assessmentnotes"];

    /// The field's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for AtsField {
    fn default() -> Self {
        Self(Self::DEFAULT.into())
    }
}

impl FromStr for AtsField {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let name = text.to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || name.len() > 64 || !name.bytes().all(plain) {
            return Err(InvalidId::new("field id", text, "a letter, then at most 63 letters, digits and underscores"));
        }
        if Self::TAKEN.contains(&name.as_str()) {
            return Err(InvalidId::new("field for the report", text, "a field that holds nothing else of the result"));
        }
        Ok(Self(name))
    }
}

impl fmt::Display for AtsField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Section Harver to ATS, tab Reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportSetting {
    /// Which report.
    pub kind: ReportType,
    /// Where its address is written.
    pub field: AtsField,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_goes_to_a_field_of_its_own() {
        assert_eq!(AtsField::default().as_str(), "assessmenturl");
        assert_eq!("RCF3201".parse::<AtsField>().expect("a field").as_str(), "rcf3201");
        for wrong in ["", "3201", "report url", "assessmentScore", &"x".repeat(65)] {
            assert!(wrong.parse::<AtsField>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_report_reads_back_from_its_name() {
        for kind in ReportType::ALL {
            assert_eq!(kind.name().parse::<ReportType>().expect("a report"), kind);
        }
        assert!("PDF".parse::<ReportType>().is_err());
    }
}

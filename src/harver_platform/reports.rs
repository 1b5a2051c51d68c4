//! Links to the reports of a finished application (harver-platform.md 9.1, 9.3 and 10).

use serde_json::Value;
use url::Url;

use super::client::HarverClient;
use super::error::{Call, HarverError, Operation};
use super::wire::{ApplicationWire, included_text};
use crate::domain::{ApplicationId, HarverConnection, Language, ReportType};
use crate::neighbour::{Called, Kind};

/// How long a link to the Reports Hub works, in seconds: a year, the longest there is. iCIMS stores the link for good.
const REPORTS_HUB_LIFE: &str = "31536000";

impl HarverClient {
    /// Asks for a link to one report of an application; `None` when there is no such report of it. The link to the Reports Hub works for
    /// a year, that of the Candidate Detail Page for good, the others for minutes.
    ///
    /// The Reports Hub, the Interview Guide and the Development report have endpoints of their own:
    /// `GET /api/v1.0/applications/{id}/reports/…`. The others come with the application:
    /// `GET /api/v1.0/applications/{id}?include=report`. `language` is that of the Development report, which the candidate is given; the
    /// others are in the language of the assessment.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn report_link(
        &self,
        connection: &HarverConnection,
        id: &ApplicationId,
        report: ReportType,
        language: Language,
    ) -> Result<Option<Url>, HarverError> {
        let call = Call { account: connection.account.clone(), operation: Operation::Report(report, id.clone()) };
        match report {
            ReportType::ReportsHub => {
                let query = [("expiresIn", REPORTS_HUB_LIFE), ("allowedPII", "true")];
                self.made_link(connection, &call, id, "reports-hub", &query).await.map(Some)
            }
            ReportType::CandidateDetailPage => self.included_link(connection, &call, id, "candidate-detail-page").await,
            ReportType::Pdf => self.included_link(connection, &call, id, "reports").await,
            ReportType::FactSheet => self.included_link(connection, &call, id, "fact-sheets").await,
            ReportType::InterviewGuide => where_configured(self.made_link(connection, &call, id, "interview-guides", &[]).await),
            ReportType::Development => {
                let query = [("locale", language.tag())];
                where_configured(self.made_link(connection, &call, id, "development-reports", &query).await)
            }
        }
    }

    /// The shape of the answer is not published. *Assumed*: the link stands under `data`, or under its `attributes`, as `url`, `link` or
    /// `magicLink`, like the other links of the API.
    async fn made_link(
        &self,
        connection: &HarverConnection,
        call: &Call,
        id: &ApplicationId,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<Url, HarverError> {
        let answer = self.get(connection, call, &format!("/applications/{id}/reports/{name}"), query).await?;
        let body: Value = call.read(&answer)?;
        let data = &body["data"];
        [data, &data["attributes"]]
            .iter()
            .flat_map(|place| ["url", "link", "magicLink"].map(|key| place[key].as_str()))
            .flatten()
            .find_map(web_address)
            .ok_or_else(|| call.unreadable(&answer, "there is no link in it"))
    }

    async fn included_link(
        &self,
        connection: &HarverConnection,
        call: &Call,
        id: &ApplicationId,
        kind: &str,
    ) -> Result<Option<Url>, HarverError> {
        let answer = self.get(connection, call, &format!("/applications/{id}"), &[("include", "report")]).await?;
        let application: ApplicationWire = call.read(&answer)?;
        if application.data.id.parse().ok().as_ref() != Some(id) {
            return Err(call.unreadable(&answer, "it is about another application"));
        }
        let Some(link) = included_text(&application.included, kind, "url") else { return Ok(None) };
        web_address(&link).map(Some).ok_or_else(|| call.unreadable(&answer, "the link to the report is no web address"))
    }
}

/// These two exist only where they are configured for the vacancy (harver-platform.md 10). *Assumed*: otherwise the answer is 404.
fn where_configured(link: Result<Url, HarverError>) -> Result<Option<Url>, HarverError> {
    match link {
        Err(HarverError { kind: Kind::NotFound, .. }) => Ok(None),
        link => link.map(Some),
    }
}

fn web_address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

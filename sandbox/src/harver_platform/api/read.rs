//! An application as the API shows it, with the quirks of `harver-platform.md` 9.3: times in epoch seconds, indicator scores as
//! texts beside module scores as numbers, the key `treshold`, no `matchingProfile` unless labels are configured.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::vacancies;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{Application, ApplicationId, Bracket, Candidate, ReportKind, Vacancy};
use crate::harver_platform::state::{AccountState, Refusal};

/// A module passes from the norm on (`harver-platform.md` 6: norm 50). *Assumed* for modules other than cognitive ones.
const NORM: u32 = 50;

/// What `include` may name and the simulation has something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Include {
    /// Report, fact sheet and candidate detail page.
    Report,
    /// ATS parameters.
    Ats,
    /// Module scores.
    MatchingResults,
    /// Indicator scores.
    MatchingIndicators,
    /// The vacancy.
    Vacancy,
    /// Consent boxes.
    Consents,
    /// Published, with nothing to show in this simulation: left out, as for an account without that module.
    Nothing,
}

/// Published names without content here.
const WITHOUT_CONTENT: [&str; 24] = [
    "cover-letter",
    "resume",
    "profile-photo",
    "video-pitches",
    "video-interviews",
    "personal-info",
    "additional-info",
    "grading",
    "open-question",
    "open-questions",
    "application-locations",
    "locations",
    "availability",
    "job-functions",
    "diagnostics",
    "location-specific-question",
    "custom-document",
    "virtual-interviews",
    "account-questions",
    "personal-information",
    "sessions",
    "fraud-flags",
    "smart-job-navigator",
    "proctoring",
];

impl Include {
    /// Reads `a,b,c`.
    ///
    /// # Errors
    /// When a name is not published; *assumed*, the documents only discourage names that the account has nothing for.
    pub(super) fn parse_list(text: &str) -> Result<Vec<Self>, ApiError> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let mut includes = names.map(Self::parse).collect::<Result<Vec<Self>, ApiError>>()?;
        let mut seen = Vec::new();
        includes.retain(|include| {
            !seen.contains(include) && {
                seen.push(*include);
                true
            }
        });
        Ok(includes)
    }

    fn parse(name: &str) -> Result<Self, ApiError> {
        Ok(match name {
            "report" => Self::Report,
            "ats" => Self::Ats,
            "matching-results" => Self::MatchingResults,
            "matching-indicators" => Self::MatchingIndicators,
            "vacancy" => Self::Vacancy,
            "consents" => Self::Consents,
            other if WITHOUT_CONTENT.contains(&other) => Self::Nothing,
            other => return Err(ApiError::invalid("Invalid include", format!("{other:?} cannot be included"))),
        })
    }

    /// The documents this adds to the answer.
    pub(super) fn documents(
        self,
        platform: &HarverPlatform,
        vacancy: &Vacancy,
        application: &Application,
        links: Option<&ReportLinks>,
    ) -> Vec<Value> {
        match self {
            Self::Report => links.map(|links| links.documents(platform, application)).unwrap_or_default(),
            Self::Ats => vec![json!({"type": "ats-parameters", "attributes": application.ats})],
            Self::MatchingResults => matching_results(vacancy, application),
            Self::MatchingIndicators => matching_indicators(vacancy, application),
            Self::Vacancy => vec![vacancies::document(platform, vacancy)],
            Self::Consents => vec![json!({"type": "consents", "attributes": application.consents})],
            Self::Nothing => Vec::new(),
        }
    }
}

/// Fresh links to the short-lived reports.
#[derive(Debug)]
pub(super) struct ReportLinks {
    report: (String, Timestamp),
    fact_sheet: (String, Timestamp),
}

impl ReportLinks {
    fn documents(&self, platform: &HarverPlatform, application: &Application) -> Vec<Value> {
        let link = |kind: &str, prefix: &str, report: ReportKind, (token, expires_at): &(String, Timestamp)| {
            let url = platform.url(&report.address(token));
            json!({"type": kind, "id": format!("{prefix}{}", application.id), "attributes": {"expiresAt": expires_at.as_second(), "url": url}})
        };
        let page = platform.url(&format!("/app/candidates/{}", application.id));
        vec![
            link("reports", "r", ReportKind::CandidateReport, &self.report),
            link("fact-sheets", "f", ReportKind::FactSheet, &self.fact_sheet),
            json!({"type": "candidate-detail-page", "id": format!("c{}", application.id), "attributes": {"url": page}}),
        ]
    }
}

/// Makes links to the reports of a finished application; none for one that is not finished.
///
/// # Errors
/// When there is no such application.
pub(super) fn report_links(state: &mut AccountState, id: &ApplicationId, now: Timestamp) -> Result<Option<ReportLinks>, Refusal> {
    if state.application(id)?.result.is_none() {
        return Ok(None);
    }
    Ok(Some(ReportLinks {
        report: state.link_report(id, ReportKind::CandidateReport, ReportKind::CandidateReport.life(), true, now)?,
        fact_sheet: state.link_report(id, ReportKind::FactSheet, ReportKind::FactSheet.life(), true, now)?,
    }))
}

/// The whole answer for one application.
pub(super) fn document(vacancy: &Vacancy, application: &Application, candidate: &Candidate, included: Vec<Value>) -> Value {
    let mut attributes = standing(vacancy, application);
    if let Some(result) = &application.result {
        attributes.insert("matchingScore".into(), number(result.score()));
    }
    attributes.insert("language".into(), application.language.three_letters().into());
    attributes.insert("isRejectedByHardQuestion".into(), false.into());
    let person = json!({"firstName": candidate.name.first, "lastName": candidate.name.last, "email": candidate.email.as_str()});
    json!({
        "data": {
            "type": "applications",
            "id": application.id.as_str(),
            "attributes": attributes,
            "relationships": {
                "candidate": {"data": {"type": "candidates", "id": candidate.id.as_str(), "email": candidate.email.as_str(), "attributes": person}},
                "vacancy": {"data": {"type": "vacancies", "id": application.vacancy.as_str()}},
            },
        },
        "included": included,
    })
}

/// Status, progress, times and label, as both single and list answers carry them.
pub(super) fn standing(vacancy: &Vacancy, application: &Application) -> Map<String, Value> {
    let mut attributes = Map::new();
    attributes.insert("status".into(), application.status.as_str().into());
    attributes.insert("statusUpdatedAt".into(), application.status_updated_at.as_second().into());
    attributes.insert("appliedAt".into(), application.created_at.as_second().into());
    if let Some(completed_at) = application.completed_at {
        attributes.insert("completedAt".into(), completed_at.as_second().into());
    }
    let progress = json!({"all": vacancy.settings.modules.len(), "completed": application.answers.len()});
    attributes.insert("progress".into(), progress);
    let bracket = application.result.as_ref().and_then(|result| result.bracket.as_deref());
    if let Some(bracket) = bracket.and_then(|id| vacancy.settings.profile.brackets.iter().find(|bracket| bracket.id == id)) {
        attributes.insert("matchingProfile".into(), json!({"bracketId": bracket.id, "label": bracket.name}));
    }
    attributes
}

/// A score as JSON writes it: without a fraction where there is none.
fn number(score: f64) -> Value {
    let whole = score.fract() == 0.0;
    // The score is 0 to 100, so the whole number fits.
    if whole { format!("{score:.0}").parse::<u32>().map_or(Value::Null, Value::from) } else { Value::from(score) }
}

fn matching_results(vacancy: &Vacancy, application: &Application) -> Vec<Value> {
    let Some(result) = &application.result else { return Vec::new() };
    let entry = |(position, score): (usize, &crate::harver_platform::scoring::ModuleScore)| {
        let module = vacancy.module(&score.module)?;
        Some(json!({
            "type": "matching-results",
            "id": format!("m{}", position + 1),
            "attributes": {
                "moduleType": module.type_name(),
                "language": application.language.three_letters(),
                "calculatedAt": application.completed_at.map(Timestamp::as_second),
                "moduleScore": score.score,
                "moduleWeight": 1,
                "status": if score.score >= NORM { "pass" } else { "fail" },
            },
            "relationships": {"modules": {"data": {"type": "modules", "id": score.module}}},
        }))
    };
    result.modules.iter().enumerate().filter_map(entry).collect()
}

fn matching_indicators(vacancy: &Vacancy, application: &Application) -> Vec<Value> {
    let Some(result) = &application.result else { return Vec::new() };
    let entry = |score: &crate::harver_platform::scoring::IndicatorScore| {
        let indicator = vacancy.settings.profile.indicators.iter().find(|indicator| indicator.id == score.indicator)?;
        let label = indicator.brackets.iter().find(|bracket| Some(&bracket.id) == score.bracket.as_ref());
        Some(json!({
            "type": "matching-indicators",
            "id": indicator.id,
            "attributes": {
                "name": indicator.name,
                "score": score.score.to_string(),
                "bracketId": score.bracket,
                "label": label.map(|bracket| &bracket.name),
                "fail": score.fail,
                "externalId": indicator.external_id,
                "brackets": indicator.brackets.iter().map(bracket).collect::<Vec<Value>>(),
            },
        }))
    };
    result.indicators.iter().filter_map(entry).collect()
}

fn bracket(bracket: &Bracket) -> Value {
    json!({"bracketId": bracket.id, "name": bracket.name, "treshold": bracket.threshold, "cutoff": bracket.cutoff})
}

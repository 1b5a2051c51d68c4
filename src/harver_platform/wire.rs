//! The JSON of the platform's public API, as far as the integration reads and writes it (harver-platform.md 9).
//!
//! An envelope like JSON:API's. Times are epoch seconds, scores come as numbers or as strings (9.3, quirks).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::client::OpenVacancy;
use crate::domain::{Assessment, Indicator, Recommendation, Score, VacancyId, cut_to};

/// Seconds that would be the year 5138 are milliseconds.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

// Outgoing.

#[derive(Serialize)]
pub(super) struct NewApplicationWire<'a> {
    pub(super) data: NewApplicationData<'a>,
}

#[derive(Serialize)]
pub(super) struct NewApplicationData<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) attributes: AtsParameters<'a>,
    pub(super) relationships: NewRelationships<'a>,
}

/// Searchable keys of the platform; which ones Harver's own connector fills is not published (9.2).
#[derive(Serialize)]
pub(super) struct AtsParameters<'a> {
    pub(super) candidate_id: String,
    pub(super) application_id: String,
    pub(super) vacancy_id: String,
    pub(super) custom_id_1: String,
    pub(super) source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) return_url: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct NewRelationships<'a> {
    pub(super) candidate: NewCandidate<'a>,
}

#[derive(Serialize)]
pub(super) struct NewCandidate<'a> {
    pub(super) data: NewCandidateData<'a>,
}

#[derive(Serialize)]
pub(super) struct NewCandidateData<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) attributes: NewCandidateAttributes<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCandidateAttributes<'a> {
    pub(super) email_address: &'a str,
    pub(super) first_name: &'a str,
    pub(super) last_name: &'a str,
}

// Incoming.

#[derive(Deserialize)]
pub(super) struct Enveloped<T> {
    pub(super) data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreatedWire {
    pub(super) magic_link: Url,
    pub(super) application_id: String,
    pub(super) current_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReapplyWire {
    pub(super) can_reapply: bool,
}

#[derive(Deserialize)]
pub(super) struct ApplicationWire {
    pub(super) data: ApplicationData,
    #[serde(default)]
    pub(super) included: Vec<Included>,
}

#[derive(Deserialize)]
pub(super) struct ApplicationData {
    pub(super) id: String,
    pub(super) attributes: ApplicationAttributes,
    #[serde(default)]
    pub(super) relationships: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApplicationAttributes {
    #[serde(default)]
    pub(super) completed_at: Value,
    #[serde(default)]
    pub(super) progress: Value,
    #[serde(default)]
    pub(super) matching_score: Value,
    pub(super) matching_profile: Option<MatchingProfile>,
}

#[derive(Deserialize)]
pub(super) struct MatchingProfile {
    pub(super) label: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Included {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    attributes: Value,
}

#[derive(Deserialize)]
pub(super) struct VacancyWire {
    pub(super) id: Option<String>,
    pub(super) attributes: VacancyAttributes,
}

#[derive(Deserialize)]
pub(super) struct VacancyAttributes {
    pub(super) status: Option<String>,
    /// For recruiters.
    name: Option<String>,
    /// For candidates.
    title: Option<String>,
}

impl VacancyWire {
    /// The vacancy, unless it says that it is not open. One whose id is none cannot be named by a package, so it counts for nothing.
    pub(super) fn if_open(self) -> Option<OpenVacancy> {
        let VacancyAttributes { status, name, title } = self.attributes;
        if status.is_some_and(|status| VacancyStatus::read(&status) != VacancyStatus::Open) {
            return None;
        }
        let id: VacancyId = self.id?.parse().ok()?;
        let named = [name, title].into_iter().flatten().map(|name| name.trim().to_owned()).find(|name| !name.is_empty());
        Some(OpenVacancy { name: named.unwrap_or_else(|| id.to_string()), id })
    }
}

/// Either of the two shapes of errors.
#[derive(Deserialize)]
pub(super) struct RefusalWire {
    name: Option<String>,
    message: Option<String>,
    #[serde(default)]
    errors: Vec<RefusalItem>,
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct RefusalItem {
    title: Option<String>,
    detail: Option<String>,
}

impl RefusalWire {
    /// Whether it has one of the two shapes, and not just a message like any server's.
    pub(super) fn is_of_the_api(&self) -> bool {
        !self.errors.is_empty() || (self.name.is_some() && self.message.is_some())
    }

    pub(super) fn words(self) -> Option<String> {
        let item = self.errors.into_iter().next().and_then(|item| item.detail.or(item.title));
        item.or(self.message).or(self.error_description).filter(|words| !words.trim().is_empty())
    }
}

/// The status of a vacancy (harver-platform.md 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VacancyStatus {
    /// Not ready yet.
    Draft,
    /// Takes candidates.
    Open,
    /// Takes no more candidates.
    Closed,
    /// Another one.
    Other(String),
}

impl VacancyStatus {
    pub(super) fn read(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "draft" => Self::Draft,
            "open" => Self::Open,
            "closed" => Self::Closed,
            other => Self::Other(cut_to(other, 40)),
        }
    }
}

impl fmt::Display for VacancyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Other(text) => text,
        })
    }
}

/// How many of the journey's modules the candidate has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many there are, content pages included.
    pub all: u64,
    /// How many are done.
    pub completed: u64,
}

impl Progress {
    /// What cannot be read counts as none.
    pub(super) fn read(progress: &Value) -> Self {
        let number = |key: &str| progress[key].as_u64().unwrap_or_default();
        Self { all: number("all"), completed: number("completed") }
    }
}

/// The value of an included resource of this type under this key, as text.
pub(super) fn included_text(included: &[Included], kind: &str, key: &str) -> Option<String> {
    included.iter().find(|item| item.kind == kind).and_then(|item| as_text(item.attributes.get(key)?))
}

/// The finished assessment, or `None` while the candidate is still at it.
///
/// `Err` when there is a completion time that cannot be read: not knowing is not the same as not finished.
pub(super) fn completed(attributes: &ApplicationAttributes, included: &[Included]) -> Result<Option<Assessment>, ()> {
    let completed_at = match &attributes.completed_at {
        Value::Null => return Ok(None),
        at => moment(at).ok_or(())?,
    };
    let label = attributes.matching_profile.as_ref().and_then(|profile| profile.label.as_deref());
    let indicators = included.iter().filter(|item| item.kind == "matching-indicators").filter_map(|item| {
        let name = as_text(item.attributes.get("name")?)?;
        Some(Indicator { name, score: as_text(item.attributes.get("score")?)? })
    });
    Ok(Some(Assessment {
        completed_at,
        score: as_number(&attributes.matching_score).and_then(Score::parse),
        recommendation: label.and_then(Recommendation::parse),
        indicators: indicators.collect(),
    }))
}

/// Epoch seconds, epoch milliseconds (as in webhooks), or ISO 8601.
fn moment(value: &Value) -> Option<Timestamp> {
    let number = match value {
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second does not matter, and the cast saturates")]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))?,
        Value::String(text) => match text.trim().parse() {
            Ok(number) => number,
            Err(_) => return text.trim().parse().ok(),
        },
        _ => return None,
    };
    if number >= FIRST_MILLISECONDS { Timestamp::from_millisecond(number).ok() } else { Timestamp::from_second(number).ok() }
}

fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn as_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

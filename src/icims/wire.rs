//! The JSON of the iCIMS API, as far as the integration reads and writes it (icims-api.md 3, 5.7, 8).
//!
//! Everything is optional on reading: a field that is empty or hidden from the integration user is simply absent (icims-api.md 5.3).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};
use url::Url;

use crate::domain::{AtsField, PackageLabel, PersonId, Recommendation, ResultStatuses, Score, cut_to};

/// What `assessmentnotes` holds by default (icims-api.md 8.1).
const NOTES_LIMIT: usize = 192;

#[derive(Deserialize)]
pub(super) struct PersonWire {
    pub(super) firstname: Option<String>,
    pub(super) lastname: Option<String>,
    pub(super) email: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct JobWire {
    pub(super) jobtitle: Option<String>,
    pub(super) assessmenttype: Option<OneOrMany<ListNode>>,
    pub(super) folder: Option<ListNode>,
}

#[derive(Deserialize)]
pub(super) struct WorkflowWire {
    #[serde(default)]
    pub(super) assessmentresults: Option<Vec<RowWire>>,
}

#[derive(Deserialize)]
pub(super) struct StandingWire {
    pub(super) status: Option<ListNode>,
    pub(super) associatedprofile: Option<ProfileWire>,
}

/// A reference to another profile.
#[derive(Deserialize)]
pub(super) struct ProfileWire {
    pub(super) id: Option<NumberOrText>,
}

impl ProfileWire {
    /// The number of a person.
    pub(super) fn person(&self) -> Option<PersonId> {
        match self.id.as_ref()? {
            NumberOrText::Number(number) => PersonId::try_from(*number).ok(),
            NumberOrText::Text(text) => text.parse().ok(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RowWire {
    pub(super) entry: u64,
    pub(super) assessmentname: Option<ListNode>,
    pub(super) assessmentstatus: Option<ListNode>,
    #[serde(default, deserialize_with = "leniently")]
    pub(super) assessmentscore: Option<f64>,
    #[serde(default, deserialize_with = "leniently")]
    pub(super) assessmentresult: Option<String>,
}

/// A value that people are shown: one of another type is no reason not to read the rest.
fn leniently<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

/// A list field is an array even for one value (assessment-flow.md 4.3); a customer's layout may make it a single one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(many) => many,
            Self::One(one) => vec![one],
        }
    }
}

/// A value of a list, or of a static drop-down, which is a plain label.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum ListNode {
    Node { id: Option<String>, value: Option<String>, formattedvalue: Option<String> },
    Label(String),
}

impl ListNode {
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Node { id, .. } => id.as_deref(),
            Self::Label(_) => None,
        }
    }

    pub(super) fn label(&self) -> Option<&str> {
        match self {
            Self::Node { value, formattedvalue, .. } => value.as_deref().or(formattedvalue.as_deref()),
            Self::Label(label) => Some(label.as_str()),
        }
        .filter(|label| !label.trim().is_empty())
    }
}

/// The filter JSON of a search (icims-api.md 10.2). Conditions must all hold.
#[derive(Serialize)]
pub(super) struct SearchWire<'a> {
    pub(super) filters: [Filter<'a>; 1],
}

/// One condition of a search.
#[derive(Serialize)]
pub(super) struct Filter<'a> {
    pub(super) name: &'static str,
    pub(super) operator: &'static str,
    pub(super) value: [&'a str; 1],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundWire {
    pub(super) search_results: Vec<FoundProfile>,
}

#[derive(Deserialize)]
pub(super) struct FoundProfile {
    pub(super) id: NumberOrText,
}

/// A number in every recorded answer, a text in some of the documents' samples (icims-api.md 10.6).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum NumberOrText {
    Number(u64),
    Text(String),
}

/// A level of a list. Its shape is not published (icims-api.md 10.9). *Assumed*: nodes stand under `nodes`, or are the whole answer.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum NodesWire {
    Under { nodes: Vec<NodeWire> },
    Alone(Vec<NodeWire>),
}

impl NodesWire {
    pub(super) fn into_vec(self) -> Vec<NodeWire> {
        match self {
            Self::Under { nodes } | Self::Alone(nodes) => nodes,
        }
    }
}

/// A node in the List API. The top node of a custom list has an id and no label.
#[derive(Deserialize)]
pub(super) struct NodeWire {
    pub(super) id: String,
    pub(super) value: Option<String>,
    #[serde(default)]
    pub(super) hidden: bool,
}

/// The envelope of errors and, in otherwise successful answers, of warnings.
#[derive(Default, Deserialize)]
pub(super) struct ProblemsWire {
    #[serde(default)]
    pub(super) errors: Vec<ProblemWire>,
    #[serde(default)]
    pub(super) warnings: Vec<ProblemWire>,
}

#[derive(Deserialize)]
pub(super) struct ProblemWire {
    #[serde(default, rename = "errorMessage")]
    pub(super) message: String,
    #[serde(default, rename = "errorCode")]
    pub(super) code: Option<i64>,
}

/// Where a job stands; `D31001`, Approved, is open for recruiting (assessment-flow.md 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The list node, such as `D31001`; nodes that begin with `C` are the customer's own.
    pub id: Option<String>,
    /// The customer's label.
    pub label: Option<String>,
}

impl Folder {
    /// The delivered node of jobs that are open for recruiting.
    pub(super) const APPROVED: &str = "D31001";

    pub(super) fn read(node: &ListNode) -> Self {
        Self { id: node.id().map(str::to_owned), label: node.label().map(str::to_owned) }
    }
}

/// The four statuses of a result row. Customers may rename their labels, so ids are sent (assessment-flow.md 4.4); which ids, the Harver
/// Admin may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowStatus {
    /// The candidate was invited.
    Sent,
    /// The candidate has begun.
    InProgress,
    /// The candidate has finished.
    Complete,
    /// Nothing will come of it; the notes say why.
    Incomplete,
}

impl RowStatus {
    const ALL: [Self; 4] = [Self::Sent, Self::InProgress, Self::Complete, Self::Incomplete];
    /// The delivered node of those who were invited. Nobody chooses another (*assumed*: it is the same in all tenants).
    const SENT: &str = "D37002019004";

    /// The node of the customer's list that stands for it.
    fn node(self, statuses: &ResultStatuses) -> &str {
        match self {
            Self::Complete => statuses.complete.as_str(),
            Self::Incomplete => statuses.incomplete.as_str(),
            Self::InProgress => statuses.in_progress.as_str(),
            Self::Sent => Self::SENT,
        }
    }

    /// A row that was written before the nodes were changed, or by hand, may carry a delivered one.
    pub(super) fn read(node: &ListNode, chosen: &ResultStatuses) -> Option<Self> {
        let id = node.id()?;
        let known =
            |statuses: &ResultStatuses| Self::ALL.into_iter().find(|status| id.eq_ignore_ascii_case(status.node(statuses)));
        known(chosen).or_else(|| known(&ResultStatuses::default()))
    }
}

/// A line of the workflow's Assessments section as the integration writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultRow {
    /// Which package.
    pub package: PackageLabel,
    /// How far it is.
    pub status: RowStatus,
    /// When it got there.
    pub date: Timestamp,
    /// The overall score.
    pub score: Option<Score>,
    /// The verdict.
    pub recommendation: Option<Recommendation>,
    /// A remark; cut to the 192 characters that iCIMS holds. None takes an earlier remark back.
    pub notes: Option<String>,
    /// Where the report is.
    pub report: Option<ReportLink>,
}

/// The address of a report and the field of the row that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportLink {
    /// Which field.
    pub field: AtsField,
    /// The address. iCIMS stores it for good.
    pub url: Url,
}

/// The same line on the wire. What has no value is left out: `null` would delete it (assessment-flow.md 4.5, row 25 of section 10). So it
/// does with notes that an earlier state of the line has left and that are not true any more.
#[derive(Serialize)]
pub(super) struct ResultRowWire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    assessmentname: Option<NodeByLabel>,
    assessmentdate: String,
    assessmentstatus: NodeById<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessmentscore: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessmentresult: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessmentnotes: Option<Option<String>>,
    /// The address of the report, under the name of the field that was chosen for it.
    #[serde(flatten)]
    report: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct NodeByLabel {
    value: String,
}

#[derive(Serialize)]
struct NodeById<'a> {
    id: &'a str,
}

impl<'a> ResultRowWire<'a> {
    /// The whole line.
    pub(super) fn new_line(row: &'a ResultRow, statuses: &'a ResultStatuses) -> Self {
        let name = NodeByLabel { value: row.package.as_listed().to_owned() };
        let change = Self::change(row, statuses);
        Self { assessmentname: Some(name), assessmentnotes: change.assessmentnotes.filter(Option::is_some), ..change }
    }

    /// The line without its name: the name never changes, and sending it again would fail once the list's label is edited.
    pub(super) fn change(row: &'a ResultRow, statuses: &'a ResultStatuses) -> Self {
        Self {
            assessmentname: None,
            assessmentdate: date_time(row.date),
            assessmentstatus: NodeById { id: row.status.node(statuses) },
            assessmentscore: row.score.and_then(number),
            assessmentresult: row.recommendation.as_ref().map(|label| label.as_str().to_owned()),
            assessmentnotes: Some(row.notes.as_deref().map(|notes| cut_to(notes, NOTES_LIMIT))),
            report: row.report.iter().map(|report| (report.field.as_str(), report.url.as_str())).collect(),
        }
    }
}

/// `2025-03-04 02:07 PM`: a 12-hour clock in UTC, without seconds (assessment-flow.md 4.4).
fn date_time(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %I:%M %p").to_string()
}

/// Whole scores are written without a point, as in all samples.
fn number(score: Score) -> Option<Number> {
    let score = score.get();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 100")]
    if score.fract() == 0.0 { Some(Number::from(score as u8)) } else { Number::from_f64(score) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_on_a_twelve_hour_clock() {
        for (moment, written) in [
            ("2025-03-04T00:30:59Z", "2025-03-04 12:30 AM"),
            ("2025-03-04T12:00:00Z", "2025-03-04 12:00 PM"),
            ("2025-03-04T23:59:59Z", "2025-03-04 11:59 PM"),
            ("2025-03-04T09:05:00+02:00", "2025-03-04 07:05 AM"),
        ] {
            assert_eq!(date_time(moment.parse().expect("a moment")), written);
        }
    }

    #[test]
    fn scores_are_written_without_a_needless_point() {
        for (score, written) in [(78.0, "78"), (87.5, "87.5"), (0.0, "0"), (100.0, "100")] {
            assert_eq!(number(Score::parse(score).expect("a score")).expect("a number").to_string(), written);
        }
    }
}

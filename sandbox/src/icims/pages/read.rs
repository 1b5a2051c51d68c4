//! What several screens show of the same record, read from the state's views into words and colours.

use std::collections::BTreeSet;

use super::form::Choosable;
use crate::icims::model::{Job, JobId, Node, NodeId, Person, Role, Value, WorkflowId};
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::icims::state::advance::Criterion;
use crate::icims::state::views;
use crate::icims::urls::title_slug;

/// How many lines a list shows before it asks for a search.
pub(super) const PAGE: usize = 50;

/// What people see of a list node; empty when there is none.
pub(super) fn node_label(state: &CustomerState, id: Option<&NodeId>) -> String {
    id.map_or_else(String::new, |id| state.node_text(id))
}

/// What the platform calls a field.
pub(super) fn label(state: &CustomerState, kind: ProfileType, field: &str) -> String {
    state.field_label(kind, field).unwrap_or_else(|| field.to_owned())
}

/// The colour of a person's role.
pub(super) fn role_tone(person: &Person) -> &'static str {
    match () {
        () if person.is_contact() => "warn",
        () if person.roles.contains(&Role::Candidate) => "good",
        () => "",
    }
}

/// A name to show for a person who may have neither first nor last name.
pub(super) fn name_of(person: &Person) -> String {
    let name = person.name();
    if name.is_empty() { format!("Person {}", person.id) } else { name }
}

/// The title of a job, or its number when there is none.
pub(super) fn title_of(job: &Job) -> String {
    if job.title().is_empty() { format!("Job {}", job.id) } else { job.title().to_owned() }
}

/// Candidate and job of a workflow.
pub(super) fn subject(state: &CustomerState, id: WorkflowId) -> (String, String) {
    let workflow = state.workflow(id);
    let candidate = workflow.and_then(|workflow| state.person(workflow.person)).map_or_else(String::new, name_of);
    let job = workflow.and_then(|workflow| state.job(workflow.job)).map_or_else(String::new, title_of);
    (candidate, job)
}

/// The address of a job on the career portal, without the page at its end.
pub(super) fn portal_path(customer: u64, job: &Job) -> String {
    format!("/careers/{customer}/jobs/{}/{}", job.id, title_slug(job.title()))
}

/// Where a job is, as its location field reads.
pub(super) fn place(state: &CustomerState, job: &Job) -> String {
    match job.record.fields.get("joblocation") {
        Some(Value::Location { company, entry }) => state.location_text(*company, *entry).trim().to_owned(),
        _ => String::new(),
    }
}

/// A list node or a number as screens show it.
pub(super) fn stated(state: &CustomerState, value: &Value) -> Option<String> {
    match value {
        Value::Node(id) => Some(node_label(state, Some(id))),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The colour of an assessment status, told by the label that this customer gives to the standard nodes (assessment-flow 4.4).
pub(super) fn assessment_tone(state: &CustomerState, status: &str) -> &'static str {
    let tones = [("D37002019001", "good"), ("D37002019002", "bad"), ("D37002019003", "warn")];
    let same = |id: &str| id.parse().is_ok_and(|id: NodeId| state.node_text(&id) == status);
    tones.into_iter().find(|(id, _)| same(id)).map_or("", |(_, tone)| tone)
}

/// One row of assessment results with its colour and, where the URL may become one, its link.
#[derive(Clone, Debug)]
pub(super) struct Assessed {
    pub(super) id: String,
    pub(super) row: views::ResultRow,
    pub(super) tone: &'static str,
    /// iCIMS takes any text as URL (assessment-flow 4.4); only a web address becomes a link.
    pub(super) link: String,
}

impl Assessed {
    pub(super) fn of(state: &CustomerState, row: views::ResultRow) -> Self {
        Self {
            id: row.entry.map_or_else(String::new, |entry| entry.to_string()),
            tone: assessment_tone(state, &row.status),
            link: row.link().unwrap_or_default().to_owned(),
            row,
        }
    }
}

/// A bin with its statuses, to choose from.
#[derive(Clone, Debug)]
pub(super) struct BinChoice {
    pub(super) label: String,
    pub(super) statuses: Vec<StatusChoice>,
}

/// A status to choose.
#[derive(Clone, Debug)]
pub(super) struct StatusChoice {
    pub(super) id: String,
    pub(super) label: String,
    /// What must have happened before, in words; empty if nothing.
    pub(super) needs: String,
}

/// Every bin with its statuses, in the customer's order. A hidden one is there only where it is the `present` one.
pub(super) fn bins(state: &CustomerState, present: Option<&NodeId>) -> Vec<BinChoice> {
    let mut bins = Vec::new();
    for bin in state.bins() {
        let statuses: Vec<_> = bin
            .statuses
            .into_iter()
            .filter(|node| node.is_offered() || Some(&node.id) == present)
            .map(|node| StatusChoice {
                needs: needs(state, &node.id),
                id: node.id.to_string(),
                label: listed(&node, node.label.clone()),
            })
            .collect();
        if !statuses.is_empty() {
            bins.push(BinChoice { label: bin.label, statuses });
        }
    }
    bins
}

/// What a forced workflow asks for before this status, in words; empty if nothing.
pub(super) fn needs(state: &CustomerState, status: &NodeId) -> String {
    let guarded = state.entrance_criteria().iter().filter(|entrance| entrance.status == *status);
    let wanted: Vec<_> = guarded
        .map(|entrance| match &entrance.criterion {
            Criterion::Passed(before) => format!("Requires {} first.", state.status_label(before)),
            Criterion::AssessmentComplete => "Requires a complete assessment.".into(),
        })
        .collect();
    wanted.join(" ")
}

/// The nodes of a list to choose from, and those that the record has although the list offers them no more.
pub(super) fn choosable(
    state: &CustomerState,
    list: &str,
    kept: &BTreeSet<NodeId>,
    is_chosen: impl Fn(&str) -> bool,
) -> Vec<Choosable> {
    let offered = state.offered(list, |id| kept.contains(id));
    let option = |node: &Node| Choosable {
        value: node.id.to_string(),
        label: listed(node, node.label.clone()),
        chosen: is_chosen(node.id.as_str()),
    };
    offered.map(option).collect()
}

/// What a list to choose from says of a node, which may be there only because the record has it.
pub(super) fn listed(node: &Node, label: String) -> String {
    if node.is_offered() { label } else { format!("{label} (no longer in the list)") }
}

/// How many candidates of a job are in the first bin, New Submissions.
pub(super) fn new_submissions(state: &CustomerState, job: JobId) -> usize {
    state.people_by_bin(job).first().map_or(0, |panel| panel.rows.len())
}

/// What the portal tells a candidate about a status. The text is the customer's own per status and reads `Under Review` unless it
/// has been set (assessment-flow 7); only leaving is told as it is (*assumed*).
pub(super) fn seen_by_candidate(status: Option<&NodeId>) -> &'static str {
    match status.map(NodeId::as_str) {
        Some("D10108") => "Withdrawn",
        _ => "Under Review",
    }
}

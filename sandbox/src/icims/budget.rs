//! What the calls of a customer's API are spent on: by family of endpoints and by workflow.
//!
//! The calls of the day, which are what iCIMS sells, are counted in the API's quota; this says where they go. In memory only.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;

/// How many workflows of one customer are counted apart; calls of further ones count as belonging to none.
const WORKFLOW_LIMIT: usize = 10_000;
/// How many of the busiest workflows are named.
const BUSIEST: usize = 20;
/// The families that are told apart, by the first segment behind the customer.
const FAMILIES: [&str; 8] =
    ["people", "jobs", "companies", "applicantworkflows", "onboardworkflows", "search", "lists", "portals"];
const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

/// What a customer's calls were spent on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Spending {
    /// By family of endpoints, by name.
    pub families: Vec<FamilyCalls>,
    /// By workflow.
    pub workflows: WorkflowCalls,
}

/// The calls of one family of endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FamilyCalls {
    /// The first segment of the path behind the customer; `customer` for the customer itself, `other` for what is rare.
    pub family: String,
    /// Calls on the present UTC day.
    pub today: u64,
    /// Calls since the process began, or since everything was reset.
    pub total: u64,
}

/// Calls that belong to a workflow, where that can be told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct WorkflowCalls {
    /// How many workflows had calls.
    pub count: usize,
    /// Calls for each of them on average.
    pub average: f64,
    /// Calls for the busiest of them.
    pub max: u64,
    /// Calls that belong to no workflow that could be told.
    pub without_workflow: u64,
    /// The busiest ones.
    pub busiest: Vec<BusyWorkflow>,
}

/// One workflow and its calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BusyWorkflow {
    /// The workflow.
    pub workflow: String,
    /// Its calls.
    pub calls: u64,
}

#[derive(Debug, Default)]
struct Counts {
    day: i64,
    /// Today and in total.
    families: BTreeMap<&'static str, (u64, u64)>,
    workflows: HashMap<String, u64>,
    without_workflow: u64,
}

impl Counts {
    /// Begins a new day if there is one.
    fn on(&mut self, now: Timestamp) {
        let day = now.as_second().div_euclid(SECONDS_OF_A_DAY);
        if day != self.day {
            self.day = day;
            self.families.values_mut().for_each(|(today, _)| *today = 0);
        }
    }
}

/// The spending of a customer.
#[derive(Debug, Default)]
pub(in crate::icims) struct Budget(Mutex<Counts>);

impl Budget {
    /// Counts a call. `path` is what follows `/customers`.
    pub(in crate::icims) fn count(&self, path: &str, workflow: Option<&str>, now: Timestamp) {
        let mut counts = self.0.lock();
        let counts = &mut *counts;
        counts.on(now);
        let (today, total) = counts.families.entry(family(path)).or_default();
        (*today, *total) = (today.saturating_add(1), total.saturating_add(1));
        let known = counts.workflows.len() < WORKFLOW_LIMIT;
        match workflow.filter(|workflow| known || counts.workflows.contains_key(*workflow)) {
            Some(workflow) => *counts.workflows.entry(workflow.to_owned()).or_default() += 1,
            None => counts.without_workflow += 1,
        }
    }

    /// What the calls were spent on.
    pub(in crate::icims) fn spent(&self, now: Timestamp) -> Spending {
        let mut counts = self.0.lock();
        counts.on(now);
        let families = counts.families.iter();
        let families =
            families.map(|(family, (today, total))| FamilyCalls { family: (*family).to_owned(), today: *today, total: *total });
        let mut busiest: Vec<BusyWorkflow> =
            counts.workflows.iter().map(|(workflow, calls)| BusyWorkflow { workflow: workflow.clone(), calls: *calls }).collect();
        busiest.sort_by(|one, other| other.calls.cmp(&one.calls).then_with(|| one.workflow.cmp(&other.workflow)));
        let (count, sum) = (busiest.len(), busiest.iter().map(|busy| busy.calls).sum::<u64>());
        let max = busiest.first().map_or(0, |busy| busy.calls);
        busiest.truncate(BUSIEST);
        #[expect(clippy::cast_precision_loss, reason = "an average of counts that are far below 2^52")]
        let average = if count == 0 { 0.0 } else { sum as f64 / count as f64 };
        let workflows = WorkflowCalls { count, average, max, without_workflow: counts.without_workflow, busiest };
        Spending { families: families.collect(), workflows }
    }
}

fn family(path: &str) -> &'static str {
    let mut segments = path.split('/').skip(2);
    match segments.next() {
        None | Some("") => "customer",
        Some("v2") => family_named(segments.next().unwrap_or_default()),
        Some(first) => family_named(first),
    }
}

fn family_named(first: &str) -> &'static str {
    FAMILIES.into_iter().find(|family| *family == first).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_apart_by_family_workflow_and_day() {
        let (budget, other) = (Budget::default(), Budget::default());
        let monday: Timestamp = "2031-03-03T12:00:00Z".parse().expect("a moment");
        let tuesday: Timestamp = "2031-03-04T00:00:00Z".parse().expect("a moment");
        budget.count("/4021/people/7", Some("88431"), monday);
        budget.count("/4021/people/7", Some("88431"), tuesday);
        budget.count("/4021/v2/lists/x", None, tuesday);
        budget.count("/4021", Some("88432"), tuesday);
        other.count("/4022/<script>", None, tuesday);
        let spent = budget.spent(tuesday);
        let families: Vec<(&str, u64, u64)> =
            spent.families.iter().map(|calls| (calls.family.as_str(), calls.today, calls.total)).collect();
        assert_eq!(families, [("customer", 1, 1), ("lists", 1, 1), ("people", 1, 2)]);
        let workflows = &spent.workflows;
        assert_eq!((workflows.count, workflows.max, workflows.without_workflow), (2, 2, 1));
        assert!((workflows.average - 1.5).abs() < f64::EPSILON);
        assert_eq!(other.spent(tuesday).families[0].family, "other");
    }

    #[test]
    fn the_workflows_that_are_counted_are_bounded() {
        let budget = Budget::default();
        for workflow in 0..WORKFLOW_LIMIT + 10 {
            budget.count("/4021/people/7", Some(&workflow.to_string()), Timestamp::UNIX_EPOCH);
        }
        let spent = budget.spent(Timestamp::UNIX_EPOCH).workflows;
        assert_eq!((spent.count, spent.without_workflow, spent.busiest.len()), (WORKFLOW_LIMIT, 10, BUSIEST));
    }
}

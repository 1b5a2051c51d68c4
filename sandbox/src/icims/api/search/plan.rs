//! Where a search begins: with the smallest set of profiles that the look-ups can name, so that a page costs the same however many
//! workflows there are (icims-api 10.6: ascending, at most 1,000).
//!
//! A plan may name too many, never too few: each candidate is still put to the [`Matcher`]. What the look-ups do not know, such as
//! parts of names, is found by going through everybody.

mod candidates;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::Timestamp;

use crate::icims::model::{JobId, NodeId, PersonId};
use crate::icims::schema::{ProfileType, list};
use crate::icims::state::CustomerState;

use super::budget::Budget;
use super::comparing::Numbers;
use super::matching::{Matcher, Node, Wanted, meets_without_value};
use super::names::{Target, What};
use super::query::{Filter, Operator};
use candidates::{Candidates, Run, moments};

/// Most results of one search (icims-api 10.6).
pub(super) const PAGE: usize = 1_000;

/// What a plan may cost before any profile is looked at.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// How many ids may be gathered; more are read in runs, or by going through everybody.
    gathered: usize,
    /// How many runs may be read side by side.
    runs: usize,
}

const LIMITS: Limits = Limits { gathered: 2_000, runs: 512 };

/// One page of results.
pub(super) struct Page {
    /// The results, ascending.
    pub(super) ids: Vec<u64>,
    /// How many profiles and look-up entries were looked at to find them.
    pub(super) touched: usize,
}

/// The first page of what a query matches; `None` when the matcher's budget is spent before it is full or complete.
pub(super) fn first_page(matcher: &Matcher<'_>) -> Option<Page> {
    page_within(matcher, LIMITS)
}

fn page_within(matcher: &Matcher<'_>, limits: Limits) -> Option<Page> {
    let mut planner = Planner { state: matcher.state, budget: &matcher.budget, limits, touched: 0 };
    let bounds = bounds(matcher);
    let candidates = planner.group(matcher.kind, &matcher.root);
    let mut page = Page { ids: Vec::new(), touched: planner.touched };
    let walk: Box<dyn Iterator<Item = u64>> = match &candidates {
        None => matcher.state.ids_within(matcher.kind, bounds),
        Some(candidates) => candidates.walk(matcher.state, matcher.kind, &bounds),
    };
    for id in walk {
        page.touched += 1;
        if matcher.matches(id) {
            page.ids.push(id);
        }
        if page.ids.len() == PAGE || matcher.budget.is_spent() {
            break;
        }
    }
    (!matcher.budget.is_spent()).then_some(page)
}

/// The ids that the query itself allows: paging asks for ids above the last one.
fn bounds(matcher: &Matcher<'_>) -> RangeInclusive<u64> {
    let (mut first, mut last) = (0, u64::MAX);
    let own = Target { of: matcher.kind, what: What::Id };
    let all_hold = !matcher.root.any || matcher.root.tests.len() + matcher.root.children.len() == 1;
    for (filter, wanted) in matcher.root.tests.iter().filter(|(filter, _)| all_hold && filter.target == own) {
        let Wanted::Numbers(Numbers { first: Some(bound), .. }) = *wanted else { continue };
        let bound = u64::try_from(bound).unwrap_or_default();
        match filter.operator {
            // One too many at the end is as good.
            Operator::Greater | Operator::GreaterOrEqual => first = first.max(bound),
            Operator::Less | Operator::LessOrEqual => last = last.min(bound),
            _ => {}
        }
    }
    first..=last
}

struct Planner<'a> {
    state: &'a CustomerState,
    budget: &'a Budget,
    limits: Limits,
    touched: usize,
}

/// `None` is everybody.
type Choice = Option<Candidates>;

impl Planner<'_> {
    /// Counts look-up entries; false once the budget is spent, when planning on is of no use.
    fn touch(&mut self, entries: usize) -> bool {
        self.touched += entries;
        self.budget.spend(entries)
    }

    fn group(&mut self, kind: ProfileType, group: &Node) -> Choice {
        if group.any {
            return self.any(kind, group);
        }
        let mut best = self.job_and_status(kind, group);
        for (filter, wanted) in &group.tests {
            best = smaller(best, self.filter(kind, filter, wanted));
        }
        for child in &group.children {
            best = smaller(best, self.group(kind, child));
        }
        best
    }

    fn any(&mut self, kind: ProfileType, group: &Node) -> Choice {
        let mut all = Candidates::default();
        for (filter, wanted) in &group.tests {
            all = all.join(self.limits.runs, self.filter(kind, filter, wanted)?)?;
        }
        for child in &group.children {
            all = all.join(self.limits.runs, self.group(kind, child)?)?;
        }
        Some(all)
    }

    /// Job and status asked for at once, as vendors do, have look-ups of their own.
    fn job_and_status(&mut self, kind: ProfileType, group: &Node) -> Choice {
        if kind != ProfileType::Workflows {
            return None;
        }
        let of = |of, what| {
            let target = Target { of, what };
            let fits = move |(filter, _): &&(Filter, Wanted)| filter.target == target && filter.operator == Operator::Equal;
            group.tests.iter().find(fits).map(|(_, wanted)| wanted)
        };
        let (Wanted::Numbers(jobs), Wanted::Nodes(statuses)) =
            (of(ProfileType::Jobs, What::Id)?, of(ProfileType::Workflows, What::Node("status"))?)
        else {
            return None;
        };
        if jobs.blank || statuses.is_empty() || !self.touch(jobs.all.len() * statuses.len()) {
            return None;
        }
        let by_job = &self.state.workflow_lookups().by_job;
        let jobs: Vec<JobId> = ids(jobs).map(JobId::new).collect();
        let pairs = jobs.iter().flat_map(|job| statuses.iter().map(|status| (*job, Some(status.clone()))));
        Candidates::runs(
            self.limits.runs,
            pairs.map(|(job, status)| (Run::Job(job, status.clone()), by_job.count(&(job, status)))),
        )
    }

    fn filter(&mut self, kind: ProfileType, filter: &Filter, wanted: &Wanted) -> Choice {
        if self.budget.is_spent() {
            return None;
        }
        match filter.target.of {
            of if of == kind => self.own(kind, filter, wanted),
            ProfileType::People => {
                let people = self.own(ProfileType::People, filter, wanted)?;
                let people = self.few(ProfileType::People, &people)?;
                let mut ids = Vec::new();
                for person in people {
                    let workflows = self.state.workflow_lookups().of_person(PersonId::new(person));
                    if !self.touch(workflows.len()) {
                        return None;
                    }
                    ids.extend(workflows.into_iter().map(|id| id.get()));
                }
                Some(Candidates::ids(ids))
            }
            ProfileType::Jobs => {
                let jobs = self.own(ProfileType::Jobs, filter, wanted)?;
                let workflows = self.state.workflow_lookups();
                let jobs = self.few(ProfileType::Jobs, &jobs)?.into_iter().map(JobId::new);
                Candidates::runs(
                    self.limits.runs,
                    jobs.flat_map(|job| {
                        workflows.statuses_of_job(job).map(move |(status, count)| (Run::Job(job, status.cloned()), count))
                    }),
                )
            }
            ProfileType::Companies | ProfileType::Workflows | ProfileType::Onboarding => None,
        }
    }

    /// The candidates one by one, if there are few.
    fn few(&mut self, kind: ProfileType, candidates: &Candidates) -> Option<Vec<u64>> {
        if candidates.count > self.limits.gathered {
            return None;
        }
        let ids: Vec<u64> = candidates.walk(self.state, kind, &(0..=u64::MAX)).collect();
        self.touch(ids.len()).then_some(ids)
    }

    fn own(&mut self, kind: ProfileType, filter: &Filter, wanted: &Wanted) -> Choice {
        if let What::Absent(..) = filter.target.what {
            return (!meets_without_value(filter, wanted, self.budget)).then(Candidates::default);
        }
        let exact = filter.operator == Operator::Exact;
        match (wanted, filter.target.what, filter.operator) {
            (Wanted::Numbers(numbers), What::Id, Operator::Equal) if !numbers.blank => Some(Candidates::ids(ids(numbers))),
            (Wanted::Ids { alone, .. }, _, Operator::Exact) => Some(Candidates::ids(alone.iter().copied())),
            (Wanted::Ids { listed, .. }, _, Operator::Equal) => Some(Candidates::ids(listed.iter().copied())),
            (Wanted::Nodes(nodes), what, Operator::Equal) if !filter.values.is_empty() => self.nodes(kind, what, nodes),
            (Wanted::Texts(texts), What::Text("email"), Operator::Equal | Operator::Exact) => self.mails(kind, texts, exact),
            (Wanted::Texts(texts), What::Text("externalid"), Operator::Exact) => {
                let profiles = self.state.profile_lookups(kind)?;
                let limit = self.limits.gathered;
                let found: Vec<u64> = texts.iter().flat_map(|text| profiles.with_external_id(text)).take(limit + 1).collect();
                (self.touch(found.len()) && found.len() <= limit).then(|| Candidates::ids(found))
            }
            (Wanted::Moments(from, to), What::Created | What::Updated, operator) => {
                let (from, to) = match operator {
                    Operator::Equal | Operator::Exact => (*from, *to),
                    Operator::Greater | Operator::GreaterOrEqual => (*from, None),
                    Operator::Less | Operator::LessOrEqual => (None, *from),
                    Operator::NotEqual | Operator::NotExact => return None,
                };
                self.moments(kind, filter.target.what, from, to)
            }
            _ => None,
        }
    }

    fn nodes(&mut self, kind: ProfileType, what: What, nodes: &BTreeSet<NodeId>) -> Choice {
        if !self.touch(nodes.len()) {
            return None;
        }
        match what {
            What::Node("folder") => {
                let folders = &self.state.profile_lookups(kind)?.folders;
                Candidates::runs(self.limits.runs, nodes.iter().map(|node| (Run::Folder(node.clone()), folders.count(node))))
            }
            What::Node("status") => {
                let statuses = &self.state.workflow_lookups().by_status;
                Candidates::runs(self.limits.runs, nodes.iter().map(|node| (Run::Status(node.clone()), statuses.count(node))))
            }
            What::Bin => {
                let below = |bin| self.state.nodes(list::STATUSES, Some(bin)).into_iter().map(|node| node.id.clone());
                let statuses: BTreeSet<NodeId> = nodes.iter().flat_map(below).collect();
                self.nodes(kind, What::Node("status"), &statuses)
            }
            _ => None,
        }
    }

    fn mails(&mut self, kind: ProfileType, texts: &[String], exact: bool) -> Choice {
        let mails = &self.state.profile_lookups(kind)?.mails;
        if texts.is_empty() {
            return None;
        }
        let mut all = Candidates::default();
        for text in texts {
            let found: Vec<u64> =
                if exact { mails.exactly(text).collect() } else { mails.containing(text, self.limits.gathered)? };
            if !self.touch(1 + found.len()) {
                return None;
            }
            all = all.join(self.limits.runs, Candidates::ids(found))?;
        }
        Some(all)
    }

    /// A narrow range is gathered, a wide one read span by span.
    fn moments(&mut self, kind: ProfileType, what: What, from: Option<Timestamp>, to: Option<Timestamp>) -> Choice {
        if from.is_none() && to.is_none() {
            return None;
        }
        let (created, updated) = moments(self.state, kind);
        let moments = if what == What::Created { created } else { updated };
        let gathered: Vec<u64> = moments.within(from, to).take(self.limits.gathered + 1).collect();
        if !self.touch(gathered.len()) {
            return None;
        }
        if gathered.len() <= self.limits.gathered {
            return Some(Candidates::ids(gathered));
        }
        let run = if what == What::Created { Run::Created } else { Run::Updated };
        Candidates::runs(self.limits.runs, moments.spans(from, to).map(|(span, count)| (run(span), count)))
    }
}

fn ids(numbers: &Numbers) -> impl Iterator<Item = u64> {
    numbers.all.iter().filter_map(|id| u64::try_from(*id).ok())
}

fn smaller(one: Choice, other: Choice) -> Choice {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.count < one.count { other } else { one }),
        (one, other) => one.or(other),
    }
}

#[cfg(any(test, feature = "fuzzing"))]
impl Matcher<'_> {
    /// The first page as every plan finds it, and as going through everybody does.
    pub(super) fn found_in_all_ways(&self) -> Vec<Vec<u64>> {
        let scanned = self.state.ids_within(self.kind, 0..=u64::MAX).filter(|id| self.matches(*id)).take(PAGE).collect();
        let plans = [LIMITS, Limits { gathered: 2, runs: 3 }, Limits { gathered: 0, runs: 64 }];
        let planned = plans.into_iter().map(|limits| page_within(self, limits).expect("no bound").ids);
        std::iter::once(scanned).chain(planned).collect()
    }
}

#[cfg(test)]
mod tests;

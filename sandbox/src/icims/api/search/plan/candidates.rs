//! Candidates of a search: ids of the look-ups, read ascending, each once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::RangeInclusive;

use crate::icims::model::{JobId, NodeId};
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::icims::state::index::{Moments, Span};

/// Ids of one group of the look-ups, ascending.
#[derive(Clone, Debug)]
pub(super) enum Run {
    Folder(NodeId),
    Status(NodeId),
    Job(JobId, Option<NodeId>),
    Created(Span),
    Updated(Span),
}

/// Profiles that may match: some by id, others as runs.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    ids: Vec<u64>,
    runs: Vec<Run>,
    pub(super) count: usize,
}

impl Candidates {
    pub(super) fn ids(ids: impl IntoIterator<Item = u64>) -> Self {
        let ids: Vec<u64> = ids.into_iter().collect();
        Self { count: ids.len(), ids, runs: Vec::new() }
    }

    pub(super) fn runs(limit: usize, runs: impl IntoIterator<Item = (Run, usize)>) -> Option<Self> {
        let mut all = Self::default();
        for (run, count) in runs.into_iter().filter(|(_, count)| *count > 0) {
            if all.runs.len() == limit {
                return None;
            }
            all.runs.push(run);
            all.count += count;
        }
        Some(all)
    }

    pub(super) fn join(mut self, limit: usize, other: Self) -> Option<Self> {
        self.ids.extend(other.ids);
        self.runs.extend(other.runs);
        self.count += other.count;
        (self.runs.len() <= limit).then_some(self)
    }

    /// Everything here within bounds, ascending, each id once.
    pub(super) fn walk<'a>(
        &'a self,
        state: &'a CustomerState,
        kind: ProfileType,
        bounds: &RangeInclusive<u64>,
    ) -> Box<dyn Iterator<Item = u64> + 'a> {
        let mut ids: Vec<u64> = self.ids.iter().copied().filter(|id| bounds.contains(id)).collect();
        ids.sort_unstable();
        ids.dedup();
        let ids: Box<dyn Iterator<Item = u64>> = Box::new(ids.into_iter());
        if self.runs.is_empty() || bounds.is_empty() {
            return ids;
        }
        let runs = self.runs.iter().map(|run| run.read(state, kind, bounds.clone()));
        Box::new(Merged::new(std::iter::once(ids).chain(runs)))
    }
}

impl Run {
    fn read<'a>(
        &self,
        state: &'a CustomerState,
        kind: ProfileType,
        ids: RangeInclusive<u64>,
    ) -> Box<dyn Iterator<Item = u64> + 'a> {
        let workflows = state.workflow_lookups();
        let (created, updated) = moments(state, kind);
        match (self, state.profile_lookups(kind)) {
            (Self::Folder(folder), Some(profiles)) => Box::new(profiles.folders.run(folder.clone(), ids)),
            (Self::Folder(_), None) => Box::new(std::iter::empty()),
            (Self::Status(status), _) => Box::new(workflows.by_status.run(status.clone(), ids)),
            (Self::Job(job, status), _) => Box::new(workflows.by_job.run((*job, status.clone()), ids)),
            (Self::Created(span), _) => Box::new(created.run(*span, ids)),
            (Self::Updated(span), _) => Box::new(updated.run(*span, ids)),
        }
    }
}

pub(super) fn moments(state: &CustomerState, kind: ProfileType) -> (&Moments, &Moments) {
    match state.profile_lookups(kind) {
        Some(profiles) => (&profiles.created, &profiles.updated),
        None => (&state.workflow_lookups().created, &state.workflow_lookups().updated),
    }
}

/// Ascending runs as one ascending run.
struct Merged<'a> {
    runs: Vec<Box<dyn Iterator<Item = u64> + 'a>>,
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    last: Option<u64>,
}

impl<'a> Merged<'a> {
    fn new(runs: impl Iterator<Item = Box<dyn Iterator<Item = u64> + 'a>>) -> Self {
        let mut runs: Vec<_> = runs.collect();
        let heads = runs.iter_mut().enumerate().filter_map(|(place, run)| Some(Reverse((run.next()?, place)))).collect();
        Self { runs, heads, last: None }
    }
}

impl Iterator for Merged<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        loop {
            let mut head = self.heads.peek_mut()?;
            let Reverse((id, place)) = *head;
            match self.runs[place].next() {
                Some(next) => *head = Reverse((next, place)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
            if self.last.replace(id) != Some(id) {
                return Some(id);
            }
        }
    }
}

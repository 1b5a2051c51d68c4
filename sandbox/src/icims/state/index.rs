//! What is looked up often: how profiles, nodes, events, tokens and sessions are found otherwise than by id.
//!
//! Each table of the state carries its look-ups and keeps them up to date by itself ([`Indexed`]); nothing here is stored. All of
//! it is made of persistent collections, so that a clone of the state stays a snapshot that costs nothing. Flat sets of pairs are
//! preferred to maps of sets: most groups are small, and there are millions of pairs.

mod groups;
mod mail;
mod moments;
mod nodes;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;

pub(in crate::icims) use groups::Groups;
pub(in crate::icims) use mail::Mails;
pub(in crate::icims) use moments::{Moments, Span};
pub(in crate::icims) use nodes::NodeLookups;

use crate::engine::{Edited, Indexed, Lookups};
use crate::icims::model::{
    Company, CompanyId, EventId, FileBytes, FileId, Job, JobId, Node, NodeId, Onboarding, OnboardingId, Person, PersonId, Record,
    Workflow, WorkflowId,
};

use super::outgoing::OutgoingEvent;
use super::sessions::PortalSession;
use super::tokens::Token;

pub(super) type People = Indexed<PersonId, Person, ProfileLookups>;
pub(super) type Jobs = Indexed<JobId, Job, ProfileLookups>;
pub(super) type Companies = Indexed<CompanyId, Company, ProfileLookups>;
pub(super) type Workflows = Indexed<WorkflowId, Workflow, WorkflowLookups>;
pub(super) type Onboardings = Indexed<OnboardingId, Onboarding, OnboardingLookups>;
pub(super) type Nodes = Indexed<NodeId, Node, NodeLookups>;
pub(super) type Files = Indexed<FileId, FileBytes, TotalBytes>;
pub(super) type Events = Indexed<EventId, OutgoingEvent, PendingEvents>;
pub(super) type Tokens = Indexed<String, Token, ByMoment>;
pub(super) type Sessions = Indexed<String, PortalSession, ByMoment>;

/// How people, jobs and companies are found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct ProfileLookups {
    pub(in crate::icims) mails: Mails,
    /// External ids in lower case.
    pub(in crate::icims) external: OrdSet<(Arc<str>, u64)>,
    pub(in crate::icims) folders: Groups<NodeId>,
    pub(in crate::icims) created: Moments,
    pub(in crate::icims) updated: Moments,
}

/// What the look-ups of a profile depend on.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::icims) struct ProfileKeys {
    id: u64,
    email: Option<String>,
    external: Option<Arc<str>>,
    folder: Option<NodeId>,
    created: Timestamp,
    updated: Timestamp,
}

impl ProfileKeys {
    fn of(id: u64, record: &Record) -> Self {
        let lower = |field: &str| Some(record.text(field)).filter(|text| !text.is_empty()).map(str::to_lowercase);
        Self {
            id,
            email: lower("email"),
            external: lower("externalid").map(Into::into),
            folder: record.node("folder").cloned(),
            created: record.created,
            updated: record.updated,
        }
    }
}

impl ProfileLookups {
    /// The ids of profiles with this external id, letter case aside, ascending.
    pub(in crate::icims) fn with_external_id<'a>(&'a self, text: &str) -> impl Iterator<Item = u64> + use<'a> {
        let wanted: Arc<str> = text.to_lowercase().into();
        self.external.range((wanted.clone(), 0)..=(wanted, u64::MAX)).map(|(_, id)| *id)
    }

    fn note(&mut self, keys: ProfileKeys) {
        if let Some(email) = &keys.email {
            self.mails.add(email, keys.id);
        }
        if let Some(external) = keys.external {
            self.external.insert((external, keys.id));
        }
        if let Some(folder) = keys.folder {
            self.folders.add(folder, keys.id);
        }
        self.created.add(keys.created, keys.id);
        self.updated.add(keys.updated, keys.id);
    }

    fn drop(&mut self, keys: ProfileKeys) {
        if let Some(email) = &keys.email {
            self.mails.take(email, keys.id);
        }
        if let Some(external) = keys.external {
            self.external.remove(&(external, keys.id));
        }
        if let Some(folder) = keys.folder {
            self.folders.take(folder, keys.id);
        }
        self.created.take(keys.created, keys.id);
        self.updated.take(keys.updated, keys.id);
    }
}

macro_rules! profile_lookups {
    ($($key:ident, $row:ident;)*) => {$(
        impl Lookups<$key, $row> for ProfileLookups {
            type Keys = ProfileKeys;

            fn keys(key: &$key, row: &$row) -> ProfileKeys {
                ProfileKeys::of(key.get(), &row.record)
            }

            fn add(&mut self, keys: ProfileKeys) {
                self.note(keys);
            }

            fn take(&mut self, keys: ProfileKeys) {
                self.drop(keys);
            }
        }
    )*};
}

profile_lookups! {
    PersonId, Person;
    JobId, Job;
    CompanyId, Company;
}

/// How recruiting workflows are found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct WorkflowLookups {
    pub(in crate::icims) by_pair: OrdMap<(PersonId, JobId), WorkflowId>,
    /// By job and, within the job, by status: vendors ask for both at once.
    pub(in crate::icims) by_job: Groups<(JobId, Option<NodeId>)>,
    pub(in crate::icims) by_status: Groups<NodeId>,
    pub(in crate::icims) created: Moments,
    pub(in crate::icims) updated: Moments,
}

/// What the look-ups of a workflow depend on.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::icims) struct WorkflowKeys {
    id: WorkflowId,
    pair: (PersonId, JobId),
    status: Option<NodeId>,
    created: Timestamp,
    updated: Timestamp,
}

impl WorkflowLookups {
    /// The workflows of a person, ascending.
    pub(in crate::icims) fn of_person(&self, person: PersonId) -> Vec<WorkflowId> {
        let all = (person, JobId::new(0))..=(person, JobId::new(u64::MAX));
        let mut found: Vec<WorkflowId> = self.by_pair.range(all).map(|(_, id)| *id).collect();
        found.sort_unstable();
        found
    }

    /// The statuses in which there are workflows of a job, with how many there are.
    pub(in crate::icims) fn statuses_of_job(&self, job: JobId) -> impl Iterator<Item = (Option<&NodeId>, usize)> {
        self.by_job
            .keys_from((job, None))
            .take_while(move |((of, _), _)| *of == job)
            .map(|((_, status), count)| (status.as_ref(), count))
    }

    /// The workflows of a job, ascending.
    pub(in crate::icims) fn of_job(&self, job: JobId) -> Vec<WorkflowId> {
        let groups = self.statuses_of_job(job).map(|(status, _)| (job, status.cloned()));
        let mut found: Vec<WorkflowId> =
            groups.flat_map(|group| self.by_job.run(group, 0..=u64::MAX).collect::<Vec<_>>()).map(WorkflowId::new).collect();
        found.sort_unstable();
        found
    }
}

impl Lookups<WorkflowId, Workflow> for WorkflowLookups {
    type Keys = WorkflowKeys;

    fn keys(key: &WorkflowId, row: &Workflow) -> WorkflowKeys {
        let (created, updated) = (row.record.created, row.record.updated);
        WorkflowKeys { id: *key, pair: (row.person, row.job), status: row.status().cloned(), created, updated }
    }

    fn add(&mut self, keys: WorkflowKeys) {
        let id = keys.id.get();
        self.by_pair.insert(keys.pair, keys.id);
        self.by_job.add((keys.pair.1, keys.status.clone()), id);
        if let Some(status) = keys.status {
            self.by_status.add(status, id);
        }
        self.created.add(keys.created, id);
        self.updated.add(keys.updated, id);
    }

    fn take(&mut self, keys: WorkflowKeys) {
        let id = keys.id.get();
        self.by_pair.remove(&keys.pair);
        self.by_job.take((keys.pair.1, keys.status.clone()), id);
        if let Some(status) = keys.status {
            self.by_status.take(status, id);
        }
        self.created.take(keys.created, id);
        self.updated.take(keys.updated, id);
    }
}

/// How onboarding workflows are found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct OnboardingLookups {
    pub(super) by_person: OrdSet<(PersonId, OnboardingId)>,
    pub(super) by_workflow: OrdMap<WorkflowId, OnboardingId>,
}

impl OnboardingLookups {
    /// The onboarding workflows of a person, ascending.
    pub(in crate::icims) fn of_person(&self, person: PersonId) -> impl Iterator<Item = OnboardingId> {
        let all = (person, OnboardingId::new(0))..=(person, OnboardingId::new(u64::MAX));
        self.by_person.range(all).map(|(_, id)| *id)
    }
}

impl Lookups<OnboardingId, Onboarding> for OnboardingLookups {
    type Keys = (OnboardingId, PersonId, Option<WorkflowId>);

    fn keys(key: &OnboardingId, row: &Onboarding) -> Self::Keys {
        (*key, row.person, row.workflow)
    }

    fn add(&mut self, (id, person, workflow): Self::Keys) {
        self.by_person.insert((person, id));
        if let Some(workflow) = workflow {
            self.by_workflow.insert(workflow, id);
        }
    }

    fn take(&mut self, (id, person, workflow): Self::Keys) {
        self.by_person.remove(&(person, id));
        if let Some(workflow) = workflow {
            self.by_workflow.remove(&workflow);
        }
    }
}

/// The events that have no outcome yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct PendingEvents(pub(super) OrdSet<EventId>);

impl Lookups<EventId, OutgoingEvent> for PendingEvents {
    type Keys = Option<EventId>;

    fn keys(key: &EventId, row: &OutgoingEvent) -> Option<EventId> {
        row.outcome.is_none().then_some(*key)
    }

    fn add(&mut self, keys: Option<EventId>) {
        self.0.extend(keys);
    }

    fn take(&mut self, keys: Option<EventId>) {
        if let Some(id) = keys {
            self.0.remove(&id);
        }
    }
}

/// How many bytes all files have together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct TotalBytes(pub(super) u64);

impl Lookups<FileId, FileBytes> for TotalBytes {
    type Keys = u64;

    fn keys(_: &FileId, row: &FileBytes) -> u64 {
        row.0.len() as u64
    }

    fn add(&mut self, bytes: u64) {
        self.0 += bytes;
    }

    fn take(&mut self, bytes: u64) {
        self.0 -= bytes;
    }
}

/// Tokens by the moment that decides when they go.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::icims) struct ByMoment(pub(super) OrdSet<(Timestamp, String)>);

macro_rules! by_moment {
    ($($row:ident, $moment:ident;)*) => {$(
        impl Lookups<String, $row> for ByMoment {
            type Keys = (Timestamp, String);

            fn keys(key: &String, row: &$row) -> Self::Keys {
                (row.$moment, key.clone())
            }

            fn add(&mut self, keys: Self::Keys) {
                self.0.insert(keys);
            }

            fn take(&mut self, keys: Self::Keys) {
                self.0.remove(&keys);
            }
        }
    )*};
}

by_moment! {
    Token, issued;
    PortalSession, expires;
}

/// The record of a profile that is being changed; the look-ups follow when the change is over.
#[derive(Debug)]
pub(in crate::icims) enum EditedRecord<'a> {
    Person(Edited<'a, PersonId, Person, ProfileLookups>),
    Job(Edited<'a, JobId, Job, ProfileLookups>),
    Company(Edited<'a, CompanyId, Company, ProfileLookups>),
    Workflow(Edited<'a, WorkflowId, Workflow, WorkflowLookups>),
    Onboarding(Edited<'a, OnboardingId, Onboarding, OnboardingLookups>),
}

impl std::ops::Deref for EditedRecord<'_> {
    type Target = Record;

    fn deref(&self) -> &Record {
        match self {
            Self::Person(row) => &row.record,
            Self::Job(row) => &row.record,
            Self::Company(row) => &row.record,
            Self::Workflow(row) => &row.record,
            Self::Onboarding(row) => &row.record,
        }
    }
}

impl std::ops::DerefMut for EditedRecord<'_> {
    fn deref_mut(&mut self) -> &mut Record {
        match self {
            Self::Person(row) => &mut row.record,
            Self::Job(row) => &mut row.record,
            Self::Company(row) => &mut row.record,
            Self::Workflow(row) => &mut row.record,
            Self::Onboarding(row) => &mut row.record,
        }
    }
}

#[cfg(any(test, feature = "fuzzing"))]
impl super::CustomerState {
    /// Fails when a look-up is not what the rows alone tell.
    pub(in crate::icims) fn check_lookups(&self) {
        assert_eq!(*self.people.lookups(), self.people.rebuilt());
        assert_eq!(*self.jobs.lookups(), self.jobs.rebuilt());
        assert_eq!(*self.companies.lookups(), self.companies.rebuilt());
        assert_eq!(*self.workflows.lookups(), self.workflows.rebuilt());
        assert_eq!(*self.onboardings.lookups(), self.onboardings.rebuilt());
        assert_eq!(*self.lists.lookups(), self.lists.rebuilt());
        assert_eq!(*self.files.lookups(), self.files.rebuilt());
        assert_eq!(*self.events.lookups(), self.events.rebuilt());
        assert_eq!(*self.tokens.lookups(), self.tokens.rebuilt());
        assert_eq!(*self.sessions.lookups(), self.sessions.rebuilt());
    }
}

//! The state of one customer's platform and the rules that change it. No HTTP and no clock: time is an argument.
//!
//! Rules run on a clone that is published when they have not refused, so that a refusal leaves everything as it was whatever a rule
//! did before. The API and the screens call the same rules. Read in this order: [`changes`] (how values come in), [`people`], [`jobs`],
//! [`workflows`], [`advance`], [`onboarding`], [`application`],
//! [`collections`], [`outgoing`] (events to the vendor), then [`views`] for what screens show.

pub mod access;
pub mod advance;
pub mod application;
pub mod bulk;
pub mod changes;
pub mod collections;
pub mod connection;
mod deletion;
mod delivered;
pub mod files;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fixture;
pub(super) mod index;
pub mod jobs;
mod list_editor;
pub mod lists;
mod lives;
pub mod onboarding;
pub mod outgoing;
pub mod people;
pub(super) mod reader;
mod refusal;
mod room;
pub mod sessions;
pub mod switches;
pub mod tokens;
pub mod users;
pub mod views;
pub mod workflows;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use ipnet::IpNet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[cfg(test)]
pub(super) use lives::resumes_written;
pub(super) use reader::date_time_text;
pub use refusal::Refusal;
pub use room::Limits;

use super::model::{
    Company, CompanyId, Job, JobId, Onboarding, OnboardingId, Person, PersonId, ProfileKey, Record, Workflow, WorkflowId,
};
use super::schema::ProfileType;
use crate::engine::{Indexed, Name, Persist, Rows, Single, State, Table};
pub use access::{CustomerInfo, Region};
use advance::Entrance;
use bulk::Growing;
use connection::Connection;
use index::{EditedRecord, ProfileLookups, WorkflowLookups};
use lists::LABEL_LIMIT;
use switches::Switches;
use users::{IntegrationUser, Users};

/// The next free ids. Never handed out twice, so that a removed entry's id is not reused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Counters {
    pub(super) person: u64,
    pub(super) job: u64,
    pub(super) company: u64,
    pub(super) workflow: u64,
    pub(super) entry: u64,
    pub(super) node: u64,
    pub(super) event: u64,
    pub(super) token: u64,
    #[serde(default = "first_file")]
    pub(super) file: u64,
    #[serde(default = "first_onboarding")]
    pub(super) onboarding: u64,
}

/// Where files are counted from; tenants stored before there were files have no such number.
const fn first_file() -> u64 {
    1
}

/// Where onboarding workflows are counted from, also in tenants stored before there were any.
const fn first_onboarding() -> u64 {
    5_301
}

impl Counters {
    /// First ids of the size that real tenants show; `token` counts.
    const FIRST: Self = Self {
        person: 30_517,
        job: 2_210,
        company: 18,
        workflow: 88_431,
        entry: 501,
        node: 60_001,
        event: 1,
        token: 1,
        file: first_file(),
        onboarding: first_onboarding(),
    };
}

/// Everything one customer's platform knows. A clone is a snapshot: it shares all rows and costs next to nothing.
#[derive(Clone, Debug)]
pub struct CustomerState {
    /// How much there may be.
    pub limits: Limits,
    pub(super) info: Single<CustomerInfo>,
    pub(super) counters: Single<Counters>,
    pub(super) connection: Single<Connection>,
    pub(super) labels: Single<BTreeMap<String, String>>,
    pub(super) users: Single<Users>,
    pub(super) further_users: Table<String, IntegrationUser>,
    pub(super) allowlist: Single<Vec<IpNet>>,
    pub(super) entrance: Single<Vec<Entrance>>,
    pub(super) switches: Single<Switches>,
    pub(super) growing: Single<Vec<Growing>>,
    pub(super) people: index::People,
    pub(super) jobs: index::Jobs,
    pub(super) companies: index::Companies,
    pub(super) workflows: index::Workflows,
    pub(super) onboardings: index::Onboardings,
    pub(super) lists: index::Nodes,
    pub(super) files: index::Files,
    pub(super) events: index::Events,
    pub(super) tokens: index::Tokens,
    pub(super) sessions: index::Sessions,
}

impl Persist for CustomerState {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![
            &mut self.info,
            &mut self.counters,
            &mut self.connection,
            &mut self.labels,
            &mut self.users,
            &mut self.further_users,
            &mut self.allowlist,
            &mut self.entrance,
            &mut self.switches,
            &mut self.growing,
            &mut self.people,
            &mut self.jobs,
            &mut self.companies,
            &mut self.workflows,
            &mut self.onboardings,
            &mut self.lists,
            &mut self.files,
            &mut self.events,
            &mut self.tokens,
            &mut self.sessions,
        ]
    }
}

/// The kind of the names with which integration users sign in.
pub(super) const LOGIN: &str = "login";
/// The kind of the ids with which they fetch tokens.
pub(super) const CLIENT: &str = "client";

impl State for CustomerState {
    const KIND: &'static str = "icims";

    fn names(&self) -> Vec<Name> {
        let mut names = Vec::new();
        for user in self.integration_users() {
            let whose: Arc<str> = user.username.as_str().into();
            let mut note = |kind, name: &str| names.push(Name { kind, name: name.into(), whose: Arc::clone(&whose) });
            note(LOGIN, &user.username);
            note(LOGIN, &user.hmac_user);
            note(CLIENT, &user.client_id);
        }
        names
    }

    fn has_outgoing(&self) -> bool {
        self.pending_events().next().is_some()
    }
}

impl CustomerState {
    /// A platform to put stored rows into. What a platform always has is stored when it is opened, so all of it is replaced.
    #[must_use]
    pub fn blank(id: u64) -> Self {
        let users = Users { integration: IntegrationUser::default(), recruiter: Default::default() };
        Self::empty(CustomerInfo::new(id, String::new(), String::new()), users)
    }

    /// A platform as iCIMS delivers it: lists, statuses, the users, nothing else.
    #[must_use]
    pub fn new(info: CustomerInfo, users: Users, now: Timestamp) -> Self {
        let mut state = Self::empty(info, users);
        state.deliver_lists();
        state.enrol_users(now);
        state
    }

    /// A state without rows, into which stored rows can be put back.
    #[must_use]
    pub(super) fn empty(info: CustomerInfo, users: Users) -> Self {
        Self {
            limits: Limits::default(),
            info: Single::new("customer", info),
            counters: Single::new("counters", Counters::FIRST),
            connection: Single::new("connection", Connection::default()),
            labels: Single::new("labels", BTreeMap::new()),
            users: Single::new("users", users),
            further_users: Table::new("integration_users"),
            allowlist: Single::new("allowlist", Vec::new()),
            entrance: Single::new("entrance", Vec::new()),
            switches: Single::new("switches", Switches::default()),
            growing: Single::new("growing", Vec::new()),
            people: Indexed::new("people"),
            jobs: Indexed::new("jobs"),
            companies: Indexed::new("companies"),
            workflows: Indexed::new("workflows"),
            onboardings: Indexed::new("onboardings"),
            lists: Indexed::new("lists"),
            files: Indexed::new("files"),
            events: Indexed::new("events"),
            tokens: Indexed::new("tokens"),
            sessions: Indexed::new("portal_sessions"),
        }
    }

    /// Who the customer is.
    #[must_use]
    pub fn info(&self) -> &CustomerInfo {
        self.info.get()
    }

    /// The person with this id.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// The job with this id.
    #[must_use]
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// The company with this id.
    #[must_use]
    pub fn company(&self, id: CompanyId) -> Option<&Company> {
        self.companies.get(&id)
    }

    /// The recruiting workflow with this id.
    #[must_use]
    pub fn workflow(&self, id: WorkflowId) -> Option<&Workflow> {
        self.workflows.get(&id)
    }

    /// The onboarding workflow with this id.
    #[must_use]
    pub fn onboarding(&self, id: OnboardingId) -> Option<&Onboarding> {
        self.onboardings.get(&id)
    }

    /// The workflow that joins a person and a job.
    #[must_use]
    pub fn workflow_of(&self, person: PersonId, job: JobId) -> Option<&Workflow> {
        self.workflow(*self.workflows.lookups().by_pair.get(&(person, job))?)
    }

    /// The look-ups of a type of profiles that stand on their own.
    pub(super) fn profile_lookups(&self, kind: ProfileType) -> Option<&ProfileLookups> {
        match kind {
            ProfileType::People => Some(self.people.lookups()),
            ProfileType::Jobs => Some(self.jobs.lookups()),
            ProfileType::Companies => Some(self.companies.lookups()),
            ProfileType::Workflows | ProfileType::Onboarding => None,
        }
    }

    /// The look-ups of recruiting workflows.
    pub(super) fn workflow_lookups(&self) -> &WorkflowLookups {
        self.workflows.lookups()
    }

    /// All people, by ascending id.
    pub fn people(&self) -> impl DoubleEndedIterator<Item = &Person> {
        self.people.values()
    }

    /// All jobs, by ascending id.
    pub fn jobs(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.jobs.values()
    }

    /// All companies, by ascending id.
    pub fn companies(&self) -> impl DoubleEndedIterator<Item = &Company> {
        self.companies.values()
    }

    /// All recruiting workflows, by ascending id.
    pub fn workflows(&self) -> impl DoubleEndedIterator<Item = &Workflow> {
        self.workflows.values()
    }

    /// How many recruiting workflows there are.
    #[must_use]
    pub fn workflow_count(&self) -> usize {
        self.workflows.len()
    }

    /// The ids of a type of profiles within bounds, ascending; finding the first one is as quick as a look-up.
    pub(super) fn ids_within(&self, kind: ProfileType, ids: RangeInclusive<u64>) -> Box<dyn Iterator<Item = u64> + '_> {
        let (first, last) = ids.into_inner();
        match kind {
            _ if first > last => Box::new(std::iter::empty()),
            ProfileType::People => {
                Box::new(self.people.range(PersonId::new(first)..=PersonId::new(last)).map(|(id, _)| id.get()))
            }
            ProfileType::Jobs => Box::new(self.jobs.range(JobId::new(first)..=JobId::new(last)).map(|(id, _)| id.get())),
            ProfileType::Companies => {
                Box::new(self.companies.range(CompanyId::new(first)..=CompanyId::new(last)).map(|(id, _)| id.get()))
            }
            ProfileType::Workflows => {
                Box::new(self.workflows.range(WorkflowId::new(first)..=WorkflowId::new(last)).map(|(id, _)| id.get()))
            }
            ProfileType::Onboarding => {
                let all = self.onboardings.range(OnboardingId::new(first)..=OnboardingId::new(last));
                Box::new(all.map(|(id, _)| id.get()))
            }
        }
    }

    /// The values of any profile.
    #[must_use]
    pub fn record(&self, (kind, id): ProfileKey) -> Option<&Record> {
        match kind {
            ProfileType::People => self.person(PersonId::new(id)).map(|row| &row.record),
            ProfileType::Jobs => self.job(JobId::new(id)).map(|row| &row.record),
            ProfileType::Companies => self.company(CompanyId::new(id)).map(|row| &row.record),
            ProfileType::Workflows => self.workflow(WorkflowId::new(id)).map(|row| &row.record),
            ProfileType::Onboarding => self.onboarding(OnboardingId::new(id)).map(|row| &row.record),
        }
    }

    pub(super) fn edit_record(&mut self, (kind, id): ProfileKey) -> Option<EditedRecord<'_>> {
        Some(match kind {
            ProfileType::People => EditedRecord::Person(self.people.edit(&PersonId::new(id))?),
            ProfileType::Jobs => EditedRecord::Job(self.jobs.edit(&JobId::new(id))?),
            ProfileType::Companies => EditedRecord::Company(self.companies.edit(&CompanyId::new(id))?),
            ProfileType::Workflows => EditedRecord::Workflow(self.workflows.edit(&WorkflowId::new(id))?),
            ProfileType::Onboarding => EditedRecord::Onboarding(self.onboardings.edit(&OnboardingId::new(id))?),
        })
    }

    /// What a profile is called where another one refers to it: a name or a title.
    #[must_use]
    pub fn profile_name(&self, (kind, id): ProfileKey) -> Option<String> {
        match kind {
            ProfileType::People => self.person(PersonId::new(id)).map(Person::name),
            ProfileType::Jobs => self.job(JobId::new(id)).map(|job| job.title().to_owned()),
            ProfileType::Companies => self.company(CompanyId::new(id)).map(|company| company.record.text("name").to_owned()),
            ProfileType::Workflows => self.workflow(WorkflowId::new(id)).map(|workflow| workflow.id.to_string()),
            ProfileType::Onboarding => self.onboarding(OnboardingId::new(id)).map(|onboarding| onboarding.id.to_string()),
        }
    }

    /// What this customer calls a field of a profile type: the own label, or the one that iCIMS delivers.
    #[must_use]
    pub fn field_label(&self, kind: ProfileType, field: &str) -> Option<String> {
        let own = self.labels.get().get(&format!("{}.{field}", kind.singular()));
        own.cloned().or_else(|| kind.field(field).map(|field| field.label.to_owned()))
    }

    /// Renames a field for this customer; an empty label brings the delivered one back.
    ///
    /// # Errors
    /// When there is no such field, or the label is too long.
    pub fn rename_field(&mut self, kind: ProfileType, field: &str, label: &str) -> Result<(), Refusal> {
        let known = kind.field(field).ok_or_else(|| Refusal::Invalid(field.to_owned()))?;
        if label.trim().chars().count() > LABEL_LIMIT {
            return Err(Refusal::TooLong { field: field.to_owned(), max: LABEL_LIMIT });
        }
        let key = format!("{}.{}", kind.singular(), known.name);
        if label.trim().is_empty() {
            self.labels.edit().remove(&key);
        } else {
            self.labels.edit().insert(key, label.trim().to_owned());
        }
        Ok(())
    }
}

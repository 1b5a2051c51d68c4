//! The state of one customer's platform and the rules that change it. No HTTP and no clock: time is an argument.
//!
//! Every rule checks first and changes last, so that a refusal leaves everything as it was. The API and the screens call the same
//! rules. Read in this order: [`changes`] (how values come in), [`people`], [`jobs`], [`workflows`], [`advance`], [`portal`],
//! [`collections`], [`outgoing`] (events to the vendor), then [`views`] for what screens show.

pub mod access;
pub mod advance;
pub mod application;
pub mod changes;
pub mod collections;
pub mod connection;
mod deletion;
mod delivered;
pub mod files;
#[cfg(test)]
pub(super) mod fixture;
pub mod jobs;
pub mod lists;
pub mod outgoing;
pub mod people;
pub mod portal;
pub(super) mod reader;
mod refusal;
pub mod sessions;
pub mod switches;
pub mod tokens;
pub mod users;
pub mod views;
pub mod workflows;

use std::collections::BTreeMap;

use imbl::{HashMap, OrdSet};
use ipnet::IpNet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) use reader::date_time_text;
pub use refusal::Refusal;

use super::model::{
    Company, CompanyId, EventId, FileBytes, FileId, Job, JobId, Node, NodeId, Person, PersonId, ProfileKey, Record, Workflow,
    WorkflowId,
};
use super::schema::ProfileType;
use crate::engine::{Persist, Rows, Single, Table};
pub use access::{CustomerInfo, Region};
use advance::Entrance;
use connection::Connection;
use outgoing::OutgoingEvent;
use sessions::PortalSession;
use switches::Switches;
use tokens::Token;
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
}

/// Where files are counted from; tenants stored before there were files have no such number.
const fn first_file() -> u64 {
    1
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
    };
}

/// Everything one customer's platform knows. A clone is a snapshot: it shares all rows and costs next to nothing.
#[derive(Clone, Debug)]
pub struct CustomerState {
    pub(super) info: Single<CustomerInfo>,
    pub(super) counters: Single<Counters>,
    pub(super) connection: Single<Connection>,
    pub(super) labels: Single<BTreeMap<String, String>>,
    pub(super) users: Single<Users>,
    pub(super) further_users: Table<String, IntegrationUser>,
    pub(super) allowlist: Single<Vec<IpNet>>,
    pub(super) entrance: Single<Vec<Entrance>>,
    pub(super) switches: Single<Switches>,
    pub(super) people: Table<PersonId, Person>,
    pub(super) jobs: Table<JobId, Job>,
    pub(super) companies: Table<CompanyId, Company>,
    pub(super) workflows: Table<WorkflowId, Workflow>,
    pub(super) lists: Table<NodeId, Node>,
    pub(super) files: Table<FileId, FileBytes>,
    pub(super) events: Table<EventId, OutgoingEvent>,
    pub(super) tokens: Table<String, Token>,
    pub(super) sessions: Table<String, PortalSession>,
    pub(super) index: Index,
}

/// What is looked up often; derived from the tables and never stored. Made of persistent maps, as the tables are.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) by_pair: HashMap<(PersonId, JobId), WorkflowId>,
    pub(super) by_person: HashMap<PersonId, OrdSet<WorkflowId>>,
    pub(super) by_job: HashMap<JobId, OrdSet<WorkflowId>>,
    pub(super) pending: OrdSet<EventId>,
    /// How many bytes all files have together.
    pub(super) file_bytes: u64,
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
            &mut self.people,
            &mut self.jobs,
            &mut self.companies,
            &mut self.workflows,
            &mut self.lists,
            &mut self.files,
            &mut self.events,
            &mut self.tokens,
            &mut self.sessions,
        ]
    }
}

impl CustomerState {
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
            info: Single::new("customer", info),
            counters: Single::new("counters", Counters::FIRST),
            connection: Single::new("connection", Connection::default()),
            labels: Single::new("labels", BTreeMap::new()),
            users: Single::new("users", users),
            further_users: Table::new("integration_users"),
            allowlist: Single::new("allowlist", Vec::new()),
            entrance: Single::new("entrance", Vec::new()),
            switches: Single::new("switches", Switches::default()),
            people: Table::new("people"),
            jobs: Table::new("jobs"),
            companies: Table::new("companies"),
            workflows: Table::new("workflows"),
            lists: Table::new("lists"),
            files: Table::new("files"),
            events: Table::new("events"),
            tokens: Table::new("tokens"),
            sessions: Table::new("portal_sessions"),
            index: Index::default(),
        }
    }

    /// Derives the look-ups anew, after rows have been put back.
    pub(super) fn reindex(&mut self) {
        self.index = Index::default();
        for workflow in self.workflows.values() {
            self.index.note(workflow);
        }
        self.index.file_bytes = self.files.values().map(|bytes| bytes.0.len() as u64).sum();
        self.index.pending = self.events.values().filter(|event| event.outcome.is_none()).map(|event| event.id).collect();
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

    /// The workflow that joins a person and a job.
    #[must_use]
    pub fn workflow_of(&self, person: PersonId, job: JobId) -> Option<&Workflow> {
        self.workflow(*self.index.by_pair.get(&(person, job))?)
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

    /// The values of any profile.
    #[must_use]
    pub fn record(&self, (kind, id): ProfileKey) -> Option<&Record> {
        match kind {
            ProfileType::People => self.person(PersonId::new(id)).map(|row| &row.record),
            ProfileType::Jobs => self.job(JobId::new(id)).map(|row| &row.record),
            ProfileType::Companies => self.company(CompanyId::new(id)).map(|row| &row.record),
            ProfileType::Workflows => self.workflow(WorkflowId::new(id)).map(|row| &row.record),
        }
    }

    pub(super) fn edit_record(&mut self, (kind, id): ProfileKey) -> Option<&mut Record> {
        match kind {
            ProfileType::People => self.people.edit(&PersonId::new(id)).map(|row| &mut row.record),
            ProfileType::Jobs => self.jobs.edit(&JobId::new(id)).map(|row| &mut row.record),
            ProfileType::Companies => self.companies.edit(&CompanyId::new(id)).map(|row| &mut row.record),
            ProfileType::Workflows => self.workflows.edit(&WorkflowId::new(id)).map(|row| &mut row.record),
        }
    }

    /// What a profile is called where another one refers to it: a name or a title.
    #[must_use]
    pub fn profile_name(&self, (kind, id): ProfileKey) -> Option<String> {
        match kind {
            ProfileType::People => self.person(PersonId::new(id)).map(Person::name),
            ProfileType::Jobs => self.job(JobId::new(id)).map(|job| job.title().to_owned()),
            ProfileType::Companies => self.company(CompanyId::new(id)).map(|company| company.record.text("name").to_owned()),
            ProfileType::Workflows => self.workflow(WorkflowId::new(id)).map(|workflow| workflow.id.to_string()),
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
    /// When there is no such field.
    pub fn rename_field(&mut self, kind: ProfileType, field: &str, label: &str) -> Result<(), Refusal> {
        let known = kind.field(field).ok_or_else(|| Refusal::Invalid(field.to_owned()))?;
        let key = format!("{}.{}", kind.singular(), known.name);
        if label.trim().is_empty() {
            self.labels.edit().remove(&key);
        } else {
            self.labels.edit().insert(key, label.trim().to_owned());
        }
        Ok(())
    }
}

impl Index {
    pub(super) fn note(&mut self, workflow: &Workflow) {
        self.by_pair.insert((workflow.person, workflow.job), workflow.id);
        self.by_person.entry(workflow.person).or_default().insert(workflow.id);
        self.by_job.entry(workflow.job).or_default().insert(workflow.id);
    }

    pub(super) fn forget(&mut self, workflow: &Workflow) {
        self.by_pair.remove(&(workflow.person, workflow.job));
        if let Some(ids) = self.by_person.get_mut(&workflow.person) {
            ids.remove(&workflow.id);
        }
        if let Some(ids) = self.by_job.get_mut(&workflow.job) {
            ids.remove(&workflow.id);
        }
    }
}

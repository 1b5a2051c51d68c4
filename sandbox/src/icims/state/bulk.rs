//! Making people and workflows by the hundred thousand, for seeds: what the rules for one would make, without a request to read.
//!
//! Past status changes are written with their moments and tell no vendor: what is seeded has happened long ago.

use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::icims::model::{
    Entry, EntryId, Fields, JobId, Life, NodeId, Person, PersonId, Record, Role, StatusChange, Value, Workflow, WorkflowId,
};

use crate::icims::schema::ProfileType;

use super::delivered::{known, node};
use super::{CustomerState, Refusal};

/// A candidate to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCandidate {
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// E-mail address.
    pub email: String,
    /// Mobile number.
    pub phone: String,
    /// Home, work history, education, gender and résumé.
    pub life: Life,
}

/// An application to make, with what has become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewApplication {
    /// The candidate.
    pub person: PersonId,
    /// The job.
    pub job: JobId,
    /// How the candidate heard of the job.
    pub source: &'static str,
    /// The statuses it has been in with their moments, oldest first; the first one is when it was made.
    pub moves: Vec<(NodeId, Timestamp)>,
    /// The complete assessment, if there is one.
    pub result: Option<NewResult>,
}

/// A complete assessment to make.
#[derive(Clone, Debug, PartialEq)]
pub struct NewResult {
    /// Node of the list of assessment names.
    pub name: NodeId,
    /// When it was completed.
    pub at: Timestamp,
    /// 0 to 100.
    pub score: u8,
    /// The recommendation.
    pub result: &'static str,
}

/// Ids that are set aside for profiles which are being made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growing {
    jobs: Range<u64>,
    people: Range<u64>,
    workflows: Range<u64>,
    entries: Range<u64>,
}

impl CustomerState {
    /// Sets ids aside for profiles that are made on a clone: whoever makes profiles meanwhile gets later ones. Until they are all there,
    /// rows with these ids do not count.
    pub fn reserve(&mut self, jobs: u64, people: u64, workflows: u64, entries: u64) -> Growing {
        let counters = self.counters.edit();
        let growing = Growing {
            jobs: counters.job..counters.job + jobs,
            people: counters.person..counters.person + people,
            workflows: counters.workflow..counters.workflow + workflows,
            entries: counters.entry..counters.entry + entries,
        };
        counters.job = growing.jobs.end;
        counters.person = growing.people.end;
        counters.workflow = growing.workflows.end;
        counters.entry = growing.entries.end;
        self.growing.edit().push(growing.clone());
        growing
    }

    /// From now on the ids are used that were set aside.
    pub fn use_reserved(&mut self, growing: &Growing) {
        let counters = self.counters.edit();
        counters.job = growing.jobs.start;
        counters.person = growing.people.start;
        counters.workflow = growing.workflows.start;
        counters.entry = growing.entries.start;
    }

    /// Everything that was to be made under these ids is there.
    pub fn complete(&mut self, growing: &Growing) {
        self.growing.edit().retain(|other| other != growing);
    }

    /// Takes out what a process that ended meanwhile had not made to its end. It stays noted that these rows do not count: they may be in
    /// snapshots, too.
    pub(crate) fn forget_unfinished(&mut self) {
        for Growing { jobs, people, workflows, .. } in self.growing.get().clone() {
            let ids = |state: &Self, kind, ids: Range<u64>| {
                state.ids_within(kind, ids.start..=ids.end.saturating_sub(1)).collect::<Vec<_>>()
            };
            for id in ids(self, ProfileType::Workflows, workflows) {
                self.workflows.remove(&WorkflowId::new(id));
            }
            for id in ids(self, ProfileType::People, people) {
                self.people.remove(&PersonId::new(id));
            }
            for id in ids(self, ProfileType::Jobs, jobs) {
                self.jobs.remove(&JobId::new(id));
            }
        }
    }

    /// The id that the next person gets.
    #[must_use]
    pub fn next_person_id(&self) -> PersonId {
        PersonId::new(self.counters.get().person)
    }

    /// Makes a candidate.
    pub fn bulk_candidate(&mut self, new: NewCandidate, now: Timestamp) -> PersonId {
        let counters = self.counters.edit();
        let id = PersonId::new(counters.person);
        let entry = EntryId::new(counters.entry);
        counters.person += 1;
        counters.entry += 1;
        let mut phone = Fields::with_room(3);
        phone.insert("phonenumber".into(), Value::Text(new.phone));
        phone.insert("phonetype".into(), Value::Node(known("D83004")));
        phone.insert("primary".into(), Value::Flag(true));
        let mut fields = Fields::with_room(5);
        fields.insert("email".into(), Value::Text(new.email));
        fields.insert("firstname".into(), Value::Text(new.first));
        fields.insert("folder".into(), Value::Node(known(node::CANDIDATE_UNREVIEWED)));
        fields.insert("lastname".into(), Value::Text(new.last));
        fields.insert("phones".into(), Value::Entries(vec![Entry { entry: Some(entry), fields: phone }]));
        let record = Record { fields, ..Record::new(now) };
        self.people.put(id, Person { id, roles: [Role::Candidate].into(), record, life: Some(new.life) });
        id
    }

    /// Makes an application.
    ///
    /// # Errors
    /// When person or job do not exist or are joined already, or when a status does not exist.
    pub fn bulk_application(&mut self, new: NewApplication) -> Result<WorkflowId, Refusal> {
        self.check_pair(new.person, new.job)?;
        let (Some((_, created)), Some((status, updated))) = (new.moves.first(), new.moves.last()) else {
            return Err(Refusal::Required("status".into()));
        };
        if !new.moves.iter().all(|(status, _)| self.is_status(status)) {
            return Err(Refusal::Invalid("status".into()));
        }
        let updated = new.result.as_ref().map_or(*updated, |result| result.at.max(*updated));
        let mut fields = Fields::with_room(5);
        fields.insert("associatedprofile".into(), Value::Profile(new.person.get()));
        fields.insert("baseprofile".into(), Value::Profile(new.job.get()));
        fields.insert("source".into(), Value::Text(new.source.into()));
        fields.insert("status".into(), Value::Node(status.clone()));
        let record = Record { fields, created: *created, updated };
        let (person, recruiter) = (new.person, self.recruiter());
        let mut by = Some(person);
        let log = new.moves.into_iter();
        let log = log.map(|(status, at)| StatusChange { status, at, by: by.take().unwrap_or(recruiter) }).collect();
        let counters = self.counters.edit();
        let id = WorkflowId::new(counters.workflow);
        counters.workflow += 1;
        let mut workflow = Workflow { id, person, job: new.job, record, log, application: None, events: Vec::new() };
        if let Some(result) = new.result {
            let entry = Entry { entry: Some(EntryId::new(counters.entry)), fields: complete(result) };
            counters.entry += 1;
            workflow.record.fields.insert("assessmentresults".into(), Value::Entries(vec![entry]));
        }
        self.workflows.put(id, workflow);
        Ok(id)
    }

    /// Adds the positions that somebody has been hired for to those of these jobs which are open.
    pub fn bulk_filled(&mut self, jobs: &[JobId]) {
        for id in jobs {
            let hired = self.workflows.lookups().by_job.count(&(*id, Some(known(node::HIRED))));
            if hired == 0 {
                continue;
            }
            let Some(mut job) = self.jobs.edit(id) else { continue };
            if let Some(Value::Number(positions)) = job.record.fields.get_mut("numberofpositions") {
                *positions = positions.saturating_add_unsigned(hired as u64);
            }
        }
    }
}

fn complete(result: NewResult) -> Fields {
    let mut fields = Fields::with_room(5);
    fields.insert("assessmentdate".into(), Value::DateTime(result.at));
    fields.insert("assessmentname".into(), Value::Node(result.name));
    fields.insert("assessmentresult".into(), Value::Text(result.result.into()));
    fields.insert("assessmentscore".into(), Value::Decimal(result.score.into()));
    fields.insert("assessmentstatus".into(), Value::Node(known(node::COMPLETE)));
    fields
}

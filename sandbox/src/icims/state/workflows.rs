//! Bringing a person and a job together.

use jiff::Timestamp;

use crate::icims::model::{ApplicationStep, JobId, NodeId, PersonId, Record, Role, StatusChange, Value, Workflow, WorkflowId};
use crate::icims::schema::ProfileType;

use super::changes::Changes;
use super::delivered::{known, node};
use super::switches::DuplicateWorkflow;
use super::{CustomerState, Refusal};

/// How many status changes are remembered (icims-api 7.6).
const LOG_LIMIT: usize = 100;

/// The start of a workflow.
pub(super) struct Opening {
    pub(super) person: PersonId,
    pub(super) job: JobId,
    pub(super) status: NodeId,
    pub(super) by: PersonId,
    pub(super) application: Option<ApplicationStep>,
}

impl CustomerState {
    /// Submits a person to a job on screen. Only candidates can be submitted: creating a plain Person is the mistake that this
    /// makes visible (assessment-flow 9).
    ///
    /// # Errors
    /// When person or job do not exist, the person is a Contact, or the two are joined already.
    pub fn submit(&mut self, person: PersonId, job: JobId, by: PersonId, now: Timestamp) -> Result<WorkflowId, Refusal> {
        let submitted = self.person(person).ok_or(Refusal::NotFound(ProfileType::People))?;
        if submitted.is_contact() {
            return Err(Refusal::NotACandidate { name: submitted.name() });
        }
        self.check_pair(person, job)?;
        let status = known(node::RECRUITER_SUBMITTED);
        let id = self.open_workflow(Opening { person, job, status, by, application: None }, now);
        self.set_source(id, "Recruiter");
        Ok(id)
    }

    /// Attaches a person to a job over the API. Anyone can be attached, and becomes a Candidate by it (*assumed*, icims-api 6).
    /// A workflow that starts in the trigger status sends no event: only a change of status does (*assumed*). For a pair that is
    /// joined already, the customer's switch may say that its workflow is answered as it is.
    ///
    /// # Errors
    /// When person or job are missing or do not exist, or the two are joined already.
    pub fn attach(&mut self, changes: Changes, by: PersonId, now: Timestamp) -> Result<WorkflowId, Refusal> {
        Self::check_required(ProfileType::Workflows, &changes)?;
        let number = |field: &str| match changes.get(field) {
            Some(Value::Profile(id)) => Ok(*id),
            _ => Err(Refusal::Invalid(field.to_owned())),
        };
        let (person, job) = (PersonId::new(number("associatedprofile")?), JobId::new(number("baseprofile")?));
        match self.check_pair(person, job) {
            Err(Refusal::DuplicateWorkflow { existing }) if self.switches().duplicate_workflow == DuplicateWorkflow::Existing => {
                return Ok(existing);
            }
            other => other?,
        }
        let status = match changes.get("status") {
            Some(Value::Node(status)) if self.is_status(status) => status.clone(),
            Some(_) => return Err(Refusal::Invalid("status".into())),
            None => known(node::EXTERNAL_PORTAL),
        };
        let id = self.open_workflow(Opening { person, job, status, by, application: None }, now);
        self.apply((ProfileType::Workflows, id.get()), changes, now);
        Ok(id)
    }

    /// Changes the values of a workflow over the API. A new status goes through [`CustomerState::advance`],
    /// except that the customer's switch may keep the vendor from hearing of it.
    ///
    /// # Errors
    /// When there is no such workflow, when person or job would change, or when advancing is refused.
    pub fn edit_workflow(&mut self, id: WorkflowId, mut changes: Changes, by: PersonId, now: Timestamp) -> Result<(), Refusal> {
        let key = (ProfileType::Workflows, id.get());
        self.check_amendment(key, &changes)?;
        let workflow = self.workflow(id).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        let same = |field: &str, number: u64| changes.get(field).is_none_or(|value| *value == Value::Profile(number));
        if !same("associatedprofile", workflow.person.get()) {
            return Err(Refusal::Invalid("associatedprofile".into()));
        }
        if !same("baseprofile", workflow.job.get()) {
            return Err(Refusal::Invalid("baseprofile".into()));
        }
        let status = match changes.values.remove("status") {
            None => None,
            Some(Some(Value::Node(status))) => Some(status),
            Some(_) => return Err(Refusal::Required("status".into())),
        };
        if let Some(status) = &status {
            self.check_advance(id, status)?;
        }
        self.apply(key, changes, now);
        if let Some(status) = status {
            self.advance_over_api(id, &status, by, now)?;
        }
        Ok(())
    }

    /// Checks that both exist and are not joined yet.
    pub(super) fn check_pair(&self, person: PersonId, job: JobId) -> Result<(), Refusal> {
        self.person(person).ok_or(Refusal::NotFound(ProfileType::People))?;
        self.job(job).ok_or(Refusal::NotFound(ProfileType::Jobs))?;
        match self.workflow_of(person, job) {
            Some(existing) => Err(Refusal::DuplicateWorkflow { existing: existing.id }),
            None => self.check_profile_room(ProfileType::Workflows, 1),
        }
    }

    /// Opens a checked workflow and makes the person a Candidate.
    pub(super) fn open_workflow(&mut self, opening: Opening, now: Timestamp) -> WorkflowId {
        let Opening { person, job, status, by, application } = opening;
        let counters = self.counters.edit();
        let id = WorkflowId::new(counters.workflow);
        counters.workflow += 1;
        let mut record = Record::new(now);
        record.fields.insert("baseprofile".into(), Value::Profile(job.get()));
        record.fields.insert("associatedprofile".into(), Value::Profile(person.get()));
        record.fields.insert("status".into(), Value::Node(status.clone()));
        let log = vec![StatusChange { status, at: now, by }];
        let workflow = Workflow { id, person, job, record, log, application, events: Vec::new() };
        self.workflows.put(id, workflow);
        if self.person(person).is_some_and(|person| !person.roles.contains(&Role::Candidate))
            && let Some(mut person) = self.people.edit(&person)
        {
            person.roles.insert(Role::Candidate);
        }
        id
    }

    /// Writes a status and its line in the history.
    pub(super) fn log_status(&mut self, id: WorkflowId, change: StatusChange) {
        let Some(mut workflow) = self.workflows.edit(&id) else { return };
        workflow.record.fields.insert("status".into(), Value::Node(change.status.clone()));
        workflow.record.updated = change.at;
        workflow.log.push(change);
        let surplus = workflow.log.len().saturating_sub(LOG_LIMIT);
        workflow.log.drain(..surplus);
    }

    pub(super) fn set_source(&mut self, id: WorkflowId, source: &str) {
        if let Some(mut workflow) = self.workflows.edit(&id) {
            workflow.record.fields.insert("source".into(), Value::Text(source.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::icims::state::fixture::{now, platform, read};

    #[test]
    fn a_contact_cannot_be_submitted_and_the_refusal_says_what_to_do() {
        let mut platform = platform();
        let refusal =
            platform.state.submit(platform.priya, platform.job, platform.state.recruiter(), now()).expect_err("a contact");
        assert!(refusal.to_string().contains("Create the person as a Candidate"), "{refusal}");
        assert!(platform.state.workflow_of(platform.priya, platform.job).is_none());
    }

    #[test]
    fn attaching_over_the_api_makes_a_candidate() {
        let mut platform = platform();
        let values = json!({"baseprofile": platform.job, "associatedprofile": platform.priya});
        let values = read(&platform.state, ProfileType::Workflows, values);
        let id = platform.state.attach(values, platform.state.recruiter(), now()).expect("a workflow");
        assert!(platform.state.person(platform.priya).expect("the person").roles.contains(&Role::Candidate));
        let status = platform.state.workflow(id).and_then(Workflow::status).map(ToString::to_string);
        assert_eq!(status.as_deref(), Some("D10100"));
    }

    #[test]
    fn a_person_is_joined_to_a_job_once() {
        let mut platform = platform();
        let refusal =
            platform.state.submit(platform.ines, platform.job, platform.state.recruiter(), now()).expect_err("a second time");
        assert!(matches!(refusal, Refusal::DuplicateWorkflow { existing } if existing == platform.workflow));
    }
}

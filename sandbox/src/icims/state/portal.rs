//! Applying on the career portal, with the vendor's assessment as the last step.

use jiff::Timestamp;

use crate::icims::model::{ApplicationStep, EventId, JobId, PersonId, Role, Value, WorkflowId};
use crate::icims::schema::ProfileType;

use super::changes::Changes;
use super::delivered::{known, node};
use super::outgoing::EventKind;
use super::people::check_email;
use super::workflows::Opening;
use super::{CustomerState, Refusal};

/// What applying did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The candidate; the known one when the e-mail address is known.
    pub person: PersonId,
    /// The application.
    pub workflow: WorkflowId,
    /// The inline event, waiting to be delivered; absent when the application is complete without an assessment.
    pub event: Option<EventId>,
}

impl CustomerState {
    /// Submits an application. A known e-mail address means the person behind it, who is left as is; there is one profile per
    /// address (assessment-flow 8). Someone who has not finished the assessment step yet comes back to it with a new event.
    ///
    /// # Errors
    /// When the job is not open, a required value or the address is missing, or the candidate has applied already.
    pub fn apply_on_portal(&mut self, job: JobId, changes: Changes, now: Timestamp) -> Result<Applied, Refusal> {
        let opened = self.job(job).ok_or(Refusal::NotFound(ProfileType::Jobs))?;
        if !self.is_open(opened) {
            return Err(Refusal::JobNotOpen { title: opened.title().to_owned() });
        }
        let email = match changes.get("email") {
            Some(Value::Text(email)) => email.trim().to_owned(),
            _ => return Err(Refusal::Required("email".into())),
        };
        check_email(&email)?;
        if let Some(person) = self.person_by_email(&email).map(|person| person.id) {
            return match self.workflow_of(person, job).map(|workflow| (workflow.id, workflow.application)) {
                Some((workflow, Some(ApplicationStep::Assessment | ApplicationStep::LeftForVendor))) => {
                    let event = Some(self.ask_for_assessment(workflow, now)?);
                    Ok(Applied { person, workflow, event })
                }
                Some((existing, _)) => Err(Refusal::DuplicateWorkflow { existing }),
                None => Ok(self.open_application(person, job, now)),
            };
        }
        let person = self.create_person_as(Some(Role::Candidate), changes, now)?;
        Ok(self.open_application(person, job, now))
    }

    /// Asks the vendor again for the link of an unfinished assessment step, as reopening the step does. While an earlier
    /// question waits for its answer, that one is meant.
    ///
    /// # Errors
    /// When there is no such application or it has no unfinished assessment step.
    pub fn ask_for_assessment(&mut self, id: WorkflowId, now: Timestamp) -> Result<EventId, Refusal> {
        let workflow = self.workflow(id).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        if !matches!(workflow.application, Some(ApplicationStep::Assessment | ApplicationStep::LeftForVendor)) {
            return Err(Refusal::NoAssessment);
        }
        let candidate = workflow.person;
        if let Some(waiting) = workflow.events.iter().find(|event| self.index.pending.contains(event)) {
            return Ok(*waiting);
        }
        Ok(self.queue_event(id, EventKind::ApplicationComplete, candidate, now))
    }

    /// The candidate followed the link to the vendor.
    ///
    /// # Errors
    /// When there is no such application or it has no unfinished assessment step.
    pub fn left_for_vendor(&mut self, id: WorkflowId) -> Result<(), Refusal> {
        self.step(id, ApplicationStep::LeftForVendor)
    }

    /// The candidate came back from the vendor: the application is complete. Coming back again changes nothing.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn returned_from_vendor(&mut self, id: WorkflowId) -> Result<(), Refusal> {
        match self.step(id, ApplicationStep::Complete) {
            Err(Refusal::NoAssessment) => Ok(()),
            other => other,
        }
    }

    fn step(&mut self, id: WorkflowId, step: ApplicationStep) -> Result<(), Refusal> {
        let workflow = self.workflow(id).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        if !matches!(workflow.application, Some(ApplicationStep::Assessment | ApplicationStep::LeftForVendor)) {
            return Err(Refusal::NoAssessment);
        }
        if let Some(workflow) = self.workflows.edit(&id) {
            workflow.application = Some(step);
        }
        Ok(())
    }

    fn open_application(&mut self, person: PersonId, job: JobId, now: Timestamp) -> Applied {
        let connection = self.connection();
        let has_package = self.job(job).is_some_and(|job| !job.assessment_types().is_empty());
        let assessed = connection.enabled && connection.inline && has_package;
        let application = Some(if assessed { ApplicationStep::Assessment } else { ApplicationStep::Complete });
        let status = known(node::EXTERNAL_PORTAL);
        let workflow = self.open_workflow(Opening { person, job, status, by: person, application }, now);
        self.set_source(workflow, "Career Portal");
        let event = assessed.then(|| self.queue_event(workflow, EventKind::ApplicationComplete, person, now));
        Applied { person, workflow, event }
    }
}

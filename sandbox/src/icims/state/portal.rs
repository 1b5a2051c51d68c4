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
                None => {
                    self.check_profile_room(ProfileType::Workflows, 1)?;
                    Ok(self.open_application(person, job, now))
                }
            };
        }
        self.check_profile_room(ProfileType::Workflows, 1)?;
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
        if let Some(waiting) = workflow.events.iter().find(|event| self.events.lookups().0.contains(*event)) {
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
        if let Some(mut workflow) = self.workflows.edit(&id) {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{Platform, now, platform, read};
    use super::*;
    use crate::icims::model::Workflow;

    fn form(platform: &Platform, email: &str) -> Changes {
        read(&platform.state, ProfileType::People, json!({"firstname": "Mara", "lastname": "Lind", "email": email}))
    }

    #[test]
    fn the_last_step_asks_the_vendor_and_coming_back_completes_the_application() {
        let mut platform = platform();
        let values = form(&platform, "mara@example.org");
        let applied = platform.state.apply_on_portal(platform.job, values, now()).expect("an application");
        assert!(applied.event.is_some());
        let step = |state: &CustomerState| state.workflow(applied.workflow).and_then(|workflow| workflow.application);
        assert_eq!(step(&platform.state), Some(ApplicationStep::Assessment));
        platform.state.left_for_vendor(applied.workflow).expect("a link was followed");
        platform.state.returned_from_vendor(applied.workflow).expect("back again");
        platform.state.returned_from_vendor(applied.workflow).expect("back again, a second time");
        assert_eq!(step(&platform.state), Some(ApplicationStep::Complete));
        assert!(platform.state.ask_for_assessment(applied.workflow, now()).is_err());
    }

    #[test]
    fn a_known_address_is_the_same_person_who_applies_once() {
        let mut platform = platform();
        let values = form(&platform, "INES.okafor@example.org");
        let refusal = platform.state.apply_on_portal(platform.job, values, now()).expect_err("she is attached already");
        assert!(matches!(refusal, Refusal::DuplicateWorkflow { existing } if existing == platform.workflow));
        assert_eq!(platform.state.person(platform.ines).map(crate::icims::model::Person::name).as_deref(), Some("Ines Okafor"));
    }

    #[test]
    fn without_inline_or_package_the_application_is_complete_at_once() {
        let mut platform = platform();
        let settings = super::super::connection::Connection { inline: false, ..platform.state.connection().clone() };
        platform.state.configure_connection(settings).expect("settings");
        let values = form(&platform, "mara@example.org");
        let applied = platform.state.apply_on_portal(platform.job, values, now()).expect("an application");
        assert_eq!(applied.event, None);
        let workflow: &Workflow = platform.state.workflow(applied.workflow).expect("the workflow");
        assert_eq!(workflow.application, Some(ApplicationStep::Complete));
    }

    #[test]
    fn reopening_the_step_while_the_vendor_is_asked_asks_only_once() {
        let mut platform = platform();
        let values = form(&platform, "mara@example.org");
        let applied = platform.state.apply_on_portal(platform.job, values, now()).expect("an application");
        let again = platform.state.ask_for_assessment(applied.workflow, now()).expect("an event");
        assert_eq!(Some(again), applied.event);
    }
}

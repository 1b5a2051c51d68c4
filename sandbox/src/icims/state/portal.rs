//! Applying on the career portal, with the vendor's assessment as the last step.

use jiff::Timestamp;

use super::outgoing::EventKind;
use super::{CustomerState, Refusal};
use crate::icims::model::{ApplicationStep, EventId, WorkflowId};
use crate::icims::schema::ProfileType;

impl CustomerState {
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
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::application::Application;
    use super::super::fixture::{Platform, now, platform, read};
    use super::*;
    use crate::icims::model::{PersonId, Role};

    fn apply(platform: &mut Platform, person: PersonId) -> Result<WorkflowId, Refusal> {
        let new = Application { person, job: platform.job, source: "Job Board".into(), source_name: String::new() };
        platform.state.open_portal_application(new, now())
    }

    /// Somebody new has applied, up to the last step.
    fn applied(platform: &mut Platform) -> WorkflowId {
        let form = json!({"firstname": "Mara", "lastname": "Lind", "email": "mara@example.org"});
        let form = read(&platform.state, ProfileType::People, form);
        let mara = platform.state.create_person_as(Some(Role::Candidate), form, now()).expect("a person");
        apply(platform, mara).expect("an application")
    }

    #[test]
    fn the_last_step_asks_the_vendor_and_coming_back_completes_the_application() {
        let mut platform = platform();
        let workflow = applied(&mut platform);
        let step = |state: &CustomerState| state.workflow(workflow).and_then(|workflow| workflow.application);
        assert_eq!(step(&platform.state), Some(ApplicationStep::Assessment));
        platform.state.left_for_vendor(workflow).expect("a link was followed");
        platform.state.returned_from_vendor(workflow).expect("back again");
        platform.state.returned_from_vendor(workflow).expect("back again, a second time");
        assert_eq!(step(&platform.state), Some(ApplicationStep::Complete));
        assert!(platform.state.ask_for_assessment(workflow, now()).is_err());
    }

    #[test]
    fn who_is_attached_to_the_job_does_not_apply_for_it() {
        let mut platform = platform();
        let ines = platform.ines;
        let refusal = apply(&mut platform, ines).expect_err("she is attached already");
        assert!(matches!(refusal, Refusal::DuplicateWorkflow { existing } if existing == platform.workflow));
    }

    #[test]
    fn without_inline_the_application_is_complete_at_once() {
        let mut platform = platform();
        let settings = super::super::connection::Connection { inline: false, ..platform.state.connection().clone() };
        platform.state.configure_connection(settings).expect("settings");
        let workflow = applied(&mut platform);
        let step = platform.state.workflow(workflow).and_then(|workflow| workflow.application);
        assert_eq!(step, Some(ApplicationStep::Complete));
        assert!(platform.state.ask_for_assessment(workflow, now()).is_err());
    }

    #[test]
    fn reopening_the_step_while_the_vendor_is_asked_asks_only_once() {
        let mut platform = platform();
        let workflow = applied(&mut platform);
        let asked = platform.state.ask_for_assessment(workflow, now()).expect("an event");
        assert_eq!(platform.state.ask_for_assessment(workflow, now()).expect("an event"), asked);
    }
}

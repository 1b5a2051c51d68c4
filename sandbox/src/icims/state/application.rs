//! An application on the career portal: opened at its last question, with the vendor's assessment as the last step.

use jiff::Timestamp;

use crate::icims::model::{ApplicationStep, EventId, JobId, PersonId, Value, WorkflowId};
use crate::icims::schema::{ProfileType, list};

use super::delivered::{known, node};
use super::outgoing::EventKind;
use super::workflows::Opening;
use super::{CustomerState, Refusal};

/// What an application starts with.
#[derive(Clone, Debug)]
pub struct Application {
    /// The candidate.
    pub person: PersonId,
    /// The job applied for.
    pub job: JobId,
    /// How the candidate heard of the job: a label of the list of sources.
    pub source: String,
    /// Source specifics; may be empty.
    pub source_name: String,
}

impl CustomerState {
    /// Whether applications to this job end with an assessment: the vendor is switched on for inline, and the job has a package.
    #[must_use]
    pub fn ends_with_assessment(&self, job: JobId) -> bool {
        let connection = self.connection();
        let has_package = self.job(job).is_some_and(|job| !job.assessment_types().is_empty());
        connection.enabled && connection.inline && has_package
    }

    /// Opens an application in the status External Portal. No event is sent yet: the vendor is asked when the candidate follows the
    /// link of the assessment step.
    ///
    /// # Errors
    /// When the job is not open, the source is not in the list, the candidate has applied already, or there is no room.
    pub fn open_portal_application(&mut self, new: Application, now: Timestamp) -> Result<WorkflowId, Refusal> {
        let job = self.job(new.job).ok_or(Refusal::NotFound(ProfileType::Jobs))?;
        if !self.is_open(job) {
            return Err(Refusal::JobNotOpen { title: job.title().to_owned() });
        }
        if self.node_labelled(list::SOURCES, &new.source).is_none() {
            return Err(Refusal::Invalid("source".into()));
        }
        self.check_pair(new.person, new.job)?;
        let assessed = self.ends_with_assessment(new.job);
        let application = Some(if assessed { ApplicationStep::Assessment } else { ApplicationStep::Complete });
        let status = known(node::EXTERNAL_PORTAL);
        let opening = Opening { person: new.person, job: new.job, status, by: new.person, application };
        let id = self.open_workflow(opening, now);
        self.set_source(id, &new.source);
        if let Some(mut workflow) = self.workflows.edit(&id).filter(|_| !new.source_name.is_empty()) {
            workflow.record.fields.insert("sourcename".into(), Value::Text(new.source_name));
        }
        Ok(id)
    }

    /// Asks the vendor for the link of an unfinished assessment step; reopening the step asks again. While an earlier question waits
    /// for its answer, that one is meant.
    ///
    /// # Errors
    /// When there is no such application, it has no unfinished assessment step, or too many events wait for the vendor.
    pub fn ask_for_assessment(&mut self, id: WorkflowId, now: Timestamp) -> Result<EventId, Refusal> {
        let workflow = self.workflow(id).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        if !matches!(workflow.application, Some(ApplicationStep::Assessment | ApplicationStep::LeftForVendor)) {
            return Err(Refusal::NoAssessment);
        }
        let candidate = workflow.person;
        if let Some(waiting) = workflow.events.iter().find(|event| self.events.lookups().0.contains(*event)) {
            return Ok(*waiting);
        }
        self.check_event_room()?;
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

    use super::*;
    use crate::icims::model::Role;
    use crate::icims::state::connection::Connection;
    use crate::icims::state::fixture::{Platform, now, platform, read};

    /// Mara, who has filled in her profile, answers the last question.
    fn applied(platform: &mut Platform) -> WorkflowId {
        let mara = json!({"firstname": "Mara", "lastname": "Lind", "email": "mara@example.org"});
        let mara = read(&platform.state, ProfileType::People, mara);
        let person = platform.state.create_person_as(Some(Role::Candidate), mara, now()).expect("a person");
        let new = Application { person, job: platform.job, source: "Job Board".into(), source_name: String::new() };
        platform.state.open_portal_application(new, now()).expect("an application")
    }

    fn step(platform: &Platform, id: WorkflowId) -> Option<ApplicationStep> {
        platform.state.workflow(id).and_then(|workflow| workflow.application)
    }

    #[test]
    fn the_last_step_asks_the_vendor_and_coming_back_completes_the_application() {
        let mut platform = platform();
        let id = applied(&mut platform);
        assert_eq!(platform.state.pending_events().count(), 0, "nobody is asked before the candidate follows the link");
        assert_eq!(step(&platform, id), Some(ApplicationStep::Assessment));
        let event = platform.state.ask_for_assessment(id, now()).expect("an event");
        assert_eq!(platform.state.ask_for_assessment(id, now()).expect("the same event"), event, "the vendor is asked once");
        platform.state.left_for_vendor(id).expect("a link was followed");
        platform.state.returned_from_vendor(id).expect("back again");
        platform.state.returned_from_vendor(id).expect("back again, a second time");
        assert_eq!(step(&platform, id), Some(ApplicationStep::Complete));
        assert!(platform.state.ask_for_assessment(id, now()).is_err());
    }

    #[test]
    fn a_candidate_applies_once() {
        let mut platform = platform();
        let new =
            Application { person: platform.ines, job: platform.job, source: "Job Board".into(), source_name: String::new() };
        let refusal = platform.state.open_portal_application(new, now()).expect_err("she is attached already");
        assert!(matches!(refusal, Refusal::DuplicateWorkflow { existing } if existing == platform.workflow));
    }

    #[test]
    fn without_inline_the_application_is_complete_at_once() {
        let mut platform = platform();
        let settings = Connection { inline: false, ..platform.state.connection().clone() };
        platform.state.configure_connection(settings).expect("settings");
        let id = applied(&mut platform);
        assert_eq!(step(&platform, id), Some(ApplicationStep::Complete));
    }
}

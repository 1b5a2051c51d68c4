//! The Workflows tab of a person.

use crate::icims::model::{JobId, OnboardingId, PersonId, WorkflowId};

use crate::icims::state::CustomerState;

/// A line of the Workflows tab.
#[derive(Clone, Debug)]
pub struct PersonWorkflow {
    /// The workflow.
    pub workflow: WorkflowId,
    /// The job.
    pub job: JobId,
    /// The job's title.
    pub job_title: String,
    /// `Bin: Status`.
    pub status: String,
}

/// A line of the panel Onboard.
#[derive(Clone, Debug)]
pub struct PersonOnboarding {
    /// The onboarding workflow.
    pub id: OnboardingId,
    /// The job and its title, where the onboarding is for one.
    pub job: Option<(JobId, String)>,
    /// The status.
    pub status: String,
}

impl CustomerState {
    /// A person's onboarding workflows as screens show them, newest first.
    #[must_use]
    pub fn onboarding_lines(&self, person: PersonId) -> Vec<PersonOnboarding> {
        let line = |row: &crate::icims::model::Onboarding| PersonOnboarding {
            id: row.id,
            job: row.record.profile("job").map(JobId::new).and_then(|id| Some((id, self.job(id)?.title().to_owned()))),
            status: row.record.node("status").map(|status| self.node_text(status)).unwrap_or_default(),
        };
        self.onboardings_of(person).map(line).collect()
    }

    /// A person's recruiting workflows, newest first.
    #[must_use]
    pub fn workflows_of(&self, person: PersonId) -> Vec<PersonWorkflow> {
        let ids = self.workflows.lookups().of_person(person).into_iter().rev();
        let line = |workflow: &crate::icims::model::Workflow| PersonWorkflow {
            workflow: workflow.id,
            job: workflow.job,
            job_title: self.job(workflow.job).map(|job| job.title().to_owned()).unwrap_or_default(),
            status: workflow.status().map(|status| self.status_label(status)).unwrap_or_default(),
        };
        ids.filter_map(|id| self.workflow(id)).map(line).collect()
    }
}

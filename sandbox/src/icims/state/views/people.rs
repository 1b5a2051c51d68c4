//! The Workflows tab of a person.

use crate::icims::model::{JobId, PersonId, WorkflowId};

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

impl CustomerState {
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

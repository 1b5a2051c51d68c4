//! The people of a job, grouped by bin.

use crate::icims::model::{JobId, NodeId, PersonId, Workflow, WorkflowId};

use super::moment;
use crate::icims::state::CustomerState;

/// A panel of the People tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinPanel {
    /// The bin's node.
    pub id: NodeId,
    /// Its label, such as `New Submissions`.
    pub label: String,
    /// Its people, by ascending workflow id.
    pub rows: Vec<ApplicantRow>,
}

/// A line in a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicantRow {
    /// The workflow; the value of the line's tick box.
    pub workflow: WorkflowId,
    /// The person.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// `Bin: Status`.
    pub status: String,
    /// When the workflow last changed, UTC.
    pub updated: String,
    /// Status of the newest result row, such as `Complete`; empty when there is none.
    pub assessment: String,
}

impl CustomerState {
    /// The people of a job grouped by bin, in the order of the bins; empty bins are there, too.
    #[must_use]
    pub fn people_by_bin(&self, job: JobId) -> Vec<BinPanel> {
        let mut panels: Vec<BinPanel> =
            self.bins().into_iter().map(|bin| BinPanel { id: bin.id, label: bin.label, rows: Vec::new() }).collect();
        for workflow in self.workflows.lookups().of_job(job).into_iter().filter_map(|id| self.workflow(id)) {
            let bin = workflow.status().and_then(|status| self.node(status)).and_then(|status| status.parent.as_ref());
            if let Some(panel) = panels.iter_mut().find(|panel| Some(&panel.id) == bin) {
                panel.rows.push(self.applicant_row(workflow));
            }
        }
        panels
    }

    fn applicant_row(&self, workflow: &Workflow) -> ApplicantRow {
        let person = self.person(workflow.person);
        ApplicantRow {
            workflow: workflow.id,
            person: workflow.person,
            name: person.map(crate::icims::model::Person::name).unwrap_or_default(),
            email: person.map(|person| person.email().to_owned()).unwrap_or_default(),
            status: workflow.status().map(|status| self.status_label(status)).unwrap_or_default(),
            updated: moment(workflow.record.updated),
            assessment: self.result_rows(workflow).pop().map(|row| row.status).unwrap_or_default(),
        }
    }
}

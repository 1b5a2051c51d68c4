//! Jobs as lists and profiles show them, and their people grouped by bin.

use crate::icims::model::{Job, JobId, NodeId, PersonId, Workflow, WorkflowId};
use crate::icims::schema::ProfileType;

use super::super::CustomerState;
use super::moment;

/// A line in a list of jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// System id.
    pub id: JobId,
    /// The number that people see, such as `2031-2210`.
    pub display_id: String,
    /// The title.
    pub title: String,
    /// Folder label.
    pub folder: String,
    /// Whether it takes applications.
    pub open: bool,
    /// Labels of the chosen packages.
    pub packages: Vec<String>,
    /// How many people are attached.
    pub people: usize,
}

/// A job's profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    /// The card.
    pub row: JobRow,
    /// Hiring manager's name, empty when there is none.
    pub hiring_manager: String,
    /// Recruiter's name, empty when there is none.
    pub recruiter: String,
    /// Location text, empty when there is none.
    pub location: String,
    /// Overview, may contain HTML: escape it.
    pub overview: String,
    /// When the job was made, UTC.
    pub created: String,
    /// Node ids of the chosen packages.
    pub chosen: Vec<NodeId>,
}

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
    /// All jobs, by ascending id.
    #[must_use]
    pub fn job_list(&self) -> Vec<JobRow> {
        self.jobs().map(|job| self.job_row(job)).collect()
    }

    /// The jobs that take applications, by ascending id.
    #[must_use]
    pub fn open_jobs(&self) -> Vec<JobRow> {
        self.jobs().filter(|job| self.is_open(job)).map(|job| self.job_row(job)).collect()
    }

    /// A job's profile.
    #[must_use]
    pub fn job_view(&self, id: JobId) -> Option<JobView> {
        let job = self.job(id)?;
        let text = |name: &str| self.field_text(ProfileType::Jobs, &job.record, name).map(|field| field.text).unwrap_or_default();
        Some(JobView {
            row: self.job_row(job),
            hiring_manager: text("hiringmanager"),
            recruiter: text("recruiter"),
            location: text("joblocation"),
            overview: text("overview"),
            created: moment(job.record.created),
            chosen: job.assessment_types().to_vec(),
        })
    }

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

    fn job_row(&self, job: &Job) -> JobRow {
        JobRow {
            id: job.id,
            display_id: job.display_id(),
            title: job.title().to_owned(),
            folder: job.record.node("folder").map(|folder| self.node_text(folder)).unwrap_or_default(),
            open: self.is_open(job),
            packages: job.assessment_types().iter().map(|package| self.node_text(package)).collect(),
            people: self.workflows.lookups().statuses_of_job(job.id).map(|(_, count)| count).sum(),
        }
    }
}

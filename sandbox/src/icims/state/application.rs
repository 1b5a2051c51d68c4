//! The portal's own pace: an application is opened at its last question, the vendor is asked when the candidate follows the link.

use jiff::Timestamp;

use crate::icims::model::{ApplicationStep, JobId, PersonId, Value, WorkflowId};
use crate::icims::schema::{ProfileType, list};

use super::delivered::{known, node};
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

    /// Opens an application in the status External Portal. No event is sent yet.
    ///
    /// # Errors
    /// When the job is not open, the source is not in the list, or the candidate has applied already.
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
}

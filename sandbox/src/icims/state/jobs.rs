//! Making and changing jobs and companies.

use jiff::Timestamp;

use crate::icims::model::{Company, CompanyId, Job, JobId, Value};
use crate::icims::schema::ProfileType;

use super::changes::Changes;
use super::delivered::{known, node};
use super::{CustomerState, Refusal};

impl CustomerState {
    /// Makes a job. Without a folder it is Approved, so that it can be used at once (*assumed*).
    ///
    /// # Errors
    /// When the title is missing.
    pub fn create_job(&mut self, mut changes: Changes, now: Timestamp) -> Result<JobId, Refusal> {
        Self::check_required(ProfileType::Jobs, &changes)?;
        self.check_profile_room(ProfileType::Jobs, 1)?;
        if changes.get("folder").is_none() {
            changes.set(ProfileType::Jobs, "folder", Value::Node(known(node::APPROVED)));
        }
        let counters = self.counters.edit();
        let id = JobId::new(counters.job);
        counters.job += 1;
        let record = self.new_record(changes, now);
        self.jobs.put(id, Job { id, record });
        Ok(id)
    }

    /// Changes a job.
    ///
    /// # Errors
    /// When there is no such job or the title would be removed.
    pub fn edit_job(&mut self, id: JobId, changes: Changes, now: Timestamp) -> Result<(), Refusal> {
        let key = (ProfileType::Jobs, id.get());
        self.check_amendment(key, &changes)?;
        self.apply(key, changes, now);
        Ok(())
    }

    /// Whether a job takes applications: its folder is Approved (assessment-flow 4.2).
    #[must_use]
    pub fn is_open(&self, job: &Job) -> bool {
        job.record.node("folder").is_some_and(|folder| folder.as_str() == node::APPROVED)
    }

    /// Makes a company.
    ///
    /// # Errors
    /// When the name is missing.
    pub fn create_company(&mut self, changes: Changes, now: Timestamp) -> Result<CompanyId, Refusal> {
        Self::check_required(ProfileType::Companies, &changes)?;
        self.check_profile_room(ProfileType::Companies, 1)?;
        let counters = self.counters.edit();
        let id = CompanyId::new(counters.company);
        counters.company += 1;
        let record = self.new_record(changes, now);
        self.companies.put(id, Company { id, record });
        Ok(id)
    }

    /// Changes a company.
    ///
    /// # Errors
    /// When there is no such company or the name would be removed.
    pub fn edit_company(&mut self, id: CompanyId, changes: Changes, now: Timestamp) -> Result<(), Refusal> {
        let key = (ProfileType::Companies, id.get());
        self.check_amendment(key, &changes)?;
        self.apply(key, changes, now);
        Ok(())
    }
}

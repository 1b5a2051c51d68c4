//! Deleting profiles, where a customer allows it (icims-api 5.2). What hangs on a deleted profile goes with it (*assumed*).

use jiff::Timestamp;

use crate::icims::model::{CompanyId, JobId, OnboardingId, PersonId, ProfileKey, Record, Value, WorkflowId};
use crate::icims::schema::{Field, Kind, ProfileType};

use super::outgoing::EventOutcome;
use super::users::{INTEGRATION_PERSON, RECRUITER};
use super::{CustomerState, Refusal};

impl CustomerState {
    /// Deletes a profile: its workflows of all kinds and its files go with it, fields that refer to it lose their value, and events that have
    /// not been answered are given up.
    ///
    /// # Errors
    /// When there is no such profile, or somebody signs in as this person.
    pub fn delete_profile(&mut self, key: ProfileKey, now: Timestamp) -> Result<(), Refusal> {
        self.record(key).ok_or(Refusal::NotFound(key.0))?;
        let (kind, id) = key;
        if kind == ProfileType::People && [INTEGRATION_PERSON.get(), RECRUITER.get()].contains(&id) {
            return Err(Refusal::HasLogin);
        }
        for workflow in self.workflows_on(key) {
            self.drop_workflow(workflow, now);
        }
        if let Some(record) = self.record(key).cloned() {
            self.drop_files(&record);
        }
        match kind {
            ProfileType::People => {
                self.people.remove(&PersonId::new(id));
                self.end_sessions_of(PersonId::new(id));
                self.drop_onboardings_of(PersonId::new(id));
            }
            ProfileType::Jobs => {
                self.jobs.remove(&JobId::new(id));
            }
            ProfileType::Companies => {
                self.companies.remove(&CompanyId::new(id));
            }
            // Dropped above, as the workflow that hangs on itself.
            ProfileType::Workflows => {}
            ProfileType::Onboarding => {
                self.onboardings.remove(&OnboardingId::new(id));
            }
        }
        self.clear_references(key, now);
        Ok(())
    }

    /// The workflows that cannot be without this profile.
    fn workflows_on(&self, (kind, id): ProfileKey) -> Vec<WorkflowId> {
        match kind {
            ProfileType::People => self.workflows.lookups().of_person(PersonId::new(id)),
            ProfileType::Jobs => self.workflows.lookups().of_job(JobId::new(id)),
            ProfileType::Companies | ProfileType::Onboarding => Vec::new(),
            ProfileType::Workflows => vec![WorkflowId::new(id)],
        }
    }

    fn drop_workflow(&mut self, id: WorkflowId, now: Timestamp) {
        let Some(workflow) = self.workflows.remove(&id) else { return };
        self.drop_files(&workflow.record);
        for event in workflow.events {
            let message = "The application has been deleted.".to_owned();
            let reason = format!("workflow {id} was deleted before the event was sent");
            self.record_outcome(event, EventOutcome::Failed { status: None, message, reason }, now);
        }
    }

    fn clear_references(&mut self, to: ProfileKey, now: Timestamp) {
        for kind in ProfileType::ALL {
            let names: Vec<&Field> = kind.fields().iter().filter(|field| may_refer(field.kind, to.0)).collect();
            let referring: Vec<u64> = if names.is_empty() {
                Vec::new()
            } else {
                let refers = |id: &u64| self.record((kind, *id)).is_some_and(|record| refers(record, &names, to));
                self.ids_within(kind, 0..=u64::MAX).filter(refers).collect()
            };
            for id in referring {
                let Some(mut record) = self.edit_record((kind, id)) else { continue };
                record.updated = now;
                for field in &names {
                    clear(&mut record, field, to);
                }
            }
        }
    }
}

/// Whether a field of this kind can refer to a profile of that type.
fn may_refer(kind: Kind, to: ProfileType) -> bool {
    match kind {
        Kind::Profile(target) => target == to,
        Kind::Location => to == ProfileType::Companies,
        Kind::Entries(children) => children.iter().any(|child| may_refer(child.kind, to)),
        _ => false,
    }
}

fn refers(record: &Record, fields: &[&Field], to: ProfileKey) -> bool {
    fields.iter().any(|field| match (record.fields.get(field.name), field.kind) {
        (Some(Value::Entries(entries)), Kind::Entries(children)) => {
            entries.iter().any(|entry| children.iter().any(|child| points(entry.fields.get(child.name), child.kind, to)))
        }
        (value, kind) => points(value, kind, to),
    })
}

fn clear(record: &mut Record, field: &Field, to: ProfileKey) {
    match (record.fields.get_mut(field.name), field.kind) {
        (Some(Value::Entries(entries)), Kind::Entries(children)) => {
            for entry in entries.iter_mut() {
                for child in children {
                    if points(entry.fields.get(child.name), child.kind, to) {
                        entry.fields.remove(child.name);
                    }
                }
            }
            entries.retain(|entry| !entry.fields.is_empty());
            if entries.is_empty() {
                record.fields.remove(field.name);
            }
        }
        (value, kind) => {
            if points(value.as_deref(), kind, to) {
                record.fields.remove(field.name);
            }
        }
    }
}

fn points(value: Option<&Value>, kind: Kind, (to, id): ProfileKey) -> bool {
    match (value, kind) {
        (Some(Value::Profile(target)), Kind::Profile(of)) => of == to && *target == id,
        (Some(Value::Location { company, .. }), Kind::Location) => to == ProfileType::Companies && company.get() == id,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::icims::state::fixture::{now, platform, read};

    #[test]
    fn a_deleted_job_takes_its_workflows_along_and_gives_up_their_events() {
        let mut platform = platform();
        let by = platform.state.recruiter();
        let trigger = "C40177".parse().expect("a node id");
        let event = platform.state.advance(platform.workflow, &trigger, by, now()).expect("a move").event.expect("an event");
        platform.state.delete_profile((ProfileType::Jobs, platform.job.get()), now()).expect("a deletion");
        assert!(platform.state.workflow(platform.workflow).is_none());
        assert!(platform.state.workflow_of(platform.ines, platform.job).is_none());
        assert_eq!(platform.state.pending_events().count(), 0);
        let outcome = platform.state.event(event).and_then(|event| event.outcome.clone()).expect("an outcome");
        assert_eq!(outcome.1.message(), "The application has been deleted.");
    }

    #[test]
    fn references_to_a_deleted_person_are_cleared_and_others_stay() {
        let mut platform = platform();
        let values = json!({"hiringmanager": platform.priya, "recruiter": RECRUITER});
        let values = read(&platform.state, ProfileType::Jobs, values);
        platform.state.edit_job(platform.job, values, now()).expect("values");
        platform.state.delete_profile((ProfileType::People, platform.priya.get()), now()).expect("a deletion");
        let record = &platform.state.job(platform.job).expect("the job").record;
        assert_eq!((record.profile("hiringmanager"), record.profile("recruiter")), (None, Some(RECRUITER.get())));
        assert!(platform.state.workflow(platform.workflow).is_some());
    }

    #[test]
    fn whoever_signs_in_cannot_be_deleted() {
        let mut platform = platform();
        for person in [INTEGRATION_PERSON, RECRUITER] {
            let refusal = platform.state.delete_profile((ProfileType::People, person.get()), now()).expect_err("a login");
            assert!(matches!(refusal, Refusal::HasLogin));
        }
    }
}

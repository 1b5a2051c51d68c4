//! What comes after the hiring: onboarding workflows. That moving a candidate to Hired begins one is *assumed*; so are its statuses and
//! its one new hire category (icims-api 7.1, 7.2). Applications that a recipe makes in bulk begin none.

use jiff::Timestamp;

use crate::icims::model::{Fields, JobId, NodeId, Onboarding, OnboardingId, PersonId, Record, Value, WorkflowId};
use crate::icims::schema::{ProfileType, list};

use super::changes::Changes;
use super::delivered::{known, node};
use super::{CustomerState, Refusal};

/// The id of the base profile of every onboarding workflow (*assumed*: a customer may have several categories).
pub(in crate::icims) const NEW_HIRE_CATEGORY: u64 = 3;
/// What it is called (*assumed*).
pub(in crate::icims) const NEW_HIRE_LABEL: &str = "New Hire";

impl CustomerState {
    /// A person's onboarding workflows, newest first.
    pub fn onboardings_of(&self, person: PersonId) -> impl Iterator<Item = &Onboarding> {
        let mut ids: Vec<OnboardingId> = self.onboardings.lookups().of_person(person).collect();
        ids.reverse();
        ids.into_iter().filter_map(|id| self.onboarding(id))
    }

    /// Records that somebody was onboarded who had no application here.
    ///
    /// # Errors
    /// When there is no such person, or no room.
    pub fn onboarded(&mut self, person: PersonId, now: Timestamp) -> Result<OnboardingId, Refusal> {
        self.person(person).ok_or(Refusal::NotFound(ProfileType::People))?;
        self.check_onboarding_room()?;
        Ok(self.open_onboarding((person, None, None), node::ONBOARDED, now))
    }

    /// Changes the values of an onboarding workflow over the API.
    ///
    /// # Errors
    /// When there is no such workflow, when the person would change, or when the status would be removed.
    pub fn edit_onboarding(&mut self, id: OnboardingId, changes: Changes, now: Timestamp) -> Result<(), Refusal> {
        let key = (ProfileType::Onboarding, id.get());
        self.check_amendment(key, &changes)?;
        let onboarding = self.onboarding(id).ok_or(Refusal::NotFound(ProfileType::Onboarding))?;
        let person = Value::Profile(onboarding.person.get());
        if changes.get("associatedprofile").is_some_and(|value| *value != person) {
            return Err(Refusal::Invalid("associatedprofile".into()));
        }
        if changes.clears("status") {
            return Err(Refusal::Required("status".into()));
        }
        self.apply(key, changes, now);
        Ok(())
    }

    /// Whether a move to this status hires somebody whose onboarding has not begun yet. Being hired twice begins it once.
    pub(super) fn begins_onboarding(&self, id: WorkflowId, to: &NodeId) -> bool {
        let bin = self.node(to).and_then(|node| node.parent.as_ref());
        bin.is_some_and(|bin| bin.as_str() == node::HIRED_BIN) && !self.onboardings.lookups().by_workflow.contains_key(&id)
    }

    /// Whether one more onboarding may begin, also where its statuses have to be delivered first.
    pub(super) fn check_onboarding_room(&self) -> Result<(), Refusal> {
        self.check_profile_room(ProfileType::Onboarding, 1)?;
        self.check_node_room(self.count_missing(list::ONBOARDING_STATUSES))
    }

    /// Begins the onboarding of the person of a workflow. Ask first whether there is room.
    pub(super) fn begin_onboarding(&mut self, id: WorkflowId, now: Timestamp) {
        let Some((person, job)) = self.workflow(id).map(|workflow| (workflow.person, workflow.job)) else { return };
        self.open_onboarding((person, Some(id), Some(job)), node::ONBOARDING, now);
    }

    fn open_onboarding(
        &mut self,
        (person, workflow, job): (PersonId, Option<WorkflowId>, Option<JobId>),
        status: &str,
        now: Timestamp,
    ) -> OnboardingId {
        // A platform that was stored before there were onboarding workflows has no statuses for them.
        self.deliver_missing(list::ONBOARDING_STATUSES);
        let counters = self.counters.edit();
        let id = OnboardingId::new(counters.onboarding);
        counters.onboarding += 1;
        let mut fields = Fields::with_room(3);
        fields.insert("associatedprofile".into(), Value::Profile(person.get()));
        fields.insert("status".into(), Value::Node(known(status)));
        if let Some(job) = job {
            fields.insert("job".into(), Value::Profile(job.get()));
        }
        let record = Record { fields, ..Record::new(now) };
        self.onboardings.put(id, Onboarding { id, person, workflow, record });
        id
    }

    pub(super) fn drop_onboardings_of(&mut self, person: PersonId) {
        let ids: Vec<OnboardingId> = self.onboardings.lookups().of_person(person).collect();
        for id in ids {
            self.onboardings.remove(&id);
        }
    }
}

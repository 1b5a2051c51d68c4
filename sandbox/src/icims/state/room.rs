//! How much a customer may have, as all of it lives in memory.

use super::{CustomerState, Refusal};
use crate::icims::schema::ProfileType;

/// How much a customer has at most. Values of the state, so that tests reach them; they are not stored.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Profiles of each type.
    pub profiles: usize,
    /// Entries of all lists together, those that were added by values of open lists included.
    pub nodes: usize,
    /// Events that wait for the vendor's answer.
    pub waiting_events: usize,
    /// Bytes of all files together.
    pub file_bytes: u64,
    /// Access tokens; then those that were issued first stop working.
    pub tokens: usize,
    /// Candidates who are logged in on the portal; then the session that ends first does.
    pub sessions: usize,
}

impl Limits {
    /// What every customer has: profiles for twice the largest seed, and more than enough of the rest.
    const STANDARD: Self = Self {
        profiles: 2_000_000,
        nodes: 10_000,
        waiting_events: 10_000,
        file_bytes: 200 * 1024 * 1024,
        tokens: 2_000,
        sessions: 10_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl CustomerState {
    /// How many profiles of a type there are.
    pub(in crate::icims) fn count_of(&self, kind: ProfileType) -> usize {
        match kind {
            ProfileType::People => self.people.len(),
            ProfileType::Jobs => self.jobs.len(),
            ProfileType::Companies => self.companies.len(),
            ProfileType::Workflows => self.workflows.len(),
            ProfileType::Onboarding => self.onboardings.len(),
        }
    }

    /// Whether there is room for this many more profiles of a type. Every rule that makes one asks first.
    ///
    /// # Errors
    /// When there would be more than its limit.
    pub fn check_profile_room(&self, kind: ProfileType, more: usize) -> Result<(), Refusal> {
        let limit = self.limits.profiles;
        if self.count_of(kind).saturating_add(more) > limit { Err(Refusal::TooManyProfiles { kind, limit }) } else { Ok(()) }
    }

    /// Whether the lists have room for this many more entries. Every rule that adds one asks first.
    pub(super) fn check_node_room(&self, more: usize) -> Result<(), Refusal> {
        let limit = self.limits.nodes;
        if self.lists.len().saturating_add(more) > limit { Err(Refusal::TooManyNodes { limit }) } else { Ok(()) }
    }

    /// Whether one more event may wait for the vendor's answer. Every rule that queues one asks first.
    pub(super) fn check_event_room(&self) -> Result<(), Refusal> {
        let limit = self.limits.waiting_events;
        if self.events.lookups().0.len() >= limit { Err(Refusal::TooManyEvents { limit }) } else { Ok(()) }
    }

    /// Whether everything is within its limits, for a state that has not been made by rules: one that was exported somewhere.
    ///
    /// # Errors
    /// When there is too much of something.
    pub(crate) fn check_limits(&self) -> Result<(), Refusal> {
        ProfileType::ALL.into_iter().try_for_each(|kind| self.check_profile_room(kind, 0))?;
        self.check_node_room(0)?;
        if self.events.lookups().0.len() > self.limits.waiting_events {
            return Err(Refusal::TooManyEvents { limit: self.limits.waiting_events });
        }
        let limit = self.limits.file_bytes;
        if self.files.lookups().0 > limit { Err(Refusal::NoRoomForFiles { limit }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::icims::state::application::Application;
    use crate::icims::state::fixture::{Platform, now, platform, read};

    /// The platform, with room for no further profile of a type.
    fn full(kind: ProfileType) -> Platform {
        let mut platform = platform();
        platform.state.limits.profiles = platform.state.count_of(kind);
        platform
    }

    fn counts(state: &CustomerState) -> [usize; 5] {
        ProfileType::ALL.map(|kind| state.count_of(kind))
    }

    fn is_full<T: std::fmt::Debug>(outcome: Result<T, Refusal>, expected: ProfileType) {
        let refusal = outcome.expect_err("there is no room");
        assert!(matches!(&refusal, Refusal::TooManyProfiles { kind, .. } if *kind == expected), "{refusal}");
    }

    #[test]
    fn a_full_customer_takes_no_more_profiles_and_keeps_what_it_has() {
        let Platform { mut state, .. } = full(ProfileType::People);
        let person = read(&state, ProfileType::People, json!({"firstname": "Ana", "lastname": "Sol"}));
        let before = counts(&state);
        is_full(state.create_person(person, now()), ProfileType::People);
        assert_eq!(counts(&state), before);

        let Platform { mut state, .. } = full(ProfileType::Jobs);
        let job = read(&state, ProfileType::Jobs, json!({"jobtitle": "Barista"}));
        let next = state.counters.get().job;
        is_full(state.create_job(job, now()), ProfileType::Jobs);
        assert_eq!(state.counters.get().job, next, "no id is used up");

        let Platform { mut state, .. } = full(ProfileType::Companies);
        let company = read(&state, ProfileType::Companies, json!({"name": "Brightwater"}));
        is_full(state.create_company(company, now()), ProfileType::Companies);
        assert_eq!(state.count_of(ProfileType::Companies), 0);
    }

    #[test]
    fn a_full_customer_takes_no_more_workflows_on_any_way() {
        let mut platform = platform();
        let by = platform.state.recruiter();
        // More workflows than people, so that there is room for a person and for no workflow.
        for title in ["Barista", "Order Picker", "Team Lead", "Support Agent", "Store Associate"] {
            let job = read(&platform.state, ProfileType::Jobs, json!({"jobtitle": title}));
            let job = platform.state.create_job(job, now()).expect("a job");
            platform.state.submit(platform.ines, job, by, now()).expect("a workflow");
        }
        let other = read(&platform.state, ProfileType::Jobs, json!({"jobtitle": "Delivery Driver"}));
        let other = platform.state.create_job(other, now()).expect("a job");
        let (person, source) = (platform.ines, "Job Board".into());
        let application = Application { person, job: other, source, source_name: String::new() };
        let pair = read(&platform.state, ProfileType::Workflows, json!({"baseprofile": other, "associatedprofile": person}));
        platform.state.limits.profiles = platform.state.count_of(ProfileType::Workflows);
        assert!(platform.state.check_profile_room(ProfileType::People, 1).is_ok());
        let before = counts(&platform.state);
        is_full(platform.state.submit(platform.ines, other, by, now()), ProfileType::Workflows);
        is_full(platform.state.open_portal_application(application, now()), ProfileType::Workflows);
        is_full(platform.state.attach(pair, by, now()), ProfileType::Workflows);
        assert_eq!(counts(&platform.state), before);
    }
}

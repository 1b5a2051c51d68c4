//! How many profiles a customer may have.

use super::{CustomerState, Refusal};
use crate::icims::schema::ProfileType;

/// How many profiles of each type a customer has at most: twice what the largest seed makes.
pub const PROFILE_LIMIT: usize = 2_000_000;

impl CustomerState {
    /// How many profiles of a type there are.
    #[must_use]
    pub fn count_of(&self, kind: ProfileType) -> usize {
        match kind {
            ProfileType::People => self.people.len(),
            ProfileType::Jobs => self.jobs.len(),
            ProfileType::Companies => self.companies.len(),
            ProfileType::Workflows => self.workflows.len(),
        }
    }

    /// Whether there is room for this many more profiles of a type. Every rule that makes one asks first.
    ///
    /// # Errors
    /// When there would be more than [`PROFILE_LIMIT`].
    pub fn check_profile_room(&self, kind: ProfileType, more: usize) -> Result<(), Refusal> {
        let limit = self.profile_limit;
        if self.count_of(kind).saturating_add(more) > limit { Err(Refusal::TooManyProfiles { kind, limit }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::application::Application;
    use super::super::fixture::{Platform, now, platform, read};
    use super::*;

    /// The platform, with room for no further profile of a type.
    fn full(kind: ProfileType) -> Platform {
        let mut platform = platform();
        platform.state.profile_limit = platform.state.count_of(kind);
        platform
    }

    fn counts(state: &CustomerState) -> [usize; 4] {
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
    fn when_workflows_are_full_nobody_is_submitted_or_applies() {
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
        platform.state.profile_limit = platform.state.count_of(ProfileType::Workflows);
        let before = counts(&platform.state);
        is_full(platform.state.submit(platform.ines, other, by, now()), ProfileType::Workflows);
        let new = Application { person: platform.ines, job: other, source: "Job Board".into(), source_name: String::new() };
        is_full(platform.state.open_portal_application(new, now()), ProfileType::Workflows);
        assert_eq!(counts(&platform.state), before);
    }
}

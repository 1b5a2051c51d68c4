//! Searches as callers write them.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::matching::Matcher;
use super::query::Group;
use crate::fuzz_input::first_line;
use crate::icims::model::Role;
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::icims::state::fixture::{now, platform, read};
use crate::icims::state::users::Rights;

static STATE: LazyLock<CustomerState> = LazyLock::new(|| {
    let mut platform = platform();
    for (first, email) in [("Ana", "ana@x.org"), ("Ben", "BEN@y.org"), ("Zoë", "zoe@x.org.uk"), ("Kim", "kim@y.org")] {
        let values = json!({"firstname": first, "lastname": "Okafor", "email": email, "externalid": first});
        let person = read(&platform.state, ProfileType::People, values);
        let person = platform.state.create_person_as(Some(Role::Candidate), person, now()).expect("a candidate");
        platform.state.submit(person, platform.job, platform.state.recruiter(), now()).expect("a workflow");
    }
    platform.state
});

/// A search of what is named on the first line, with its filters as JSON.
///
/// # Panics
/// When a plan finds another page than going through everybody does, or a search goes on after its budget.
pub fn icims_search(bytes: &[u8]) {
    let (kind, body) = first_line(bytes);
    let kind = match kind.as_str() {
        "people" => ProfileType::People,
        "jobs" => ProfileType::Jobs,
        _ => ProfileType::Workflows,
    };
    let Ok(json) = serde_json::from_slice::<Json>(body) else { return };
    match Group::read(kind, &json, &Rights::default()) {
        Ok(group) => {
            let found = Matcher::new(&STATE, kind, &group, now(), usize::MAX).found_in_all_ways();
            assert!(found.iter().all(|page| *page == found[0]), "{json}: {found:?}");
        }
        Err(refusal) => assert!(!refusal.message().is_empty() && refusal.message().len() <= 400 + body.len()),
    }
}

//! What callers of iCIMS send: searches, profiles, files.

pub use super::api::fuzzing::{icims_search, uploaded_file};

use serde_json::{Map, Value as Json};

use super::model::ProfileKey;
use super::schema::ProfileType;
use super::state::fixture::{now, platform};
use super::state::users::Rights;
use crate::fuzz_input::first_line;

/// A change of a person, a job or a workflow, which is named on the first line, as JSON.
///
/// # Panics
/// When a change leaves the look-ups in disorder, or a refused one changes anything.
pub fn icims_profile(bytes: &[u8]) {
    let (kind, body) = first_line(bytes);
    let Ok(object) = serde_json::from_slice::<Map<String, Json>>(body) else { return };
    let mut platform = platform();
    let state = &mut platform.state;
    let person = if kind == "candidate" { platform.ines } else { platform.priya };
    let (kind, id) = match kind.as_str() {
        "job" => (ProfileType::Jobs, platform.job.get()),
        "workflow" => (ProfileType::Workflows, platform.workflow.get()),
        _ => (ProfileType::People, person.get()),
    };
    let Ok(changes) = state.read_changes(kind, &object, &Rights::default()) else { return };
    let key: ProfileKey = (kind, id);
    let before = state.record(key).cloned();
    let done = match kind {
        ProfileType::Jobs => state.edit_job(platform.job, changes, now()),
        ProfileType::People => state.edit_person(person, changes, now()),
        _ => return,
    };
    if done.is_err() {
        assert_eq!(state.record(key).cloned(), before, "what is refused has not happened");
    }
    state.check_lookups();
    let email = state.person(person).map(|person| person.email()).unwrap_or_default();
    assert!(email.is_empty() || state.person_by_email(email).is_some(), "who has an address is found by it");
}

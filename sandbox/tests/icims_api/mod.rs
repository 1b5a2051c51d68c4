//! The simulated iCIMS from outside: its REST API through the real router, its events towards a real listener.

mod access;
mod addresses;
mod collections;
mod custom_filters;
mod eight_questions;
mod events;
mod events_proof;
mod field_families;
mod files;
mod filter_names;
mod hostile;
mod kinds;
mod limits;
mod list_editor;
mod lists;
mod onboarding;
mod packed_answers;
mod profiles;
mod reference;
mod restart;
mod resumes;
mod rows;
mod search;
mod search_cost;
mod seeded;
mod signed;
mod support;
mod switches;
mod users;
mod workflows;

#[test]
fn marked_operations_are_called_by_the_tests_that_their_marks_name() {
    crate::called::check("iCIMS: operations");
}

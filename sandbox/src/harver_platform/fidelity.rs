//! The fidelity table of the platform. The match has an arm for every event: a new one does not compile without its mark.

use super::model::Event;
use super::openapi;
use crate::reference::{Fidelity, Row, Section, assumed, documented, observed, operations};

fn webhook(event: Event) -> Fidelity {
    match event {
        Event::ApplicationStarted => documented("harver-platform 9.4", "start_and_completion_are_told_with_the_documented_body"),
        Event::CandidateStatusNew => documented("harver-platform 9.4", "start_and_completion_are_told_with_the_documented_body"),
    }
}

/// Operations, answers and webhooks with their marks.
#[must_use]
pub fn fidelity() -> Vec<Section> {
    let webhooks = [Event::ApplicationStarted, Event::CandidateStatusNew];
    let answers = [
        ("two shapes of errors", documented("harver-platform 9", "bad_credentials_are_answered_400_in_the_oauth_shape")),
        (
            "scores, brackets and the spelling `treshold`",
            observed("harver-platform 9.3", "a_finished_application_is_read_with_all_its_quirks"),
        ),
        (
            "rate limit per minute and its headers",
            documented("harver-platform 9", "the_rate_limit_counts_per_minute_of_the_virtual_clock"),
        ),
        ("another account's things are not found", assumed("harver-platform 9", "one_account_never_sees_another")),
    ];
    vec![
        Section {
            title: "Harver platform: operations",
            about: "Everything else is refused by name with 501.",
            rows: operations(openapi()),
        },
        Section {
            title: "Harver platform: answers",
            about: "What all operations share.",
            rows: answers.into_iter().map(|(what, fidelity)| Row::new(what, fidelity)).collect(),
        },
        Section {
            title: "Harver platform: webhooks",
            about: "What the integration is told.",
            rows: webhooks.into_iter().map(|event| Row::new(event.name(), webhook(event))).collect(),
        },
    ]
}

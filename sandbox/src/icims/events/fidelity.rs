//! How well the events and the effects of the vendor's answers are known. The match has an arm for every kind of event: a new one
//! does not compile without its mark.

use crate::icims::state::outgoing::EventKind;
use crate::reference::{Fidelity, Row, assumed, documented, observed};

fn event(kind: &EventKind) -> (&'static str, Fidelity) {
    match kind {
        EventKind::ApplicationComplete => (
            "ApplicationCompletedEvent, or AssessmentEvent",
            observed("icims-api 12.2", "an_application_hands_over_a_link_and_the_way_back"),
        ),
        EventKind::StatusChange { .. } => {
            ("WorkFlowStatusChangeEvent", documented("icims-api 12.3", "a_status_change_arrives_compressed_with_its_headers"))
        }
    }
}

/// The events.
pub(in crate::icims) fn events() -> Vec<Row> {
    let to = "D90120".parse().expect("a node id");
    let kinds = [EventKind::ApplicationComplete, EventKind::StatusChange { from: None, to }];
    kinds.iter().map(event).map(|(what, fidelity)| Row::new(what, fidelity)).collect()
}

/// What delivering an event, and the answer to it, lead to.
pub(in crate::icims) fn effects() -> Vec<Row> {
    let rows = [
        (
            "headers and compression of an event",
            observed("icims-api 12.1", "a_status_change_arrives_compressed_with_its_headers"),
        ),
        ("303 hands the candidate a link", documented("icims-api 12.2", "an_application_hands_over_a_link_and_the_way_back")),
        (
            "an error's message is shown, with the customer's own labels",
            documented("icims-api 12.4", "refusals_and_garbage_become_messages_and_keep_the_status"),
        ),
        (
            "the status stays changed when the vendor refuses",
            assumed("assessment-flow 3.3", "refusals_and_garbage_become_messages_and_keep_the_status"),
        ),
        ("no answer within 30 seconds", documented("icims-api 12.1", "silence_and_a_closed_door_are_told_apart")),
        ("no automatic repetition", assumed("icims-api 12.1", "many_who_wait_for_one_event_cause_one_delivery")),
        (
            "a status changed over the API tells the vendor, too",
            assumed("icims-api 7.4", "a_change_over_the_api_is_answered_at_once_and_told_in_the_background"),
        ),
    ];
    rows.into_iter().map(|(what, fidelity)| Row::new(what, fidelity)).collect()
}

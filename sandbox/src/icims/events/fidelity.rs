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
        ("Basic towards the vendor", documented("assessment-flow 1", "a_status_change_arrives_compressed_with_its_headers")),
        ("signed events", documented("icims-api 2.4, 12.1", "a_signed_event_can_be_checked_by_the_vendor_compressed_or_not")),
        (
            "the hash covers the uncompressed JSON although the body is compressed",
            assumed("icims-api 12.1", "a_signed_event_can_be_checked_by_the_vendor_compressed_or_not"),
        ),
        (
            "an access token of the vendor, by client credentials",
            documented("assessment-flow 1", "a_token_of_the_vendor_is_kept_until_it_expires_on_the_virtual_clock"),
        ),
        ("a refused token is fetched anew once", assumed("assessment-flow 1", "a_refused_token_is_fetched_anew_once")),
        ("one address per event configuration", documented("icims-api 12.1", "each_trigger_goes_to_its_own_address")),
        (
            "entrance criteria hold over the API, too",
            assumed("icims-api 7.5", "entrance_criteria_refuse_the_api_and_change_nothing"),
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
        ("no automatic repetition", assumed("icims-api 12.1", "an_event_is_sent_again_on_demand_and_never_by_itself")),
        ("a person sends an event again", assumed("icims-api 12.1", "a_recruiter_sends_an_event_again_from_the_workflow")),
        (
            "a status changed over the API tells the vendor, too",
            assumed("icims-api 7.4", "a_change_over_the_api_is_answered_at_once_and_told_in_the_background"),
        ),
    ];
    rows.into_iter().map(|(what, fidelity)| Row::new(what, fidelity)).collect()
}

//! Pacts that somebody else has fetched, and who may say that one need not be kept yet.

use axum::routing::{get, post};
use axum::{Json, Router};
use harver_icims::http::Timeouts;
use harver_icims::pact::{self, Contract, Outcome, Pattern, Selection, Source, StateChanger, Verification, Wanted};
use harver_icims::verdict::Verdict;
use serde_json::json;

use super::place::{StandIn, here, nowhere, pact};

/// Verifies what was fetched; everybody is somebody else than the pact says.
fn verify(contract: &Contract, is_there: bool, selection: Selection) -> Verification {
    let at = |url: &str| url.parse().expect("an address");
    let register = Router::new()
        .route("/people/1", get(async || Json(json!({"id": 1, "email": "ada@example.org"}))))
        .route("/states", post(async || Json(json!({}))));
    let register = StandIn::of(register);
    let wanted = Wanted {
        provider: "register".into(),
        provider_version: None,
        url: at(&if is_there { register.url().to_owned() } else { nowhere() }),
        states: Some(StateChanger::at(at(&format!("{}/states", register.url())))),
        source: Source::Fetched(vec![contract.clone()]),
        selection,
        timeouts: Timeouts::default(),
        command: "harver-icims pact verify --from broker".into(),
    };
    here().block_on(pact::verify(&wanted, std::future::pending())).expect("a verification")
}

fn fetched(pending: bool) -> Contract {
    Contract { origin: "shop 1.2.3 of the broker".into(), text: pact().to_string(), pending }
}

#[test]
fn what_a_broker_calls_pending_is_told_and_fails_nothing() {
    let pending = verify(&fetched(true), true, Selection::default());
    assert_eq!(pending.verdict(), Verdict::Passed);
    assert_eq!(pending.count_of(|outcome| matches!(outcome, Outcome::Pending(_))), 1);
    assert!(pending.to_string().contains("pending: a request for a person"), "{pending}");
    assert!(pending.last_line().contains("0 kept, 0 broken, 1 pending"), "{pending}");

    let broken = verify(&fetched(false), true, Selection::default());
    assert_eq!(broken.verdict(), Verdict::Failed);
    // What was fetched is not named as a file.
    let again = "again: harver-icims pact verify --from broker --filter '^a request for a person$' --state '^a person$'\n";
    assert!(broken.to_string().contains(again), "{broken}");
}

#[test]
fn a_provider_that_is_not_there_is_not_pending() {
    let silent = verify(&fetched(true), false, Selection::default());
    assert_eq!(silent.verdict(), Verdict::CouldNotRun, "{silent}");
}

#[test]
fn a_part_of_what_was_fetched_is_a_part() {
    let description = Some(Pattern::new("person", |text| text.contains("person")));
    let part = verify(&fetched(true), true, Selection { description, state: None });
    assert_eq!(part.verdict(), Verdict::LeftOut, "{part}");
}

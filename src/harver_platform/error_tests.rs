//! What each error says, and what is done about it.

use jiff::Timestamp;

use super::client_tests::vacancy;
use super::{Call, Operation};
use crate::domain::with_causes;
use crate::http::{NoAnswer, NotTheExpectedJson};
use crate::neighbour::{Called, Kind};
use crate::testing::{NOW, account};

#[test]
fn messages_say_what_happened_and_what_to_do() {
    let call = Call { account: account(), operation: Operation::CreateApplication(vacancy()) };
    let stopped = NotTheExpectedJson::from(serde_json::from_str::<bool>("{").expect_err("no boolean"));
    let kinds = [
        Kind::CredentialsRejected { reason: "Invalid client".into() },
        Kind::Throttled { until: Timestamp::from_second(NOW).expect("in range") },
        Kind::NotFound,
        Kind::NotTheApi { status: 405 },
        Kind::Refused { status: 400, reason: "vacancy is closed".into() },
        Kind::Unreachable(NoAnswer::ProxyRefuses("http://proxy:3128".into())),
        Kind::TimedOut(NoAnswer::TooLarge),
        Kind::Unavailable { status: 500, reason: "status 500".into() },
        Kind::Unreadable { status: 200, problem: "the body cannot be read", source: None },
        Kind::Unreadable { status: 200, problem: "the body cannot be read", source: Some(stopped) },
    ];
    let told = kinds.map(|kind| call.failed(kind)).map(|error| format!("{}\n    {:?}", with_causes(&error), error.disposition()));
    insta::assert_snapshot!(told.join("\n"));
}

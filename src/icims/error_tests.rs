//! What each error says, and what is done about it.

use jiff::Timestamp;

use super::client_tests::{id, workflow};
use super::{Call, Operation};
use crate::domain::with_causes;
use crate::http::{NoAnswer, NotTheExpectedJson};
use crate::neighbour::{Called, Kind};
use crate::testing::NOW;

#[test]
fn messages_say_what_happened_and_what_to_do() {
    let call = Call { customer: id("4021"), operation: Operation::UpdateResultRow(workflow(), id("512")) };
    let stopped = NotTheExpectedJson::from(serde_json::from_str::<bool>("{").expect_err("no boolean"));
    let kinds = [
        Kind::NotEntered,
        Kind::CredentialsRejected { reason: "Invalid Username or Password credentials provided.".into() },
        Kind::Forbidden { reason: "status 403".into() },
        Kind::Throttled { until: Timestamp::from_second(NOW).expect("in range") },
        Kind::NotFound,
        Kind::NotVisible,
        Kind::Refused { status: 400, reason: "assessmentname: Invalid value.".into() },
        Kind::Unreachable(NoAnswer::ProxyRefuses("http://proxy:3128".into())),
        Kind::TimedOut(NoAnswer::TooLarge),
        Kind::Unavailable { status: 500, reason: "status 500".into() },
        Kind::Unreadable { status: 200, problem: "the body cannot be read", source: None },
        Kind::Unreadable { status: 200, problem: "the body cannot be read", source: Some(stopped) },
    ];
    let told = kinds.map(|kind| call.failed(kind)).map(|error| format!("{}\n    {:?}", with_causes(&error), error.disposition()));
    insta::assert_snapshot!(told.join("\n"));
}

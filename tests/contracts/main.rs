//! The four contracts between the neighbours and the integration, as pacts.
//!
//! `as_consumer` drives the real client or sender of each consumer against a mock provider and compares what was said with the
//! committed file in `pacts/`; `as_provider` replays that file against the real router of the provider, and `from_outside` lets
//! `pact verify` do so over the network. The two sides share no wire type, so this is where two readings of the same documents meet.
//!
//! To accept what the consumers say now: `UPDATE_PACTS=1 cargo test --test contracts as_consumer`, look at the difference, and run
//! the suite again: the providers say whether they agree.

mod as_consumer;
mod as_provider;
mod brightwater;
#[cfg(all(feature = "pact", feature = "sandbox"))]
mod from_outside;
mod pact_file;
#[cfg(all(feature = "pact", feature = "sandbox"))]
#[expect(dead_code, reason = "what a suite does with the program; no suite does all of it")]
#[path = "../integration/program.rs"]
mod program;
#[expect(dead_code, reason = "what the suites share; no suite needs all of it")]
#[path = "../support/mod.rs"]
mod support;

//! A double of a Pact Broker: the routes that `harver-icims pact` and the official `pact broker` tool use, in memory, for tests.
//!
//! **This is no Pact Broker.** The real one is a Ruby program that cannot be had everywhere. This double was written from the broker's
//! published API, and knows just enough of it: publishing contracts, pacts for verification, verification results, versions with
//! branches and tags, environments, deployments and releases, the matrix. Whoever knows the real one better is right. Two clients that
//! have nothing in common keep it honest: ours, and the official tool (`.ci/pact-broker`). Every answer carries the header
//! [`MARK`].
//!
//! [`World`] is what is known, and its rules; `routes` is HTTP; `matrix` decides what may be deployed; `selecting` says which pacts a
//! provider is to verify.

mod links;
mod matrix;
mod query;
mod routes;
mod selecting;
mod serving;
mod world;

pub use serving::{BrokerDouble, Seen, serve};
pub use world::World;

/// The header by which every answer of the double is known.
pub const MARK: &str = "x-broker-double";

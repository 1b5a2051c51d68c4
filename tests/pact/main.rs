//! The commands of `pact`, as whoever starts them sees them. No Pact Broker can be run here: the one of these tests is a double
//! (`tests/broker_double`), which the official tool is held against as well (`.ci/pact-broker`).

mod can_i_deploy;
mod command;
mod from_broker;
mod publish;
mod record;
mod results;
mod silly;

//! A Pact Broker, as far as the commands need one: a small client that follows the broker's own links (HAL).
//!
//! [`Broker`] asks, and [`BrokerError`] says why there is no answer and what to do about it. What is asked stands in one file each:
//! [`publishing`] contracts, the [`matrix`] of what was verified together, what runs in an [`environments`], the pacts that a provider
//! is to verify ([`for_verification`]), and the [`results`] of that. Routes and shapes: <https://docs.pact.io/pact_broker>.

mod access;
mod applications;
mod client;
mod document;
pub mod environments;
mod error;
pub mod for_verification;
pub mod matrix;
pub mod publishing;
pub mod results;
mod selector;

pub use access::{Access, Address};
pub use applications::near_name;
pub use client::Broker;
pub use error::BrokerError;
pub use selector::{Selector, day};

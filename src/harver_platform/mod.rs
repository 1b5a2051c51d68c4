//! What the integration knows about Harver's assessment platform: its public API and the webhooks it sends.
//!
//! It decides nothing: what to do about a callback or an error is up to the two directions. The evidence for every shape is in
//! `harver-platform.md` 9; start with [`HarverClient`] for what is asked and [`parse_callback`] for what arrives.

mod auth;
mod callback_body;
mod callbacks;
mod client;
#[cfg(test)]
mod client_tests;
mod error;
#[cfg(test)]
mod error_tests;
mod finished;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod reports;
#[cfg(test)]
mod reports_tests;
#[cfg(test)]
mod token_tests;
mod vacancies;
mod wire;

pub(crate) use callback_body::CallbackBody;
pub use callbacks::{CallbackEvent, CallbackKind, UnreadableCallback, parse_callback};
pub use client::{ApplicationRecord, CreatedApplication, HarverClient, NewApplication, OpenVacancy};
pub use error::{Call, HarverError, Operation};
pub use wire::{Progress, VacancyStatus};

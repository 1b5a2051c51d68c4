//! The integration between Harver's assessments and iCIMS: events in, candidates invited, progress and results written back.
//!
//! Three actors, two directions. iCIMS and the Harver platform are neighbours that are reached over HTTP; what this crate knows
//! about each stands in [`icims`] and [`harver_platform`]. What happens between them stands in [`ats_to_harver`] and
//! [`harver_to_ats`]. `ARCHITECTURE.md` walks through both.

pub mod app;
pub mod cli;
pub mod config;
pub(crate) mod doctor;
#[cfg(feature = "harness")]
pub mod harness;
#[cfg(feature = "pact")]
pub mod pact;
pub(crate) mod reference;
pub(crate) mod telemetry;

pub(crate) mod api;
pub mod ats_to_harver;
pub mod checks;
pub mod console;
pub mod harver_to_ats;
pub(crate) mod ops;

pub mod delivery;
pub mod harver_platform;
pub mod icims;
pub mod invitation;
pub mod web;

pub mod settings;
pub mod store;

pub mod clock;
pub mod crash_point;
pub mod domain;
pub(crate) mod env_file;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz_input;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod http;
#[cfg(feature = "harness")]
pub(crate) mod junit;
pub mod meter;
pub mod neighbour;
mod token_cache;
pub mod verdict;

#[cfg(test)]
mod testing;

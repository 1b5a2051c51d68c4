//! The integration between Harver's assessments and iCIMS: events in, candidates invited, progress and results written back.
//!
//! Three actors, two directions. iCIMS and the Harver platform are neighbours that are reached over HTTP; what this crate knows
//! about each stands in [`icims`] and [`harver_platform`]. What happens between them stands in [`ats_to_harver`] and
//! [`harver_to_ats`]. `ARCHITECTURE.md` walks through both.

pub mod clock;
pub mod domain;
pub mod harver_platform;
pub mod http;
pub mod icims;
pub mod invitation;
#[cfg(test)]
mod testing;
mod token_cache;

//! What is left without the feature: nothing.

use super::{Commit, Effect};

pub(crate) fn before(_: Effect) {}

pub(crate) fn after(_: Effect) {}

/// What a transaction publishes.
#[derive(Debug)]
pub(crate) struct Commits;

impl Commits {
    pub(crate) fn none() -> Self {
        Self
    }

    pub(crate) fn lead(&self, _: Commit) {}

    pub(crate) fn join(&self, _: &Self) {}

    pub(crate) fn before(&self) {}

    pub(crate) fn after(&self) {}
}

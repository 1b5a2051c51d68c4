//! The sentences of the features. Each takes the words out of a sentence and calls one method of the world.

mod accepting;
mod administration;
mod api;
mod api_request;
mod api_response;
mod applying;
mod assessment_pages;
mod choosing;
mod companies;
mod console;
mod counting;
mod dashboard;
mod disturbing;
mod end_page;
mod ending;
mod guide;
mod inviting;
mod jobs;
mod needs;
mod packages;
mod people;
mod results;
mod screens;
mod setting_up;
mod signing_in;
mod summary;
mod taking;
mod walking;

use std::fmt;

use cucumber::gherkin::Step;

use super::report::BECAUSE;
pub(super) use needs::needs_of;

/// Why a step failed, with everything that led to it: the failure, and each cause after [`BECAUSE`].
pub(super) struct Failure(anyhow::Error);

/// What a step returns.
pub(super) type Outcome = Result<(), Failure>;

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> = self.0.chain().map(ToString::to_string).collect();
        f.write_str(&told.join(BECAUSE))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `Ana and Bilal` as two names.
fn names(text: &str) -> Vec<String> {
    text.split(" and ").map(str::to_owned).collect()
}

/// The rows of a step's table.
fn rows(step: &Step) -> Vec<Vec<String>> {
    step.table().map(|table| table.rows.clone()).unwrap_or_default()
}

/// The first column of a step's table.
fn column(step: &Step) -> Vec<String> {
    rows(step).into_iter().filter_map(|row| row.into_iter().next()).collect()
}

#[cfg(test)]
mod tests;

//! Multi-phase: the recruiter chooses the packages in Harver, on a page of ours (setup guide, "Confirm or Modify Package"; promises G14
//! and G32).
//!
//! 1. [`open`] answers an event with the address of the page. Nothing is ordered yet.
//! 2. `offer` says what can be chosen: the open vacancies that a result row may name, with what was ordered before.
//! 3. `respond` shows the page and takes the choice. Each package becomes an order of its own, all in one transaction.
//!
//! The recruiter is not signed in to Harver: the address is the permission (assessment-flow.md 6). It is signed, stands for one workflow,
//! runs out, and cannot be used twice.

mod offer;
mod page;
mod respond;

use axum::Router;
use axum::routing::get;
use jiff::SignedDuration;
use url::Url;

use super::AtsToHarver;
use super::deadline::Deadline;
use super::gather::candidate_and_job;
use super::refusal::Refusal;
use crate::domain::{Customer, Event, Occasion};
use crate::store::StoreError;
use crate::store::selections::{self, NewSelection};

/// Where packages are chosen.
const PATH: &str = "/packages/{token}";

/// How long packages can be chosen (assessment-flow.md 6: "short life (e.g. 30 min)").
const LIFE: SignedDuration = SignedDuration::from_mins(30);

/// The routes of the page.
pub(super) fn routes() -> Router<AtsToHarver> {
    Router::new().route(PATH, get(respond::show).post(respond::choose))
}

/// Opens the choice for a candidate who can be invited, and says where it is made. A repeated event leads to the same page.
///
/// A job without a package is fine here (row 5): packages are chosen on the page.
///
/// # Errors
/// When something is missing, or iCIMS cannot be asked.
pub(super) async fn open(work: &AtsToHarver, customer: &Customer, event: &Event, deadline: Deadline) -> Result<Url, Refusal> {
    deadline.hold(candidate_and_job(work, customer, event.person, event.job)).await?;
    let recruiter = match &event.occasion {
        Occasion::StatusChanged(change) => change.recruiter,
        Occasion::ApplicationCompleted { .. } => None,
    };
    let Event { customer, workflow, person, job, .. } = *event;
    let new = NewSelection { customer, workflow, person, job, recruiter };
    let now = work.clock.now();
    let opened = work.store.write(move |tx| -> Result<String, StoreError> {
        let selection = selections::open(tx, &new, now, LIFE)?;
        Ok(selections::token(tx, &selection))
    });
    let mut address = work.public_url.clone();
    address.set_path(&PATH.replace("{token}", &opened.await?));
    Ok(address)
}

//! Direction 2: Harver's progress and results become iCIMS updates.
//!
//! 1. `receive` authenticates the platform's webhook, reads it, keeps what it announces and asks for a look at the application, all in
//!    one transaction, and answers. It never calls a neighbour, and moves no order: a webhook only asks to look.
//! 2. `look` (job) reads the application and moves the order to where it is. A finish is a completion time, and nothing else.
//!    `sweep` (job) asks the platform for what no webhook has told, which then counts as if one had.
//! 3. `report_sent` (job) writes the result row with the status Sent, where a customer wants that; `report_progress` (job) with
//!    In-Progress.
//! 4. `report_result` (job) completes the row: score, recommendation, notes, and the link to the report that was chosen.
//! 5. `report_link` (job) adds the link if it could not be had at once.
//! 6. `report_failure` (job) tells a recruiter, on the same row, that no result is expected any more or that a candidate has no link, and
//!    why; `report_invited` (job) takes that back.
//! 7. `open_report` leads whoever follows a link of ours to the report. It is the one endpoint here that calls a neighbour, because what
//!    it leads to opens for minutes only: it has a hard deadline, and records nothing.
//!
//! `own_application` sees to it that a result goes to the person it belongs to. All reports write through `result_row`, which finds the
//! row again when an answer was lost; each takes back what an earlier one has put into the notes. The other direction is
//! `ats_to_harver`; the two meet in `domain::Job` only.

mod look;
mod open_report;
mod own_application;
mod receive;
mod report_failure;
mod report_invited;
mod report_link;
mod report_progress;
mod report_result;
mod report_sent;
mod result_row;
mod sweep;

pub use look::look_at_application;
pub use receive::CALLBACK_PATH;
pub(crate) use receive::described;
pub use report_failure::{give_up, report_failure};
pub use report_invited::report_invited;
pub use report_link::add_report_link;
pub use report_progress::report_progress;
pub use report_result::report_result;
pub use report_sent::report_sent;
pub use sweep::sweep;

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use url::Url;

use crate::clock::Clock;
use crate::domain::{Order, OrderState};
use crate::harver_platform::HarverClient;
use crate::icims::IcimsClient;
use crate::store::Store;
use crate::web::Rates;

/// What this direction works with. Clones share everything.
#[derive(Clone)]
pub struct HarverToAts {
    /// The integration's memory.
    pub store: Store,
    /// The present.
    pub clock: Clock,
    /// iCIMS.
    pub icims: IcimsClient,
    /// The Harver platform.
    pub harver: HarverClient,
    /// The address under which others reach the integration, without a path: links to reports begin with it.
    pub public_url: Url,
    /// Real time within which whoever opens a report is answered, whatever the platform does.
    pub deadline: Duration,
    /// How often a customer's account may call.
    pub rates: Rates,
    /// Whom to ask when a report cannot be opened (promise G40).
    pub support_contact: String,
}

/// The routes of this direction.
pub fn routes(work: HarverToAts) -> Router {
    let reports = Router::new().route(open_report::PATH, get(open_report::open)).with_state(work.clone());
    Router::from(described().with_state(work)).merge(reports)
}

/// Whether iCIMS has been told the result: nothing more can come of the order's application.
fn is_told(order: &Order) -> bool {
    order.state == OrderState::Completed && order.result_written_at.is_some()
}

//! Direction 2: Harver's progress and results become iCIMS updates.
//!
//! 1. `receive` authenticates the platform's webhook, reads it, moves the orders of the application on and enqueues the report, all
//!    in one transaction, and answers. It never calls a neighbour.
//! 2. `report_progress` (job) writes the result row with the status In-Progress.
//! 3. `report_result` (job) reads the finished application and completes the row: score, recommendation, notes, report link.
//! 4. `report_failure` (job) tells a recruiter, on the same row, that a candidate could not be invited after all.
//!
//! All three jobs write through `result_row`, which finds the row again when an answer was lost. The other direction is
//! `ats_to_harver`; the two meet in `domain::Job` only.

mod receive;
mod report_failure;
mod report_progress;
mod report_result;
mod result_row;

pub(crate) use receive::described;
pub use receive::{CALLBACK_PATH, routes};
pub use report_failure::{give_up, report_failure};
pub use report_progress::report_progress;
pub use report_result::report_result;

use crate::clock::Clock;
use crate::harver_platform::HarverClient;
use crate::icims::IcimsClient;
use crate::store::Store;

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
}

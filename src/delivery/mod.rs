//! Durable work: one step at a time is leased, run, recorded, and tried again on a published ladder until it is done or given up.
//!
//! This module knows when and how often, not what: [`Worker`] runs whatever function `app` has put in for a job. It refuses to know
//! what is asked of the neighbours; their errors arrive as a [`JobError`] with a [`Disposition`](crate::domain::Disposition).
//! Read next: `ladder.rs` for the schedule, `turns.rs` for whose job comes next, `worker.rs` for the step,
//! `hearing.rs` for what it tells of those whom it called.

mod hearing;
mod ladder;
mod lookup;
#[cfg(feature = "sandbox")]
mod pause;
mod ran;
mod turns;
#[cfg(not(feature = "sandbox"))]
mod unpaused;
mod worker;

pub use ladder::{InvalidLadder, Ladder};
pub use lookup::order_of_job;
#[cfg(feature = "sandbox")]
pub use pause::{Pause, UnderWay, Whose};
#[cfg(not(feature = "sandbox"))]
pub use unpaused::{Pause, UnderWay};
pub use worker::{BoxFuture, Finish, GiveUp, JobError, RunJob, StepOutcome, Worker};

//! What goes wrong on purpose.

use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::world::World;

/// How long an integration waits before it tries again, by and by: the pattern that vendors on iCIMS publish.
const WAITS: [&str; 3] = ["1m", "5m", "15m"];

#[given(expr = "the fault {string}")]
async fn fault_is_on(world: &mut World, name: String) -> Outcome {
    Ok(world.fault_is_on(&name).await?)
}

#[when("the fault has struck")]
#[then("the fault has struck")]
async fn fault_has_struck(world: &mut World) -> Outcome {
    Ok(world.fault_has_struck().await?)
}

#[when("the fault is over")]
async fn fault_is_over(world: &mut World) -> Outcome {
    Ok(world.faults_are_over().await?)
}

#[when("time goes by and what failed is tried again")]
async fn time_goes_by(world: &mut World) -> Outcome {
    Ok(world.work_goes_on_for(&WAITS).await?)
}

#[when("the Harver Admin replays what was given up")]
async fn replay(world: &mut World) -> Outcome {
    Ok(world.replay_what_was_given_up().await?)
}

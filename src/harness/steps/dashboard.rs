//! The hiring dashboard, and who shares numbers with whom.

use cucumber::gherkin::Step;
use cucumber::then;

use super::{Outcome, rows};
use crate::harness::world::World;

#[then("the link on the hiring dashboard opens the same report")]
async fn dashboard_opens_report(world: &mut World) -> Outcome {
    Ok(world.dashboard_opens_the_same_report().await?)
}

#[then("the hiring dashboard shows:")]
async fn dashboard_shows(world: &mut World, step: &Step) -> Outcome {
    Ok(world.dashboard_shows(&rows(step)).await?)
}

#[then(regex = r"^at (.+) there is no result for (\w+), whose records carry the same numbers$")]
async fn namesake_has_no_result(world: &mut World, company: String, name: String) -> Outcome {
    Ok(world.namesake_has_no_result(&company, &name).await?)
}

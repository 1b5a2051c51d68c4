//! Harver's End Page, and where it leads.

use cucumber::{given, then};

use super::Outcome;
use crate::harness::world::World;

#[given(expr = "the Harver Admin has set the career portal as the return URL on the End Page of {string}")]
async fn return_to_the_portal(world: &mut World, vacancy: String) -> Outcome {
    Ok(world.return_to_the_portal(&vacancy).await?)
}

#[then(expr = "the End Page takes {word} back to the career portal of iCIMS")]
async fn goes_back(world: &mut World, name: String) -> Outcome {
    Ok(world.goes_back_to_the_portal(&name).await?)
}

#[then(expr = "the End Page tells {word} that the window can be closed")]
async fn stays(world: &mut World, name: String) -> Outcome {
    Ok(world.stays_on_the_end_page(&name)?)
}

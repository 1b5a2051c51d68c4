//! Applying on the career portal.

use anyhow::Context;
use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::fit::Fit;
use crate::harness::world::World;

#[when(expr = "{word} applies for {string} on the career portal")]
async fn apply(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.apply(&name, &job).await?)
}

#[given(expr = "{word} has applied for {string} on the career portal up to the assessment")]
#[when(expr = "{word} applies for {string} on the career portal up to the assessment")]
async fn apply_up_to_assessment(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.apply_up_to_assessment(&name, &job).await?)
}

#[when(expr = "{word} applies for {string} on the career portal and takes the assessment as a {fit}")]
async fn apply_and_take(world: &mut World, name: String, job: String, fit: Fit) -> Outcome {
    Ok(world.apply_and_take_assessment(&name, &job, fit).await?)
}

#[when(expr = "{word} opens the assessment from the career portal again")]
async fn open_again(world: &mut World, name: String) -> Outcome {
    Ok(world.open_assessment_again(&name).await?)
}

#[then(regex = r"^(\w+) is back on the career portal and (?:his|her) application is complete$")]
async fn application_is_complete(world: &mut World, name: String) -> Outcome {
    Ok(world.application_is_complete(&name).await?)
}

#[then(regex = r"^(\w+) is thanked for (?:his|her) application at once$")]
async fn is_thanked(world: &mut World, name: String) -> Outcome {
    Ok(world.is_thanked(&name)?)
}

#[then(expr = "{word} reads on the portal that the assessment cannot be started, and whom to ask")]
async fn reads_why_not(world: &mut World, name: String) -> Outcome {
    Ok(world.reads_why_not(&name)?)
}

#[then(expr = "{string} is found on the career portal")]
async fn is_on_the_portal(world: &mut World, title: String) -> Outcome {
    Ok(world.is_on_the_portal(&title).await.context("looking on the career portal")?)
}

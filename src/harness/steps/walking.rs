//! Candidates in a real browser.

use cucumber::gherkin::Step;
use cucumber::{then, when};

use super::{Outcome, column};
use crate::harness::world::World;

#[when(expr = "{word} walks through the assessment in a browser, from the mail to the end")]
async fn walk_from_the_mail(world: &mut World, name: String) -> Outcome {
    Ok(world.walk_from_the_mail(&name).await?)
}

#[when(expr = "{word} walks through the application for {string} in a browser, assessment included")]
async fn walk_from_the_portal(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.walk_from_the_portal(&name, &job).await?)
}

#[when(expr = "Tomas submits {word} to {string} in a browser with a double-click")]
async fn submit_by_double_click(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.submit_by_double_click(&name, &job).await?)
}

#[then(expr = "{word} has met these pages in order:")]
async fn has_met(world: &mut World, name: String, step: &Step) -> Outcome {
    Ok(world.has_met(&name, &column(step))?)
}

//! What only the recruiter's screens show.

use cucumber::{then, when};

use super::Outcome;
use crate::harness::world::World;

#[then(expr = "the Summary says no longer that {word} is invited, but {string}")]
async fn takes_it_back(world: &mut World, name: String, why: String) -> Outcome {
    Ok(world.summary_takes_it_back(&name, &why).await?)
}

#[when(expr = "Tomas opens Submit to Job for {word}")]
async fn open_submit_dialog(world: &mut World, name: String) -> Outcome {
    Ok(world.open_submit_dialog(&name).await?)
}

#[then(expr = "{string} is marked as already submitted")]
async fn is_marked_as_submitted(world: &mut World, job: String) -> Outcome {
    Ok(world.is_marked_as_submitted(&job).await?)
}

#[then(regex = r"^(\w+) cannot be submitted to a job because s?he is no Candidate$")]
async fn cannot_be_submitted(world: &mut World, name: String) -> Outcome {
    Ok(world.cannot_be_submitted(&name).await?)
}

#[then(expr = "the People tab shows the assessment of {word} as complete")]
async fn people_tab_shows(world: &mut World, name: String) -> Outcome {
    Ok(world.people_tab_shows(&name, "Complete").await?)
}

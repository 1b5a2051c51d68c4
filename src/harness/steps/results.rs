//! Progress and results in iCIMS.

use cucumber::{given, then};

use super::Outcome;
use crate::harness::world::World;

#[then(expr = "iCIMS shows one result for {word}, which is complete")]
async fn complete(world: &mut World, name: String) -> Outcome {
    Ok(world.one_result(&name, "Complete").await?)
}

#[given(expr = "iCIMS shows one result for {word}, which is in progress")]
#[then(expr = "iCIMS shows one result for {word}, which is in progress")]
async fn in_progress(world: &mut World, name: String) -> Outcome {
    Ok(world.one_result(&name, "In-Progress").await?)
}

#[given(expr = "iCIMS shows one result for {word}, which is incomplete, with the remark {string}")]
async fn incomplete(world: &mut World, name: String, remark: String) -> Outcome {
    Ok(world.one_result_with_remark(&name, "Incomplete", Some(&remark)).await?)
}

#[then(expr = "iCIMS shows one result for {word}, which is sent, without a remark")]
async fn sent(world: &mut World, name: String) -> Outcome {
    Ok(world.one_result_with_remark(&name, "Sent", None).await?)
}

#[then(expr = "the remark beside the result of {word} no longer says {string}")]
async fn remark_is_gone(world: &mut World, name: String, words: String) -> Outcome {
    Ok(world.remark_is_gone(&name, &words).await?)
}

#[then(expr = "iCIMS shows no complete result for {word}")]
async fn no_complete_result(world: &mut World, name: String) -> Outcome {
    Ok(world.no_complete_result(&name).await?)
}

#[then(expr = "iCIMS shows no assessment of {word} in progress")]
async fn not_in_progress(world: &mut World, name: String) -> Outcome {
    Ok(world.nothing_in_progress(&name).await?)
}

#[then(expr = "the Screen tab recommends {word} as {string}")]
async fn recommends(world: &mut World, name: String, recommendation: String) -> Outcome {
    Ok(world.screen_recommends(&name, &recommendation).await?)
}

#[then(expr = "the Screen tab shows the score {word} for {word}")]
async fn shows_score(world: &mut World, score: String, name: String) -> Outcome {
    Ok(world.screen_shows_score(&name, &score).await?)
}

#[then(expr = "the Screen tab names the package of {string} for {word}, written with an en dash")]
async fn names_package(world: &mut World, vacancy: String, name: String) -> Outcome {
    Ok(world.screen_names_package(&name, &vacancy).await?)
}

#[then(expr = "the application of {word} to {string} shows no result")]
async fn shows_no_result(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.application_shows_no_result(&name, &job).await?)
}

//! Candidates on the assessment's pages, and recruiters on its reports.

use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::fit::Fit;
use crate::harness::world::World;

#[when(expr = "{word} takes the assessment as a {fit} and closes the window")]
#[when(expr = "{word} finishes the assessment as a {fit}")]
async fn finish(world: &mut World, name: String, fit: Fit) -> Outcome {
    Ok(world.finish(&name, fit).await?)
}

#[when(expr = "{word} opens the link in her mail")]
async fn open_link(world: &mut World, name: String) -> Outcome {
    Ok(world.open_mail_link(&name).await?)
}

#[given(expr = "{word} has opened the link in her mail and begun")]
#[when(expr = "{word} opens the link in her mail and begins")]
async fn open_and_begin(world: &mut World, name: String) -> Outcome {
    world.open_mail_link(&name).await?;
    Ok(world.begin(&name).await?)
}

#[given(expr = "{word} has opened the link in her mail and answered the first two parts")]
async fn open_and_answer(world: &mut World, name: String) -> Outcome {
    world.open_mail_link(&name).await?;
    Ok(world.answer_parts(&name, 2).await?)
}

#[given(expr = "{word} has answered the first two parts")]
async fn answer_two(world: &mut World, name: String) -> Outcome {
    Ok(world.answer_parts(&name, 2).await?)
}

#[then(expr = "{word} is welcomed by name on the assessment's landing page without signing in")]
async fn is_welcomed(world: &mut World, name: String) -> Outcome {
    Ok(world.is_welcomed_by_name(&name)?)
}

#[then(expr = "{word} goes on with the third part")]
async fn goes_on_with_third(world: &mut World, name: String) -> Outcome {
    Ok(world.goes_on_with_part(&name, 3)?)
}

#[then(regex = r"^(\w+) reads that s?he has already finished$")]
async fn has_finished_before(world: &mut World, name: String) -> Outcome {
    Ok(world.has_finished_before(&name)?)
}

#[then(expr = "{word} is invited to {string}")]
async fn is_invited_to(world: &mut World, name: String, vacancy: String) -> Outcome {
    Ok(world.is_invited_to(&name, &vacancy).await?)
}

#[then(expr = "a candidate of {string} who is advanced to Send to Harver is invited to {string}")]
async fn a_candidate_is_invited_to(world: &mut World, job: String, vacancy: String) -> Outcome {
    Ok(world.a_candidate_is_invited(&job, Some(&vacancy)).await?)
}

#[then(expr = "the link on the Screen tab opens the report of {word} with the verdict {string}")]
async fn report_opens(world: &mut World, name: String, verdict: String) -> Outcome {
    Ok(world.report_opens(&name, &verdict).await?)
}

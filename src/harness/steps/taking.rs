//! Taking the assessment.

use anyhow::Context;
use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::{Outcome, names, rows};
use crate::harness::fit::Fit;
use crate::harness::world::World;

#[when(expr = "{word} takes the assessment by the link in her mail as a {fit}")]
async fn take(world: &mut World, name: String, fit: Fit) -> Outcome {
    Ok(world.take_assessment(&name, fit).await?)
}

#[given(expr = "{word} has taken the assessment as a {fit}")]
async fn have_taken(world: &mut World, name: String, fit: Fit) -> Outcome {
    Ok(world.have_taken_assessment(&name, fit).await?)
}

#[when("these candidates take the assessment:")]
async fn all_take(world: &mut World, step: &Step) -> Outcome {
    for row in rows(step) {
        let [name, fit] = row.as_slice() else {
            return Err(anyhow::anyhow!("a row has a name and how well the candidate does").into());
        };
        world.take_assessment(name, fit.parse().with_context(|| format!("how {name} does"))?).await?;
    }
    Ok(())
}

#[when(regex = r"^(\w+(?: and \w+)*) (?:is|are) advanced and takes? the assessment as a (great fit|good fit|poor fit)$")]
async fn advance_and_take(world: &mut World, who: String, fit: Fit) -> Outcome {
    Ok(world.advance_and_take(&names(&who), fit).await?)
}

#[when(regex = r"^more than a day goes by and (\w+) is advanced and takes the assessment as a (great fit|good fit|poor fit)$")]
async fn later_advance_and_take(world: &mut World, who: String, fit: Fit) -> Outcome {
    world.advance_clock("25h").await?;
    Ok(world.advance_and_take(&names(&who), fit).await?)
}

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

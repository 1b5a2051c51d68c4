//! Taking the assessment.

use anyhow::Context;
use cucumber::gherkin::Step;
use cucumber::{given, when};

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

//! Confirm or Modify Package: choosing packages in Harver.

use anyhow::anyhow;
use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::{Outcome, rows};
use crate::harness::fit::Fit;
use crate::harness::world::World;

/// The names between quotation marks.
fn quoted(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[given(expr = "the Harver Admin has switched Multi-Phased Assessments {word}")]
async fn have_switched(world: &mut World, to: String) -> Outcome {
    Ok(world.have_switched_multi_phase(to == "on").await?)
}

#[given(expr = "Tomas has been asked for the packages of {word}")]
async fn have_been_asked(world: &mut World, name: String) -> Outcome {
    world.advance(std::slice::from_ref(&name), "Send to Harver").await?;
    Ok(world.summary_asks_for_packages(&name)?)
}

#[given(regex = r#"^Tomas has chosen ("[^"]+"(?: and "[^"]+")*) for (\w+) in Harver$"#)]
async fn have_chosen(world: &mut World, packages: String, name: String) -> Outcome {
    world.advance(std::slice::from_ref(&name), "Send to Harver").await?;
    Ok(world.choose_packages(&name, &quoted(&packages)).await?)
}

#[when(regex = r#"^Tomas chooses ("[^"]+"(?: and "[^"]+")*) for (\w+) in Harver$"#)]
async fn choose(world: &mut World, packages: String, name: String) -> Outcome {
    Ok(world.choose_packages(&name, &quoted(&packages)).await?)
}

#[when(expr = "Tomas opens Confirm or Modify Package for {word} and closes the window")]
async fn look(world: &mut World, name: String) -> Outcome {
    Ok(world.look_at_packages(&name).await.map(|_| ())?)
}

#[when(expr = "Tomas cancels the choice for {word} in Harver")]
async fn cancel(world: &mut World, name: String) -> Outcome {
    Ok(world.cancel_choice(&name).await?)
}

#[when(expr = "{word} takes the assessment {string} as a {fit}")]
async fn take(world: &mut World, name: String, vacancy: String, fit: Fit) -> Outcome {
    Ok(world.take_assessment_of(&name, &vacancy, fit).await?)
}

#[then(expr = "the Summary asks Tomas to confirm or modify the package of {word}")]
async fn asks(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_asks_for_packages(&name)?)
}

#[then(expr = "Harver shows Tomas that {word} has completed {string} with {string}, and offers {string}")]
async fn shows(world: &mut World, name: String, completed: String, result: String, offered: String) -> Outcome {
    Ok(world.packages_show(&name, &completed, &result, &offered).await?)
}

#[then(regex = r#"^(\w+) is invited to exactly ("[^"]+"(?: and "[^"]+")*)$"#)]
async fn invited_to(world: &mut World, name: String, packages: String) -> Outcome {
    Ok(world.is_invited_to_exactly(&name, &quoted(&packages)).await?)
}

#[then(expr = "iCIMS shows the results of {word}:")]
async fn results(world: &mut World, name: String, step: &Step) -> Outcome {
    let wanted =
        rows(step).into_iter().map(|row| <[String; 3]>::try_from(row).map_err(|row| anyhow!("a row has three parts: {row:?}")));
    Ok(world.results_are(&name, &wanted.collect::<anyhow::Result<Vec<_>>>()?).await?)
}

#[then(expr = "Harver tells Tomas that the time to choose for {word} is over")]
async fn is_over(world: &mut World, name: String) -> Outcome {
    Ok(world.choice_is_over(&name).await?)
}

//! How often something was done, or that it was not done at all.

use cucumber::then;

use super::Outcome;
use crate::harness::world::World;

#[then("Harver was asked once for each of them, and once about the vacancy")]
async fn asked_sparingly(world: &mut World) -> Outcome {
    Ok(world.harver_was_asked_sparingly().await?)
}

#[then(expr = "no mail was sent but the invitation of {word}")]
async fn no_other_mail(world: &mut World, name: String) -> Outcome {
    Ok(world.only_one_mail_was_sent(&name).await?)
}

#[then("no mail was sent")]
async fn no_mail_was_sent(world: &mut World) -> Outcome {
    Ok(world.no_mail_was_sent().await?)
}

#[then(expr = "Harver has not heard of {word} and no mail was sent")]
async fn harver_has_not_heard_of(world: &mut World, name: String) -> Outcome {
    Ok(world.harver_has_not_heard_of(&name).await?)
}

#[then(expr = "Harver has one application of {word}")]
async fn harver_has_one_application(world: &mut World, name: String) -> Outcome {
    Ok(world.harver_has_one_application(&name).await?)
}

#[then(expr = "Harver was asked once to register {word}")]
async fn was_registered_once(world: &mut World, name: String) -> Outcome {
    Ok(world.was_registered_once(&name).await?)
}

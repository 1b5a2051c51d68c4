//! What is tried before going live and nowhere else.

use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::world::World;

#[given("the iCIMS administrator has given the integration another secret")]
async fn another_secret(world: &mut World) -> Outcome {
    Ok(world.give_another_secret().await?)
}

#[when("the Harver Admin enters the other secret")]
async fn enter_other_secret(world: &mut World) -> Outcome {
    Ok(world.enter_other_secret().await?)
}

#[when("the Harver Admin disables and enables the integration")]
async fn disable_and_enable(world: &mut World) -> Outcome {
    world.have_switched(false).await?;
    Ok(world.enable().await?)
}

#[then(expr = "the Summary tells Tomas about {word} that iCIMS does not accept the credentials, and whom to ask")]
async fn credentials_of_icims(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "iCIMS does not accept the credentials")?)
}

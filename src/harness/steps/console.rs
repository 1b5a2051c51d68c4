//! What is to be found in the console.

use cucumber::then;

use super::Outcome;
use crate::harness::world::World;

#[then(expr = "the console says that the invitation of {word} waits, and for what")]
async fn invitation_waits(world: &mut World, name: String) -> Outcome {
    Ok(world.invitation_waits(&name).await?)
}

#[then(expr = "a Recruiter finds in the console that {word} was refused because {string}")]
async fn refusal_is_found(world: &mut World, name: String, why: String) -> Outcome {
    Ok(world.refusal_is_found(&name, &why).await?)
}

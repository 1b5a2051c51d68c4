//! Who has connected iCIMS to Harver.

use cucumber::given;

use super::Outcome;
use crate::harness::world::World;

#[given(regex = r"^(.+) has connected iCIMS to Harver$")]
async fn company(world: &mut World, name: String) -> Outcome {
    Ok(world.connect(&name).await?)
}

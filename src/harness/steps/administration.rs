//! Settings of the iCIMS administrator.

use cucumber::given;

use super::Outcome;
use crate::harness::world::World;

#[given("the iCIMS administrator has switched Harver off")]
async fn switch_off(world: &mut World) -> Outcome {
    Ok(world.switch_vendor(false).await?)
}

#[given("the iCIMS administrator has switched Harver on")]
async fn switch_on(world: &mut World) -> Outcome {
    Ok(world.switch_vendor(true).await?)
}

#[given("the iCIMS administrator has entered a wrong Harver password")]
async fn wrong_password(world: &mut World) -> Outcome {
    Ok(world.enter_wrong_password().await?)
}

#[given("the iCIMS administrator has entered the right Harver password")]
async fn right_password(world: &mut World) -> Outcome {
    Ok(world.enter_right_password().await?)
}

#[given(expr = "the iCIMS administrator has made Phone Screen the trigger")]
async fn make_trigger(world: &mut World) -> Outcome {
    Ok(world.make_trigger("Phone Screen").await?)
}

#[given(expr = "the customer calls the e-mail field {string}")]
async fn call_email_field(world: &mut World, label: String) -> Outcome {
    Ok(world.call_email_field(&label).await?)
}

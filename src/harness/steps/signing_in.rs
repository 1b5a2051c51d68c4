//! Credentials in both directions.

use anyhow::ensure;
use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::world::World;
use crate::harness::world::signing_in::Credentials;

#[when(regex = r"^somebody asks Harver to assess (\w+) (without credentials|with a wrong password|with a wrong user name)$")]
async fn ask(world: &mut World, name: String, credentials: String) -> Outcome {
    let credentials = match credentials.as_str() {
        "without credentials" => Credentials::None,
        "with a wrong password" => Credentials::WrongPassword,
        _ => Credentials::WrongUser,
    };
    Ok(world.ask_harver_to_assess(&name, &credentials).await?)
}

#[when(regex = r"^somebody asks Harver to assess (\w+) of (.+) with the credentials of (.+)$")]
async fn ask_with_those_of(world: &mut World, name: String, company: String, other: String) -> Outcome {
    Ok(world.ask_harver_to_assess_one_of((&name, &company), &Credentials::Of(other)).await?)
}

#[then("the request is turned away as unauthenticated")]
async fn turned_away_as_unauthenticated(world: &mut World) -> Outcome {
    Ok(world.was_turned_away_as_unauthenticated()?)
}

#[then("the request is turned away")]
async fn turned_away(world: &mut World) -> Outcome {
    Ok(world.was_turned_away()?)
}

#[when(expr = "iCIMS delivers the request for {word} ten more times at once")]
async fn deliver_again(world: &mut World, name: String) -> Outcome {
    Ok(world.deliver_again(&name, 10).await?)
}

#[given("the integration signs in to iCIMS by OAuth2")]
async fn oauth2(world: &mut World) -> Outcome {
    Ok(world.signs_in_by_oauth2().await?)
}

#[when("the Harver Admin switches to Basic authentication")]
async fn switch_to_basic(world: &mut World) -> Outcome {
    Ok(world.switch_to_basic().await?)
}

#[then("the client secret for OAuth2 is forgotten")]
async fn secret_is_forgotten(world: &mut World) -> Outcome {
    Ok(world.oauth2_secret_is_forgotten().await?)
}

#[then("the integration has written the result with Basic authentication")]
async fn wrote_with_basic(world: &mut World) -> Outcome {
    Ok(world.wrote_with_basic().await?)
}

#[then("the integration has fetched one token from iCIMS for everything")]
async fn one_token(world: &mut World) -> Outcome {
    Ok(check_tokens(world.tokens_fetched().await?, |count| count == 1)?)
}

#[then("the integration has fetched two tokens from iCIMS")]
async fn two_tokens(world: &mut World) -> Outcome {
    Ok(check_tokens(world.tokens_fetched().await?, |count| count == 2)?)
}

fn check_tokens(count: usize, right: impl Fn(usize) -> bool) -> anyhow::Result<()> {
    ensure!(right(count), "it has fetched {count}");
    Ok(())
}

//! Requests of your own: who asks, and what is known before.
//!
//! These are the words of BAT, Harver's API tester, most of them in a long form and a short one. `{name}` stands for the value of a
//! variable wherever it is written: in addresses, bodies, tables, JSON paths and expectations. A company that is connected or founded
//! by a sentence sets those of its systems, such as `{icims.base_url}`, `{icims.customer_id}`, `{platform.account_id}` or
//! `{sample.person_id}`: the names of the line that `up --json` prints.

use cucumber::gherkin::Step;
use cucumber::given;

use super::Outcome;
use crate::harness::api::Rows;
use crate::harness::world::World;

/// Nobody in particular asks from now on: no credentials, no token, no cookies.
#[given("I am anonymous")]
async fn anonymous(world: &mut World) -> Outcome {
    world.api().be_anonymous();
    Ok(())
}

/// A user name and a password go with every request from now on: rows `username` and `password`.
#[given("I am using basic authentication with the credentials:")]
#[given("basic auth using:")]
async fn basic_auth(world: &mut World, step: &Step) -> Outcome {
    Ok(world.api().use_basic_auth(&Rows::of(step)?)?)
}

/// Sends the rows as a form to a token endpoint; the token that it hands out goes with every request from now on.
#[given(expr = "I obtain an access token from {string} using the credentials:")]
#[given(expr = "get token from {string} using:")]
async fn token(world: &mut World, address: String, step: &Step) -> Outcome {
    Ok(world.api().obtain_token(&address, &Rows::of(step)?).await?)
}

/// Sets variables. The variable `base` is what relative addresses are resolved against, as is the option `--base-url`.
#[given(expr = "I set the variable(s):")]
async fn variables(world: &mut World, step: &Step) -> Outcome {
    Ok(world.api().set_variables(&Rows::of(step)?)?)
}

/// Says what bodies are, where no header does; they are `application/json` unless this is said.
#[given(expr = "I am using the default content type: {string}")]
#[given(expr = "default content type: {string}")]
async fn default_content_type(world: &mut World, content_type: String) -> Outcome {
    world.api().set_default_content_type(&content_type);
    Ok(())
}

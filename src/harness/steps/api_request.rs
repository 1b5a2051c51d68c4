//! Requests of your own: what is asked.
//!
//! A request is put together sentence by sentence and sent by the first `Then` that looks at its answer. One that nobody looks at makes
//! the run fail. Redirects are not followed, and each scenario has its own cookies.

use cucumber::gherkin::Step;
use cucumber::when;

use super::Outcome;
use crate::harness::api::{Rows, Verb};
use crate::harness::world::World;

/// Begins a request to an address, absolute or below the variable `base`.
#[when(expr = "I send a {string} request to {string}")]
async fn request(world: &mut World, method: String, address: String) -> Outcome {
    Ok(world.api().begin(method.parse()?, &address)?)
}

/// Begins a request to an address, absolute or below the variable `base`.
#[when(expr = "{method} {string}")]
async fn request_in_short(world: &mut World, method: Verb, address: String) -> Outcome {
    Ok(world.api().begin(method, &address)?)
}

/// Adds parameters to the address; a name may stand there several times.
#[when("I add the query string parameters:")]
#[when("qs:")]
async fn query(world: &mut World, step: &Step) -> Outcome {
    Ok(world.api().add_query(Rows::of(step)?)?)
}

/// Takes the text below as the body.
#[when("I add the request body:")]
#[when("send:")]
async fn body(world: &mut World, step: &Step) -> Outcome {
    Ok(world.api().add_body(step.docstring().map(String::as_str))?)
}

/// Takes a file as the body: one beside the feature, else one in the working folder. Variables in it are filled in.
#[when(expr = "I add the request body from the file: {string}")]
#[when(expr = "send from file(:) {string}")]
async fn body_from_file(world: &mut World, file: String) -> Outcome {
    Ok(world.api().add_body_from(&file)?)
}

/// Takes the example that the OpenAPI document of the API has for this request as the body.
#[when("I add the example request body")]
#[when("send example body")]
async fn example_body(world: &mut World) -> Outcome {
    Ok(world.api().add_example_body()?)
}

/// Sets headers; one that is set here wins over credentials and content types.
#[when(expr = "I set the request header(s):")]
#[when("set:")]
async fn headers(world: &mut World, step: &Step) -> Outcome {
    Ok(world.api().add_headers(Rows::of(step)?)?)
}

/// Sets cookies of this request, by a table with the titles `Name` and `Value`; other columns are for readers.
#[when(expr = "I set the cookie(s):")]
#[when(expr = "set cookie(s):")]
async fn cookies(world: &mut World, step: &Step) -> Outcome {
    Ok(world.api().add_cookies(Rows::titled(step)?)?)
}

/// Sets a variable to a value of an earlier answer of this scenario; the address is written as it was when it was asked.
#[when(expr = "I set the placeholder {string} using the json path {string} from the last {string} to {string}")]
async fn placeholder(world: &mut World, name: String, path: String, method: String, address: String) -> Outcome {
    Ok(world.api().set_placeholder(&name, &path, &method.parse()?, &address)?)
}

//! Requests of your own: what came of them.
//!
//! JSON paths are those of RFC 9535; BAT's older spelling `$.[0].id` is understood, too. A path that finds nothing, or more than one
//! value, fails. Where an answer is not the one that was expected, the message shows the request and the answer without their secrets.

use cucumber::gherkin::Step;
use cucumber::then;

use super::Outcome;
use crate::harness::world::World;

/// The answer has this status.
#[then(expr = "I should receive a response with the status {int}")]
#[then(expr = "receive status {int}")]
async fn has_status(world: &mut World, status: u16) -> Outcome {
    Ok(world.api().has_status(status).await?)
}

/// The answer came in time; `--latency-buffer` grants every answer so much more.
#[then(expr = "I should receive a response within {int}ms")]
#[then(expr = "within {int}ms")]
async fn in_time(world: &mut World, milliseconds: u64) -> Outcome {
    Ok(world.api().came_within(milliseconds).await?)
}

/// The answer has a header with this value.
#[then(expr = "the response header {string} should equal {string}")]
async fn header(world: &mut World, name: String, value: String) -> Outcome {
    Ok(world.api().header_equals(&name, &value).await?)
}

/// The value is this one. A number or a truth value is compared with what its text says, a list or an object with its JSON.
#[then(expr = "the response body json path at {string} should equal {string}")]
#[then(expr = "json path at {string} should equal {string}")]
async fn equals(world: &mut World, path: String, value: String) -> Outcome {
    Ok(world.api().path_equals(&path, &value).await?)
}

/// The text of the value matches a regular expression.
#[then(expr = "the response body json path at {string} should match {string}")]
#[then(expr = "json path at {string} should match {string}")]
async fn matches(world: &mut World, path: String, pattern: String) -> Outcome {
    Ok(world.api().path_matches(&path, &pattern).await?)
}

/// The value is there, and is a text, a list or an object with nothing in it.
#[then(expr = "the response body json path at {string} should be empty")]
#[then(expr = "json path at {string} should be empty")]
async fn empty(world: &mut World, path: String) -> Outcome {
    Ok(world.api().path_is_empty(&path).await?)
}

/// The body is as the OpenAPI document of the API describes it for this address, method and status: iCIMS, Harver platform, integration or control.
#[then(expr = "the response body should validate against its( response) schema")]
#[then("validate against schema")]
async fn fits_its_schema(world: &mut World) -> Outcome {
    Ok(world.api().body_fits_its_schema().await?)
}

/// The body is as the JSON schema below describes it.
#[then(expr = "the response body should validate against the( response) schema:")]
#[then("validate against the schema:")]
async fn fits(world: &mut World, step: &Step) -> Outcome {
    Ok(world.api().body_fits(step.docstring().map(String::as_str)).await?)
}

/// The body is as the JSON schema in a file describes it: one beside the feature, else one in the working folder.
#[then(expr = "the response body should validate against the schema from {string}")]
#[then(expr = "validate against the schema from {string}")]
async fn fits_file(world: &mut World, file: String) -> Outcome {
    Ok(world.api().body_fits_file(&file).await?)
}

/// Shows the request below the line of the scenario: the one that is put together, else the one that was sent last.
#[then("print the request")]
async fn print_request(world: &mut World) -> Outcome {
    Ok(world.api().print_request()?)
}

/// Shows the body of the answer below the line of the scenario.
#[then("print the response body")]
async fn print_body(world: &mut World) -> Outcome {
    Ok(world.api().print_body().await?)
}

/// Asks again and again, until the value at the path is this one; fails once the time is over, with what was seen last.
#[then(expr = "within {int} s {string} to {string} answers with the json path {string} equal to {string}")]
async fn comes_to_answer(
    world: &mut World,
    seconds: u64,
    method: String,
    address: String,
    path: String,
    value: String,
) -> Outcome {
    Ok(world.api().comes_to_answer(seconds, method.parse()?, &address, &path, &value).await?)
}

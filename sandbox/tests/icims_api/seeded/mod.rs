//! What the people and jobs of a sample, a fresh customer and a recipe carry, read as a client reads it.

mod jobs;
mod lives;
mod lookup;
mod resume;
mod screens;

use icims_sandbox::Sandbox;
use icims_sandbox::control::Recipe;
use icims_sandbox::library::Customer;
use reqwest::{Client, Method};
use serde_json::{Value as Json, json};

/// A customer that is read over HTTP.
pub(crate) struct Read {
    pub(crate) customer: Customer,
    client: Client,
}

impl Read {
    pub(crate) fn of(customer: Customer) -> Self {
        Self { customer, client: icims_sandbox::engine::direct().build().expect("a client") }
    }

    /// An answer to a call below the customer: its status, media type and bytes.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Json>) -> (u16, String, Vec<u8>) {
        let keys = &self.customer.keys().icims;
        let url = format!("{}{path}", self.customer.api_url());
        let mut call = self.client.request(method, url).basic_auth(&keys.username, Some(&keys.password));
        if let Some(body) = body {
            call = call.header("content-type", "application/json").body(body.to_string());
        }
        let answer = call.send().await.expect("an answer");
        let kind = answer.headers().get("content-type").map_or_else(String::new, |kind| kind.to_str().expect("text").to_owned());
        (answer.status().as_u16(), kind, answer.bytes().await.expect("a body").to_vec())
    }

    /// The ids of all profiles that a filter finds, ascending.
    pub(crate) async fn search(&self, profiles: &str, filters: Json) -> Vec<u64> {
        let (status, _, body) = self.call(Method::POST, &format!("/search/{profiles}"), Some(&json!({"filters": filters}))).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let body: Json = serde_json::from_slice(&body).expect("JSON");
        let results = body["searchResults"].as_array().expect("results");
        results.iter().map(|result| result["id"].as_u64().expect("a number")).collect()
    }

    /// The ids of all candidates.
    pub(crate) async fn candidates(&self) -> Vec<u64> {
        self.search("people", json!([{"name": "person.folder", "value": ["D32006"]}])).await
    }

    pub(crate) async fn jobs(&self) -> Vec<u64> {
        self.search("jobs", json!([{"name": "job.folder", "value": ["D31001"]}])).await
    }
}

/// A recipe that comes along, with its shares and fewer of everything.
pub(crate) fn fewer(recipe: &str) -> Recipe {
    let recipe = Recipe::named(recipe).expect("a recipe");
    Recipe { jobs: 4, candidates: 30, workflows: 100, ..recipe }
}

/// The sample, a fresh customer, and one customer for each recipe.
pub(crate) async fn everybody(sandbox: &Sandbox) -> Vec<(&'static str, Read)> {
    let mut all = vec![("sample", Read::of(sandbox.customer())), ("fresh", Read::of(sandbox.open_customer("Lakeshore").await))];
    for recipe in ["small", "busy_season", "million"] {
        let customer = sandbox.open_customer("Harbour").await;
        sandbox.world().seed_customer(customer.id(), fewer(recipe)).await.expect("seeded");
        all.push((recipe, Read::of(customer)));
    }
    all
}

//! Seeding a customer from a recipe: over HTTP, atomic, stored, and the same for the same seed.

use std::path::Path;
use std::time::Duration;

use icims_sandbox::control::Recipe;
use icims_sandbox::icims::state::CustomerState;
use icims_sandbox::{Config, Sandbox};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const FROZEN: &str = "2031-03-04T14:31:00Z";

async fn start(data: Option<&Path>) -> Sandbox {
    let config = Config { port: 0, data: data.map(Path::to_path_buf), seed: 7, ..Config::default() };
    Sandbox::bind(config).await.expect("free ports").start(None).await.expect("it starts")
}

async fn ask(sandbox: &Sandbox, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(60)).build().expect("a client");
    let url = format!("{}/__sandbox/{path}", sandbox.addresses().control);
    let response = client.request(method, url).body(body.to_string()).send().await.expect("an answer");
    (response.status(), response.json().await.expect("JSON"))
}

fn look<T>(sandbox: &Sandbox, look: impl FnOnce(&CustomerState) -> T) -> T {
    sandbox.world().icims().customer(4021).expect("the sample customer").read(look)
}

/// Every row of every profile, as it is stored.
fn rows(state: &CustomerState) -> Vec<String> {
    let text = |row: serde_json::Result<String>| row.expect("rows are JSON");
    let people = state.people().map(|row| text(serde_json::to_string(row)));
    let jobs = state.jobs().map(|row| text(serde_json::to_string(row)));
    people.chain(jobs).chain(state.workflows().map(|row| text(serde_json::to_string(row)))).collect()
}

#[tokio::test]
async fn a_named_recipe_makes_what_it_says_and_the_search_finds_it() {
    let sandbox = start(None).await;
    let before = look(&sandbox, |state| (state.people().count(), state.jobs().count(), state.workflows().count()));
    let (status, seeded) = ask(&sandbox, Method::POST, "seed", &json!({"customer": "4021", "recipe": "small"})).await;
    assert_eq!(status, StatusCode::OK, "{seeded}");
    assert_eq!(seeded, json!({"customer": "4021", "jobs": 10, "candidates": 100, "workflows": 200}));
    let after = look(&sandbox, |state| (state.people().count(), state.jobs().count(), state.workflows().count()));
    assert_eq!((after.0 - before.0, after.1 - before.1, after.2 - before.2), (100, 10, 200));
    let with_results = look(&sandbox, |state| state.workflows().filter(|row| !row.results().is_empty()).count());
    assert!((20..90).contains(&with_results), "about a quarter of 200: {with_results}");
    let (status, running) = ask(&sandbox, Method::GET, "seed", &Value::Null).await;
    assert_eq!((status, running), (StatusCode::OK, json!({"seedings": []})));
    // What is made next has ids of its own.
    let (_, again) = ask(&sandbox, Method::POST, "seed", &json!({"customer": "4021", "recipe": "small"})).await;
    assert_eq!(again["workflows"], 200);
    assert_eq!(look(&sandbox, |state| state.workflows().count()), after.2 + 200);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_rows() {
    let mut worlds = Vec::new();
    for _ in 0..2 {
        let config = Config { port: 0, seed: 7, frozen_at: Some(FROZEN.parse().expect("a moment")), ..Config::default() };
        let sandbox = Sandbox::bind(config).await.expect("free ports").start(None).await.expect("it starts");
        sandbox.world().seed_customer("4021", Recipe::named("small").expect("a recipe")).await.expect("seeded");
        worlds.push(look(&sandbox, rows));
    }
    assert_eq!(worlds[0], worlds[1]);
}

#[tokio::test]
async fn seeded_rows_are_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = start(Some(folder.path())).await;
    sandbox.world().seed_customer("4021", Recipe::named("small").expect("a recipe")).await.expect("seeded");
    let before = look(&sandbox, rows);
    sandbox.stop().await;
    let sandbox = start(Some(folder.path())).await;
    assert_eq!(look(&sandbox, rows), before);
}

/// The disk holds some of the rows already when it takes no more; nobody ever sees them, nor after the next start.
#[tokio::test]
async fn a_seeding_that_did_not_come_to_its_end_left_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = start(Some(folder.path())).await;
    let (before, workflows) = (look(&sandbox, rows), look(&sandbox, |state| state.workflows().count()));
    let recipe: Recipe =
        serde_json::from_value(json!({"jobs": 3, "candidates": 3_000, "workflows": 3_000, "days": 30})).expect("a recipe");
    // The ids are reserved, then come 250 rows at a time; the last batch is never reached.
    sandbox.world().registry().disk().refuse(14);
    sandbox.world().seed_customer("4021", recipe.clone()).await.expect_err("the disk is full");
    assert!(look(&sandbox, rows) == before, "it shows rows");
    sandbox.stop().await;
    let stored = stored_people(folder.path());
    assert!(stored >= 2_500, "{stored}: nothing was on disk, so this shows nothing");

    let sandbox = start(Some(folder.path())).await;
    assert!(look(&sandbox, rows) == before, "it shows rows after the next start");
    sandbox.world().seed_customer("4021", recipe).await.expect("there is room for all of it");
    assert_eq!(look(&sandbox, |state| state.workflows().count()), workflows + 3_000);
}

/// How many people of the sample customer the file holds.
fn stored_people(folder: &Path) -> i64 {
    let file = rusqlite::Connection::open(folder.join("sandbox.db")).expect("the file");
    let count = "SELECT count(*) FROM rows WHERE scope = 'icims/4021' AND name = 'people'";
    file.query_row(count, [], |row| row.get(0)).expect("a number")
}

#[tokio::test]
async fn nonsense_is_refused_with_a_reason_and_changes_nothing() {
    let sandbox = start(None).await;
    let before = look(&sandbox, rows);
    let recipe = |change: Value| {
        let mut recipe = json!({"jobs": 2, "candidates": 3, "workflows": 6, "days": 30});
        recipe.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        json!({"customer": "4021", "recipe": recipe})
    };
    for (body, status, reason) in [
        (json!({}), 400, "customer is missing"),
        (json!({"customer": "4021"}), 400, "recipe is missing"),
        (json!({"customer": "1", "recipe": "small"}), 404, "no customer 1"),
        (json!({"customer": "4021", "recipe": "huge"}), 400, "busy_season"),
        (json!({"customer": "4021", "recipe": 5}), 400, "cannot be read"),
        (recipe(json!({"workflows": 7})), 400, "applies to a job once"),
        (recipe(json!({"workflows": 1_000_001})), 400, "at most"),
        (recipe(json!({"workflows": -1})), 400, "cannot be read"),
        (recipe(json!({"results": 7})), 400, "share"),
        (recipe(json!({"statuses": {"Nowhere": 1}})), 400, "no status Nowhere"),
        (recipe(json!({"colour": "red"})), 400, "colour"),
    ] {
        let (answered, problem) = ask(&sandbox, Method::POST, "seed", &body).await;
        assert_eq!(answered.as_u16(), status, "{body} {problem}");
        assert!(problem.to_string().to_lowercase().contains(&reason.to_lowercase()), "{problem}");
    }
    assert_eq!(look(&sandbox, rows), before);
}

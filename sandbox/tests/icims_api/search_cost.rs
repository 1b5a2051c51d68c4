//! What one search may cost.

use std::num::NonZeroU32;

use icims_sandbox::icims::model::Life;
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::bulk::NewCandidate;
use serde_json::{Value as Json, json};

use crate::icims_api::support::World;

const TOO_MUCH: &str = "The search looks at more than 20000000 values. Narrow it down with a filter on id, status, job, folder, \
                        e-mail address or date, or compare with fewer values";

/// Filters that compare with this many values, none of which occurs anywhere.
fn comparing(name: &str, values: usize) -> Json {
    let filter = json!({"name": name, "operator": "!=", "value": vec!["~"; 1_000]});
    json!({"filters": vec![filter; values / 1_000]})
}

#[tokio::test]
async fn a_search_that_looks_at_more_than_twenty_million_values_is_refused() {
    let world = World::new().await;
    let now = world.clock.now();
    world
        .change(|state| {
            for place in 0..400 {
                let email = format!("p{place}@example.org");
                let life = Life::new(NonZeroU32::MIN);
                let new = NewCandidate { first: "Ana".into(), last: "Sol".into(), email, phone: String::new(), life };
                state.bulk_candidate(new, now);
            }
            Ok(())
        })
        .await;
    world.post("/search/people", comparing("person.lastname", 64_000)).await.is_error(400, 12, TOO_MUCH);
    let reply = world.post("/search/people", comparing("person.lastname", 10_000)).await;
    let found = reply.json()["searchResults"].as_array().map(Vec::len);
    assert!(found.is_some_and(|found| found >= 400), "{}", reply.text);
}

#[tokio::test]
async fn a_search_on_a_portal_has_the_same_limit() {
    let world = World::new().await;
    let now = world.clock.now();
    world
        .change(|state| {
            for _ in 0..400 {
                let barista = json!({"jobtitle": "Barista"});
                let values = state.read_screen(ProfileType::Jobs, barista.as_object().expect("an object"))?;
                state.create_job(values, now)?;
            }
            Ok(())
        })
        .await;
    world.post("/search/portals/careers", comparing("job.jobtitle", 64_000)).await.is_error(400, 12, TOO_MUCH);
}

#[tokio::test]
async fn filters_with_more_than_sixty_four_kibibytes_of_names_and_values_are_refused() {
    let world = World::new().await;
    let message = "The names and values of all filters together may have 65536 bytes; search in several steps";
    let many = json!({"filters": [{"name": "person.lastname", "value": vec!["x".repeat(100); 700]}]});
    world.post("/search/people", many).await.is_error(400, 12, message);
    let long = json!({"filters": [{"name": "job.jobtitle", "value": ["x".repeat(70_000)]}]});
    world.post("/search/portals/careers", long).await.is_error(400, 12, message);
}

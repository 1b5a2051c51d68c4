//! How long the first page of a search takes among 1,000 to 1,000,000 workflows, over HTTP, with credentials.
//!
//! ```sh
//! cargo run --release -p icims-sandbox --example search_flatness
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use icims_sandbox::Sandbox;
use icims_sandbox::control::ready::TenantKeys;
use icims_sandbox::control::{NewTenantWish, Recipe};
use serde_json::{Value, json};

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// How often each query is asked; the median counts.
const TIMES: usize = 201;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let sandbox = Sandbox::start().await;
    let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(60)).build()?;
    let mut rows: Vec<(String, Vec<(Duration, usize)>)> = Vec::new();
    for size in SIZES {
        let keys = sandbox.world().open_customer(NewTenantWish::default()).await?;
        let base = Recipe::named("million")?;
        let recipe = Recipe { workflows: size, candidates: size * 6 / 10, jobs: size / 250, ..base };
        let begun = Instant::now();
        sandbox.world().seed_customer(&keys.icims.customer_id, recipe).await?;
        eprintln!("{size} workflows seeded in {:.1} s", begun.elapsed().as_secs_f64());
        for (place, (name, filters)) in queries(&sandbox, &keys)?.into_iter().enumerate() {
            let measured = median(&client, &keys, &json!({ "filters": filters })).await?;
            if rows.len() <= place {
                rows.push((name.to_owned(), Vec::new()));
            }
            rows[place].1.push(measured);
        }
    }
    println!(
        "{:<36}{:>12}{:>12}{:>12}{:>12}{:>8}",
        "first page, median in µs (results)", "1,000", "10,000", "100,000", "1,000,000", "ratio"
    );
    for (name, measured) in rows {
        print!("{name:<36}");
        for (time, results) in &measured {
            print!("{:>12}", format!("{} ({results})", time.as_micros()));
        }
        let (first, last) = (measured[0].0.as_secs_f64(), measured[measured.len() - 1].0.as_secs_f64());
        println!("{:>8.2}", last / first);
    }
    Ok(())
}

/// What vendors ask for, about one workflow in the middle.
fn queries(sandbox: &Sandbox, keys: &TenantKeys) -> Outcome<Vec<(&'static str, Value)>> {
    let tenant = sandbox.world().icims().customer(keys.icims.customer_id.parse()?).ok_or("no customer")?;
    tenant.read(|state| {
        let count = state.workflows().count();
        let middle = state.workflows().nth(count / 2).ok_or("no workflow")?;
        let email = state.person(middle.person).ok_or("no person")?.email().to_owned();
        let (id, job, person) = (middle.id.to_string(), middle.job.to_string(), middle.person.to_string());
        let one = |name: &str, value: &str| json!({"name": format!("applicantworkflow.{name}"), "value": [value]});
        Ok(vec![
            ("id", json!([one("id", &id)])),
            ("id > (next page)", json!([{"name": "applicantworkflow.id", "operator": ">", "value": [88_430]}])),
            ("person.email", json!([one("person.email", &email)])),
            ("person.id", json!([one("person.id", &person)])),
            ("job.id", json!([one("job.id", &job)])),
            ("job.id and status", json!([one("job.id", &job), one("status", "C40120")])),
            ("status, page of 1,000 or all", json!([one("status", "C40190")])),
            ("bin", json!([one("bin", "New Submissions")])),
            ("updated in the last day", json!([one("updateddate", "{DATE:START}")])),
            ("updated since ever", json!([one("updateddate", "2001-01-01")])),
        ])
    })
}

async fn median(client: &reqwest::Client, keys: &TenantKeys, query: &Value) -> Outcome<(Duration, usize)> {
    let url = format!("{}/customers/{}/search/applicantworkflows", keys.icims.base_url, keys.icims.customer_id);
    let mut times = Vec::with_capacity(TIMES);
    let mut results = 0;
    for _ in 0..TIMES {
        let begun = Instant::now();
        let request = client.post(&url).basic_auth(&keys.icims.username, Some(&keys.icims.password)).json(query);
        let body = request.send().await?.error_for_status()?.bytes().await?;
        times.push(begun.elapsed());
        if results == 0 {
            results = serde_json::from_slice::<Value>(&body)?["searchResults"].as_array().ok_or("no results")?.len();
        }
    }
    times.sort_unstable();
    Ok((times[TIMES / 2], results))
}

//! How long a snapshot in memory takes to take and to restore, with a thousand and with a hundred thousand workflows.
//!
//! ```sh
//! cargo run --release -p icims-sandbox --example snapshot_times
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use icims_sandbox::Sandbox;
use icims_sandbox::control::{NewTenantWish, Recipe};

/// How often each is done; the median counts, and the longest is told.
const TIMES: usize = 51;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    println!("{:>12}  {:<22}{:>14}{:>14}", "workflows", "what", "median in µs", "longest in µs");
    for size in [1_000, 100_000] {
        let sandbox = Sandbox::start().await;
        let keys = sandbox.world().open_customer(NewTenantWish::default()).await?;
        let recipe = Recipe { workflows: size, candidates: size * 6 / 10, jobs: size / 250, ..Recipe::named("busy_season")? };
        sandbox.world().seed_customer(&keys.icims.customer_id, recipe).await?;
        for (whose, customer) in [("the world", None), ("one customer", Some(keys.icims.customer_id.as_str()))] {
            let (mut taken, mut restored) = (Vec::new(), Vec::new());
            for _ in 0..TIMES {
                let begun = Instant::now();
                let snapshot = sandbox.world().take_snapshot("measured", customer).await?;
                taken.push(begun.elapsed());
                assert!(snapshot.workflows >= size, "everything is in it");
                let begun = Instant::now();
                sandbox.world().restore_snapshot("measured", customer).await?;
                restored.push(begun.elapsed());
            }
            print(size, &format!("take {whose}"), taken);
            print(size, &format!("restore {whose}"), restored);
        }
    }
    Ok(())
}

fn print(size: usize, what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    println!("{size:>12}  {what:<22}{:>14}{:>14}", times[times.len() / 2].as_micros(), times[times.len() - 1].as_micros());
}

//! How much memory a recruiting workflow takes, with its share of the candidates and jobs and with every look-up.
//!
//! ```sh
//! cargo run --release -p icims-sandbox --example memory_per_workflow
//! ```

use std::error::Error;
use std::time::Instant;

use icims_sandbox::Sandbox;
use icims_sandbox::control::{NewTenantWish, Recipe};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sandbox = Sandbox::start().await;
    println!(
        "{:>12}{:>12}{:>10}{:>16}{:>20}{:>10}",
        "workflows", "candidates", "jobs", "more memory", "bytes per workflow", "seconds"
    );
    for name in ["busy_season", "million"] {
        let keys = sandbox.world().open_customer(NewTenantWish::default()).await?;
        let recipe = Recipe::named(name)?;
        let (before, begun) = (resident()?, Instant::now());
        let seeded = sandbox.world().seed_customer(&keys.icims.customer_id, recipe).await?;
        let more = resident()?.saturating_sub(before);
        println!(
            "{:>12}{:>12}{:>10}{:>12} MiB{:>20}{:>10.1}",
            seeded.workflows,
            seeded.candidates,
            seeded.jobs,
            more >> 20,
            more / seeded.workflows,
            begun.elapsed().as_secs_f64(),
        );
    }
    Ok(())
}

/// The resident memory of this process in bytes, as Linux tells it.
fn resident() -> Outcome<usize> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| format!("this needs Linux: {error}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kibibytes: usize = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

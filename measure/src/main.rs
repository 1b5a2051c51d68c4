//! What the program costs beside the least that could answer the same calls: a bare axum server with two hash maps.
//!
//! Processor time of the server per request over 32 connections, in turns; then how long the program takes to be ready, and how much
//! memory it holds. Only the ratios can be compared between machines and moments.
//!
//! ```sh
//! cargo build --release && cargo run --release -p beside-axum [PROGRAM]
//! ```

mod bare;
mod load;
mod process;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use load::{Request, Target};
use process::Server;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How many requests warm a server up, and how many are counted.
const WARMING: usize = 2_000;
const COUNTED: usize = 15_000;
/// How often each comparison is made; the median of the ratios counts. Short rounds find both servers in the same weather.
const ROUNDS: usize = 11;
/// How often the program is started.
const STARTS: usize = 21;
/// After how many GETs the memory is looked at.
const GETS: usize = 100_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some(bare::ARGUMENT) {
        return bare::serve().await;
    }
    let program = argument.map_or_else(program_beside_this_one, |path| Ok(path.into()))?;
    processor_time(&program).await?;
    starting(&program)?;
    memory(&program).await
}

/// Cargo puts all programs into one folder.
fn program_beside_this_one() -> Outcome<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("harver-icims");
    if program.exists() { Ok(program) } else { Err("first run `cargo build --release`, or name the program".into()) }
}

/// The program with what the calls need to know of its sample tenant.
struct Sample {
    server: Server,
    target: Target,
    customer: String,
    person: String,
}

impl Sample {
    async fn start(program: &Path) -> Outcome<Self> {
        let (server, ready) = Server::start(program, &["up", "--json", "--port", "0"])?;
        let text = |pointer: &str| ready.pointer(pointer).and_then(Value::as_str).map(str::to_owned).ok_or("no ready line");
        let (customer, person) = (text("/icims/customer_id")?, text("/sample/person_id")?);
        let control = Target { address: address(&text("/control/base_url")?), authorization: None };
        // More calls than a day has; counting them goes on.
        let path = format!("/__sandbox/customers/{customer}");
        control.call(&Request::new("PATCH", &path, Some(&json!({"daily_calls": 1_000_000_000})))).await?;
        let login = format!("{}:{}", text("/icims/username")?, text("/icims/password")?);
        let authorization = Some(format!("Basic {}", STANDARD.encode(login)));
        let target = Target { address: address(&text("/icims/base_url")?), authorization };
        Ok(Self { server, target, customer, person })
    }

    fn reading(&self) -> Request {
        Request::new("GET", &format!("/customers/{}/people/{}", self.customer, self.person), None)
    }
}

fn address(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}

async fn processor_time(program: &Path) -> Outcome<()> {
    let ours = Sample::start(program).await?;
    let record: Value = serde_json::from_slice(&ours.target.call(&ours.reading()).await?)?;
    let (bare, address_of_bare) = Server::start(&std::env::current_exe()?, &[bare::ARGUMENT])?;
    let address_of_bare = address_of_bare["address"].as_str().ok_or("no address")?.to_owned();
    let theirs = Target { address: address_of_bare, authorization: ours.target.authorization.clone() };

    let people = format!("/customers/{}/people", ours.customer);
    let put = Request::new("PUT", &format!("{people}/{}", ours.person), Some(&record));
    theirs.call(&put).await?;
    let name = record["lastname"].as_str().ok_or("the sample person has no name")?;
    let filters = json!({"filters": [{"name": "person.lastname", "value": [name]}]});
    let searching = Request::new("POST", &format!("/customers/{}/search/people", ours.customer), Some(&filters));
    let creating =
        Request::new("POST", &people, Some(&json!({"firstname": "Ines", "lastname": "Okafor", "folder": record["folder"]})));

    println!("processor time per request in µs, median of {ROUNDS} runs of {COUNTED}");
    println!("{:<24}{:>10}{:>10}{:>8}", "", "bare", "ours", "ratio");
    for (what, request) in [("GET by id", ours.reading()), ("search by name", searching), ("create a person", creating)] {
        let (mut of_bare, mut of_ours) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            of_bare.push(per_request(&bare, &theirs, &request).await?);
            of_ours.push(per_request(&ours.server, &ours.target, &request).await?);
        }
        let mut ratios: Vec<f64> =
            of_bare.iter().zip(&of_ours).map(|(bare, ours)| ours.as_secs_f64() / bare.as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        let micros = |times: &mut [Duration]| median(times).as_secs_f64() * 1e6;
        println!("{what:<24}{:>10.1}{:>10.1}{:>8.2}", micros(&mut of_bare), micros(&mut of_ours), ratios[ROUNDS / 2]);
    }
    Ok(())
}

async fn per_request(server: &Server, target: &Target, request: &Request) -> Outcome<Duration> {
    target.load(request, WARMING).await?;
    let before = server.processor_time()?;
    target.load(request, COUNTED).await?;
    Ok((server.processor_time()? - before) / u32::try_from(COUNTED)?)
}

fn starting(program: &Path) -> Outcome<()> {
    let (mut took, mut worked) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let begun = std::time::Instant::now();
        let (server, _) = Server::start(program, &["up", "--json", "--port", "0"])?;
        took.push(begun.elapsed());
        worked.push(server.processor_time()?);
    }
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let quickest = took.iter().min().copied().unwrap_or_default();
    println!(
        "\nstart to ready line: {:.1} ms (median of {STARTS}; the quickest {:.1} ms), {:.0} ms of processor time",
        millis(median(&mut took)),
        millis(quickest),
        millis(median(&mut worked)),
    );
    Ok(())
}

async fn memory(program: &Path) -> Outcome<()> {
    let ours = Sample::start(program).await?;
    println!("\nresident memory in MiB{:>20}{:>12}{:>12}", "all", "of its own", "of files");
    let show = |when: &str| -> Outcome<()> {
        let held = ours.server.resident()?;
        println!("{when:<22}{:>20.1}{:>12.1}{:>12.1}", held.all, held.anonymous, held.all - held.anonymous);
        Ok(())
    };
    show("idle")?;
    ours.target.load(&ours.reading(), GETS).await?;
    show(&format!("after {GETS} GETs"))
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

//! How long a customer's journey takes (create a person, submit, advance, the vendor answers) alone, and while others do their worst:
//! search everything among many workflows, seed with a data folder, flood with mail of 30,000 links each, have 64 vendors that hang; one
//! after the other, and all at once.
//!
//! ```sh
//! cargo run --release -p icims-sandbox --example journey_under_noise [Search | Seed | Flood | Hang | All]
//! ```

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use icims_sandbox::Sandbox;
use icims_sandbox::control::Recipe;
use icims_sandbox::icims::model::NodeId;
use icims_sandbox::icims::state::{CustomerState, Refusal};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The program's own.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many journeys are timed; the median counts.
const JOURNEYS: usize = 101;
const HANGING: usize = 64;
const WORKFLOWS: usize = 200_000;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How much the others have done meanwhile: noise that makes none proves nothing.
#[derive(Default)]
struct Noise {
    over: AtomicBool,
    searches: AtomicUsize,
    /// Begun.
    sown: AtomicUsize,
    /// Done.
    seedings: AtomicUsize,
    mails: AtomicUsize,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let sandbox = Arc::new(Sandbox::builder().data(folder.path()).start().await);
    let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(60)).build()?;
    let quiet = sandbox.open_customer("Harbour").await;
    quiet.connect_vendor(&vendor(true).await?, "events", "s3cret").await;
    let keys = quiet.keys().clone();
    let signed = |request: RequestBuilder| request.basic_auth(&keys.icims.username, Some(&keys.icims.password));
    let job: u64 = keys.sample.job_id.parse()?;
    let journey = async || -> Outcome<Duration> {
        let begun = Instant::now();
        let at = |path: &str| format!("{}{path}", quiet.api_url());
        let made = |answer: &reqwest::Response| answer.headers()["location"].to_str().map(str::to_owned);
        let person =
            signed(client.post(at("/people")).json(&json!({"firstname": "Ana", "lastname": "Sol", "folder": {"id": "D32006"}})));
        let person = made(&person.send().await?.error_for_status()?)?;
        let person: u64 = person.rsplit('/').next().unwrap_or_default().parse()?;
        let pair = json!({"baseprofile": job, "associatedprofile": person});
        let workflow = made(&signed(client.post(at("/applicantworkflows")).json(&pair)).send().await?.error_for_status()?)?;
        let status = json!({"status": {"id": "C40177"}});
        signed(client.patch(&workflow).json(&status)).send().await?.error_for_status()?;
        let (id, icims) = (quiet.id().parse()?, sandbox.world().icims());
        let newest = icims.customer(id).ok_or("the customer is there")?.read(|state| state.events().next().map(|event| event.id));
        let outcome = icims.outcome(id, newest.ok_or("an event")?).await.ok_or("an outcome")?;
        if outcome.is_success() { Ok(begun.elapsed()) } else { Err(format!("{outcome:?}").into()) }
    };
    // The first ones open connections and files.
    times(&journey).await?;
    let alone = median(times(&journey).await?);
    println!("a journey, median of {JOURNEYS}: {alone:.1} ms alone");
    let chosen = std::env::args().nth(1);
    let wanted = |what: &Others| chosen.as_ref().is_none_or(|name| format!("{what:?}") == *name);
    let searched = sandbox.open_customer("Searched").await;
    if [Others::Search, Others::All].iter().any(wanted) {
        sandbox.world().seed_customer(searched.id(), recipe(WORKFLOWS)?).await?;
    }
    for what in [Others::Search, Others::Seed, Others::Flood, Others::Hang, Others::All].into_iter().filter(wanted) {
        let (noise, mut others) = (Arc::new(Noise::default()), JoinSet::new());
        if what.has(Others::Hang) && sandbox.world().icims().pending(None) == 0 {
            // They go on hanging.
            hang(&sandbox).await?;
        }
        if what.has(Others::Search) {
            others.spawn(search(client.clone(), searched.api_url(), searched.keys().icims.clone(), Arc::clone(&noise)));
        }
        if what.has(Others::Seed) {
            others.spawn(seed(Arc::clone(&sandbox), Arc::clone(&noise)));
        }
        if what.has(Others::Flood) {
            others.spawn(flood(quiet.keys().mailbox.smtp.clone(), Arc::clone(&noise)));
        }
        // Until each of them has begun to do something.
        while !noise.is_made_by(what) {
            journey().await?;
        }
        let among = median(times(&journey).await?);
        let pending = sandbox.world().icims().pending(None);
        noise.over.store(true, Ordering::SeqCst);
        while let Some(ended) = others.join_next().await {
            ended??;
        }
        let Noise { searches, seedings, mails, .. } = &*noise;
        println!(
            "{among:>6.1} ms, {:.2} times, {}: {} searches, {} seedings, {} mails, {pending} events waiting",
            among / alone,
            what.told(),
            searches.load(Ordering::SeqCst),
            seedings.load(Ordering::SeqCst),
            mails.load(Ordering::SeqCst),
        );
    }
    Ok(())
}

/// Who does something meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    Search,
    Seed,
    Flood,
    Hang,
    All,
}

impl Others {
    fn has(self, one: Self) -> bool {
        self == one || self == Self::All
    }

    fn told(self) -> String {
        match self {
            Self::Search => format!("among searches of everything in {WORKFLOWS} workflows"),
            Self::Seed => format!("beside seedings of {WORKFLOWS} workflows"),
            Self::Flood => "beside a flood of mail with 30,000 links each".to_owned(),
            Self::Hang => format!("beside {HANGING} vendors that hang"),
            Self::All => "among all of them".to_owned(),
        }
    }
}

impl Noise {
    fn is_made_by(&self, what: Others) -> bool {
        let begun = |one, counter: &AtomicUsize| !what.has(one) || counter.load(Ordering::SeqCst) > 0;
        begun(Others::Search, &self.searches) && begun(Others::Flood, &self.mails) && begun(Others::Seed, &self.sown)
    }
}

async fn times(journey: &impl AsyncFn() -> Outcome<Duration>) -> Outcome<Vec<Duration>> {
    let mut times = Vec::with_capacity(JOURNEYS);
    for _ in 0..JOURNEYS {
        times.push(journey().await?);
    }
    Ok(times)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn recipe(workflows: usize) -> Outcome<Recipe> {
    let base = Recipe::named("million")?;
    Ok(Recipe { workflows, candidates: workflows * 6 / 10, jobs: (workflows / 250).max(4), ..base })
}

/// A vendor that answers, or hangs.
async fn vendor(answers: bool) -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(talk(connection, answers));
        }
    });
    Ok(format!("http://{address}/"))
}

async fn talk(mut connection: TcpStream, answers: bool) -> std::io::Result<()> {
    let mut heard = vec![0; 64 * 1024];
    while connection.read(&mut heard).await? > 0 {
        if answers {
            return connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        }
    }
    Ok(())
}

/// Customers whose events nobody answers.
async fn hang(sandbox: &Sandbox) -> Outcome<()> {
    let hangs = vendor(false).await?;
    let trigger: NodeId = "C40177".parse()?;
    for _ in 0..HANGING {
        let customer = sandbox.open_customer("Hanging").await;
        customer.connect_vendor(&hangs, "events", "s3cret").await;
        sandbox.world().seed_customer(customer.id(), recipe(40)?).await?;
        let (tenant, now) = (sandbox.world().icims().customer(customer.id().parse()?), sandbox.world().clock().now());
        let rule = |state: &mut CustomerState| -> Result<(), Refusal> {
            let (by, all) = (state.recruiter(), state.workflows().map(|workflow| workflow.id).collect::<Vec<_>>());
            all.into_iter().try_for_each(|workflow| state.advance(workflow, &trigger, by, now).map(drop))
        };
        tenant.ok_or("the customer is there")?.write(rule).await?;
    }
    Ok(())
}

async fn search(client: Client, api: String, keys: icims_sandbox::control::ready::IcimsKeys, noise: Arc<Noise>) -> Outcome<()> {
    let everything = json!({"filters": [{"name": "person.lastname", "operator": "!=", "value": ["nobody"]},
                                        {"name": "person.firstname", "value": ["no such name"]}]});
    while !noise.over.load(Ordering::SeqCst) {
        let asked =
            client.post(format!("{api}/search/people")).basic_auth(&keys.username, Some(&keys.password)).json(&everything);
        let found: Value = asked.send().await?.json().await?;
        noise.searches.fetch_add(usize::from(found["searchResults"].is_array()), Ordering::SeqCst);
    }
    Ok(())
}

async fn seed(sandbox: Arc<Sandbox>, noise: Arc<Noise>) -> Outcome<()> {
    while !noise.over.load(Ordering::SeqCst) {
        let customer = sandbox.open_customer("Seeded").await;
        noise.sown.fetch_add(1, Ordering::SeqCst);
        sandbox.world().seed_customer(customer.id(), recipe(WORKFLOWS)?).await?;
        noise.seedings.fetch_add(1, Ordering::SeqCst);
        sandbox.world().delete_customer(customer.id()).await?;
    }
    Ok(())
}

async fn flood(smtp: String, noise: Arc<Noise>) -> Outcome<()> {
    let links = (0..30_000).map(|number| format!("x://{number}\r\n")).collect::<String>();
    let mail = format!("MAIL FROM:<a@b.example>\r\nRCPT TO:<ines@example.org>\r\nDATA\r\nSubject: Links\r\n\r\n{links}.\r\n");
    let mut connection = TcpStream::connect(smtp).await?;
    connection.write_all(b"EHLO x\r\n").await?;
    let mut heard = vec![0; 4096];
    while !noise.over.load(Ordering::SeqCst) {
        connection.write_all(mail.as_bytes()).await?;
        let mut said = String::new();
        while !said.contains("354") || said.matches("250").count() < 3 {
            let length = connection.read(&mut heard).await?;
            if length == 0 {
                return Err(format!("the mailbox has hung up: {said}").into());
            }
            said.push_str(&String::from_utf8_lossy(&heard[..length]));
        }
        noise.mails.fetch_add(1, Ordering::SeqCst);
    }
    Ok(())
}

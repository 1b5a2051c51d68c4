//! A thousand candidates of one customer who are advanced together get their links as fast as the platform's limit admits: 450 requests
//! a minute of an account (harver-platform.md 9). Nothing documents how the minute is counted, so both ways are tried. Their mails wait
//! here: no such limit holds them up, and in a debug build they would take as long again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use harver_icims::delivery::StepOutcome;
use harver_icims::domain::{Breaker, Candidate, EmailAddress, Job, JobKind, Neighbour};
use harver_icims::store::orders::NewOrder;
use harver_icims::store::{StoreError, breakers, jobs, orders};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::task::JoinSet;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::scene::{Scene, listing, not_there};
use crate::support::{SteppedClock, VACANCY, new_order};

const CANDIDATES: u64 = 1_000;
const LIMIT: usize = 450;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// How much time of the clock goes by with each call: four go at once, of a fifth of a second each.
const CALL: SignedDuration = SignedDuration::from_millis(50);
/// As many as the program has.
const WORKERS: usize = 8;

/// How a platform may count.
#[derive(Clone, Copy, Debug)]
enum Window {
    /// By minutes that begin with the first request after the last one, as the sandbox does.
    Fixed,
    /// Whatever came within the last minute.
    Sliding,
}

/// A platform with a limit, on the clock of the integration. It notes when it did what was asked.
#[derive(Clone)]
struct Platform {
    clock: SteppedClock,
    window: Window,
    counted: Arc<Mutex<VecDeque<Timestamp>>>,
    done: Arc<Mutex<Vec<Timestamp>>>,
    refused: Arc<Mutex<usize>>,
}

impl Platform {
    /// Counts a request; the seconds until one is let in again, if this one is too many.
    fn too_many(&self, now: Timestamp) -> Option<i64> {
        let mut counted = self.counted.lock().expect("no panic elsewhere");
        match self.window {
            Window::Fixed if counted.front().is_some_and(|began| now.duration_since(*began) >= MINUTE) => counted.clear(),
            Window::Fixed => {}
            Window::Sliding => counted.retain(|at| now.duration_since(*at) < MINUTE),
        }
        if counted.len() < LIMIT {
            counted.push_back(now);
            return None;
        }
        let left = MINUTE - now.duration_since(counted[0]);
        Some((left.as_secs() + i64::from(left.subsec_nanos() > 0)).max(1))
    }

    fn answer(&self, request: &Request) -> ResponseTemplate {
        if request.url.path() == "/oauth/token" {
            let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
            return ResponseTemplate::new(200).set_body_json(token);
        }
        self.clock.advance(CALL);
        let now = self.clock.clock().now();
        if let Some(seconds) = self.too_many(now) {
            *self.refused.lock().expect("no panic elsewhere") += 1;
            let answer = ResponseTemplate::new(429).insert_header("x-correlation-id", "1");
            return answer.insert_header("ratelimit-limit", "450").insert_header("ratelimit-reset", seconds.to_string().as_str());
        }
        let mut done = self.done.lock().expect("no panic elsewhere");
        done.push(now);
        match (request.method.as_str(), request.url.path()) {
            ("POST", _) => {
                let application = format!("65aa01f29c3b4d00{:08x}", done.len());
                let link = format!("https://my.harver.com/app/landing/{VACANCY}/magic-link/{}", done.len());
                let created = json!({"magicLink": link, "applicationId": application, "currentStatus": "in-progress"});
                ResponseTemplate::new(201).set_body_json(json!({ "data": created }))
            }
            ("GET", path) if path.ends_with("/candidates") => listing(&[]),
            _ => not_there(),
        }
    }
}

/// That many candidates have just been advanced.
async fn advance_all(scene: &Scene) {
    let now = scene.clock.clock().now();
    let recorded: Result<(), StoreError> = scene
        .store
        .write(move |tx| {
            for number in 1..=CANDIDATES {
                let usual = new_order(100_000 + number);
                let email = EmailAddress::parse(&format!("candidate-{number}@example.org")).expect("an address");
                let person = (200_000 + number).try_into().expect("a number");
                let order =
                    orders::insert(tx, &NewOrder { person, candidate: Candidate { email, ..usual.candidate }, ..usual }, now)?;
                jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)?;
            }
            Ok(())
        })
        .await;
    recorded.expect("orders");
}

/// The mail server is left alone for longer than a bulk takes.
async fn no_mails(scene: &Scene) {
    let away = Breaker::Open { failures: 3, until: scene.clock.clock().now() + 60 * MINUTE };
    let customer = "4021".parse().expect("digits");
    let kept: Result<(), StoreError> =
        scene.store.write(move |tx| breakers::keep(tx, customer, Neighbour::Mail, Some(&away))).await;
    kept.expect("the store answers");
}

/// Works as the program does, and moves the clock whenever there is nothing to do before a moment.
async fn work_until_all_have_links(scene: &Scene, platform: &Platform) {
    let worker = scene.worker();
    loop {
        let steps: JoinSet<_> = (0..WORKERS)
            .map(|_| {
                let worker = worker.clone();
                async move { worker.step().await.expect("the store answers") }
            })
            .collect();
        let steps = steps.join_all().await;
        if steps.iter().any(|step| matches!(step, StepOutcome::Ran(_))) {
            continue;
        }
        if platform.done.lock().expect("no panic elsewhere").len() as u64 >= CANDIDATES {
            return;
        }
        let next = steps.iter().filter_map(|step| if let StepOutcome::Idle(next) = step { *next } else { None }).min();
        let left = next.expect("something is to come").duration_since(scene.clock.clock().now());
        assert!(left.is_positive(), "something is due, and nobody does it");
        scene.clock.advance(left);
    }
}

async fn with_links(scene: &Scene) -> usize {
    let wanted = orders::Wanted::default();
    let found: Result<_, StoreError> =
        scene.store.read(move |tx| orders::find(tx, "4021".parse().expect("digits"), &wanted, 2_000)).await;
    found.expect("the store answers").orders.iter().filter(|order| order.link.is_some()).count()
}

async fn goes_out_as_fast_as_the_limit_admits(window: Window) {
    let harver = MockServer::builder().disable_request_recording().start().await;
    let base = harver.uri().parse().expect("a URL");
    let scene = Scene::bare(move |customer| customer.harver.base_url = base, |_| {}).await;
    let (counted, done, refused) = (Arc::default(), Arc::default(), Arc::default());
    let platform = Platform { clock: scene.clock.clone(), window, counted, done, refused };
    let answering = platform.clone();
    Mock::given(any()).respond_with(move |request: &Request| answering.answer(request)).mount(&harver).await;
    no_mails(&scene).await;
    advance_all(&scene).await;
    let began = scene.clock.clock().now();
    work_until_all_have_links(&scene, &platform).await;

    let done = platform.done.lock().expect("no panic elsewhere").clone();
    let (calls, refused) = (done.len() as u64, *platform.refused.lock().expect("no panic elsewhere"));
    let took = done[done.len() - 1].duration_since(began);
    // Whole minutes have to be waited for; of the last one it takes what its calls take.
    let (minutes, rest) = ((calls - 1) / LIMIT as u64, (calls - 1) % LIMIT as u64 + 1);
    let earliest = MINUTE * i32::try_from(minutes).expect("few") + CALL * i32::try_from(rest).expect("few");
    let at_an_even_rate = MINUTE.mul_f64(calls as f64 / LIMIT as f64);
    let ratio = |ideal: SignedDuration| took.as_secs_f64() / ideal.as_secs_f64();
    println!(
        "{window:?}: {calls} calls and {refused} refusals in {took:#}; the limit admits {earliest:#} (ratio {:.3}), an even rate is \
         {at_an_even_rate:#} (ratio {:.3})",
        ratio(earliest),
        ratio(at_an_even_rate)
    );
    assert_eq!(with_links(&scene).await as u64, CANDIDATES);
    assert_eq!(calls, CANDIDATES, "one call for each");
    assert!(refused <= 4 * 4, "{refused} calls were made in vain, more than were under way when the limit was reached");
    assert!(ratio(earliest) <= 1.05, "{took:#} instead of {earliest:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_goes_out_as_fast_as_a_platform_that_counts_by_minutes_admits() {
    goes_out_as_fast_as_the_limit_admits(Window::Fixed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_goes_out_as_fast_as_a_platform_that_counts_the_last_minute_admits() {
    goes_out_as_fast_as_the_limit_admits(Window::Sliding).await;
}

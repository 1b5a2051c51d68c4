//! The runner, with steps that fail in every way, and nowhere to go.

use std::cell::Cell;
use std::io;
use std::sync::{Mutex, PoisonError};

use cucumber::{then, when};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::harness::features::read_one;
use crate::harness::place::OpenWorld;
use crate::harness::steps;
use crate::verdict::Verdict;

#[when("this step fails on purpose")]
fn fail(_: &mut World) -> Result<(), steps::Failure> {
    Err(anyhow::anyhow!("the cause of it").context("as it should").into())
}

#[when("this step passes")]
#[then("this step passes")]
fn pass(_: &mut World) {}

#[when("this step panics")]
fn fall_over(_: &mut World) {
    panic!("on purpose");
}

#[when(regex = "^this step is defined (once|twice)$")]
fn once(_: &mut World, _kind: String) {}

#[when("this step is defined twice")]
fn twice(_: &mut World) {}

thread_local! {
    /// How often the next step has been tried in this run, which like its test has a thread to itself.
    static TRIED: Cell<usize> = const { Cell::new(0) };
}

#[when(expr = "this step passes at attempt {int}")]
fn pass_at_last(_: &mut World, attempt: usize) -> Result<()> {
    let tried = TRIED.get() + 1;
    TRIED.set(tried);
    ensure!(tried >= attempt, "attempt {tried}");
    Ok(())
}

#[when("this step waits for ever")]
async fn wait(_: &mut World) {
    std::future::pending::<()>().await;
}

async fn outcome_of(step: &str) -> Outcome {
    run_text(&format!("Feature: Itself\n  Scenario: One\n    {step}\n")).await
}

async fn run_text(text: &str) -> Outcome {
    run_with(text, Box::new(|| Box::pin(async { anyhow::bail!("there is none") })), runner::basic::Cli::default()).await
}

async fn run_with(text: &str, own: OpenWorld, runner: runner::basic::Cli) -> Outcome {
    run_until(text, own, runner, Box::pin(std::future::pending())).await
}

async fn run_until(
    text: &str,
    own: OpenWorld,
    runner: runner::basic::Cli,
    interrupted: BoxFuture<'static, io::Result<()>>,
) -> Outcome {
    TRIED.set(0);
    let client = http::client().expect("a client");
    let nobody = Control::new(&ControlKeys::open("http://127.0.0.1:9".into()), &client).expect("an address");
    let setting = Setting::new(client, Some(Way::Control(nobody)), Some(own), std::env::temp_dir());
    let (features, screen) = (read_one(text).features, Screen::lines(Box::new(io::sink())));
    let mut outcome = Outcome::default();
    let run = Run { features, setting, reports: None, screen, runner };
    let (_, stopped) = run.finish(interrupted, &mut outcome).await;
    stopped.expect("signals");
    outcome
}

fn check(outcome: &Outcome, verdict: Verdict, says: &str) {
    let told = outcome.to_string();
    assert_eq!(outcome.verdict(), verdict, "{told}");
    let plain = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains(says), "{says:?} is not in:\n{told}");
}

#[tokio::test]
async fn a_passing_scenario_is_a_success() {
    check(&outcome_of("When this step passes").await, Verdict::Passed, "scenarios: ok. 1 passed, 0 failed in 0.0 s");
}

#[tokio::test]
async fn each_way_of_not_passing_fails_the_run_and_is_told() {
    for (step, says) in [
        (
            "When this step fails on purpose",
            "Failed: One one.feature:2, at line 3: When this step fails on purpose as it should because the cause of it",
        ),
        ("When this step panics", "it panicked at src/harness/runner/tests.rs:28: on purpose"),
        (
            "When nobody has defined this step",
            "no step is defined for this sentence #[when(expr = \"nobody has defined this step\")]",
        ),
        ("When nobody has defined this step\n    When this step passes", "no step is defined for this sentence"),
        (
            "When this step is defined twice",
            "several steps are defined for this sentence: ^this step is defined (once|twice)$ at src",
        ),
        ("Given Brightwater Foods has connected iCIMS to Harver", "127.0.0.1:9"),
        ("When time goes by and what failed is tried again", "this step changes the world for everybody"),
    ] {
        let outcome = outcome_of(step).await;
        check(&outcome, Verdict::Failed, says);
        check(&outcome, Verdict::Failed, "scenarios: FAILED. 0 passed, 1 failed");
    }
    let told = outcome_of("When this step fails on purpose").await.to_string();
    assert!(!told.contains("panicked"), "{told}");
}

#[tokio::test]
async fn no_tag_lets_a_step_be_skipped() {
    let text = "Feature: Itself\n  @allow.skipped\n  Scenario: One\n    When nobody has defined this step\n";
    check(&run_text(text).await, Verdict::Failed, "no step is defined");
}

#[tokio::test]
async fn a_scenario_that_is_tried_again_counts_once() {
    let text = "Feature: Itself\n  Scenario: Never\n    When this step fails on purpose\n  Scenario: Late\n    \
                When this step passes at attempt 3\n  Scenario: At once\n    When this step passes\n";
    let runner = runner::basic::Cli { retry: Some(2), ..Default::default() };
    let outcome = run_with(text, Box::new(|| Box::pin(async { anyhow::bail!("there is none") })), runner).await;
    check(&outcome, Verdict::Failed, "Flaky, passed only when tried again: Late: attempt 3 one.feature:4 Failed: Never");
    check(&outcome, Verdict::Failed, "2 passed, 1 failed, 1 flaky");
    assert!(outcome.problems.is_empty(), "{outcome}");
}

#[tokio::test]
async fn a_tag_that_hides_a_failure_behind_another_attempt_is_told() {
    let text = "Feature: Itself\n  @retry(1)\n  Scenario: Late\n    When this step passes at attempt 2\n";
    check(&run_text(text).await, Verdict::Failed, "\"Late\" passed only at attempt 2, which the tag @retry hides");
}

#[tokio::test]
async fn what_the_first_failure_keeps_from_being_run_is_told() {
    let text = "Feature: Itself\n  Scenario: A\n    When this step fails on purpose\n  Scenario: B\n    When this step passes\n";
    let runner = runner::basic::Cli { fail_fast: true, concurrency: Some(1), ..Default::default() };
    let outcome = run_with(text, Box::new(|| Box::pin(async { anyhow::bail!("there is none") })), runner).await;
    check(&outcome, Verdict::Failed, "Not reached before --fail-fast ended the run: B Failed: A");
    check(&outcome, Verdict::Failed, "0 passed, 1 failed, 1 not reached");
}

#[tokio::test]
async fn who_have_a_world_of_their_own_get_it_and_it_is_closed() {
    let text = "Feature: Itself\n  @own-world\n  Scenario: One\n    When this step passes\n\n  Scenario: Two\n    When this step passes\n";
    let closed = Arc::new(Mutex::new(0));
    let own: OpenWorld = {
        let closed = Arc::clone(&closed);
        Box::new(move || {
            let closed = Arc::clone(&closed);
            Box::pin(async move {
                let close = async move {
                    *closed.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                    anyhow::bail!("it did not stop as it should")
                };
                Ok(OpenedWorld { control: "http://127.0.0.1:9".into(), close: Box::pin(close) })
            })
        })
    };
    let outcome = run_with(text, own, runner::basic::Cli::default()).await;
    assert_eq!(*closed.lock().expect("a count"), 1);
    assert_eq!(outcome.passed, 2);
    check(&outcome, Verdict::Failed, "One: stopping the world of one scenario: it did not stop as it should");
}

#[when("a month goes by on a clock that stands still")]
async fn stand_still(world: &mut World) -> Result<()> {
    world.advance_clock("720h").await
}

#[tokio::test]
async fn a_clock_that_does_not_move_fails_its_scenario() {
    let control = MockServer::start().await;
    let shown = ResponseTemplate::new(200).set_body_string(r#"{"now": "2026-11-27T10:00:00Z"}"#);
    Mock::given(path("/__sandbox/clock")).respond_with(shown).mount(&control).await;
    let text = "Feature: Itself\n  @own-world\n  Scenario: One\n    When a month goes by on a clock that stands still\n";
    let address = control.uri();
    let own: OpenWorld = Box::new(move || {
        let control = address.clone();
        Box::pin(async move { Ok(OpenedWorld { control, close: Box::pin(async { Ok(()) }) }) })
    });
    let outcome = run_with(text, own, runner::basic::Cli::default()).await;
    check(&outcome, Verdict::Failed, "the clock was to move by 720h, and moved by 0s");
}

#[tokio::test]
async fn a_hook_that_panics_fails_the_run() {
    let text = "Feature: Itself\n  @own-world\n  Scenario: One\n    When this step passes\n";
    let outcome = run_with(text, Box::new(|| panic!("no world today")), runner::basic::Cli::default()).await;
    check(&outcome, Verdict::Failed, "making the scenario ready failed: it panicked at src/harness/runner/tests.rs");
    check(&outcome, Verdict::Failed, "no world today");
}

#[tokio::test]
async fn an_interrupted_run_says_what_it_did_not_come_to() {
    let text = "Feature: Itself\n  Scenario: Endless\n    When this step waits for ever\n";
    let none: OpenWorld = Box::new(|| Box::pin(async { anyhow::bail!("there is none") }));
    let stop = Box::pin(std::future::ready(Ok(())));
    let outcome = run_until(text, none, runner::basic::Cli::default(), stop).await;
    check(&outcome, Verdict::Interrupted, "Not reached before the run was interrupted: Endless");
    check(&outcome, Verdict::Interrupted, "scenarios: INTERRUPTED. 0 passed, 0 failed, 1 not reached");
}

#[test]
fn what_was_left_out_is_no_success_unless_it_is_allowed() {
    let named = Named { name: "In a browser".into(), place: "one.feature:2".into() };
    let mut outcome = Outcome { passed: 1, not_run: vec![(named, Need::Browser)], ..Outcome::default() };
    check(
        &outcome,
        Verdict::LeftOut,
        "Not run: needs a browser (install the Debian packages chromium and chromium-driver): In a browser",
    );
    outcome.allow_not_run = true;
    check(&outcome, Verdict::Passed, "scenarios: ok. 1 passed, 0 failed, 1 not run");
    outcome.passed = 0;
    check(&outcome, Verdict::LeftOut, "0 passed");
}

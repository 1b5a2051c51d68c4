//! One small run with everything that can become of a scenario, told to each report; and what must never happen to any of them.

mod budgets;
mod changes;
mod formats;
mod masks;
mod secrets;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::PoisonError;

use anyhow::{Context as _, anyhow};
use cucumber::gherkin::Feature;
use cucumber::writer::Coloring;
use cucumber::{World as _, WriterExt as _, cli, given, then, when, writer};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tempfile::TempDir;

use super::run::{Mail, Picture, Run, Seen, ShownPage};
use super::{About, Exchange, Known, Plan, Reports};
use crate::harness::features::{self, AlreadyRead};
use crate::harness::steps::Outcome;
use crate::harness::world::World;

/// A secret that stands wherever one can stand.
const SECRET: &str = "kirschbaum+42";

#[given("a shop that is open")]
fn open(_: &mut World) {}

#[given("a shop that is shut")]
fn shut(_: &mut World) -> Outcome {
    Err(anyhow!("the door does not move").context("the shop cannot be opened").into())
}

#[when("somebody buys bread")]
fn buy(_: &mut World) {}

#[when("somebody buys nothing at all")]
fn buy_nothing(_: &mut World) -> Outcome {
    let refused = Err(anyhow!("the baker said: the password is {SECRET}")).context("asking the baker");
    Ok(refused.context("no <bread> & no \u{1b}[31mbutter\u{1b}[0m")?)
}

thread_local! {
    /// How often the next step has been tried; a test is one thread.
    static TRIED: Cell<usize> = const { Cell::new(0) };
}

#[when("somebody buys what is there at the second try")]
fn try_twice(_: &mut World) -> Outcome {
    if TRIED.replace(TRIED.get() + 1).is_multiple_of(2) {
        return Err(anyhow!("nothing was there yet").into());
    }
    Ok(())
}

#[then("there is bread")]
fn there_is(_: &mut World) {}

const FEATURE: &str = r#"@G27
Feature: Bread & "butter" of <people>
  What everybody needs.

  Background:
    Given a shop that is open

  Scenario: Bread is bought
    When somebody buys bread
      | kind | rye |
    Then there is bread
      """
      as it was ordered
      """

  @slow
  Rule: Nobody is left hungry

    Scenario: Nothing is bought
      When somebody buys nothing at all
      Then there is bread

    @retry(1)
    Scenario: It comes late
      When somebody buys what is there at the second try

    Scenario: Nobody knows what this means
      When somebody <grumbles>

    Scenario: The shop is shut
      Given a shop that is shut
      When somebody buys bread

    @ui
    Scenario: It is bought with the mouse
      When somebody buys bread
"#;

/// The feature above, where the guide has it.
fn feature() -> Feature {
    let mut feature = features::read_one(FEATURE).features.pop().expect("a feature");
    feature.path = Some("features/reliability/bread.feature".into());
    feature
}

/// What was seen of the scenario that failed, with the secret in all places.
fn seen() -> (Seen, Known) {
    let exchange = |from: &str, to: &str, method: &str, target: &str, body: &str, outcome: serde_json::Value| {
        let entry = json!({
            "at": "2026-03-04T10:00:00.02Z", "from": from, "to": to, "method": method, "target": target, "took_ms": 12,
            "request_headers": [["authorization", format!("Basic {SECRET}")]], "request_body": body, "outcome": outcome,
        });
        Exchange::told(&entry).expect("an exchange")
    };
    let answered = |status: u16, body: &str| json!({ "kind": "answered", "status": status, "headers": [["set-cookie", SECRET]], "body": body });
    let exchanges = vec![
        exchange(
            "icims",
            "integration",
            "POST",
            &format!("http://127.0.0.1:8702/start?key={SECRET}"),
            &json!({ "workflowId": "88431", "password": SECRET, "note": format!("it is {SECRET}") }).to_string(),
            answered(200, ""),
        ),
        exchange("integration", "icims", "GET", "/customers/4021/people/30517?fields=email,firstname", "", answered(200, "{}")),
        exchange(
            "integration",
            "icims",
            "POST",
            "/customers/4021/applicantworkflows/88431/fields/assessmentresults",
            r#"{"assessmentdate": "2026-03-04", "assessmentname": {"value": "Bread"}}"#,
            answered(400, r#"{"errors": [{"errorMessage": "assessmentdate is no field"}]}"#),
        ),
        exchange("integration", "mailbox", "SMTP", "ana@mail.example", "", json!({ "kind": "failed", "reason": "it hung up" })),
    ];
    let html = format!(
        "<main id=\"page\"><form action=\"/enter?token={SECRET}\"><input type=password name=password value=\"{SECRET}\">\
         <p>Your code is 481516, {SECRET}</p><script>alert('{SECRET}')</script></form></main>"
    );
    let page = ShownPage::of("Ana", &format!("http://x.example/a?t={SECRET}"), Some(403), &scraper::Html::parse_document(&html));
    let text = format!("Enter: http://x.example/in/aaaabbbbccccdddd1111/{SECRET}\nYour code: 481516");
    let seen = Seen {
        exchanges,
        mails: vec![Mail::of("shop@x.example", &["ana@mail.example".into()], "Bread <now>", &text)],
        pictures: vec![Picture::webp("01 failed".into(), b"not a picture".to_vec())],
        pages: vec![page],
        missing: vec!["Nothing is known of the weather: it was dark".into()],
    };
    (seen, Known::of([SECRET]))
}

/// Runs features and leaves the record with the reports.
async fn run(features: Vec<Feature>, folder: &Path, reason: &str) -> Reports {
    let mut remaining = features.clone();
    let mut plan = Plan::of(&features, |_| Some(FEATURE.to_owned()));
    features::retain(&mut remaining, |scene| !scene.tags().iter().any(|tag| tag == "ui"));
    plan.leave_out(&remaining, reason);
    let about = About { environment: "a village".into(), seed: Some(7) };
    let reports = Reports::in_folder(folder, about, plan).expect("a folder");
    let taking = reports.clone();
    World::cucumber::<&'static str>()
        .with_parser(AlreadyRead(remaining))
        .with_writer(
            writer::Basic::raw(io::sink(), Coloring::Never, 0).summarized().tee::<World, _>(reports.listener()).normalized(),
        )
        .fail_on_skipped()
        .with_cli(cli::Opts::<_, _, _, cli::Empty>::default())
        .after(move |feature, _, scenario, _, _| {
            let fails = scenario.name == "Nothing is bought";
            taking.take(feature, scenario, if fails { seen() } else { (Seen::default(), Known::default()) });
            Box::pin(async {})
        })
        .run("features")
        .await;
    reports
}

/// The small run, with times and places that are the same each time.
async fn small_run() -> (TempDir, Reports) {
    let folder = TempDir::new().expect("a folder");
    let reports = run(vec![feature()], folder.path(), "there is no browser").await;
    let mut record = reports.record.lock().unwrap_or_else(PoisonError::into_inner);
    let mut run = record.finish();
    settle_times(&mut run);
    *record = super::Record::of(run);
    drop(record);
    (folder, reports)
}

/// Each attempt takes a second, each step 10 ms. Places of code are those of a file that nobody edits.
fn settle_times(run: &mut Run) {
    let mut at: Timestamp = "2026-03-04T10:00:00Z".parse().expect("a moment");
    run.began = Some(at);
    run.patterns = BTreeMap::new();
    for scenario in run.features.iter_mut().flat_map(|feature| &mut feature.groups).flat_map(|group| &mut group.scenarios) {
        for attempt in &mut scenario.attempts {
            attempt.began = Some(at);
            for (number, step) in (0..).zip(&mut attempt.steps) {
                step.began = Some(at + SignedDuration::from_millis(10 * number));
                step.took = SignedDuration::from_millis(10);
                if step.defined_at.is_some() {
                    let place = format!("src/steps.rs:{}", number + 1);
                    run.patterns.insert(place.clone(), format!("^step {number}$"));
                    step.defined_at = Some(place);
                }
            }
            for exchange in &mut attempt.seen.exchanges {
                exchange.at = Some(at + SignedDuration::from_millis(15));
            }
            at += SignedDuration::from_secs(1);
            attempt.ended = Some(at);
        }
    }
    run.ended = Some(at);
}

/// Every file that was written, by name.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in std::fs::read_dir(one).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                found.insert(name, String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned());
            }
        }
    }
    found
}

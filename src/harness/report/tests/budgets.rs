//! Reports stay small and are written quickly, where the well-known ones fail: a thousand steps and a hundred attachments.

use std::time::{Duration, Instant};

use super::{About, Exchange, Picture, Plan, Reports, Seen, feature, files};
use crate::harness::report::run::{Attempt, Kind, Run, Step, StepResult, StepText};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// The most that a report may have.
const BYTES: usize = 10_000_000;
/// The longest that writing all of them may take; unoptimised code beside other tests is given more.
const TIME: Duration = if cfg!(debug_assertions) { Duration::from_secs(15) } else { Duration::from_secs(1) };

/// A hundred scenarios of ten steps, each with a screenshot of 60 KB and thirty exchanges that say a lot.
fn large(run: &mut Run) {
    let template = run.features[0].clone();
    let body = json!({ "text": "it is said ".repeat(110), "password": "x" }).to_string();
    let exchange = Exchange::told(&json!({
        "at": "2026-03-04T10:00:00Z", "from": "integration", "to": "icims", "method": "PATCH",
        "target": "/customers/4021/people/30517?fields=email", "took_ms": 3, "request_headers": [], "request_body": body,
        "outcome": { "kind": "answered", "status": 200, "headers": [], "body": body },
    }))
    .expect("an exchange");
    run.features.clear();
    for number in 0..10_usize {
        let mut feature = template.clone();
        feature.file = format!("features/reliability/{number}.feature");
        let mut group = feature.groups.remove(0);
        let scenario = group.scenarios.remove(0);
        group.scenarios = (0..10)
            .map(|line| {
                let mut scenario = scenario.clone();
                scenario.name = format!("Scenario {number}-{line}");
                scenario.steps = (0..9).map(written).collect();
                scenario.attempts = vec![attempt(number * 10 + line, &exchange)];
                scenario
            })
            .collect();
        feature.groups = vec![group];
        run.features.push(feature);
    }
}

fn written(line: usize) -> StepText {
    StepText {
        keyword: "When".into(),
        text: format!("something happens {line} times"),
        line,
        kind: Kind::When,
        ..StepText::default()
    }
}

fn attempt(number: usize, exchange: &Exchange) -> Attempt {
    let began: Timestamp = "2026-03-04T10:00:00Z".parse().expect("a moment");
    let steps = (0..10).map(|line| Step {
        written: written(line),
        in_background: line == 0,
        began: Some(began),
        took: SignedDuration::from_millis(3),
        result: StepResult::Passed,
        defined_at: Some("src/steps.rs:1".into()),
    });
    let noise = (0..60_000_usize).map(|at| u8::try_from((at * (at + number) / 7) % 251).expect("below 251"));
    let seen = Seen {
        exchanges: vec![exchange.clone(); 30],
        pictures: vec![Picture::webp("01 screen".into(), noise.collect())],
        ..Seen::default()
    };
    Attempt { began: Some(began), ended: Some(began), has_ended: true, steps: steps.collect(), seen, ..Attempt::default() }
}

#[test]
fn a_thousand_steps_and_a_hundred_attachments_are_written_in_a_second_and_ten_megabytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let reports = Reports::in_folder(folder.path(), About::default(), Plan::of(&[feature()], |_| None)).expect("a folder");
    large(&mut reports.record.lock().expect("a record").run);
    let start = Instant::now();
    reports.write(&[]).expect("reports");
    let took = start.elapsed();
    let files = files(folder.path());
    let size = |name: &str| files[name].len();
    assert!(size("report.html") <= BYTES, "the page has {} bytes", size("report.html"));
    let steps = files["messages.ndjson"].lines().filter(|line| line.starts_with("{\"testStepFinished\"")).count();
    assert_eq!(steps, 1_000);
    assert!(files["report.html"].matches("src=\"data:").count() >= 50, "most pictures have room");
    let told = files["report.html"].matches("it is said").count();
    assert!(told > 10_000, "what was said is told as far as there is room, {told} times");
    assert!(took <= TIME, "writing took {took:?}");
}

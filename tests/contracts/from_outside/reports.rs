//! What is written of a run, and what GitHub shows of it.

use std::fs;

use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::place::{StandIn, command, file, interaction, pact, run};

/// A register whose answers lack the address of the second person.
fn register() -> Router {
    Router::new()
        .route("/people/1", get(async || Json(json!({"id": 1, "email": "ines@example.org"}))))
        .route("/people/2", get(async || Json(json!({"id": 1, "e_mail": "<&>"}))))
        .route("/states", post(async || Json(json!({"basic": "Basic c2VjcmV0"}))))
}

/// A pact of which one interaction is kept and one is not.
fn half_kept() -> Value {
    let mut pact = pact();
    let mut other = interaction("a request for another person");
    other["request"] = json!({"method": "GET", "path": "/people/2", "headers": {"authorization": ["Basic example"]}, "generators":
        {"header": {"authorization": {"type": "ProviderState", "expression": "${basic}", "dataType": "STRING"}}}});
    pact["interactions"].as_array_mut().expect("interactions").push(other);
    pact
}

#[test]
fn a_report_tells_each_interaction_and_no_secret() {
    let (register, (folder, file)) = (StandIn::of(register()), file(&half_kept()));
    let report = folder.path().join("report");
    let states = format!("{}/states", register.url());
    let (report_at, path) = (report.to_string_lossy().into_owned(), file.to_string_lossy().into_owned());
    let arguments = ["--provider", "register", "--url", register.url(), "--state-url", &states, "--report", &report_at, &path];
    let said = run(command(&arguments));
    assert_eq!(said.code, Some(1), "{said:?}");

    let junit = fs::read_to_string(report.join("junit.xml")).expect("junit.xml");
    for part in [
        "<testsuites name=\"harver-icims pact verify\"",
        "tests=\"2\" failures=\"1\" errors=\"0\"",
        "<testsuite name=\"shop asks register\"",
        "<testcase name=\"a request for another person, given a person\"",
        "hint: the answer has &quot;e_mail&quot; there: was &quot;email&quot; renamed?",
    ] {
        assert!(junit.contains(part), "{part}: {junit}");
    }
    let text = fs::read_to_string(report.join("results.json")).expect("results.json");
    let results: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&results["verdict"], &results["exit_code"]), (&json!("FAILED"), &json!(1)));
    let seen = &results["pacts"][0]["interactions"];
    assert_eq!((&seen[0]["outcome"], &seen[1]["outcome"]), (&json!("kept"), &json!("broken")));
    assert_eq!(results["pacts"][0]["sha256"].as_str().map(str::len), Some(64));
    for everything in [&junit, &text, &said.out] {
        assert!(!everything.contains("c2VjcmV0"), "{everything}");
        assert!(everything.contains("${basic}"), "{everything}");
    }
}

#[test]
fn github_is_shown_the_line_and_takes_no_word_of_the_answers_for_a_command() {
    let (register, (folder, file)) = (StandIn::of(register()), file(&half_kept()));
    let states = format!("{}/states", register.url());
    let summary = folder.path().join("summary.md");
    let mut verifying =
        command(&["--provider", "register", "--url", register.url(), "--state-url", &states, &file.to_string_lossy()]);
    verifying.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let said = run(verifying);
    assert_eq!(said.code, Some(1), "{said:?}");
    let line =
        1 + fs::read_to_string(&file).expect("the pact").lines().position(|line| line.contains("another person")).expect("there");
    let annotation =
        format!("::error file={},line={line},title=a request for another person%2C given a person::", file.display());
    assert!(said.out.lines().next().is_some_and(|line| line.starts_with("::stop-commands::")), "{said:?}");
    assert!(said.out.lines().last().is_some_and(|line| line.starts_with(&annotation)), "{annotation}: {said:?}");
    let summary = fs::read_to_string(summary).expect("a summary");
    assert!(summary.contains("### Contracts of register") && summary.contains("**a request for another person**"), "{summary}");
}

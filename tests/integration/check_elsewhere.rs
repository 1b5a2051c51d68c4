//! `check --env`: scenarios in a sandbox that is up already, in another process.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use wiremock::matchers::{any, header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::{Program, until, visitor};

/// A scenario that others do not notice, and one that moves the clock.
const FEATURE: &str = "\
Feature: Elsewhere
  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to \"Call Centre Advisor\"
  Scenario: An invitation
    When Tomas advances Ana to Send to Harver
    Then Ana receives one mail with a link to the assessment
  @own-world
  Scenario: A month
    Given Tomas has advanced Ana to Send to Harver
    When a month goes by
    Then iCIMS shows one result for Ana, which is incomplete because the invitation ran out
";

/// A folder with the feature and this environment.
fn folder(environment: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("elsewhere.feature"), FEATURE).expect("a file");
    fs::write(folder.path().join("env.toml"), environment).expect("a file");
    folder
}

/// `check --env env.toml` on a folder.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(["check", "--features", ".", "--env", "env.toml"]).args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("SANDBOX_TOKEN", "a-token-of-sixteen-signs");
    command
}

/// Its exit code, and what it said.
fn check(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(folder, arguments).output().expect("the program starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("text"))
}

async fn customers(control: &str) -> usize {
    let list = visitor().get(format!("{control}/__sandbox/customers")).send().await;
    let list: Value = list.expect("an answer").json().await.expect("JSON");
    list["customers"].as_array().expect("a list").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_is_up_is_used_and_left_as_it_was() {
    let program = Program::start(["up", "--port", "0", "--json"]);
    let control = program.text("control", "base_url");
    let folder = folder(&format!("name = \"Ours\"\n[control]\nbase_url = \"{control}\"\n"));
    let (code, said) = check(folder.path(), &["--report", "out"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("Not run: needs a world of its own, whose clock may be moved") && said.contains("  A month"), "{said}");
    assert!(said.contains("scenarios: INCOMPLETE. 1 passed, 0 failed, 1 not run"), "{said}");
    assert_eq!(customers(control).await, 1, "only the sample is there");
    let report = fs::read_to_string(folder.path().join("out/report.html")).expect("a report");
    assert!(report.contains("Ours, at http://127.0.0.1:"), "it says where");

    let (code, said) = check(folder.path(), &["--allow-not-run", "invitation"]);
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_leaves_it_as_it_was_too() {
    let program = Program::start(["up", "--port", "0", "--json"]);
    let control = program.text("control", "base_url");
    let folder = folder(&format!("[control]\nbase_url = \"{control}\"\n"));
    let endless = "Feature: Endless\n  Scenario: One\n    Given Brightwater Foods has connected iCIMS to Harver\n    \
                   And the Candidate Ana is submitted to \"Call Centre Advisor\"\n    \
                   Then iCIMS shows one result for Ana, which is complete\n";
    fs::write(folder.path().join("elsewhere.feature"), endless).expect("a file");
    let mut run = command(folder.path(), &[]).stdout(Stdio::null()).spawn().expect("it starts");
    until("a customer", async || if customers(control).await == 2 { Ok(()) } else { Err("only the sample".to_owned()) }).await;
    let sent = Command::new("kill").args(["-INT", &run.id().to_string()]).status().expect("a signal");
    assert!(sent.success());
    assert_eq!(run.wait().expect("an end").code(), Some(130));
    assert_eq!(customers(control).await, 1, "only the sample is there");
}

/// Customers come and go in a sandbox that several people use. Whoever calls the integration of another customer meanwhile is answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_is_deleted_costs_no_other_an_answer() {
    let program = Program::start(["up", "--port", "0", "--json"]);
    let (control, start) = (program.text("control", "base_url").to_owned(), program.text("integration", "start_url").to_owned());
    let client = visitor();
    let calling = tokio::spawn({
        let client = client.clone();
        async move {
            let mut answers = std::collections::BTreeMap::new();
            for _ in 0..300 {
                let answer = client.post(&start).json(&serde_json::json!({"customerId": 4021})).send().await.expect("an answer");
                *answers.entry(answer.status().as_u16()).or_insert(0) += 1;
            }
            answers
        }
    });
    let mut deleted = 0;
    while !calling.is_finished() || deleted == 0 {
        let opened =
            client.post(format!("{control}/__sandbox/customers")).json(&serde_json::json!({"name": "Guest"})).send().await;
        let opened: Value = opened.expect("an answer").json().await.expect("JSON");
        let id = opened["icims"]["customer_id"].as_str().expect("an id").to_owned();
        let gone = client.delete(format!("{control}/__sandbox/customers/{id}")).send().await.expect("an answer");
        assert!(gone.status().is_success(), "{gone:?}");
        deleted += 1;
    }
    let answers = calling.await.expect("no panic");
    assert_eq!(answers.keys().collect::<Vec<_>>(), [&401], "{answers:?}, while {deleted} customers were deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_taken_from_a_variable() {
    let control = MockServer::start().await;
    let health = ResponseTemplate::new(200).set_body_string(r#"{"integration": true, "pending": {}}"#);
    let token = header("authorization", "Bearer a-token-of-sixteen-signs");
    Mock::given(path("/__sandbox/health")).and(token).respond_with(health).mount(&control).await;
    let place = format!("[control]\nbase_url = \"{}\"\n", control.uri());
    let (code, said) = check(folder(&place).path(), &["invitation"]);
    assert!(code == Some(2) && said.contains("no sandbox answers at") && said.contains("token"), "{code:?}: {said}");
    let (code, said) = check(folder(&format!("{place}token = \"${{SANDBOX_TOKEN}}\"\n")).path(), &["invitation"]);
    assert!(code == Some(1) && said.contains("opening a customer"), "it is let in, and finds nothing more: {code:?}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_whose_integration_nobody_can_ask_is_told_with_the_code_2() {
    let program = Program::start(["sandbox", "--port", "0", "--integration-url", "http://127.0.0.1:9"]);
    let folder = folder(&format!("[control]\nbase_url = \"{}\"\n", program.text("control", "base_url")));
    let (code, said) = check(folder.path(), &["invitation"]);
    assert!(code == Some(2) && said.contains("it knows no integration"), "{code:?}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_that_is_none_is_told_with_the_code_2() {
    let page = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("<html>Hello</html>")).mount(&page).await;
    let at = |address: &str| format!("[control]\nbase_url = \"{address}\"\n");
    for (environment, says) in [
        ("base_url = 1".to_owned(), "neither the line of up --json nor an environment"),
        (at("http://127.0.0.1:9"), "no sandbox answers at http://127.0.0.1:9, which env.toml names"),
        (at(&page.uri()), "answered no JSON"),
        (at("${NOBODY_HAS_SET_THIS}"), "the variable NOBODY_HAS_SET_THIS is not set"),
    ] {
        let (code, said) = check(folder(&environment).path(), &[]);
        assert!(code == Some(2) && said.contains(says), "{environment}: {code:?}, not 2 with {says:?}:\n{said}");
    }
    let folder = folder("");
    fs::remove_file(folder.path().join("env.toml")).expect("a file");
    let (code, said) = check(folder.path(), &[]);
    assert!(code == Some(2) && said.contains("reading the environment env.toml"), "{code:?}: {said}");
}

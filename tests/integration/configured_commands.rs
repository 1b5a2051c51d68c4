//! The commands `admin` and `config` beside the service that they are about.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::commands::{PASSPHRASE, Serving, configuration, free_port, serve};
use crate::program::{Program, until, visitor};

fn run(config: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(arguments).arg("--config").arg(config).env(PASSPHRASE.0, PASSPHRASE.1);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn said(config: &Path, arguments: &[&str]) -> String {
    let output = run(config, arguments, "");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn refused(config: &Path, arguments: &[&str]) -> String {
    let output = run(config, arguments, "");
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[tokio::test]
async fn people_and_settings_are_changed_beside_the_running_service() {
    let (folder, client, port) = (tempfile::tempdir().expect("a folder"), visitor(), free_port());
    let address = format!("http://127.0.0.1:{port}");
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &address]);
    let config = configuration(&sandbox, port, &("webhooks".into(), "webhook-password".into()), folder.path());
    let customer = sandbox.text("icims", "customer_id").to_owned();
    assert!(refused(&config, &["admin", "list"]).contains("creates it at its first start"));

    let _serving = Serving(serve(&config).spawn().expect("the program starts"));
    until("the integration to be ready", async || match client.get(format!("{address}/readyz")).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;

    let email = "zoe@brightwater.example";
    let made = said(&config, &["admin", "create", email, "--customer", &customer, "--role", "recruiter"]);
    assert_eq!(made.trim().len(), 24, "the password is printed");
    assert!(refused(&config, &["admin", "create", email, "--customer", &customer]).contains("reset the password"));
    assert!(said(&config, &["admin", "list"]).contains(&format!("{customer}\trecruiter\t{email}\n")));
    let short = run(&config, &["admin", "reset-password", email, "--password-stdin"], "short\n");
    assert!(String::from_utf8_lossy(&short.stderr).contains("at least 8 characters"));
    let reset = run(&config, &["admin", "reset-password", email, "--password-stdin"], "long enough\n");
    assert!(reset.status.success() && reset.stdout.is_empty());
    let signed_in = [("email", email), ("password", "long enough")];
    let answer = client.post(format!("{address}/console/sign-in")).form(&signed_in).send().await.expect("an answer");
    assert_eq!(answer.url().path(), "/console", "the running service knows the new password");
    said(&config, &["admin", "remove", email]);
    assert!(!said(&config, &["admin", "list"]).contains(email));
    assert!(refused(&config, &["admin", "token", email, "--name", "CI"]).contains("admin list"));

    let token = said(&config, &["admin", "token", "admin@example.org", "--name", "CI"]);
    let url = format!("{address}/api/v1/settings");
    let change = client.patch(&url).bearer_auth(token.trim()).json(&json!({"reports_progress": false})).send();
    assert_eq!(change.await.expect("an answer").status(), StatusCode::OK);

    let person = sandbox.text("sample", "person_id");
    let erase = ["person", "erase", person, "--customer", &customer];
    sandbox.advance(&client).await;
    until("the order", async || match said(&config, &erase) {
        erased if erased.contains(": 1 orders,") => Ok(()),
        other => Err(other),
    })
    .await;
    let nothing =
        format!("erased of person {person} of customer {customer}: 0 orders, 0 refused events, 0 choices of packages\n");
    assert_eq!(said(&config, &erase), nothing);

    assert!(refused(&config, &["person", "erase", person, "--customer", "9"]).contains("there is no customer 9"));

    let differing = run(&config, &["config", "diff"], "");
    assert_eq!(differing.status.code(), Some(1));
    let differences = String::from_utf8(differing.stdout).expect("text");
    assert_eq!(differences, format!("{customer}\treports_progress\t\"off\" -> \"on\"\n"));
    assert_eq!(said(&config, &["config", "apply"]), differences);
    assert_eq!(said(&config, &["config", "diff"]), "");
    let read: Value = client.get(&url).bearer_auth(token.trim()).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(read["reports_progress"], json!(true), "the running service goes by it");
    assert!(refused(&config, &["config", "show", "--customer", "9"]).contains("no customer 9"));

    let shown = said(&config, &["config", "show", "--customer", &customer]);
    assert!(!shown.contains("password") && shown.contains("[customers.icims]"), "{shown}");
    let again = folder.path().join("shown.toml");
    let head = fs::read_to_string(&config).expect("the file");
    let head = head.split("[[customers]]").next().expect("what stands before the customers");
    fs::write(&again, format!("{head}{shown}")).expect("a file");
    assert_eq!(said(&again, &["config", "diff"]), "", "what is shown is what is stored");
}

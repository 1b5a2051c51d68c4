//! What the log of the shipped program tells of an order, and of whom it does not tell.

use std::path::Path;

use reqwest::Client;
use serde_json::{Value, json};

use crate::program::{Program, Until, finish_journey, take, until, visitor};

/// The lines of a log as JSON, but for one that is just being written.
fn lines(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).expect("a log");
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// What has happened to orders.
fn life(log: &Path) -> Vec<Value> {
    lines(log).into_iter().filter(|line| line["fields"]["order.event"].is_string()).collect()
}

fn events(log: &Path) -> Vec<String> {
    life(log).iter().filter_map(|line| line["fields"]["order.event"].as_str().map(str::to_owned)).collect()
}

/// What nobody is to read in a log: the candidate of the sample, as iCIMS knows them.
async fn person(program: &Program, client: &Client) -> Value {
    let (base, customer) = (program.text("icims", "base_url"), program.text("icims", "customer_id"));
    let id = program.text("sample", "person_id");
    let url = format!("{base}/customers/{customer}/people/{id}?fields=firstname,lastname,email");
    let request = client.get(url).basic_auth(program.text("icims", "username"), Some(program.text("icims", "password")));
    request.send().await.expect("iCIMS answers").json().await.expect("JSON")
}

#[tokio::test]
async fn the_log_tells_the_life_of_an_order_and_nothing_of_its_candidate() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let program = Program::start_saying(&log, ["up", "--json", "--port", "0", "--log", "harver_icims=info", "--log-json"]);
    let client = visitor();
    program.advance(&client).await;
    let mail = until("the invitation", async || program.mails(&client).await.into_iter().next().ok_or("no mail".into())).await;
    let link = program.link(&mail);
    take(&client, &link, Until::Begun).await;
    until("the start", async || {
        let seen = events(&log);
        if seen.iter().any(|event| event == "started") { Ok(()) } else { Err(format!("{seen:?}")) }
    })
    .await;
    finish_journey(&program, &client).await;
    until("the result", async || {
        let seen = events(&log);
        if seen.iter().any(|event| event == "result_written") { Ok(()) } else { Err(format!("{seen:?}")) }
    })
    .await;

    assert_eq!(events(&log), ["received", "invited", "started", "finished", "result_written"]);
    let life = life(&log);
    for line in &life {
        let fields = &line["fields"];
        assert_eq!(line["level"], "INFO", "{line}");
        assert_eq!(fields["customer.id"], program.ready()["icims"]["customer_id"], "{line}");
        assert_eq!(fields["workflow.id"], program.ready()["sample"]["workflow_id"], "{line}");
        assert_eq!(fields["order.id"], life[0]["fields"]["order.id"], "{line}");
        assert!(fields["message"].as_str().is_some_and(|message| message.ends_with('.')), "{line}");
    }
    assert!(life[0]["span"]["request.id"].is_string(), "the event has an id: {}", life[0]);
    let steps: Vec<Value> = lines(&log).into_iter().filter(|line| line["fields"]["job.kind"] == "send_invitation").collect();
    assert_eq!(steps[0]["fields"]["customer.id"], program.ready()["icims"]["customer_id"]);

    let person = person(&program, &client).await;
    let token = link.rsplit('/').next().expect("a link");
    let text = std::fs::read_to_string(&log).expect("a log");
    for secret in [&person["firstname"], &person["lastname"], &person["email"], &json!(token), &json!("magic-link")] {
        let secret = secret.as_str().expect("text");
        assert!(secret.len() > 2 && !text.contains(secret), "the log has {secret}");
    }
}

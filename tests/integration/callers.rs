//! Who calls, according to the journal of the shipped program: the integration beside the sandbox, and whoever has its credentials.

use reqwest::Client;
use serde_json::Value;

use super::program::{Program, until, visitor};

/// The caller of each exchange of the customer, with whom was called and under which name.
async fn callers(program: &Program, client: &Client) -> Vec<(String, String, String)> {
    let (base, customer) = (program.text("control", "base_url"), program.text("icims", "customer_id"));
    let url = format!("{base}/__sandbox/journal?customer={customer}");
    let journal: Value = client.get(url).send().await.expect("control answers").json().await.expect("JSON");
    let exchanges = journal["exchanges"].as_array().expect("exchanges").iter();
    let name = |one: &Value| {
        let headers: Vec<(String, String)> = serde_json::from_value(one["request_headers"].clone()).expect("headers");
        headers.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("user-agent")).map(|(_, agent)| agent)
    };
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    exchanges.map(|one| (text(&one["from"]), text(&one["to"]), name(one).unwrap_or_default())).collect()
}

/// Reads the sample person with the integration's credentials, and says who that was.
async fn read_as(program: &Program, agent: &str) -> String {
    let client = icims_sandbox::engine::direct().user_agent(agent).build().expect("a client");
    let key = |key| program.text("icims", key);
    let person = program.text("sample", "person_id");
    let url = format!("{}/customers/{}/people/{person}?fields=email", key("base_url"), key("customer_id"));
    let answer = client.get(url).basic_auth(key("username"), Some(key("password"))).send().await.expect("iCIMS answers");
    assert_eq!(answer.status(), 200);
    callers(program, &visitor()).await.pop().expect("an exchange").0
}

#[tokio::test]
async fn only_the_integration_beside_the_sandbox_is_shown_as_the_integration() {
    let program = Program::start(["up", "--json", "--port", "0"]);
    // Also before the integration has called, and also under the name that it has elsewhere.
    assert_eq!(read_as(&program, "Go-http-client/1.1").await, "other");
    assert_eq!(read_as(&program, concat!("harver-icims/", env!("CARGO_PKG_VERSION"))).await, "other");
    assert_eq!(read_as(&program, "PostmanRuntime/7.39").await, "tester");
    let client = visitor();
    program.advance(&client).await;
    let all = until("calls of the integration to both vendors", async || {
        let all = callers(&program, &client).await;
        let called = |who: &str| all.iter().any(|(from, to, _)| from == "integration" && to == who);
        if called("icims") && called("harver_platform") { Ok(all) } else { Err(format!("{all:?}")) }
    })
    .await;
    for (from, to, agent) in all.iter().filter(|(from, to, _)| from == "integration" && to != "mailbox") {
        assert!(agent.starts_with("harver-icims/") && agent.contains("(up "), "{from} to {to}: {agent}");
    }
}

#[tokio::test]
async fn an_integration_elsewhere_can_be_declared_by_its_name() {
    let mut arguments = vec!["sandbox", "--port", "0", "--integration-agent", "talent-hub"];
    let sandbox = Program::start(&arguments);
    assert_eq!(read_as(&sandbox, "Go-http-client/1.1").await, "other");
    assert_eq!(read_as(&sandbox, "talent-hub/0.4").await, "integration");
    // Without that, the first program that uses the account is taken for it.
    arguments.truncate(3);
    assert_eq!(read_as(&Program::start(&arguments), "Go-http-client/1.1").await, "integration");
}

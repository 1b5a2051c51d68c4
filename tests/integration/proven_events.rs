//! The shipped program's iCIMS shows in each way who it is, as its administrator has chosen, and the integration beside it accepts exactly
//! those who know the secret. Both sides are our own readings of icims-api 2.4 and assessment-flow 1: here they meet.

use std::path::Path;

use harver_icims::ats_to_harver::{START_PATH, TOKEN_PATH};
use harver_icims::store::{SealingKey, Store, StoreError, orders, refused_events};
use jiff::Timestamp;
use reqwest::Client;
use serde_json::{Value, json};

use crate::program::{Program, until, visitor};

const CUSTOMER: &str = "4021";

fn up(data: &Path) -> Program {
    Program::start(["up", "--json", "--port", "0", "--data"].map(AsRef::as_ref).into_iter().chain([data.as_os_str()]))
}

/// The settings of the connection to the vendor, by the one way of showing who it is and the secret that goes with it.
fn settings(program: &Program, way: &str, secret: &str) -> Value {
    let key = |key| program.text("integration", key);
    match way {
        "hmac" => json!({"authentication": way, "username": key("username"), "hmac_key": secret}),
        "oauth2" => json!({"authentication": way, "client_id": key("username"), "client_secret": secret,
            "token_url": format!("{}{TOKEN_PATH}", key("base_url").trim_end_matches('/'))}),
        other => panic!("{other} is none of the ways"),
    }
}

/// The iCIMS administrator has chosen how events show who sends them.
async fn choose(program: &Program, client: &Client, settings: &Value) {
    let url = format!("{}/__sandbox/customers/{CUSTOMER}/connection", program.text("control", "base_url"));
    let answer = client.patch(url).json(settings).send().await.expect("control answers");
    assert!(answer.status().is_success(), "{}", answer.text().await.expect("words"));
}

/// What iCIMS has sent to the integration: path, scheme of the proof, and what it was answered.
async fn sent(program: &Program, client: &Client) -> Vec<(String, String, u64)> {
    let url = format!("{}/__sandbox/journal?customer={CUSTOMER}", program.text("control", "base_url"));
    let journal: Value = client.get(url).send().await.expect("control answers").json().await.expect("JSON");
    let sent = journal["exchanges"].as_array().expect("exchanges").iter();
    let sent = sent.filter(|one| one["from"] == "icims" && one["to"] == "integration");
    sent.map(|one| {
        let headers: Vec<(String, String)> = serde_json::from_value(one["request_headers"].clone()).expect("headers");
        let proof = headers.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let scheme = proof.and_then(|(_, value)| value.split_whitespace().next().map(str::to_owned)).unwrap_or_default();
        let target = one["target"].as_str().expect("an address");
        let path = target.find("/prod/").map_or(target, |at| &target[at..]).to_owned();
        (path, scheme, one["outcome"]["status"].as_u64().unwrap_or_default())
    })
    .collect()
}

/// Waits until everything that was caused has been done.
async fn settled(program: &Program, client: &Client) {
    until("everything to be done", async || match program.pending(client).await {
        0 => Ok(()),
        pending => Err(format!("{pending} left")),
    })
    .await;
}

/// How many orders and refused events the integration has kept, once the process is gone.
async fn kept(program: Program, data: &Path) -> (usize, u64) {
    program.kill();
    let passphrase = std::fs::read_to_string(data.join("sealing.key")).expect("the key beside the data");
    let store = Store::open(&data.join("integration.db"), SealingKey::from_passphrase(&passphrase.into())).expect("a store");
    let found: Result<_, StoreError> = store
        .read(|tx| {
            let customer = CUSTOMER.parse().expect("digits");
            let orders = orders::find(tx, customer, &orders::Wanted::default(), 9)?.orders.len();
            Ok((orders, refused_events::count_since(tx, customer, Timestamp::UNIX_EPOCH)?))
        })
        .await;
    found.expect("the store answers")
}

/// A recruiter advances the sample candidate; what was sent for it, and what was kept of it.
async fn advanced_with(
    way: &str,
    secret: impl FnOnce(&str) -> String,
    mails: usize,
) -> (Vec<(String, String, u64)>, (usize, u64)) {
    let (folder, client) = (tempfile::tempdir().expect("a folder"), visitor());
    let program = up(folder.path());
    let secret = secret(program.text("integration", "password"));
    choose(&program, &client, &settings(&program, way, &secret)).await;
    program.advance(&client).await;
    settled(&program, &client).await;
    assert_eq!(program.mails(&client).await.len(), mails, "invitations");
    let sent = sent(&program, &client).await;
    (sent, kept(program, folder.path()).await)
}

fn exchange(path: &str, scheme: &str, status: u64) -> (String, String, u64) {
    (path.into(), scheme.into(), status)
}

#[tokio::test]
async fn uat_31_an_event_that_icims_signs_invites_the_candidate_and_one_with_another_key_does_nothing() {
    const SIGNED: &str = "x-icims-v1-hmac-sha256";
    let (sent, kept) = advanced_with("hmac", str::to_owned, 1).await;
    assert_eq!((sent, kept), (vec![exchange(START_PATH, SIGNED, 200)], (1, 0)));
    let (sent, kept) = advanced_with("hmac", |_| "another-key".into(), 0).await;
    assert_eq!((sent, kept), (vec![exchange(START_PATH, SIGNED, 401)], (0, 0)));
}

#[tokio::test]
async fn uat_31_an_event_with_a_token_that_icims_fetched_invites_the_candidate_and_a_wrong_secret_gets_none() {
    let (sent, kept) = advanced_with("oauth2", str::to_owned, 1).await;
    assert_eq!(sent, [exchange(TOKEN_PATH, "", 200), exchange(START_PATH, "Bearer", 200)]);
    assert_eq!(kept, (1, 0));
    let (sent, kept) = advanced_with("oauth2", |_| "another-secret".into(), 0).await;
    assert_eq!((sent, kept), (vec![exchange(TOKEN_PATH, "", 401)], (0, 0)), "without a token no event is sent");
}

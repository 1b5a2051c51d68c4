//! A tiny assessment vendor, tested against the sandbox: an event in, a result row out, and the proof in the journal.
//!
//! `cargo run --example tiny_vendor` plays it once and prints what crossed the wire; `cargo test --example tiny_vendor` runs it as
//! the test that it is. Your own vendor takes the place of the one below; everything else is what such a test looks like.
//!
//! `tiny_vendor ADDRESS FILE` serves at an address until it is stopped, for a sandbox elsewhere whose ready line is in the file: so
//! `harver-icims certify` can examine it as it would yours.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use flate2::read::GzDecoder;
use icims_sandbox::Sandbox;
use icims_sandbox::control::ready::{IcimsKeys, Ready};
use icims_sandbox::library::{Customer, Pattern};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the vendor is configured with: how to call iCIMS back.
#[derive(Clone)]
pub(crate) struct Vendor {
    icims: IcimsKeys,
    http: reqwest::Client,
}

impl Vendor {
    /// Listens on a free port and returns the address for events.
    async fn listen(icims: IcimsKeys) -> std::io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/events", listener.local_addr()?);
        tokio::spawn(Self::serve(listener, icims));
        Ok(url)
    }

    /// Takes events, whatever their path is.
    pub(crate) async fn serve(listener: TcpListener, icims: IcimsKeys) -> std::io::Result<()> {
        let http = icims_sandbox::engine::direct().timeout(Duration::from_secs(10)).build().map_err(std::io::Error::other)?;
        axum::serve(listener, Router::new().fallback(post(scored)).with_state(Self { icims, http })).await
    }
}

/// Everybody passes at once: the shortest assessment there is.
async fn scored(State(vendor): State<Vendor>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !headers.contains_key("authorization") {
        return StatusCode::UNAUTHORIZED;
    }
    // iCIMS compresses its events. A real vendor would also bound what comes out.
    let event: Result<Value, _> = serde_json::from_reader(GzDecoder::new(&body[..]));
    let Ok(event) = event else { return StatusCode::BAD_REQUEST };
    let Some(workflow) = event["systemId"].as_str() else { return StatusCode::BAD_REQUEST };
    let IcimsKeys { base_url, customer_id, username, password, .. } = &vendor.icims;
    let rows = format!("{base_url}/customers/{customer_id}/applicantworkflows/{workflow}/fields/assessmentresults");
    let row = json!({"assessmentscore": 91, "assessmentresult": "Great Fit", "assessmentstatus": {"value": "Complete"}});
    match vendor.http.post(rows).basic_auth(username, Some(password)).json(&row).send().await {
        Ok(answer) if answer.status() == StatusCode::CREATED => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A recruiter sends a candidate to the vendor, and the vendor's score comes back.
async fn a_candidate_is_scored(customer: &Customer) -> std::io::Result<()> {
    let keys = customer.keys();
    let url = Vendor::listen(keys.icims.clone()).await?;
    customer.connect_vendor(&url, &keys.integration.username, &keys.integration.password).await;

    let person = customer.person().name("Mara", "Lind").email("mara@brightwater.example").create().await;
    let job = customer.job("Call Centre Advisor").package("Tiny Test").create().await;
    let workflow = customer.submit(person, job).await;
    let journal = customer.journal().from_now();
    customer.advance(workflow, "Send to Harver").await;

    journal.expect(Pattern::event().workflow(workflow).status(200)).times(1).await;
    journal.expect(Pattern::icims_call("POST", "assessmentresults").status(201)).times(1).await;
    journal.nothing_else().await;

    let results = customer.results(workflow).await;
    assert_eq!(results.len(), 1);
    assert_eq!((&results[0]["assessmentscore"], &results[0]["assessmentresult"]), (&json!(91), &json!("Great Fit")));
    Ok(())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [address, file] = arguments.as_slice() {
        let ready: Ready = serde_json::from_slice(&std::fs::read(file)?)?;
        return Vendor::serve(TcpListener::bind(address).await?, ready.tenant.icims).await;
    }
    let sandbox = Sandbox::start().await;
    let customer = sandbox.open_customer("Brightwater").await;
    a_candidate_is_scored(&customer).await?;
    for exchange in customer.journal().exchanges() {
        println!("{:?} to {:?}: {} {}", exchange.from, exchange.to, exchange.method, exchange.target);
    }
    Ok(())
}

#[tokio::test]
async fn a_vendor_scores_a_candidate_once() {
    let sandbox = Sandbox::start().await;
    a_candidate_is_scored(&sandbox.customer()).await.expect("a free port");
}

//! States for whoever verifies contracts: what they open, what they tell, and how they go again.

use std::time::Duration;

use icims_sandbox::Sandbox;
use icims_sandbox::control::NewTenantWish;
use icims_sandbox::control::provider_states::{IcimsState, IntegrationState, PlatformState, ProviderState};
use icims_sandbox::engine::direct;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

struct Control {
    sandbox: Sandbox,
    client: Client,
}

impl Control {
    async fn start() -> Self {
        Self { sandbox: Sandbox::start().await, client: direct().timeout(Duration::from_secs(30)).build().expect("a client") }
    }

    async fn post(&self, provider: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/__sandbox/provider-states/{provider}", self.sandbox.addresses().control);
        let answer = self.client.post(url).json(&body).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    async fn set_up(&self, provider: &str, state: &str) -> Value {
        let (status, told) = self.post(provider, json!({"consumer": "shop", "state": state})).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told
    }

    async fn tear_down(&self, provider: &str, state: &str, told: Option<&Value>) {
        let body = json!({"consumer": "shop", "state": state, "action": "teardown", "told": told});
        assert_eq!(self.post(provider, body).await, (StatusCode::OK, json!({})));
    }

    fn customers(&self) -> Vec<String> {
        self.sandbox.world().tenants().iter().map(|tenant| tenant.customer_id.to_string()).collect()
    }
}

fn customer(told: &Value) -> String {
    told["customer"].as_str().expect("a customer").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_opens_a_customer_and_tells_what_lets_somebody_in() {
    let control = Control::start().await;
    let told = control.set_up("icims", "a candidate").await;
    let (id, person) = (customer(&told), told["person"].as_str().expect("a person"));
    let url = format!("{}/customers/{id}/people/{person}", control.sandbox.addresses().icims);
    for credentials in ["basic", "bearer"] {
        let value = told[credentials].as_str().expect("a value of Authorization");
        let answer = control.client.get(&url).header("authorization", value).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{credentials}");
    }
    assert_eq!(control.customers(), ["4021".to_owned(), id.clone()]);
    control.tear_down("icims", "a candidate", None).await;
    assert_eq!(control.customers(), ["4021"]);
    // Whoever does so twice changes nothing.
    control.tear_down("icims", "a candidate", None).await;
    assert_eq!(control.customers(), ["4021"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_states_the_one_that_is_told_goes_and_otherwise_the_oldest() {
    let control = Control::start().await;
    let (first, second, third) = (
        control.set_up("icims", "a candidate").await,
        control.set_up("icims", "a candidate").await,
        control.set_up("icims", "a candidate").await,
    );
    control.tear_down("icims", "a candidate", Some(&second)).await;
    assert_eq!(control.customers(), ["4021".to_owned(), customer(&first), customer(&third)]);
    // Neither another state nor another consumer means it.
    control.tear_down("icims", "a job without a package", None).await;
    let other = json!({"consumer": "another shop", "state": "a candidate", "action": "teardown"});
    assert_eq!(control.post("icims", other).await.0, StatusCode::OK);
    control.tear_down("icims", "a candidate", None).await;
    assert_eq!(control.customers(), ["4021".to_owned(), customer(&third)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn states_that_nobody_tears_down_do_not_pile_up() {
    let control = Control::start().await;
    let first = customer(&control.set_up("icims", "a candidate").await);
    for _ in 0..50 {
        control.set_up("harver-platform", "no vacancies").await;
    }
    assert_eq!(control.customers().len(), 51, "the sample and as many states as may be open");
    assert!(!control.customers().contains(&first), "the oldest has gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_the_neighbours_can_be_brought_about() {
    let control = Control::start().await;
    let params = json!({"package": "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd", "vacancy": "64c20d1e5f7a8b0012ab34cd",
        "email": "ines.okafor@example.org", "customer": "4021", "workflow": "88431", "person": "30517"});
    let names = IcimsState::NAMES.iter().map(|name| (IcimsState::PROVIDER, *name));
    for (provider, state) in names.chain(PlatformState::NAMES.iter().map(|name| (PlatformState::PROVIDER, *name))) {
        // A state that needs something says what.
        let mut given = serde_json::Map::new();
        let told = loop {
            let (status, answer) = control.post(provider, json!({"state": state, "params": given})).await;
            if status == StatusCode::OK {
                break answer;
            }
            let said = answer["error"]["message"].as_str().expect("words");
            let needed = said.split("needs the parameter \"").nth(1).and_then(|rest| rest.split('"').next());
            let needed = needed.unwrap_or_else(|| panic!("{state}: {said}"));
            given.insert(needed.to_owned(), params[needed].clone());
        };
        assert!(told["bearer"].as_str().is_some_and(|bearer| bearer.starts_with("Bearer ")), "{state}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_brought_about_is_named() {
    let control = Control::start().await;
    for (provider, body, status, code, says) in [
        (
            "icms",
            json!({"state": "a candidate"}),
            StatusCode::BAD_REQUEST,
            "bad_state",
            "There are no states for a provider \"icms\": it is one of \"icims\", ",
        ),
        (
            "icims",
            json!({"state": "a hat"}),
            StatusCode::BAD_REQUEST,
            "bad_state",
            "There is no state \"a hat\" of icims: there are ",
        ),
        (
            "icims",
            json!({"state": "a candidate", "params": {"hat": 1}}),
            StatusCode::BAD_REQUEST,
            "bad_state",
            "takes no parameter \"hat\"",
        ),
        (
            "icims",
            json!({"state": "a job with a package"}),
            StatusCode::BAD_REQUEST,
            "bad_state",
            "needs the parameter \"package\"",
        ),
        (
            "icims",
            json!({"state": "a job with a package", "params": {"package": ""}}),
            StatusCode::UNPROCESSABLE_ENTITY,
            "state_failed",
            "could not be brought about",
        ),
        (
            "harver-platform",
            json!({"state": "an open vacancy", "params": {"vacancy": "7"}}),
            StatusCode::BAD_REQUEST,
            "bad_state",
            "it is no id of 24 hexadecimal digits",
        ),
        ("icims", json!({"consumer": "shop"}), StatusCode::BAD_REQUEST, "bad_json", "missing field `state`"),
        ("icims", json!({"state": "a candidate", "action": "dance"}), StatusCode::BAD_REQUEST, "bad_json", "dance"),
    ] {
        let (found, answer) = control.post(provider, body.clone()).await;
        assert!(found == status && answer["error"]["code"] == code, "{body}: {found} {answer}");
        assert!(answer["error"]["message"].as_str().is_some_and(|said| said.contains(says)), "{says}: {answer}");
    }
    assert_eq!(control.customers(), ["4021"], "nothing is left of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn states_of_the_integration_need_one() {
    let control = Control::start().await;
    for state in IntegrationState::NAMES {
        let (status, answer) = control.post("harver-icims", json!({"state": state})).await;
        let said = answer["error"]["message"].as_str().expect("words");
        assert!(
            status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("there is no integration in this process"),
            "{answer}"
        );
    }
    assert_eq!(control.customers(), ["4021"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_takes_the_states_along() {
    let control = Control::start().await;
    control.set_up("icims", "a candidate").await;
    control.sandbox.world().reset().await.expect("a reset");
    // Another customer has the number of the one that was opened for it.
    let opened = control.sandbox.world().open_customer(NewTenantWish::default()).await.expect("a customer");
    assert_eq!(control.customers(), ["4021".to_owned(), opened.icims.customer_id]);
    control.tear_down("icims", "a candidate", None).await;
    assert_eq!(control.customers(), ["4021", "4022"]);
}

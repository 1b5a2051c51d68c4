//! The section Credentials, with an iCIMS that is played.

use axum::http::StatusCode;
use harver_icims::domain::{AtsAuthentication, Customer};
use harver_icims::store;
use secrecy::ExposeSecret;
use wiremock::matchers::{basic_auth, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::{OLD_SECRET, World, customer, id};

#[tokio::test]
async fn the_other_side_is_given_endpoint_credentials_and_addresses() {
    let world = World::at("https://integrations.example.com").await;
    let page = world.signed_in().await.get("/console/credentials/ats-to-harver").await;
    let endpoint = "https://integrations.example.com/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace";
    assert_eq!(page.text("#start-url"), endpoint);
    assert_eq!((page.text("#events-username"), page.text("#events-password")), ("events-4021".into(), "inbound-password".into()));
    let addresses = page.texts("#addresses li");
    assert_eq!((addresses.len(), addresses[0].as_str(), addresses[12].as_str()), (13, "80.113.26.114", "3.139.115.195"));
}

const EDIT: &str = "/console/credentials/harver-to-ats/edit";

/// An iCIMS that knows customer 4021 and one user.
async fn icims() -> MockServer {
    let server = MockServer::start().await;
    let access = Mock::given(method("GET")).and(path("/customers/4021"));
    let found = ResponseTemplate::new(200).set_body_json(serde_json::json!({"links": []}));
    access.and(basic_auth("harverapi", "right")).respond_with(found).mount(&server).await;
    let body = serde_json::json!({"errors": [{"errorMessage": "Bad credentials", "errorCode": 1}]});
    Mock::given(wiremock::matchers::any())
        .respond_with(ResponseTemplate::new(401).set_body_json(body))
        .with_priority(9)
        .mount(&server)
        .await;
    server
}

fn basic<'a>(base_url: &'a str, password: &'a str, customer_id: &'a str) -> [(&'a str, &'a str); 5] {
    [("method", "basic"), ("base_url", base_url), ("username", "harverapi"), ("password", password), ("customer_id", customer_id)]
}

#[tokio::test]
async fn switching_to_basic_works_and_forgets_the_client_secret() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    let form = browser.get(EDIT).await;
    assert!(form.has("#method-oauth2[checked]") && form.has("#client-secret-set"));
    assert!(!form.body.contains(OLD_SECRET), "a secret is never shown again");

    let saved = browser.submit(EDIT, EDIT, &basic(&icims.uri(), "right", "4021")).await.location().to_owned();
    let tab = browser.get(&saved).await;
    assert!(tab.has("#saved"));
    assert_eq!((tab.text("#authentication-method"), tab.text("#ats-password")), ("Basic authentication".into(), "Set".into()));
    let AtsAuthentication::Basic { username, password } = world.ats().await.authentication else { panic!("Basic was saved") };
    assert_eq!((username.as_str(), password.expose_secret()), ("harverapi", "right"));

    let tested = browser.submit(EDIT, "/console/credentials/harver-to-ats/test", &[]).await;
    assert!(tested.has("#connection-works"), "{}", tested.body);
    let back = [("method", "oauth2"), ("base_url", &icims.uri()), ("customer_id", "4021"), ("client_id", "brightwater-harver")];
    let refused = browser.submit(EDIT, EDIT, &[&back[..], &[("token_url", &icims.uri())]].concat()).await;
    assert!(refused.has("#client-secret-error"), "the old secret is gone, so it must be entered anew");
}

#[tokio::test]
async fn credentials_that_do_not_work_are_not_saved() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    let refused = browser.submit(EDIT, EDIT, &basic(&icims.uri(), "wrong-password", "4021")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let message = refused.text("#connection-refused");
    assert!(message.contains("Check username and password") && message.contains("support@harver.com"), "{message}");
    assert!(!refused.body.contains("wrong-password"));
    assert_eq!(refused.value("#username"), "harverapi", "what is no secret need not be typed again");
    let AtsAuthentication::OAuth2 { client_secret, .. } = world.ats().await.authentication else { panic!("OAuth2 was kept") };
    assert_eq!(client_secret.expose_secret(), OLD_SECRET);
}

#[tokio::test]
async fn a_customer_id_that_is_not_ours_is_refused_at_its_field_before_icims_is_asked() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    for (typed, says) in [("brightwater", "numeric"), ("4022", "customer 4021"), ("", "number")] {
        let refused = browser.submit(EDIT, EDIT, &basic(&icims.uri(), "right", typed)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text("#customer-id-error").contains(says), "{typed}: {}", refused.text("#customer-id-error"));
        assert!(refused.has("#customer-id-field[aria-invalid=true][aria-describedby=customer-id-error]"));
    }
    assert!(icims.received_requests().await.expect("requests are recorded").is_empty());
    assert!(matches!(world.ats().await.authentication, AtsAuthentication::OAuth2 { .. }));
}

#[tokio::test]
async fn saving_credentials_leaves_the_rest_of_the_set_up_alone() {
    let (world, icims) = (World::new().await, icims().await);
    let mut browser = world.signed_in().await;
    browser.submit(EDIT, EDIT, &basic(&icims.uri(), "right", "4021")).await.location();
    let saved = world.change(|tx| store::customer(tx, id(4021))).await.expect("the customer");
    let expected = Customer { ats: saved.ats.clone(), ..customer(4021) };
    assert_eq!(format!("{saved:?}"), format!("{expected:?}"));
    assert_eq!(saved.events.password.expose_secret(), "inbound-password");
}

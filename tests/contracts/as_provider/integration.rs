//! The integration as the provider of contracts ① and ③, between two neighbours that are canned: what they say is the business of
//! contracts ② and ④.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harver_icims::app::App;
use harver_icims::config::Settings;
use harver_icims::domain::{Customer, EmailAddress, OrderEvent};
use harver_icims::invitation::{SmtpSecurity, SmtpSettings};
use harver_icims::store::{self, SealingKey, Store, StoreError, orders};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::stage::Scene;
use crate::provider_states::IntegrationState as State;
use crate::support::{PACKAGE, SteppedClock, VACANCY, customer, new_order, nowhere};

/// A fresh integration in this state.
pub(crate) async fn scene(state: State, _at: Url) -> anyhow::Result<Scene> {
    let (icims, harver) = (MockServer::start().await, MockServer::start().await);
    let mut customer = customer(&icims.uri().parse()?, &harver.uri().parse()?);
    let authorization = match &state {
        State::CandidateToAssess { customer: id, .. }
        | State::CandidateWithoutEmail { customer: id, .. }
        | State::JobWithoutPackage { customer: id, .. }
        | State::PlatformOutOfOrder { customer: id, .. }
        | State::CredentialsForIcimsRejected { customer: id } => {
            customer.id = id.parse()?;
            Some(basic(&customer.events.username, "event-password"))
        }
        State::InvitedCandidate { account, .. }
        | State::StartedCandidate { account, .. }
        | State::ForeignApplication { account } => {
            customer.harver.account = account.parse()?;
            Some(basic(&customer.webhooks.username, "webhook-password"))
        }
        State::InvalidEventCredentials { customer: id } => {
            customer.id = id.parse()?;
            None
        }
        State::InvalidWebhookCredentials { account } => {
            customer.harver.account = account.parse()?;
            None
        }
    };
    teach_icims(&icims, &state).await;
    teach_harver(&harver, &state).await;

    let clock = SteppedClock::at_noon();
    let store = Store::in_memory(SealingKey::for_this_process())?;
    let now = clock.clock().now();
    store.write(move |tx| record(tx, &customer, &state, now)).await?;
    let mail = SmtpSettings {
        host: "127.0.0.1".into(),
        port: 9,
        sender_address: EmailAddress::parse("noreply@example.org").expect("an address"),
        security: SmtpSecurity::None,
        credentials: None,
    };
    let app = App::new(Settings::new(nowhere(), mail), store, clock.clock())?;
    let scene = Scene::of(app.router()).telling("icims", icims.uri()).beside((icims, harver, app, clock));
    Ok(match authorization {
        Some(authorization) => scene.accepting(authorization),
        None => scene,
    })
}

fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{username}:{password}")))
}

/// The customer, and the order whose application the platform speaks of.
fn record(tx: &store::Tx<'_>, customer: &Customer, state: &State, now: Timestamp) -> Result<(), StoreError> {
    store::insert_customer(tx, customer)?;
    let (application, events) = match state {
        State::InvitedCandidate { application, .. } => (application, &[OrderEvent::LinkHandedOver][..]),
        State::StartedCandidate { application, .. } => (application, &[OrderEvent::LinkHandedOver, OrderEvent::Started][..]),
        _ => return Ok(()),
    };
    let order = orders::insert(tx, &new_order(88431), now)?;
    orders::keep_link(tx, order, &application.parse().expect("24 digits"), &nowhere(), now)?;
    for event in events {
        orders::apply(tx, order, *event, now)?;
    }
    Ok(())
}

async fn teach_icims(icims: &MockServer, state: &State) {
    let (customer, person, job) = match state {
        State::CandidateToAssess { customer, person, job }
        | State::CandidateWithoutEmail { customer, person, job }
        | State::JobWithoutPackage { customer, person, job }
        | State::PlatformOutOfOrder { customer, person, job } => (customer, person, job),
        State::CredentialsForIcimsRejected { .. } => {
            let refusal =
                json!({"errors": [{"errorMessage": "Invalid Username or Password credentials provided.", "errorCode": 6}]});
            Mock::given(any()).respond_with(ResponseTemplate::new(401).set_body_json(refusal)).mount(icims).await;
            return;
        }
        _ => return,
    };
    let mut candidate = json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"});
    if matches!(state, State::CandidateWithoutEmail { .. }) {
        candidate.as_object_mut().expect("an object").remove("email");
    }
    let mut opening = json!({"jobtitle": "Call Centre Advisor", "folder": {"id": "D31001", "value": "Approved"},
        "assessmenttype": [{"id": "C30211", "value": PACKAGE, "formattedvalue": PACKAGE}]});
    if matches!(state, State::JobWithoutPackage { .. }) {
        opening.as_object_mut().expect("an object").remove("assessmenttype");
    }
    answer(icims, "GET", &format!("/customers/{customer}/people/{person}"), 200, candidate).await;
    answer(icims, "GET", &format!("/customers/{customer}/jobs/{job}"), 200, opening).await;
}

async fn teach_harver(harver: &MockServer, state: &State) {
    if matches!(state, State::PlatformOutOfOrder { .. }) {
        Mock::given(any()).respond_with(ResponseTemplate::new(503)).mount(harver).await;
        return;
    }
    let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
    answer(harver, "POST", "/oauth/token", 200, token).await;
    let vacancy =
        json!({"data": {"type": "vacancies", "id": VACANCY, "attributes": {"title": "Call Centre Advisor", "status": "open"}}});
    answer(harver, "GET", &format!("/api/v1.0/vacancies/{VACANCY}"), 200, vacancy).await;
    let created = json!({"data": {"magicLink": format!("https://my.harver.com/app/landing/{VACANCY}/magic-link/9f2c7e"),
        "applicationId": "65aa01f29c3b4d00178e92fa", "currentStatus": "in-progress"}});
    answer(harver, "POST", &format!("/api/v1.0/vacancies/{VACANCY}/applications"), 201, created).await;
}

async fn answer(neighbour: &MockServer, verb: &str, at: &str, status: u16, body: Value) {
    let answer = ResponseTemplate::new(status).set_body_json(body);
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(neighbour).await;
}

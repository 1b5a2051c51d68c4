//! The integration as the provider of contracts ① and ③, between two neighbours that are canned: what they say is the business of
//! contracts ② and ④.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harver_icims::app::App;
use harver_icims::config::Settings;
use harver_icims::domain::{Customer, EmailAddress, OrderEvent, Reach};
use harver_icims::invitation::{SmtpSecurity, SmtpSettings};
use harver_icims::store::{self, SealingKey, Store, StoreError, orders};
use icims_sandbox::control::provider_states::IntegrationState as State;
use jiff::Timestamp;
use serde_json::{Value, json};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::stage::Scene;
use crate::support::{ACCOUNT, PACKAGE, SteppedClock, VACANCY, customer, new_order, nowhere};

/// Who is spoken of.
const PERSON: &str = "30517";
const JOB: &str = "2210";
const APPLICATION: &str = "65aa01f29c3b4d00178e92fa";

/// A fresh integration in this state.
pub(crate) async fn scene(state: State) -> anyhow::Result<Scene> {
    let (icims, harver) = (MockServer::start().await, MockServer::start().await);
    let customer = customer(&icims.uri().parse()?, &harver.uri().parse()?);
    let (user, password) = match state {
        State::InvitedCandidate | State::StartedCandidate | State::ForeignApplication => {
            (&customer.webhooks.username, "webhook-password")
        }
        State::InvalidWebhookCredentials => (&customer.webhooks.username, "not-the-password"),
        State::InvalidEventCredentials => (&customer.events.username, "not-the-password"),
        _ => (&customer.events.username, "event-password"),
    };
    let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
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
    let app = App::new(Settings { reach: Reach::Anywhere, ..Settings::new(nowhere(), mail) }, store, clock.clock())?;
    let told = [
        ("basic", basic.as_str()),
        ("icims", &icims.uri()),
        ("customer", "4021"),
        ("account", ACCOUNT),
        ("person", PERSON),
        ("job", JOB),
        ("workflow", "88431"),
        ("recruiter", "1188"),
        ("application", APPLICATION),
    ];
    let scene = told.iter().fold(Scene::of(app.router()), |scene, (name, value)| scene.telling(name, value));
    Ok(scene.beside((icims, harver, app, clock)))
}

/// The customer, and the order whose application the platform speaks of.
fn record(tx: &store::Tx<'_>, customer: &Customer, state: &State, now: Timestamp) -> Result<(), StoreError> {
    store::insert_customer(tx, customer)?;
    let events = match state {
        State::InvitedCandidate => &[OrderEvent::LinkHandedOver][..],
        State::StartedCandidate => &[OrderEvent::LinkHandedOver, OrderEvent::Started][..],
        _ => return Ok(()),
    };
    let order = orders::insert(tx, &new_order(88431), now)?;
    orders::keep_link(tx, order, &APPLICATION.parse().expect("24 digits"), (&nowhere(), now), now)?;
    for event in events {
        orders::apply(tx, order, *event, now)?;
    }
    Ok(())
}

async fn teach_icims(icims: &MockServer, state: &State) {
    match state {
        State::CandidateToAssess | State::CandidateWithoutEmail | State::JobWithoutPackage | State::PlatformOutOfOrder => {}
        State::CredentialsForIcimsRejected => {
            let refusal =
                json!({"errors": [{"errorMessage": "Invalid Username or Password credentials provided.", "errorCode": 6}]});
            Mock::given(any()).respond_with(ResponseTemplate::new(401).set_body_json(refusal)).mount(icims).await;
            return;
        }
        _ => return,
    }
    let mut candidate = json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"});
    if matches!(state, State::CandidateWithoutEmail) {
        candidate.as_object_mut().expect("an object").remove("email");
    }
    let mut opening = json!({"jobtitle": "Call Centre Advisor", "folder": {"id": "D31001", "value": "Approved"},
        "assessmenttype": [{"id": "C30211", "value": PACKAGE, "formattedvalue": PACKAGE}]});
    if matches!(state, State::JobWithoutPackage) {
        opening.as_object_mut().expect("an object").remove("assessmenttype");
    }
    answer(icims, "GET", &format!("/customers/4021/people/{PERSON}"), 200, candidate).await;
    answer(icims, "GET", &format!("/customers/4021/jobs/{JOB}"), 200, opening).await;
}

async fn teach_harver(harver: &MockServer, state: &State) {
    if matches!(state, State::PlatformOutOfOrder) {
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

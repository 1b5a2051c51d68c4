//! Credentials that are replaced: old and new side by side until the announced moment, in both directions, and never mixed up.

use axum::http::StatusCode;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::harver_to_ats::CALLBACK_PATH;
use jiff::SignedDuration;
use serde_json::json;
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::callbacks::ready;
use crate::scene::Scene;

const BESIDE: SignedDuration = SignedDuration::from_hours(24);

/// Whether each of these passwords opens both endpoints: what stands behind the door does not matter here.
async fn open(scene: &Scene, passwords: [&str; 2]) -> [bool; 2] {
    let mut opens = [false; 2];
    for (open, password) in opens.iter_mut().zip(passwords) {
        let events = scene.post(START_PATH, &format!("harver-icims-4021:{password}"), b"{}".to_vec(), &[]).await;
        let webhooks = scene.post(CALLBACK_PATH, &format!("harver-platform-4021:{password}"), b"{}".to_vec(), &[]).await;
        assert_eq!(events.status, webhooks.status, "{password}: both directions rotate alike");
        *open = events.status == StatusCode::BAD_REQUEST;
        assert!(*open || events.status == StatusCode::UNAUTHORIZED, "{}", events.status);
    }
    opens
}

#[tokio::test]
async fn a_former_password_opens_until_the_announced_moment_and_no_longer() {
    let scene = Scene::bare(
        |customer| {
            customer.events.password = "old".into();
            customer.webhooks.password = "old".into();
        },
        |_| {},
    )
    .await;
    assert_eq!(open(&scene, ["old", "new"]).await, [true, false]);
    scene.rotate(|customer| &mut customer.events, "new", BESIDE).await;
    scene.rotate(|customer| &mut customer.webhooks, "new", BESIDE).await;
    assert_eq!(open(&scene, ["old", "new"]).await, [true, true]);
    scene.clock.advance(BESIDE - SignedDuration::from_micros(1));
    assert_eq!(open(&scene, ["old", "new"]).await, [true, true], "until the last moment");
    scene.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(open(&scene, ["old", "new"]).await, [false, true], "at the moment itself");
    scene.clock.advance(BESIDE);
    assert_eq!(open(&scene, ["old", "new"]).await, [false, true]);
}

#[tokio::test]
async fn a_second_rotation_ends_the_first_password_and_leaves_the_other_direction_alone() {
    let scene = Scene::bare(|_| {}, |_| {}).await;
    for password in ["second", "third"] {
        scene.rotate(|customer| &mut customer.events, password, BESIDE).await;
    }
    let events =
        async |password: &str| scene.post(START_PATH, &format!("harver-icims-4021:{password}"), b"{}".to_vec(), &[]).await.status;
    assert_eq!(events("event-password").await, StatusCode::UNAUTHORIZED);
    assert_eq!((events("second").await, events("third").await), (StatusCode::BAD_REQUEST, StatusCode::BAD_REQUEST));
    let webhook = scene.post(CALLBACK_PATH, "harver-platform-4021:webhook-password", b"{}".to_vec(), &[]).await;
    assert_eq!(webhook.status, StatusCode::BAD_REQUEST);
}

/// The credentials that iCIMS was presented with when results were written, oldest first.
async fn presented(scene: &Scene) -> Vec<String> {
    let requests = scene.icims.received_requests().await.expect("recording is on");
    let writes = requests.iter().filter(|request| request.url.path().contains("/fields/assessmentresults"));
    writes.map(|request| request.headers["authorization"].to_str().expect("text").to_owned()).collect()
}

/// The OAuth clients `old-client` and `new-client` get tokens that are told apart.
async fn tokens_for_two_clients(scene: &Scene) {
    for name in ["old", "new"] {
        let token = json!({"access_token": format!("{name}-token"), "expires_in": 86_400});
        Mock::given(method("POST"))
            .and(path("/oauth/token"))
            .and(body_string_contains(format!("client_id={name}-client")))
            .respond_with(ResponseTemplate::new(200).set_body_json(token))
            .mount(&scene.icims)
            .await;
    }
}

#[tokio::test]
async fn an_announced_connection_counts_from_its_moment_on_and_tokens_are_not_mixed_up() {
    let scene = ready().await;
    tokens_for_two_clients(&scene).await;
    let oauth = |name: &str| {
        json!({"method": "oauth2", "token_url": format!("{}/oauth/token", scene.icims.uri()),
            "client_id": format!("{name}-client"), "client_secret": "shared-secret"})
    };
    scene.set(json!({"icims": oauth("old")})).await;
    scene.applied().await;
    let mut announced = oauth("new");
    announced["from"] = json!((scene.clock.clock().now() + BESIDE).to_string());
    scene.set(json!({"icims": announced})).await;

    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert_eq!(presented(&scene).await, ["Bearer old-token"]);

    // Recorded before the moment, delivered at it: the moment of delivery counts.
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.clock.advance(BESIDE);
    scene.drain().await;
    assert_eq!(presented(&scene).await, ["Bearer old-token", "Bearer new-token"]);
    let asked = scene.icims.received_requests().await.expect("recording is on");
    assert_eq!(asked.iter().filter(|request| request.url.path() == "/oauth/token").count(), 2, "one token each");
}

#[tokio::test]
async fn an_announced_method_takes_the_place_of_the_other_one() {
    let scene = ready().await;
    tokens_for_two_clients(&scene).await;
    scene.applied().await;
    let from = (scene.clock.clock().now() + BESIDE).to_string();
    scene
        .set(json!({"icims": {"method": "oauth2", "token_url": format!("{}/oauth/token", scene.icims.uri()),
            "client_id": "new-client", "client_secret": "secret", "from": from}}))
        .await;
    scene.clock.advance(BESIDE - SignedDuration::from_micros(1));
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    scene.clock.advance(SignedDuration::from_micros(1));
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    let presented = presented(&scene).await;
    assert_eq!(presented.len(), 2);
    assert!(presented[0].starts_with("Basic ") && presented[1] == "Bearer new-token", "{presented:?}");
}

#[tokio::test]
async fn a_first_connection_that_is_only_announced_takes_events_from_its_moment_on() {
    use harver_icims::domain::{Announced, AtsConnections};
    let moment = crate::support::SteppedClock::at_noon().clock().now() + BESIDE;
    let scene = Scene::bare(
        move |customer| {
            let next = customer.ats.to_record().0.cloned().map(|connection| Announced { connection, from: moment });
            customer.ats = AtsConnections::recorded(None, next);
        },
        |_| {},
    )
    .await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[crate::support::PACKAGE]).await;
    scene.vacancy("open").await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::BAD_REQUEST);
    scene.clock.advance(BESIDE);
    let answer = scene.advanced_to("40177").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

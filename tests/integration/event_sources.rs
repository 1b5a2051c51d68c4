//! Row 12: where a Harver Admin says where events may come from, those from elsewhere are refused, whatever they present.

use axum::http::StatusCode;
use harver_icims::app::App;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::http::Timeouts;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::scene::Scene;

const PROXY: &str = "10.0.0.2";

async fn scene(sources: &[&str]) -> Scene {
    let scene = Scene::ready_with(|settings| settings.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a range")]).await;
    scene.set(json!({ "event_sources": sources })).await;
    scene
}

#[tokio::test]
async fn row_12_and_uat_20_an_event_from_elsewhere_is_refused_and_says_where_that_is_set() {
    let scene = scene(&["203.0.113.0/24"]).await;
    scene.is_called_from("198.51.100.7");
    for answer in [scene.advanced_to("40177").await, scene.applied().await] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.user_message().contains("support@harver.com"), "{}", answer.body);
        assert!(answer.body["error"]["debugErrorMessage"].as_str().is_some_and(|said| said.contains("198.51.100.7")));
    }
    assert!(scene.advanced_to("40177").await.user_message().contains("Event sources"));
    assert!(scene.orders().await.is_empty());
    assert_eq!(scene.asked_icims("GET", "/customers/4021/people/30517").await, 0, "nothing was done for it");
    scene.is_called_from("203.0.113.200");
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
}

#[tokio::test]
async fn row_12_without_a_list_events_may_come_from_everywhere() {
    let scene = Scene::ready().await;
    scene.is_called_from("198.51.100.7");
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
}

#[tokio::test]
async fn row_12_a_trusted_proxy_is_believed_and_nobody_else() {
    let scene = scene(&["203.0.113.7"]).await;
    let event = scene.event("ApplicationCompletedEvent").to_string();
    for (peer, forwarded, status) in [
        (PROXY, Some("203.0.113.7"), StatusCode::SEE_OTHER),
        (PROXY, Some("203.0.113.7, 198.51.100.7"), StatusCode::FORBIDDEN),
        (PROXY, None, StatusCode::FORBIDDEN),
        ("198.51.100.7", Some("203.0.113.7"), StatusCode::FORBIDDEN),
    ] {
        scene.is_called_from(peer);
        let headers: Vec<_> = forwarded.map(|names| ("x-forwarded-for", names)).into_iter().collect();
        let mut event: serde_json::Value = serde_json::from_str(&event).expect("JSON");
        event["userId"] = json!("30517");
        let body = event.to_string().into_bytes();
        let answer = scene.post(START_PATH, "harver-icims-4021:event-password", body, &headers).await;
        assert_eq!(answer.status, status, "{peer} {forwarded:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn row_12_the_address_is_that_of_the_connection() {
    let scene = scene(&["203.0.113.7"]).await;
    let (app, event): (App, _) = (scene.app.clone(), scene.event("ApplicationCompletedEvent"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(app.run(listener, async { drop(stopped.await) }));
    let start = harver_icims::http::direct(Timeouts::default()).expect("a client").post(format!("http://{address}{START_PATH}"));
    let start = start.basic_auth("harver-icims-4021", Some("event-password")).json(&event);
    let refused = start.try_clone().expect("a body that is there").send().await.expect("it is up");
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(refused.text().await.expect("a body").contains("127.0.0.1"));
    scene.set(json!({"event_sources": ["127.0.0.0/8"]})).await;
    assert_ne!(start.send().await.expect("it is up").status(), StatusCode::FORBIDDEN);
    stop.send(()).expect("it runs");
    running.await.expect("no panic");
}

//! Neighbours that are not on the public internet are not called, whoever entered them, unless whoever runs the service allows it.

use axum::http::StatusCode;
use harver_icims::domain::Reach;

use crate::scene::Scene;

async fn scene(reach: Reach) -> Scene {
    Scene::ready_with(|settings| settings.reach = reach).await
}

#[tokio::test]
async fn an_event_calls_no_neighbour_within_the_network() {
    let scene = scene(Reach::Public).await;
    for answer in [scene.advanced_to("40177").await, scene.applied().await] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    }
    assert_eq!(scene.icims.received_requests().await.expect("recording is on").len(), 0);
    assert_eq!(scene.harver.received_requests().await.expect("recording is on").len(), 0);
}

#[tokio::test]
async fn the_same_event_is_acted_on_where_the_network_is_allowed() {
    assert_eq!(scene(Reach::Anywhere).await.advanced_to("40177").await.status, StatusCode::OK);
}

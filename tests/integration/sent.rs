//! Whether iCIMS is told that a candidate was invited: off unless somebody switches it on (G15, UAT-04).

use serde_json::json;

use crate::callbacks::{ready, statuses};

#[tokio::test]
async fn uat_04_nothing_stands_in_icims_before_the_result_unless_it_is_switched_on() {
    let scene = ready().await;
    scene.set(json!({"reports_progress": false})).await;
    scene.applied().await;
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert!(statuses(&scene).await.is_empty());
}

#[tokio::test]
async fn who_was_invited_shows_as_sent_and_later_as_what_comes_after_on_the_same_row() {
    let scene = ready().await;
    scene.set(json!({"reports_sent": true})).await;
    scene.applied().await;
    scene.drain().await;
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, ["D37002019004", "D37002019003"]);
}

#[tokio::test]
async fn who_has_begun_meanwhile_is_not_shown_as_sent() {
    let scene = ready().await;
    scene.set(json!({"reports_sent": true})).await;
    scene.applied().await;
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, ["D37002019003"]);
}

//! What is acknowledged is there after a restart, events that nobody has answered included.

use axum::http::StatusCode;
use icims_sandbox::engine::Disk;
use serde_json::json;

use crate::icims_api::support::{World, restarted, surroundings};

#[tokio::test]
async fn profiles_tokens_and_pending_events_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&path).expect("a new file");
    let mut world = World::around(surroundings(disk)).await;
    let workflow = format!("/applicantworkflows/{}", world.workflow);
    assert_eq!(world.patch(&workflow, json!({"status": {"id": "C40177"}})).await.status, StatusCode::NO_CONTENT);
    let before = world.get(&workflow).await.json();
    assert_eq!(world.icims.pending(Some(4021)), 1);

    world.icims = restarted(&path);
    assert_eq!(world.icims.customers(), [4021]);
    assert_eq!(world.get(&workflow).await.json(), before);
    assert_eq!(world.icims.pending(Some(4021)), 1);
    let pair = json!({"baseprofile": world.job, "associatedprofile": world.ines});
    assert_eq!(world.post("/applicantworkflows", pair).await.status, StatusCode::BAD_REQUEST, "the pair is still known");
}

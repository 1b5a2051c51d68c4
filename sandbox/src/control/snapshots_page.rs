//! `/snapshots`: the snapshots as a page, to take, restore and delete them.

use askama::Template;
use axum::Router;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::api::in_full;
use super::catalogue::SnapshotInfo;
use super::error::ControlError;
use super::pages::problem;
use super::snapshots::SNAPSHOT_LIMIT;
use super::world::World;
use crate::ui::{ApiQuery, Page};

pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/snapshots", get(page))
        .route("/snapshots/take", post(take_by_form))
        .route("/snapshots/restore", post(restore_by_form))
        .route("/snapshots/delete", post(delete_by_form))
}

#[derive(Template)]
#[template(path = "control/snapshots.html")]
struct SnapshotsPage {
    snapshots: Vec<SnapshotInfo>,
    customers: Vec<(String, String)>,
    limit: usize,
    done: String,
}

impl SnapshotsPage {
    fn moment(&self, snapshot: &SnapshotInfo) -> String {
        snapshot.taken_at.strftime("%Y-%m-%d %H:%M UTC").to_string()
    }

    fn holds(&self, snapshot: &SnapshotInfo) -> String {
        let of = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let SnapshotInfo { customers, workflows, messages, .. } = snapshot;
        [of(*customers, "customer"), of(*workflows, "workflow"), of(*messages, "message")].join(", ")
    }
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    #[serde(default)]
    done: String,
    #[serde(default)]
    name: String,
}

async fn page(State(world): State<World>, ApiQuery(query): ApiQuery<PageQuery>) -> Page<SnapshotsPage> {
    let PageQuery { done, name } = query;
    let done = match done.as_str() {
        "taken" => format!("Snapshot {name} has been taken."),
        "restored" => format!("Everything in snapshot {name} is as it was then."),
        "deleted" => format!("Snapshot {name} has been deleted."),
        _ => String::new(),
    };
    let customers = world.tenants().into_iter().map(|tenant| (tenant.customer_id.to_string(), tenant.name)).collect();
    Page::ok(SnapshotsPage { snapshots: world.snapshots(), customers, limit: SNAPSHOT_LIMIT, done })
}

#[derive(Debug, Deserialize)]
struct SnapshotForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    customer: String,
}

impl SnapshotForm {
    fn customer(&self) -> Option<&str> {
        Some(self.customer.as_str()).filter(|customer| !customer.is_empty())
    }
}

async fn take_by_form(State(world): State<World>, Form(form): Form<SnapshotForm>) -> Response {
    back(in_full(async move { world.take_snapshot(form.name.trim(), form.customer()).await }).await, "taken")
}

async fn restore_by_form(State(world): State<World>, Form(form): Form<SnapshotForm>) -> Response {
    back(in_full(async move { world.restore_snapshot(&form.name, form.customer()).await }).await, "restored")
}

async fn delete_by_form(State(world): State<World>, Form(form): Form<SnapshotForm>) -> Response {
    back(in_full(async move { world.delete_snapshot(&form.name).await }).await, "deleted")
}

/// Names are letters, digits and a few signs that need no encoding.
fn back(outcome: Result<SnapshotInfo, ControlError>, done: &str) -> Response {
    match outcome {
        Ok(snapshot) => Redirect::to(&format!("/snapshots?done={done}&name={}", snapshot.name)).into_response(),
        Err(error) => problem(error),
    }
}

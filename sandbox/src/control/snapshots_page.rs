//! `/snapshots`: the snapshots as a page, to take, restore and delete them. Before the last two it asks.

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::api::in_full;
use super::catalogue::SnapshotInfo;
use super::error::ControlError;
use super::pages::problem;
use super::snapshots::SNAPSHOT_LIMIT;
use super::world::World;
use crate::ui::{ApiQuery, Given, Page, Question};

pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/snapshots", get(page))
        .route("/snapshots/take", post(take_by_form))
        .route("/snapshots/restore", get(ask_to_restore).post(restore_by_form))
        .route("/snapshots/delete", get(ask_to_delete).post(delete_by_form))
}

#[derive(Template)]
#[template(path = "control/snapshots.html")]
struct SnapshotsPage {
    snapshots: Vec<SnapshotInfo>,
    customers: Vec<(String, String)>,
    limit: usize,
    done: String,
}

fn moment(snapshot: &SnapshotInfo) -> String {
    snapshot.taken_at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn holds(snapshot: &SnapshotInfo) -> String {
    let of = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let SnapshotInfo { customers, workflows, messages, .. } = snapshot;
    [of(*customers, "customer"), of(*workflows, "workflow"), of(*messages, "message")].join(", ")
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

#[derive(Template)]
#[template(path = "control/confirm.html")]
struct Asking {
    question: Question,
}

/// The snapshot that a form names, and the customer that it is about, if it is one.
fn named(form: &Given) -> (String, Option<String>) {
    let customer = Some(form.text("customer").to_owned()).filter(|customer| !customer.is_empty());
    (form.text("name").to_owned(), customer)
}

async fn take_by_form(State(world): State<World>, form: Bytes) -> Response {
    let (name, customer) = named(&Given::parse(&form));
    back(in_full(async move { world.take_snapshot(&name, customer.as_deref()).await }).await, "taken")
}

async fn restore_by_form(State(world): State<World>, form: Bytes) -> Response {
    let form = Given::parse(&form);
    if !Question::is_answered(&form) {
        return ask("restore", &form);
    }
    let (name, customer) = named(&form);
    back(in_full(async move { world.restore_snapshot(&name, customer.as_deref()).await }).await, "restored")
}

async fn delete_by_form(State(world): State<World>, form: Bytes) -> Response {
    let form = Given::parse(&form);
    if !Question::is_answered(&form) {
        return ask("delete", &form);
    }
    let (name, _) = named(&form);
    back(in_full(async move { world.delete_snapshot(&name).await }).await, "deleted")
}

async fn ask_to_restore(State(world): State<World>, uri: Uri) -> Response {
    question(&world, &uri, "restore", "What has happened since is gone then, unless it is in a snapshot itself.")
}

async fn ask_to_delete(State(world): State<World>, uri: Uri) -> Response {
    question(&world, &uri, "delete", "What it holds can be brought back no more.")
}

/// Leads to the question whether this is really to be done.
fn ask(verb: &str, form: &Given) -> Response {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(["name", "customer"].map(|name| (name, form.text(name))));
    Redirect::to(&format!("/snapshots/{verb}?{}", query.finish())).into_response()
}

/// The question itself; what is lost is said on it.
fn question(world: &World, uri: &Uri, verb: &'static str, lost: &str) -> Response {
    let (name, customer) = named(&Given::parse(uri.query().unwrap_or_default().as_bytes()));
    let Some(snapshot) = world.snapshots().into_iter().find(|snapshot| snapshot.name == name) else {
        return problem(ControlError::UnknownSnapshot(name));
    };
    let of = customer.as_ref().or(snapshot.customer_id.as_ref()).map_or("everything".into(), |id| format!("customer {id}"));
    let question = Question {
        title: format!("{}{} {name}?", verb[..1].to_uppercase(), &verb[1..]),
        said: format!("Nothing has been done yet. {lost}"),
        concerned: vec![("snapshot".into(), format!("{of}, taken {}: {}", moment(&snapshot), holds(&snapshot)))],
        action: format!("/snapshots/{verb}"),
        sent: std::iter::once(("name", name)).chain(customer.map(|customer| ("customer", customer))).collect(),
        yes: format!("Yes, {verb} this snapshot"),
        way_back: "/snapshots".into(),
    };
    Page::ok(Asking { question }).into_response()
}

/// Names are letters, digits and a few signs that need no encoding.
fn back(outcome: Result<SnapshotInfo, ControlError>, done: &str) -> Response {
    match outcome {
        Ok(snapshot) => Redirect::to(&format!("/snapshots?done={done}&name={}", snapshot.name)).into_response(),
        Err(error) => problem(error),
    }
}

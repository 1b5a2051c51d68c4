//! Applications, their versions, the branches and tags of these.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, put};
use serde_json::{Value, json};

use super::{hal, refused};
use crate::links::{Base, uuid};
use crate::serving::Shared;
use crate::world::World;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/pacticipants", get(all))
        .route("/pacticipants/{name}", get(one))
        .route("/pacticipants/{name}/versions/{version}", get(version).put(make))
        .route("/pacticipants/{name}/versions/{version}/tags/{tag}", put(tagged))
        .route("/pacticipants/{name}/branches/{branch}/versions/{version}", put(on_branch))
}

async fn all(State(shared): State<Shared>, base: Base) -> Response {
    let world = shared.world.lock();
    let each =
        world.pacticipants.keys().map(|name| json!({"name": name, "_links": {"self": base.link(&["pacticipants", name])}}));
    let body = json!({"_embedded": {"pacticipants": each.collect::<Vec<_>>()}, "_links": {"self": base.link(&["pacticipants"])}});
    hal(StatusCode::OK, body)
}

async fn one(State(shared): State<Shared>, base: Base, Path(name): Path<String>) -> Response {
    let world = shared.world.lock();
    let Some(of) = world.pacticipants.get(&name) else {
        return refused(StatusCode::NOT_FOUND, "The requested document was not found on this server.");
    };
    let own = base.to(&["pacticipants", &name]);
    let template = |rest: &str| json!({"href": format!("{own}{rest}"), "templated": true});
    let links = json!({
        "self": {"href": own},
        "pb:version-tag": template("/versions/{version}/tags/{tag}"),
        "pb:branch-version": template("/branches/{branch}/versions/{version}"),
        "pb:version": template("/versions/{version}"),
    });
    hal(StatusCode::OK, json!({"name": name, "mainBranch": of.main_branch, "_links": links}))
}

fn shown(world: &World, base: &Base, name: &str, number: &str) -> Option<Value> {
    let version = world.find_version(name, number)?;
    let own = ["pacticipants", name, "versions", number];
    let to_environments = |what: &str, title: &str| {
        let each = world.environments.iter().enumerate().map(|(at, environment)| {
            base.named(&format!("{title} {environment}"), environment, &[&own[..], &[what, "environment", &uuid(at)]].concat())
        });
        each.collect::<Vec<Value>>()
    };
    let tags: Vec<Value> = version.tags.iter().map(|tag| json!({"name": tag})).collect();
    Some(json!({
        "number": number,
        "_embedded": {"tags": tags},
        "_links": {
            "self": base.named("Version", number, &own),
            "pb:pacticipant": base.named("Pacticipant", name, &["pacticipants", name]),
            "pb:tag": {"href": format!("{}/tags/{{tag}}", base.to(&own)), "templated": true},
            "pb:record-deployment": to_environments("deployed-versions", "Record deployment to"),
            "pb:record-release": to_environments("released-versions", "Record release to"),
        },
    }))
}

async fn version(State(shared): State<Shared>, base: Base, Path((name, number)): Path<(String, String)>) -> Response {
    match shown(&shared.world.lock(), &base, &name, &number) {
        Some(body) => hal(StatusCode::OK, body),
        None => refused(StatusCode::NOT_FOUND, "The requested document was not found on this server."),
    }
}

async fn make(State(shared): State<Shared>, base: Base, Path((name, number)): Path<(String, String)>) -> Response {
    let mut world = shared.world.lock();
    world.version(&name, &number);
    hal(StatusCode::OK, shown(&world, &base, &name, &number).unwrap_or_default())
}

async fn tagged(State(shared): State<Shared>, base: Base, Path((name, number, tag)): Path<(String, String, String)>) -> Response {
    let mut world = shared.world.lock();
    let of = &mut world.version(&name, &number).tags;
    if !of.contains(&tag) {
        of.push(tag.clone());
    }
    let own = base.link(&["pacticipants", &name, "versions", &number, "tags", &tag]);
    hal(StatusCode::CREATED, json!({"name": tag, "_links": {"self": own}}))
}

async fn on_branch(
    State(shared): State<Shared>,
    base: Base,
    Path((name, branch, number)): Path<(String, String, String)>,
) -> Response {
    shared.world.lock().put_on_branch(&name, &number, &branch);
    let own = base.link(&["pacticipants", &name, "branches", &branch, "versions", &number]);
    hal(StatusCode::CREATED, json!({"_links": {"self": own}}))
}

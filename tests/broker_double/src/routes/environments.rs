//! Environments, and what is deployed or released there.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{hal, invalid, refused};
use crate::links::{Base, place, uuid};
use crate::serving::Shared;
use crate::world::{Version, World};

pub(super) fn routes() -> Router<Shared> {
    let version = "/pacticipants/{name}/versions/{version}";
    Router::new()
        .route("/environments", get(all).post(create))
        .route("/environments/{uuid}", get(one))
        .route("/environments/{uuid}/deployed-versions/currently-deployed", get(deployed))
        .route("/environments/{uuid}/released-versions/currently-supported", get(released))
        .route(&format!("{version}/deployed-versions/environment/{{uuid}}"), post(deploy))
        .route(&format!("{version}/released-versions/environment/{{uuid}}"), post(release))
}

fn nowhere() -> Response {
    refused(StatusCode::NOT_FOUND, "The requested document was not found on this server.")
}

fn shown(base: &Base, at: usize, name: &str) -> Value {
    let uuid = uuid(at);
    let own = ["environments", &uuid];
    let below = |rest: [&str; 2]| base.link(&[&own[..], &rest[..]].concat());
    json!({
        "uuid": uuid,
        "name": name,
        "displayName": name,
        "production": name == "production",
        "_links": {
            "self": base.link(&own),
            "pb:currently-deployed-deployed-versions": below(["deployed-versions", "currently-deployed"]),
            "pb:currently-supported-released-versions": below(["released-versions", "currently-supported"]),
        },
    })
}

async fn all(State(shared): State<Shared>, base: Base) -> Response {
    let world = shared.world.lock();
    let each: Vec<Value> = world.environments.iter().enumerate().map(|(at, name)| shown(&base, at, name)).collect();
    hal(StatusCode::OK, json!({"_embedded": {"environments": each}, "_links": {"self": base.link(&["environments"])}}))
}

async fn create(State(shared): State<Shared>, base: Base, Json(body): Json<Value>) -> Response {
    let Some(name) = body["name"].as_str() else { return invalid(&["name is missing".to_owned()]) };
    let mut world = shared.world.lock();
    if world.environments.iter().any(|known| known == name) {
        return invalid(&[format!("Another environment with name '{name}' already exists.")]);
    }
    world.create_environment(name);
    hal(StatusCode::CREATED, shown(&base, world.environments.len() - 1, name))
}

fn named(world: &World, uuid: &str) -> Option<String> {
    world.environments.get(place(uuid)?).cloned()
}

async fn one(State(shared): State<Shared>, base: Base, Path(uuid): Path<String>) -> Response {
    let world = shared.world.lock();
    match named(&world, &uuid) {
        Some(name) => hal(StatusCode::OK, shown(&base, place(&uuid).unwrap_or_default(), &name)),
        None => nowhere(),
    }
}

async fn deployed(State(shared): State<Shared>, base: Base, Path(uuid): Path<String>) -> Response {
    listed(&shared.world.lock(), &base, &uuid, "deployedVersions", Version::is_deployed)
}

async fn released(State(shared): State<Shared>, base: Base, Path(uuid): Path<String>) -> Response {
    listed(&shared.world.lock(), &base, &uuid, "releasedVersions", Version::is_released)
}

fn listed(world: &World, base: &Base, uuid: &str, key: &str, is_there: fn(&Version, Option<&str>) -> bool) -> Response {
    let Some(environment) = named(world, uuid) else { return nowhere() };
    let mut each = Vec::new();
    for (name, of) in &world.pacticipants {
        for version in of.versions.iter().filter(|version| is_there(version, Some(&environment))) {
            let own = base.link(&["pacticipants", name, "versions", &version.number]);
            each.push(json!({
                "uuid": format!("{uuid}-{}", each.len()),
                "_embedded": {"pacticipant": {"name": name}, "version": {"number": version.number, "_links": {"self": own}}},
            }));
        }
    }
    hal(StatusCode::OK, json!({"_embedded": {key: each}}))
}

async fn deploy(
    State(shared): State<Shared>,
    base: Base,
    Path((name, number, uuid)): Path<(String, String, String)>,
    Json(body): Json<Value>,
) -> Response {
    let mut world = shared.world.lock();
    let Some(environment) = named(&world, &uuid).filter(|_| world.find_version(&name, &number).is_some()) else {
        return nowhere();
    };
    world.deploy(&name, &number, &environment, body["applicationInstance"].as_str());
    let own = base.link(&["pacticipants", &name, "versions", &number]);
    hal(StatusCode::CREATED, json!({"uuid": uuid, "currentlyDeployed": true, "_links": {"self": own}}))
}

async fn release(
    State(shared): State<Shared>,
    base: Base,
    Path((name, number, uuid)): Path<(String, String, String)>,
) -> Response {
    let mut world = shared.world.lock();
    let Some(environment) = named(&world, &uuid).filter(|_| world.find_version(&name, &number).is_some()) else {
        return nowhere();
    };
    world.release(&name, &number, &environment);
    let own = base.link(&["pacticipants", &name, "versions", &number]);
    hal(StatusCode::CREATED, json!({"uuid": uuid, "currentlySupported": true, "_links": {"self": own}}))
}

//! The least that could answer the same calls: axum, two hash maps behind a lock, JSON in and out; it knows nobody and records nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Outcome;

/// By which this program is told to be that server.
pub(super) const ARGUMENT: &str = "bare";

#[derive(Clone, Default)]
struct People(Arc<Mutex<Maps>>);

#[derive(Default)]
struct Maps {
    by_id: HashMap<u64, Value>,
    by_name: HashMap<String, Vec<u64>>,
}

impl People {
    fn lock(&self) -> MutexGuard<'_, Maps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, id: u64, person: Value) {
        let name = person["lastname"].as_str().unwrap_or_default().to_owned();
        let mut maps = self.lock();
        maps.by_name.entry(name).or_default().push(id);
        maps.by_id.insert(id, person);
    }
}

/// Serves until it is killed, on as many threads as the program that it is compared with.
pub(super) async fn serve() -> Outcome<()> {
    let serving = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            println!("{}", json!({"address": listener.local_addr()?.to_string()}));
            axum::serve(listener, router()).await
        })
    });
    Ok(serving.join().map_err(|_| "the server panicked")??)
}

fn router() -> Router {
    Router::new()
        .route("/customers/{customer}/people", post(create))
        .route("/customers/{customer}/people/{id}", get(read).put(replace))
        .route("/customers/{customer}/search/people", post(search))
        .with_state(People::default())
}

async fn read(State(people): State<People>, Path((_, id)): Path<(u64, u64)>) -> Response {
    let found = people.lock().by_id.get(&id).cloned();
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |person| Json(person).into_response())
}

async fn replace(State(people): State<People>, Path((_, id)): Path<(u64, u64)>, Json(person): Json<Value>) -> StatusCode {
    people.put(id, person);
    StatusCode::NO_CONTENT
}

async fn create(State(people): State<People>, Path(customer): Path<u64>, Json(person): Json<Value>) -> Response {
    let id = people.lock().by_id.len() as u64;
    people.put(id, person);
    (StatusCode::CREATED, [(header::LOCATION, format!("/customers/{customer}/people/{id}"))]).into_response()
}

async fn search(State(people): State<People>, Path(customer): Path<u64>, Json(query): Json<Value>) -> Json<Value> {
    let name = query.pointer("/filters/0/value/0").and_then(Value::as_str).unwrap_or_default();
    let ids = people.lock().by_name.get(name).cloned().unwrap_or_default();
    let found = ids.iter().map(|id| json!({"id": id, "self": format!("/customers/{customer}/people/{id}")}));
    Json(json!({"searchResults": found.collect::<Value>()}))
}

//! Pacts: publishing them, reading them, what is to be verified, and what came of it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{DATE, hal, invalid, refused};
use crate::links::Base;
use crate::selecting::Wanted;
use crate::serving::Shared;
use crate::world::{Pact, Publishing, Verification};

pub(super) fn routes() -> Router<Shared> {
    let content = "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}";
    Router::new()
        .route("/contracts/publish", post(publish))
        .route("/pacts/provider/{provider}/latest", get(latest))
        .route("/pacts/provider/{provider}/for-verification", get(for_verification_of_nothing).post(for_verification))
        .route("/pacts/provider/{provider}/consumer/{consumer}/version/{version}", get(of_version))
        .route(content, get(of_content))
        .route(&format!("{content}/verification-results"), post(verified))
        .route(&format!("{content}/verification-results/{{number}}"), get(result))
}

/// A contract that was sent.
struct Sent {
    provider: String,
    content: Value,
}

fn read(body: &Value) -> Result<(String, String, Vec<Sent>), Vec<String>> {
    let mut problems = Vec::new();
    let mut text = |key: &str| match body[key].as_str().filter(|text| !text.is_empty()) {
        Some(text) => text.to_owned(),
        None => {
            problems.push(format!("{key} is missing"));
            String::new()
        }
    };
    let (name, version) = (text("pacticipantName"), text("pacticipantVersionNumber"));
    let contracts = body["contracts"].as_array().cloned().unwrap_or_default();
    let read = contracts.iter().map(|contract| {
        let bytes = STANDARD.decode(contract["content"].as_str().unwrap_or_default()).ok();
        let content: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let provider = contract["providerName"].as_str().unwrap_or_default().to_owned();
        let content = content.filter(|content| {
            contract["specification"] == "pact"
                && contract["consumerName"] == json!(name)
                && content["consumer"]["name"] == json!(name)
                && content["provider"]["name"] == json!(provider)
        });
        content.map(|content| Sent { provider, content }).ok_or_else(|| "contracts: a content that is none".to_owned())
    });
    let mut sent = Vec::new();
    for contract in read {
        match contract {
            Ok(contract) => sent.push(contract),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok((name, version, sent)) } else { Err(problems) }
}

async fn publish(State(shared): State<Shared>, base: Base, Json(body): Json<Value>) -> Response {
    let (name, version, contracts) = match read(&body) {
        Ok(read) => read,
        Err(problems) => return invalid(&problems),
    };
    let mut world = shared.world.lock();
    let conflict = |sent: &&Sent| world.publishing(&name, &version, &sent.provider, &sent.content) == Publishing::Conflict;
    let conflicts: Vec<String> = contracts
        .iter()
        .filter(conflict)
        .map(|sent| format!("Cannot change the content of the pact for {name} version {version} and provider {}, as race conditions will cause unreliable results for can-i-deploy.", sent.provider))
        .collect();
    if !conflicts.is_empty() {
        let notices: Vec<Value> = conflicts.iter().map(|text| json!({"type": "error", "text": text})).collect();
        return (StatusCode::CONFLICT, Json(json!({"notices": notices, "errors": {"contracts": conflicts}}))).into_response();
    }
    let done = if world.find_version(&name, &version).is_some() { "Updated" } else { "Created" };
    world.version(&name, &version);
    if let Some(branch) = body["branch"].as_str() {
        world.put_on_branch(&name, &version, branch);
    }
    let tags: Vec<&str> = body["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for tag in &tags {
        let of = &mut world.version(&name, &version).tags;
        if !of.iter().any(|known| known == tag) {
            of.push((*tag).to_owned());
        }
    }
    let mut notices = vec![json!({"type": "debug", "text": format!("{done} {name} version {version}")})];
    let mut links = Vec::new();
    for Sent { provider, content } in contracts {
        let was = world.publishing(&name, &version, &provider, &content);
        let is_new = world.publish(&name, &version, &provider, content);
        let text = match was {
            Publishing::Same => format!(
                "Pact successfully republished for {name} version {version} and provider {provider} with no content changes."
            ),
            _ => format!("Pact successfully published for {name} version {version} and provider {provider}."),
        };
        notices.push(json!({"type": "success", "text": text}));
        let events = if is_new { "contract_published, contract_content_changed" } else { "contract_published" };
        notices.push(json!({"type": "debug", "text": format!("  Events detected: {events}")}));
        let pact = format!("Pact between {name} ({version}) and {provider}");
        links.push(base.named("Pact", &pact, &["pacts", "provider", &provider, "consumer", &name, "version", &version]));
    }
    let logs: Vec<Value> = notices
        .iter()
        .map(|notice| json!({"level": notice["type"], "message": notice["text"], "deprecationWarning": "Replaced by notices"}))
        .collect();
    let own = base.named("Version", &version, &["pacticipants", &name, "versions", &version]);
    let tags: Vec<Value> =
        tags.iter().map(|tag| base.named("Tag", tag, &["pacticipants", &name, "versions", &version, "tags", tag])).collect();
    let answer = json!({
        "logs": logs,
        "notices": notices,
        "_embedded": {
            "pacticipant": {"name": name, "_links": {"self": base.link(&["pacticipants", &name])}},
            "version": {"number": version, "_links": {"self": own}},
        },
        "_links": {
            "pb:pacticipant": base.named("Pacticipant", &name, &["pacticipants", &name]),
            "pb:pacticipant-version": own,
            "pb:pacticipant-version-tags": tags,
            "pb:contracts": links,
        },
    });
    hal(StatusCode::OK, answer)
}

async fn latest(State(shared): State<Shared>, base: Base, Path(provider): Path<String>) -> Response {
    let world = shared.world.lock();
    let of: Vec<&Pact> = world.pacts.iter().filter(|pact| pact.provider == provider).collect();
    let is_last =
        |pact: &&&Pact| of.iter().rfind(|other| other.consumer == pact.consumer).is_some_and(|last| std::ptr::eq(*last, **pact));
    let links: Vec<Value> = of
        .iter()
        .filter(is_last)
        .map(|pact| {
            let names = ["pacts", "provider", &provider, "consumer", &pact.consumer, "version", &pact.version];
            base.named(&format!("Pact between {} ({}) and {provider}", pact.consumer, pact.version), &pact.consumer, &names)
        })
        .collect();
    if !world.pacticipants.contains_key(&provider) {
        return refused(StatusCode::NOT_FOUND, "The requested document was not found on this server.");
    }
    hal(StatusCode::OK, json!({"_links": {"pb:pacts": links}}))
}

async fn for_verification_of_nothing(state: State<Shared>, base: Base, path: Path<String>) -> Response {
    for_verification(state, base, path, Json(json!({}))).await
}

async fn for_verification(
    State(shared): State<Shared>,
    base: Base,
    Path(provider): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let world = shared.world.lock();
    if !world.pacticipants.contains_key(&provider) {
        return refused(StatusCode::NOT_FOUND, "The requested document was not found on this server.");
    }
    hal(StatusCode::OK, Wanted { provider: &provider, body: &body }.answer(&world, &base))
}

async fn of_version(
    State(shared): State<Shared>,
    base: Base,
    Path((provider, consumer, version)): Path<(String, String, String)>,
) -> Response {
    let world = shared.world.lock();
    shown(world.pact(&consumer, &version, &provider), &base)
}

async fn of_content(
    State(shared): State<Shared>,
    base: Base,
    Path((provider, consumer, sha)): Path<(String, String, String)>,
) -> Response {
    let world = shared.world.lock();
    shown(world.pact_of_sha(&consumer, &provider, &sha), &base)
}

/// A pact as it is read: with numbers of its interactions, and links.
fn shown(pact: Option<&Pact>, base: &Base) -> Response {
    let Some(Pact { consumer, version, provider, sha, content }) = pact else {
        return refused(StatusCode::NOT_FOUND, "The requested document was not found on this server.");
    };
    let mut shown = content.clone();
    for (at, interaction) in shown["interactions"].as_array_mut().into_iter().flatten().enumerate() {
        interaction["_id"] = format!("{}{at:04x}", &sha[..36]).into();
    }
    shown["createdAt"] = DATE.into();
    let content = ["pacts", "provider", provider, "consumer", consumer, "pact-version", sha];
    let results = [&content[..], &["verification-results"]].concat();
    let name = format!("Pact between {consumer} ({version}) and {provider}");
    shown["_links"] = json!({
        "self": base.named("Pact", &name, &["pacts", "provider", provider, "consumer", consumer, "version", version]),
        "pb:consumer": base.named("Consumer", consumer, &["pacticipants", consumer]),
        "pb:consumer-version": base.named("Consumer version", version, &["pacticipants", consumer, "versions", version]),
        "pb:provider": base.named("Provider", provider, &["pacticipants", provider]),
        "pb:pact-version": base.named("Pact content version permalink", sha, &content),
        "pb:publish-verification-results": {"title": "Publish verification results", "href": base.to(&results)},
    });
    hal(StatusCode::OK, shown)
}

async fn verified(
    State(shared): State<Shared>,
    base: Base,
    Path((provider, consumer, sha)): Path<(String, String, String)>,
    Json(body): Json<Value>,
) -> Response {
    let mut world = shared.world.lock();
    if world.pact_of_sha(&consumer, &provider, &sha).is_none() {
        return refused(StatusCode::NOT_FOUND, "The requested document was not found on this server.");
    }
    let (Some(success), Some(provider_version)) = (body["success"].as_bool(), body["providerApplicationVersion"].as_str()) else {
        return invalid(&["success and providerApplicationVersion are wanted".to_owned()]);
    };
    let (number, provider_version) = (world.verifications.len() + 1, provider_version.to_owned());
    world.version(&provider, &provider_version);
    let names = [
        "pacts",
        "provider",
        &provider,
        "consumer",
        &consumer,
        "pact-version",
        &sha,
        "verification-results",
        &number.to_string(),
    ];
    let mut answer = body.clone();
    answer["_links"] = json!({"self": base.link(&names)});
    world.verifications.push(Verification { consumer, provider, sha, provider_version, success, number, body });
    hal(StatusCode::CREATED, answer)
}

async fn result(State(shared): State<Shared>, Path((_, _, _, number)): Path<(String, String, String, usize)>) -> Response {
    match shared.world.lock().verifications.iter().find(|known| known.number == number) {
        Some(known) => hal(StatusCode::OK, known.body.clone()),
        None => refused(StatusCode::NOT_FOUND, "The requested document was not found on this server."),
    }
}

//! Several integration users of a customer, each with rights of its own (icims-api 2, 5.3), and the tokens of each.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use icims_sandbox::icims::state::users::{IntegrationUser, Rights};
use icims_sandbox::icims::state::{Refusal, Region};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::icims_api::support::{Reply, World, basic};

fn limited(rights: Rights) -> IntegrationUser {
    IntegrationUser {
        username: "limited".into(),
        password: "word".into(),
        client_id: "client-limited".into(),
        client_secret: "hush".into(),
        rights: Arc::new(rights),
        ..IntegrationUser::default()
    }
}

/// A world that is called by its second user.
async fn called_by(rights: Rights) -> World {
    let mut world = World::new().await;
    world.icims.save_user(4021, limited(rights)).await.expect("a user");
    world.authorization = basic("limited", "word");
    world
}

async fn token(world: &World, client: &str, secret: &str, audience: &str) -> Reply {
    let body = json!({"grant_type": "client_credentials", "client_id": client, "client_secret": secret, "audience": audience});
    let request = Request::post("/oauth/token").header("content-type", "application/json").body(Body::from(body.to_string()));
    world.send(request.expect("a request")).await
}

async fn bearer(world: &World, client: &str, secret: &str) -> String {
    let reply = token(world, client, secret, "https://api.icims.com/v1/").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    format!("Bearer {}", reply.json()["access_token"].as_str().expect("a token"))
}

#[tokio::test]
async fn hidden_fields_of_one_user_are_seen_by_the_other() {
    let rights = Rights {
        hidden_fields: ["people.email".into(), "applicantworkflows.associatedprofile".into()].into(),
        ..Rights::default()
    };
    let mut world = called_by(rights).await;
    let (person, workflow) = (format!("/people/{}", world.ines), format!("/applicantworkflows/{}", world.workflow));
    assert_eq!(world.get(&person).await.json().get("email"), None);
    assert_eq!(world.get(&format!("{person}?fields=email,firstname")).await.json().get("email"), None);
    assert_eq!(world.get(&workflow).await.json().get("associatedprofile"), None);
    world.get(&format!("{person}/fields/email")).await.is_error(404, 3, "email: Access denied.");

    let written = world.patch(&person, json!({"email": "other@example.org", "middlename": "R."})).await;
    assert_eq!(written.status, 204);
    assert_eq!(written.header("x-warning"), "4:email: Field is not accessible.");
    let filter = json!({"filters": [{"name": "person.email", "value": ["ines"]}]});
    let message = "The following filter is either not valid or hidden: person.email";
    world.post("/search/people", filter.clone()).await.is_error(400, 12, message);
    let related = json!({"filters": [{"name": "applicantworkflow.person.email", "value": ["ines"]}]});
    let message = "The following filter is either not valid or hidden: applicantworkflow.person.email";
    world.post("/search/applicantworkflows", related).await.is_error(400, 12, message);

    world.authorization = basic("harver-4021", "pass:word");
    let seen = world.get(&person).await.json();
    assert_eq!((&seen["email"], &seen["middlename"]), (&json!("ines.okafor@example.org"), &json!("R.")));
    assert_eq!(world.post("/search/people", filter).await.status, 200);
}

#[tokio::test]
async fn profiles_of_a_hidden_type_are_code_3_as_404() {
    let world = called_by(Rights { hidden_types: ["companies".into()].into(), ..Rights::default() }).await;
    let denied = |reply: Reply| reply.is_error(404, 3, "Company: Access denied.");
    denied(world.get("/companies/18").await);
    denied(world.get("/companies/999999").await);
    denied(world.get("/companies/18/fields/addresses").await);
    denied(world.post("/companies", json!({"name": "Pier"})).await);
    denied(world.patch("/companies/18", json!({"name": "Pier"})).await);
    denied(world.post("/search/companies", json!({"filters": [{"name": "company.id", "value": ["18"]}]})).await);
    assert_eq!(world.get(&format!("/people/{}", world.ines)).await.status, 200);
}

#[tokio::test]
async fn a_user_who_may_only_read_searches_and_reads_and_writes_nothing() {
    let world = called_by(Rights { read_only: true, ..Rights::default() }).await;
    let person = format!("/people/{}", world.ines);
    assert_eq!(world.get(&person).await.status, 200);
    let query = json!({"filters": [{"name": "person.id", "value": [world.ines]}]});
    assert_eq!(world.post("/search/people", query).await.status, 200);
    world.patch(&person, json!({"firstname": "Ida"})).await.is_error(404, 3, "Person: Access denied.");
    world.post("/people", json!({"firstname": "Ida", "lastname": "X"})).await.is_error(404, 3, "Person: Access denied.");
    world.call("DELETE", &format!("{person}/fields/phones/501"), None).await.is_error(404, 3, "Person: Access denied.");
    assert_eq!(world.get(&person).await.json()["firstname"], "Ines");
}

#[tokio::test]
async fn a_login_without_web_services_is_told_so_after_it_has_proved_who_it_is() {
    let world = World::new().await;
    let bearer = {
        world.icims.save_user(4021, limited(Rights::default())).await.expect("a user");
        bearer(&world, "client-limited", "hush").await
    };
    world.icims.save_user(4021, IntegrationUser { barred: true, ..limited(Rights::default()) }).await.expect("barred");
    let text = "The provided Username is not Authorized to access Web Services";
    for authorization in [basic("limited", "word"), bearer] {
        let request = Request::get("/customers/4021").header("authorization", authorization).body(Body::empty());
        world.send(request.expect("a request")).await.is_error(401, 7, text);
    }
    let request = Request::get("/customers/4021").header("authorization", basic("limited", "wrong")).body(Body::empty());
    let wrong = "Invalid Username or Password credentials provided.";
    world.send(request.expect("a request")).await.is_error(401, 6, wrong);
}

#[tokio::test]
async fn names_and_clients_are_unique_over_all_customers() {
    let world = World::new().await;
    world.open(4022).await;
    let check = async |user: IntegrationUser, expected: &str| {
        let refusal = world.icims.save_user(4022, user).await.expect_err(expected);
        assert_eq!(refusal.to_string(), format!("{expected}: Invalid value."));
    };
    check(IntegrationUser { username: "harver-4021".into(), ..limited(Rights::default()) }, "username").await;
    check(IntegrationUser { username: "hmac-4021".into(), ..limited(Rights::default()) }, "username").await;
    check(IntegrationUser { hmac_user: "harver-4021".into(), ..limited(Rights::default()) }, "hmac_user").await;
    check(IntegrationUser { client_id: "client-4021".into(), ..limited(Rights::default()) }, "client_id").await;
    let nobody = world.icims.save_user(9999, limited(Rights::default())).await;
    assert!(matches!(nobody, Err(Refusal::Invalid(what)) if what == "customer"));
    assert_eq!(world.get("").await.status, 200, "the first customer signs in as before");
}

#[tokio::test]
async fn a_removed_user_is_nobody_and_a_changed_secret_ends_its_tokens() {
    let mut world = called_by(Rights::default()).await;
    let by_name = world.authorization.clone();
    world.authorization = bearer(&world, "client-limited", "hush").await;
    assert_eq!(world.get("").await.status, 200);
    let changed = IntegrationUser { client_secret: "new".into(), ..limited(Rights::default()) };
    world.icims.save_user(4021, changed).await.expect("a new secret");
    world.get("").await.is_error(401, 9, "Authentication credentials invalid");
    assert_eq!(token(&world, "client-limited", "hush", "https://api.icims.com/v1/").await.status, 401);
    world.authorization = bearer(&world, "client-limited", "new").await;
    assert!(world.icims.remove_user(4021, "limited").await.expect("removed"));
    world.get("").await.is_error(401, 9, "Authentication credentials invalid");
    world.authorization = by_name;
    assert_eq!(world.get("").await.status, 401);
    assert!(!world.icims.remove_user(4021, "harver-4021").await.expect("asked"), "the main user stays");
}

#[tokio::test]
async fn a_token_is_good_for_its_own_customer_alone() {
    let mut world = World::new().await;
    world.open(4022).await;
    world.authorization = bearer(&world, "client-4022", "shh").await;
    world.get("").await.is_error(403, 7, "The provided Username does not belong to this customer.");
    let request = Request::get("/customers/4022").header("authorization", &world.authorization).body(Body::empty());
    assert_eq!(world.send(request.expect("a request")).await.status, 200);
}

#[tokio::test]
async fn a_customer_in_another_region_needs_the_audience_of_that_region() {
    let mut world = World::new().await;
    let old = bearer(&world, "client-4021", "shh").await;
    world
        .change(|state| {
            state.move_to_region(Region::Eu);
            Ok(())
        })
        .await;
    let refused = token(&world, "client-4021", "shh", "https://api.icims.com/v1/").await;
    assert_eq!(refused.status, 403);
    let expected = json!({"error": "access_denied", "error_description": "Client is not authorized to access \"https://api.icims.com/v1/\"."});
    assert_eq!(refused.json(), expected);
    let granted = token(&world, "client-4021", "shh", "https://api-eu.icims.com/v1/").await;
    assert_eq!(granted.status, 200);
    world.authorization = old;
    world.get("").await.is_error(401, 9, "Authentication credentials invalid");
    world.authorization = format!("Bearer {}", granted.json()["access_token"].as_str().expect("a token"));
    assert_eq!(world.get("").await.status, 200);
    world
        .change(|state| {
            state.move_to_region(Region::Ca);
            Ok(())
        })
        .await;
    for audience in ["https://api.icims.ca/v1/", "https://api-ca.icims.com/v1/"] {
        assert_eq!(token(&world, "client-4021", "shh", audience).await.status, 200, "{audience}");
    }
}

#[tokio::test]
async fn each_client_has_a_token_rate_of_its_own() {
    let world = called_by(Rights::default()).await;
    for _ in 0..500 {
        bearer(&world, "client-limited", "hush").await;
    }
    assert_eq!(token(&world, "client-limited", "hush", "https://api.icims.com/v1/").await.status, 429);
    bearer(&world, "client-4021", "shh").await;
    world.clock.advance(SignedDuration::from_mins(10));
    bearer(&world, "client-limited", "hush").await;
}

#[tokio::test]
async fn the_same_calls_get_the_same_bytes_whatever_other_customers_do() {
    let stamps = |replies: &[Reply]| -> Vec<(String, String)> {
        replies.iter().map(|reply| (reply.header("x-transaction").into(), reply.header("set-cookie").into())).collect()
    };
    let alone = World::new().await;
    let calm = [alone.get("").await, alone.get("/people/1").await, alone.get("").await];
    let busy = World::new().await;
    busy.open(4022).await;
    let noise = async || {
        for path in ["/customers/4022", "/customers/4022/people/1", "/customers/9999"] {
            let request = Request::get(path).header("authorization", basic("harver-4022", "pass:word")).body(Body::empty());
            busy.send(request.expect("a request")).await;
        }
    };
    let mut replies = Vec::new();
    for path in ["", "/people/1", ""] {
        noise().await;
        replies.push(busy.get(path).await);
    }
    assert_eq!(stamps(&calm), stamps(&replies));
    assert_ne!(calm[0].header("x-transaction"), calm[2].header("x-transaction"), "each answer has its own");
}

#[tokio::test]
async fn calls_are_counted_per_customer_and_can_be_asked_for() {
    let world = World::new().await;
    world.get("").await;
    world.get("/people/1").await;
    let calls = serde_json::to_value(world.icims.calls(4021)).expect("JSON");
    assert_eq!((&calls["today"], &calls["total"], &calls["remaining"]), (&json!(2), &json!(2), &json!(9_998)));
    world.clock.advance(SignedDuration::from_hours(24));
    let calls: Json = serde_json::to_value(world.icims.calls(4021)).expect("JSON");
    assert_eq!((&calls["today"], &calls["total"]), (&json!(0), &json!(2)));
}

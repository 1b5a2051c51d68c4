//! The platform's public API over HTTP: shapes, quirks, limits, isolation.

mod requests;

use icims_sandbox::engine::JournalFilter;
use icims_sandbox::harver_platform::model::{Language, NewAccount};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::platform_support::{ACCOUNT, VACANCY, World, registration};

async fn send(world: &World, token: &str, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let url = format!("{}/api/v1.0{path}", world.base);
    let answer = world.http.request(method, url).bearer_auth(token).json(&body).send().await.expect("an answer");
    (answer.status(), answer.json().await.unwrap_or(Value::Null))
}

/// The same document with the values of these keys replaced, wherever they are.
fn masked(document: Value, volatile: &[&str]) -> Value {
    match document {
        Value::Object(pairs) => pairs
            .into_iter()
            .map(|(key, value)| {
                let value = if volatile.contains(&key.as_str()) { format!("[{key}]").into() } else { masked(value, volatile) };
                (key, value)
            })
            .collect(),
        Value::Array(values) => values.into_iter().map(|value| masked(value, volatile)).collect(),
        other => other,
    }
}

#[tokio::test]
async fn a_token_is_handed_out_in_camel_case_for_an_hour() {
    let world = World::start().await;
    let form =
        [("grant_type", "client_credentials"), ("client_id", "brightwater-client"), ("client_secret", "brightwater-secret")];
    let answer = world.http.post(format!("{}/oauth/token", world.base)).form(&form).send().await.expect("an answer");
    assert!(answer.headers().contains_key("x-correlation-id"));
    let answer: Value = answer.json().await.expect("json");
    insta::assert_json_snapshot!(masked(answer.clone(), &["accessToken", "accessTokenExpiresAt"]));

    let token = answer["accessToken"].as_str().expect("a token");
    assert_eq!(world.get(token, "/accounts").await.0, StatusCode::OK);
    world.clock.advance(SignedDuration::from_mins(60));
    let (status, refusal) = world.get(token, "/accounts").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    insta::assert_json_snapshot!(refusal);
}

#[tokio::test]
async fn bad_credentials_are_answered_400_in_the_oauth_shape() {
    let world = World::start().await;
    for (form, name) in [
        (
            vec![("grant_type", "client_credentials"), ("client_id", "brightwater-client"), ("client_secret", "no")],
            "invalid_client",
        ),
        (vec![("grant_type", "password"), ("client_id", "x"), ("client_secret", "y")], "unsupported_grant_type"),
        (vec![("client_id", "x")], "invalid_request"),
        (vec![], "invalid_request"),
    ] {
        let answer = world.http.post(format!("{}/oauth/token", world.base)).form(&form).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let answer: Value = answer.json().await.expect("json");
        assert_eq!(answer["name"], name);
        assert_eq!(answer["statusCode"], 400);
    }
}

#[tokio::test]
async fn nothing_is_shown_without_a_good_token() {
    let world = World::start().await;
    for authorization in ["", "Bearer", "Bearer x", "Bearer €€€€€€€€€€€€€€€€€€€€€€€€", "Basic YTpi"]
    {
        let request = world.http.get(format!("{}/api/v1.0/accounts", world.base)).header("authorization", authorization);
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED, "{authorization}");
    }
}

#[tokio::test]
async fn registering_twice_finds_the_same_application_with_a_renewed_link() {
    let world = World::start().await;
    let (first_link, first) = world.register("ines.okafor@example.org", None).await;
    let (second_link, second) = world.register("Ines.Okafor@example.org", None).await;
    assert_eq!(first, second);
    assert_ne!(first_link, second_link);
    assert!(first_link.starts_with(&format!("{}/app/landing/{VACANCY}/magic-link/", world.base)), "{first_link}");
}

#[tokio::test]
async fn an_unusable_registration_is_refused_and_names_everything() {
    let world = World::start().await;
    let token = world.token().await;
    let path = format!("/vacancies/{VACANCY}/applications");
    let mut body = registration("not an address", None);
    body["data"]["relationships"]["candidate"]["data"]["attributes"]["lastName"] = Value::Null;
    body["data"]["attributes"]["bad key"] = "x".into();
    let (status, answer) = send(&world, &token, Method::POST, &path, body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    insta::assert_json_snapshot!(answer);
    for body in [json!([]), json!({}), json!({"data": 5}), json!("x")] {
        assert_eq!(send(&world, &token, Method::POST, &path, body).await.0, StatusCode::BAD_REQUEST);
    }
    let request = world.http.post(format!("{}/api/v1.0{path}", world.base)).bearer_auth(&token).body("{\"data\":");
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::BAD_REQUEST);
    let (_, found) = world.get(&token, &format!("/vacancies/{VACANCY}/candidates")).await;
    assert_eq!(found["data"], json!([]));
}

#[tokio::test]
async fn a_vacancy_must_exist_and_be_open_to_register() {
    let world = World::start().await;
    let token = world.token().await;
    let body = registration("ines@example.org", None);
    for unknown in ["000000000000000000000000", "2210", "%FF"] {
        let (status, _) = send(&world, &token, Method::POST, &format!("/vacancies/{unknown}/applications"), body.clone()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{unknown}");
    }
    let (status, _) =
        send(&world, &token, Method::PATCH, &format!("/vacancies/{VACANCY}"), json!({"attributes": {"status": "closed"}})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, answer) = send(&world, &token, Method::POST, &format!("/vacancies/{VACANCY}/applications"), body).await;
    assert_eq!((status, &answer["errors"][0]["title"]), (StatusCode::BAD_REQUEST, &json!("Vacancy is not open")));
    let (status, _) =
        send(&world, &token, Method::PATCH, &format!("/vacancies/{VACANCY}"), json!({"attributes": {"status": "draft"}})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn vacancies_are_listed_by_status_with_their_counts() {
    let world = World::start().await;
    let token = world.token().await;
    world.register("ines@example.org", None).await;
    let (_, open) = world.get(&token, &format!("/accounts/{ACCOUNT}/vacancies?filter%5Bstatus%5D=open")).await;
    assert_eq!(open["data"][0]["id"], VACANCY);
    assert_eq!(open["data"][0]["meta"]["candidates-per-status"]["in-progress"], 1);
    let (_, closed) = world.get(&token, &format!("/accounts/{ACCOUNT}/vacancies?filter[status]=closed")).await;
    assert_eq!(closed["data"], json!([]));
    let (_, bare) = world.get(&token, &format!("/accounts/{ACCOUNT}/vacancies?filter[skip_aggregation]=true")).await;
    assert!(bare["data"][0].get("meta").is_none());
    let (status, _) = world.get(&token, &format!("/accounts/{ACCOUNT}/vacancies?filter[status]=later")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_vacancy_is_read_with_its_names_its_status_and_where_to_apply() {
    let world = World::start().await;
    let token = world.token().await;
    let (status, answer) = world.get(&token, &format!("/vacancies/{VACANCY}")).await;
    assert_eq!(status, StatusCode::OK);
    let vacancy = &answer["data"];
    assert_eq!((&vacancy["type"], &vacancy["id"]), (&json!("vacancies"), &json!(VACANCY)));
    let read = &vacancy["attributes"];
    assert_eq!((&read["title"], &read["status"]), (&json!("Call Centre Advisor"), &json!("open")));
    assert_eq!(read["createdAt"], world.clock.now().as_second());
    assert_eq!(read["applicationUrl"], format!("{}/app/landing/{VACANCY}", world.base));
}

#[tokio::test]
async fn the_token_s_account_and_the_statuses_are_listed() {
    let world = World::start().await;
    let token = world.token().await;
    let (_, accounts) = world.get(&token, "/accounts").await;
    assert_eq!(accounts["data"][0]["id"], ACCOUNT);
    let (_, statuses) = world.get(&token, "/candidate-statuses").await;
    let named: Vec<&str> = statuses["data"].as_array().expect("a list").iter().filter_map(|entry| entry["id"].as_str()).collect();
    assert!(named.contains(&"in-progress") && named.contains(&"hired"), "{named:?}");
}

#[tokio::test]
async fn a_finished_application_is_read_with_all_its_quirks() {
    let world = World::start().await;
    let (link, id) = world.register("ines.okafor@example.org", Some("https://careers.example.org/back")).await;
    world.finish(&link, "b", "5").await;
    let token = world.token().await;
    let path = format!("/applications/{id}?include=report,ats,matching-results,matching-indicators,proctoring");
    let (status, answer) = world.get(&token, &path).await;
    assert_eq!(status, StatusCode::OK);
    let volatile = ["id", "appliedAt", "completedAt", "statusUpdatedAt", "expiresAt", "url", "calculatedAt"];
    insta::assert_json_snapshot!(masked(answer, &volatile));
    assert_eq!(world.get(&token, &format!("/applications/{id}?include=everything")).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_unfinished_application_has_no_score_and_no_report() {
    let world = World::start().await;
    let (_, id) = world.register("ines@example.org", None).await;
    let token = world.token().await;
    let (_, answer) = world.get(&token, &format!("/applications/{id}?include=report,matching-results")).await;
    assert!(answer["data"]["attributes"].get("matchingScore").is_none());
    assert_eq!(answer["included"], json!([]));
    assert_eq!(world.get(&token, &format!("/applications/{id}/reports/reports-hub")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn finished_candidates_are_found_by_polling_and_by_our_own_keys() {
    let world = World::start().await;
    let token = world.token().await;
    let (link, id) = world.register("ines@example.org", None).await;
    let before = world.clock.now().as_second();
    world.finish(&link, "a", "9").await;
    let poll =
        |since: i64| format!("/vacancies/{VACANCY}/candidates?filter[status]=new&filter[status-updated-at][since]={since}");
    let (_, found) = world.get(&token, &poll(before)).await;
    assert_eq!(found["data"][0]["relationships"]["applications"]["data"][0]["id"], id.as_str());
    assert_eq!(found["data"][0]["attributes"]["matchingScore"], 100);
    let (_, none) = world.get(&token, &poll(before + 3600)).await;
    assert_eq!(none["data"], json!([]));
    let search = |filter: &str| format!("/applications?accountId={ACCOUNT}&{filter}");
    for filter in [
        "filter[atsParameters][application_id]=88431&filter[atsParameters][custom_id_1]=4021",
        &format!("filter[applicationMeta][vacancy]={VACANCY}&filter[applicationMeta][email]=INES@example.org"),
    ] {
        let (_, found) = world.get(&token, &search(filter)).await;
        assert_eq!(found["data"], json!([{"type": "applications", "id": id}]), "{filter}");
    }
    let (_, none) = world.get(&token, &search("filter[atsParameters][application_id]=1")).await;
    assert_eq!(none["data"], json!([]));
    for wrong in ["filter[atsParameters][shoe_size]=44", "filter[applicationMeta][age]=9", ""] {
        assert_eq!(world.get(&token, &search(wrong)).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let (_, person) = world.get(&token, &format!("/accounts/{ACCOUNT}/candidates?filter[email]=ines@example.org")).await;
    assert_eq!(person["data"][0]["attributes"]["firstName"], "Ines");
    let (_, nobody) = world.get(&token, &format!("/accounts/{ACCOUNT}/candidates?filter[email]=nobody@example.org")).await;
    assert_eq!(nobody["data"], json!([]));
}

#[tokio::test]
async fn status_and_ats_parameters_can_be_changed_within_limits() {
    let world = World::start().await;
    let token = world.token().await;
    let (_, id) = world.register("ines@example.org", None).await;
    let (path, parameters) = (format!("/applications/{id}"), format!("/applications/{id}/ats-parameters"));
    for (path, attributes, wanted) in [
        (&path, json!({"status": "shortlisted"}), StatusCode::NO_CONTENT),
        (&path, json!({"status": "new"}), StatusCode::BAD_REQUEST),
        (&path, json!({"status": "gone"}), StatusCode::BAD_REQUEST),
        (&parameters, json!({"custom_id_2": "x".repeat(50)}), StatusCode::NO_CONTENT),
        (&parameters, json!({"custom_id_2": "x".repeat(51)}), StatusCode::BAD_REQUEST),
        (&parameters, json!({"a": 1}), StatusCode::BAD_REQUEST),
    ] {
        let body = json!({"data": {"attributes": attributes}});
        assert_eq!(send(&world, &token, Method::PATCH, path, body.clone()).await.0, wanted, "{body}");
    }
    let (_, answer) = world.get(&token, &format!("/applications/{id}?include=ats")).await;
    assert_eq!(answer["data"]["attributes"]["status"], "shortlisted");
    assert_eq!(answer["included"][0]["attributes"]["custom_id_2"], "x".repeat(50));
    assert_eq!(world.get(&token, &format!("/applications/{id}/reapply/status")).await.1, json!({"data": {"canReapply": false}}));
}

#[tokio::test]
async fn a_report_link_has_bounds_and_says_when_it_expires() {
    let world = World::start().await;
    let token = world.token().await;
    let (link, id) = world.register("ines@example.org", None).await;
    world.finish(&link, "a", "9").await;
    let hub = |query: &str| format!("/applications/{id}/reports/reports-hub?{query}");
    for wrong in ["expiresIn=1209599", "expiresIn=31536001", "expiresIn=soon", "allowedPII=maybe"] {
        assert_eq!(world.get(&token, &hub(wrong)).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let (_, answer) = world.get(&token, &hub("expiresIn=31536000&allowedPII=true")).await;
    let expires_at = answer["data"]["attributes"]["expiresAt"].as_i64().expect("seconds");
    assert!((expires_at - world.clock.now().as_second() - 31_536_000).abs() < 60);
    assert!(answer["data"]["attributes"]["url"].as_str().expect("a url").contains("/reports-hub?token="));
    assert_eq!(
        world.get(&token, &format!("/applications/{id}/reports/interview-guides?extendedValidity=true")).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_development_report_comes_in_the_language_asked_for() {
    let world = World::start().await;
    let token = world.token().await;
    let (link, id) = world.register("ines@example.org", None).await;
    let report = |query: &str| format!("/applications/{id}/reports/development-reports{query}");
    assert_eq!(world.get(&token, &report("")).await.0, StatusCode::NOT_FOUND, "there is none before the end");
    world.finish(&link, "c", "3").await;
    assert_eq!(world.get(&token, &report("?locale=tlh")).await.0, StatusCode::BAD_REQUEST);
    for (query, heading) in
        [("", "Development report"), ("?locale=en-GB", "Development report"), ("?locale=nl-NL", "Ontwikkelrapport")]
    {
        let (status, answer) = world.get(&token, &report(query)).await;
        assert_eq!((status, &answer["data"]["type"]), (StatusCode::OK, &json!("development-reports")));
        let url = answer["data"]["attributes"]["url"].as_str().expect("a url");
        let page = world.open(&world.http, url).await.text().await.expect("a page");
        assert!(page.contains(heading), "{query}");
    }
}

#[tokio::test]
async fn one_account_never_sees_another() {
    let world = World::start().await;
    let (_, id) = world.register("ines@example.org", None).await;
    let stranger = NewAccount {
        id: "64b1f0c2a9d3e7004a5b6c71".parse().expect("an id"),
        name: "Other".into(),
        client_id: "other-client".into(),
        client_secret: "other-secret".into(),
        language: Language::EN_US,
    };
    world.open_account(4022, stranger).await;
    let form = [("grant_type", "client_credentials"), ("client_id", "other-client"), ("client_secret", "other-secret")];
    let answer = world.http.post(format!("{}/oauth/token", world.base)).form(&form).send().await.expect("an answer");
    let answer: Value = answer.json().await.expect("json");
    let token = answer["accessToken"].as_str().expect("a token");
    for path in [
        format!("/accounts/{ACCOUNT}/vacancies"),
        format!("/accounts/{ACCOUNT}/candidates?filter[email]=ines@example.org"),
        format!("/vacancies/{VACANCY}"),
        format!("/vacancies/{VACANCY}/candidates"),
        format!("/applications/{id}"),
        format!("/applications/{id}/reapply/status"),
        format!("/applications/{id}/reports/reports-hub"),
        format!("/applications?accountId={ACCOUNT}&filter[atsParameters][application_id]=88431"),
    ] {
        assert_eq!(world.get(token, &path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(world.get(token, "/accounts").await.1["data"].as_array().expect("a list").len(), 1);
}

#[tokio::test]
async fn the_rate_limit_counts_per_minute_of_the_virtual_clock() {
    let world = World::start().await;
    let token = world.token().await;
    let account = world.platform.account(ACCOUNT).expect("open");
    account
        .write(|state| {
            state.edit_profile().requests_per_minute = 3;
            Ok::<(), icims_sandbox::engine::DiskError>(())
        })
        .await
        .expect("kept");
    for _ in 0..3 {
        assert_eq!(world.get(&token, "/accounts").await.0, StatusCode::OK);
    }
    let url = format!("{}/api/v1.0/accounts", world.base);
    let refused = world.http.get(&url).bearer_auth(&token).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["ratelimit-limit"], "3");
    let reset: i64 = refused.headers()["ratelimit-reset"].to_str().expect("text").parse().expect("seconds");
    world.clock.advance(SignedDuration::from_secs(reset));
    assert_eq!(world.get(&token, "/accounts").await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_simulated_is_refused_by_name() {
    let world = World::start().await;
    let token = world.token().await;
    let (_, id) = world.register("ines@example.org", None).await;
    for (method, path) in [
        (Method::DELETE, format!("/applications/{id}")),
        (Method::GET, format!("/applications/{id}/notes")),
        (Method::GET, "/me".into()),
    ] {
        let (status, answer) = send(&world, &token, method.clone(), &path, json!({})).await;
        assert_eq!(status, StatusCode::NOT_IMPLEMENTED);
        let detail = answer["errors"][0]["detail"].as_str().expect("a detail");
        assert!(detail.starts_with(&format!("{method} /api/v1.0{path}")), "{detail}");
    }
    assert_eq!(world.get(&token, "/frobnicate").await.0, StatusCode::NOT_FOUND);
    let (status, answer) = send(&world, &token, Method::PUT, &format!("/applications/{id}"), json!({})).await;
    assert_eq!((status, &answer["errors"][0]["id"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("MethodNotAllowedError")));
    let authenticate = world.http.post(format!("{}/oauth/authenticate", world.base)).send().await.expect("an answer");
    assert_eq!(authenticate.status(), StatusCode::NOT_IMPLEMENTED);
}

#[tokio::test]
async fn the_journal_has_every_call_and_no_secret() {
    let world = World::start().await;
    // Whose an account is, is known; what a caller writes into a request counts for nothing.
    let token = world.token().await;
    world.get(&token, &format!("/applications?accountId={ACCOUNT}&filter[atsParameters][application_id]=88431&filter[atsParameters][custom_id_1]=77")).await;
    let all = world.journal.find(&JournalFilter::default());
    assert_eq!(all.len(), 2);
    let written: String = all.iter().map(|exchange| serde_json::to_string(exchange.as_ref()).expect("json")).collect();
    assert!(!written.contains(&token) && !written.contains("brightwater-secret"), "{written}");
    let filter = JournalFilter { customer: Some("4021".into()), workflow: Some("88431".into()), after: 0 };
    assert_eq!(world.journal.find(&filter).len(), 1);
}

#[test]
fn marked_operations_are_called_by_the_tests_that_their_marks_name() {
    crate::called::check("Harver platform: operations");
}

//! How much a customer may have: each limit reached over the API, the portal or a page, and everything as it was after the refusal.

use axum::body::Body;
use axum::http::Request;
use icims_sandbox::icims::state::switches::Switches;
use icims_sandbox::icims::state::{CustomerState, Limits};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use crate::icims_api::files::send;
use crate::icims_api::support::World;

/// Lowers the limits of the customer.
async fn limit(world: &World, change: impl FnOnce(&CustomerState) -> Limits) {
    world
        .change(|state| {
            state.limits = change(state);
            Ok(())
        })
        .await;
}

fn profiles(world: &World) -> [usize; 4] {
    let count = |state: &CustomerState| {
        [state.people().count(), state.jobs().count(), state.companies().count(), state.workflows().count()]
    };
    world.icims.customer(4021).expect("the customer").read(count)
}

#[tokio::test]
async fn a_full_customer_takes_no_more_profiles_over_the_api_and_on_the_portal() {
    let world = World::new().await;
    limit(&world, |state| Limits { profiles: 0, ..state.limits }).await;
    let before = profiles(&world);
    let pair = json!({"baseprofile": world.job, "associatedprofile": world.contact});
    for (path, body) in [
        ("people", json!({"firstname": "Ana", "lastname": "Sol"})),
        ("jobs", json!({"jobtitle": "Barista"})),
        ("companies", json!({"name": "Brightwater"})),
        ("applicantworkflows", pair),
    ] {
        let message = format!("There is no room for more than 0 {path} of one customer: delete some, or open a fresh customer.");
        world.post(&format!("/{path}"), body).await.is_error(400, 5, &message);
    }
    let job = format!("/careers/4021/jobs/{}/call-centre-advisor", world.job);
    let cookie = world.submit(&format!("{job}/login"), "", &[("email", "mara@example.org")]).await;
    let session = cookie.split(';').next().unwrap_or_default();
    world.submit(&format!("{job}/profile"), session, &[("firstname", "Mara"), ("lastname", "Lind")]).await;
    assert_eq!(profiles(&world), before);
    // Whoever has a profile gets to the last question, where there is no room for the application.
    let cookie = world.submit(&format!("{job}/login"), "", &[("email", "integration@brightwater.example")]).await;
    let session = cookie.split(';').next().unwrap_or_default();
    let answer = world.form(&format!("{job}/questions"), session, &[("source", "Job Board")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("There is no room for more than 0 applicantworkflows"), "{}", answer.text);
    assert_eq!(profiles(&world), before);
}

#[tokio::test]
async fn values_of_open_lists_add_no_more_entries_than_there_is_room_for() {
    let world = World::new().await;
    limit(&world, |state| Limits { nodes: entries(state) + 1, ..state.limits }).await;
    let person = format!("/people/{}", world.ines);
    let school = |name: &str| json!({"school": {"value": name}});
    let full = "list: There is no room for more than";
    let refused = async |path: &str, method: &str, body: Json| {
        let reply = world.call(method, path, Some(body)).await;
        assert!(reply.status == 400 && reply.text.contains(full), "{}", reply.text);
    };
    refused(&person, "PATCH", json!({"education": [school("Quayside College"), school("Harbour College")]})).await;
    assert_eq!(world.post(&format!("{person}/fields/education"), school("Quayside College")).await.status, 201);
    refused(&format!("{person}/fields/education"), "POST", school("Harbour College")).await;
    refused("/people", "POST", json!({"firstname": "A", "lastname": "B", "education": [school("Harbour College")]})).await;
    assert_eq!(world.post(&format!("{person}/fields/education"), school("Quayside College")).await.status, 201, "a known one");
    let read = |state: &CustomerState| (entries(state), state.limits.nodes);
    let (count, limit) = world.icims.customer(4021).expect("the customer").read(read);
    assert_eq!(count, limit);
}

/// How many entries all lists have.
fn entries(state: &CustomerState) -> usize {
    icims_sandbox::icims::schema::LISTS.iter().map(|list| below(state, list.key, None)).sum()
}

fn below(state: &CustomerState, list: &str, parent: Option<&icims_sandbox::icims::model::NodeId>) -> usize {
    state.nodes(list, parent).into_iter().map(|node| 1 + below(state, list, Some(&node.id))).sum()
}

#[tokio::test]
async fn a_vendor_that_never_answers_is_asked_no_more_than_so_often_at_once() {
    let world = World::new().await;
    // It accepts connections, in the backlog, and says nothing.
    let vendor = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}/start", vendor.local_addr().expect("an address"));
    world.icims.connect_vendor(4021, endpoint, "icims".into(), "s3cret".into()).await.expect("an address");
    limit(&world, |state| Limits { waiting_events: 2, ..state.limits }).await;
    let workflow = format!("/applicantworkflows/{}", world.workflow);
    let trigger = || json!({"status": {"id": "C40177"}, "source": "Job Board"});
    for _ in 0..2 {
        assert_eq!(world.patch(&workflow, trigger()).await.status, 204);
    }
    let before = world.get(&workflow).await.json();
    let message = "2 events of this customer wait for the vendor's answer already: let the vendor answer, or switch it off.";
    world.patch(&workflow, json!({"status": {"id": "C40177"}, "source": "Referral"})).await.is_error(400, 5, message);
    assert_eq!(world.get(&workflow).await.json(), before);
    assert_eq!(world.patch(&workflow, json!({"status": {"id": "C40120"}})).await.status, 204, "what tells nobody goes on");
}

#[tokio::test]
async fn one_token_too_many_ends_the_oldest() {
    let world = World::new().await;
    limit(&world, |state| Limits { tokens: 2, ..state.limits }).await;
    let form =
        "grant_type=client_credentials&client_id=client-4021&client_secret=shh&audience=https%3A%2F%2Fapi.icims.com%2Fv1%2F";
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
        let answer = world.send(request.body(Body::from(form)).expect("a request")).await.json();
        tokens.push(answer["access_token"].as_str().expect("a token").to_owned());
    }
    for (token, status) in tokens.iter().zip([401, 200, 200]) {
        let request = Request::get("/customers/4021").header("authorization", format!("Bearer {token}"));
        assert_eq!(world.send(request.body(Body::empty()).expect("a request")).await.status, status);
    }
}

#[tokio::test]
async fn one_candidate_too_many_on_the_portal_logs_out_whoever_would_be_logged_out_first() {
    let world = World::new().await;
    limit(&world, |state| Limits { sessions: 2, ..state.limits }).await;
    let job = format!("/careers/4021/jobs/{}/call-centre-advisor", world.job);
    let mut sessions = Vec::new();
    for name in ["ana", "ben", "cleo"] {
        let cookie = world.submit(&format!("{job}/login"), "", &[("email", &format!("{name}@example.org"))]).await;
        sessions.push(cookie.split(';').next().unwrap_or_default().to_owned());
    }
    for (session, status) in sessions.iter().zip([303, 200, 200]) {
        let request = Request::get(format!("{job}/profile")).header("cookie", session);
        assert_eq!(world.send(request.body(Body::empty()).expect("a request")).await.status, status);
    }
}

#[tokio::test]
async fn the_history_of_a_workflow_keeps_the_newest_hundred_changes() {
    let world = World::new().await;
    let workflow = format!("/applicantworkflows/{}", world.workflow);
    let advance = async |status: &str| {
        assert_eq!(world.patch(&workflow, json!({"status": {"id": status}})).await.status, 204);
    };
    advance("C40150").await;
    for at in 0..100 {
        advance(["C40120", "C40101"][at % 2]).await;
    }
    let log = world.get(&format!("{workflow}/submittalstatuslog")).await.json();
    let log = log["submittalstatuslog"].as_array().expect("a list");
    assert_eq!(log.len(), 100);
    assert!(!log.iter().any(|change| change.to_string().contains("C40150")), "the oldest is gone: {log:?}");
}

#[tokio::test]
async fn a_collection_of_a_profile_takes_a_thousand_entries() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let phones = |range: std::ops::Range<u32>| {
        let phone = |number: u32| json!({"phonetype": {"value": "Mobile"}, "phonenumber": number.to_string()});
        json!({"phones": range.map(phone).collect::<Vec<_>>()})
    };
    assert_eq!(world.patch(&person, phones(0..501)).await.status, 400, "one request brings 500");
    assert_eq!(world.patch(&person, phones(0..500)).await.status, 204);
    assert_eq!(world.patch(&person, phones(500..999)).await.status, 204, "she has one from the beginning");
    world.patch(&person, phones(999..1_000)).await.is_error(400, 5, "phones: Invalid value.");
    let one = json!({"phonetype": {"value": "Mobile"}, "phonenumber": "1000"});
    world.post(&format!("{person}/fields/phones"), one).await.is_error(400, 5, "phones: Invalid value.");
    let stored = world.get(&format!("{person}/fields/phones")).await.json();
    assert_eq!(stored.as_array().map(Vec::len), Some(1_000));
}

#[tokio::test]
async fn one_file_and_all_files_together_have_their_limits() {
    let world = World::new().await;
    let path = format!("/people/{}/fields/field24317/binary", world.ines);
    let large = vec![b'x'; 10 * 1024 * 1024 + 1];
    let refused = send(&world, "PATCH", &path, &[(Some("cv.txt"), &large)]).await;
    refused.is_error(413, 11, "field24317: The file is larger than 10485760 bytes.");
    assert_eq!(send(&world, "PATCH", &path, &[(Some("cv.txt"), &large[1..])]).await.status, 204);
    limit(&world, |state| Limits { file_bytes: large.len() as u64, ..state.limits }).await;
    let other = format!("/people/{}/fields/resume/binary", world.ines);
    let message = format!("The files of this customer would be larger than {} bytes: delete some first.", large.len());
    send(&world, "PATCH", &other, &[(Some("cv.txt"), b"ab")]).await.is_error(413, 11, &message);
    assert_eq!(send(&world, "PATCH", &other, &[(Some("cv.txt"), b"a")]).await.status, 204);
    assert_eq!(send(&world, "PATCH", &path, &[(Some("cv.txt"), b"ab")]).await.status, 204, "the old one makes room");
}

#[tokio::test]
async fn a_label_longer_than_a_page_takes_is_refused() {
    let world = World::new().await;
    let long = "ä".repeat(256);
    let fields = world.form("/icims2/4021/admin/fields", "", &[("label-person-email", &long)]).await;
    assert_eq!(fields.status, 422);
    let before = world.icims.customer(4021).expect("the customer").read(entries);
    let package = world.form("/icims2/4021/admin/lists", "", &[("label", &long)]).await;
    assert!(package.status.is_client_error(), "{} {}", package.status, package.text);
    assert_eq!(world.icims.customer(4021).expect("the customer").read(entries), before);
}

#[tokio::test]
async fn the_results_of_256_searches_are_kept_and_the_oldest_makes_room() {
    let world = World::new().await;
    world
        .change(|state| {
            state.set_switches(Switches { search_cache: true, ..Switches::default() });
            Ok(())
        })
        .await;
    let found = async |number: usize| {
        let filter = json!({"name": "person.lastname", "value": ["Castellanos", number.to_string()]});
        let answer = world.post("/search/people", json!({"filters": [filter]})).await.json();
        answer["searchResults"].as_array().map(Vec::len)
    };
    for number in 0..257 {
        assert_eq!(found(number).await, Some(1), "{number}");
        world.clock.advance(jiff::SignedDuration::from_millis(1));
    }
    world.post("/people", json!({"firstname": "Priya", "lastname": "Castellanos"})).await;
    assert_eq!(found(256).await, Some(1), "it is kept");
    assert_eq!(found(0).await, Some(2), "it has made room, so it is looked for again");
}

#[tokio::test]
async fn forms_and_texts_are_as_long_as_they_may_be_and_no_longer() {
    let world = World::new().await;
    let person = format!("/people/{}", world.ines);
    let text = |length: usize| "ä".repeat(length);
    world.patch(&person, json!({"middlename": text(4_001)})).await.is_error(
        400,
        5,
        "middlename: The value is longer than 4000 characters.",
    );
    assert_eq!(world.patch(&person, json!({"middlename": text(4_000)})).await.status, 204);
    let job = format!("/jobs/{}", world.job);
    let overview = json!({"overview": text(64_001)});
    world.patch(&job, overview).await.is_error(400, 5, "overview: The value is longer than 64000 characters.");
    assert_eq!(world.patch(&job, json!({"overview": text(64_000)})).await.status, 204);
    let portal = format!("/careers/4021/jobs/{}/call-centre-advisor", world.job);
    let long = format!("{}@example.org", "x".repeat(243));
    assert_eq!(world.form(&format!("{portal}/login"), "", &[("email", &long)]).await.status, 422);
    let cookie = world.submit(&format!("{portal}/login"), "", &[("email", &long[1..])]).await;
    let session = cookie.split(';').next().unwrap_or_default();
    let name = "x".repeat(201);
    let profile = format!("{portal}/profile");
    assert_eq!(world.form(&profile, session, &[("firstname", &name), ("lastname", "Lind")]).await.status, 422);
    assert_eq!(world.form(&profile, session, &[("firstname", &name[1..]), ("lastname", "Lind")]).await.status, 303);
    assert_eq!(world.form(&profile, session, &[("firstname", &"x".repeat(256 * 1024))]).await.status, 413);
    let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    let answer = world.send(request.body(Body::from("x".repeat(64 * 1024 + 1))).expect("a request")).await;
    assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.text);
}

//! Ways of writing an address: rights are asked of what was parsed, so none of them gets a caller more than the plainest one.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use icims_sandbox::engine::{JournalFilter, plainly_addressed};
use icims_sandbox::icims::openapi;
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::users::{IntegrationUser, Rights};

use crate::icims_api::support::{Reply, World, basic};

const FILTERS: &str = r#"{"filters":[{"name":"company.id","value":["18"]}]}"#;

/// A user who may see no profile and write nothing.
fn nobody_much() -> Rights {
    Rights { hidden_types: ProfileType::ALL.map(|kind| kind.plural().to_owned()).into(), read_only: true, ..Rights::default() }
}

async fn called_by(rights: Rights) -> World {
    let mut world = World::new().await;
    let user = IntegrationUser {
        username: "limited".into(),
        password: "word".into(),
        client_id: "client-limited".into(),
        rights: Arc::new(rights),
        ..IntegrationUser::default()
    };
    world.icims.save_user(4021, user).await.expect("a user");
    let (ines, now) = (world.ines, world.clock.now());
    world.change(|state| state.onboarded(ines, now).map(drop)).await;
    world.authorization = basic("limited", "word");
    world
}

/// Every operation below a customer, with ids that exist.
fn operations(world: &World) -> Vec<(String, String)> {
    let document = openapi();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let Some(rest) = path.strip_prefix("/customers/{customer}") else { continue };
        let (ines, job, workflow) = (world.ines.to_string(), world.job.to_string(), world.workflow.to_string());
        let profiles = [
            ("people", ines.as_str()),
            ("jobs", &job),
            ("companies", "18"),
            ("applicantworkflows", &workflow),
            ("onboardworkflows", "5301"),
        ];
        for (kind, id) in profiles {
            let id = if rest.starts_with("/applicantworkflows") { &workflow } else { id };
            let schema = ["person", "job", "company", "submittal", "onboardworkflow"];
            let at = ProfileType::ALL.iter().position(|known| known.plural() == kind).expect("a type");
            let path = rest.replace("{kind}", kind).replace("{id}", id).replace("{schema}", schema[at % schema.len()]);
            let path = path.replace("{person}", &ines).replace("{job}", &job).replace("{portal}", "careers");
            let path = path.replace("{field}", "addresses").replace("{entry}", "1").replace("{child}", "addresscity");
            let path = path.replace("{list}", "lists.country").replace("{node}", "D41001");
            for method in methods.as_object().expect("methods").keys() {
                found.push((method.to_uppercase(), format!("/customers/4021{path}")));
            }
        }
    }
    found.sort();
    found.dedup();
    assert!(found.len() > 40 && found.iter().all(|(_, path)| !path.contains('{')), "{found:?}");
    found
}

/// The path with each segment written in several ways: its first letter encoded, its last one, all of them, in both cases.
fn written_otherwise(path: &str) -> Vec<String> {
    let code =
        |letter: char, lower: bool| if lower { format!("%{:02x}", letter as u32) } else { format!("%{:02X}", letter as u32) };
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let mut found = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let letters: Vec<char> = segment.chars().collect();
        let picks: [&dyn Fn(usize) -> bool; 3] = [&|at| at == 0, &|at| at + 1 == letters.len(), &|_| true];
        for (way, pick) in picks.iter().enumerate() {
            let written: String = letters
                .iter()
                .enumerate()
                .map(|(at, letter)| if pick(at) { code(*letter, way == 2) } else { letter.to_string() })
                .collect();
            let mut segments: Vec<&str> = segments.clone();
            segments[at] = &written;
            found.push(format!("/{}", segments.join("/")));
        }
    }
    found
}

fn request(world: &World, method: &str, path: &str) -> Request<Body> {
    let searches = method == "POST" && path.contains("search");
    let body = if searches { FILTERS } else { "{}" };
    let request = Request::builder().method(method).uri(path).header("authorization", &world.authorization);
    request.header("content-type", "application/json").body(Body::from(body)).expect("a request")
}

fn answer(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), &reply.text)
}

#[tokio::test]
async fn every_way_of_writing_an_address_gets_a_limited_user_the_same_answer() {
    let world = called_by(nobody_much()).await;
    let mut denied = 0;
    for (method, path) in operations(&world) {
        let plain = world.send(request(&world, &method, &path)).await;
        denied += usize::from(plain.text.contains("Access denied"));
        for other in written_otherwise(&path) {
            // As the servers hand it to the router.
            let reply = world.send(plainly_addressed(request(&world, &method, &other))).await;
            assert_eq!(answer(&reply), answer(&plain), "{method} {other} for {path}");
            // The router alone asks the rights of what it has parsed: it may not know the address, but it never opens more.
            let routed = world.send(request(&world, &method, &other)).await;
            let opened = routed.status.is_success() && !plain.status.is_success();
            assert!(!opened, "{method} {other} for {path} was answered {}", routed.text);
        }
    }
    assert!(denied > 40, "only {denied} operations were refused");
}

#[tokio::test]
async fn every_way_of_writing_an_address_reads_the_same() {
    let world = called_by(Rights::default()).await;
    let mut read = 0;
    for (method, path) in operations(&world).into_iter().filter(|(method, _)| method == "GET") {
        let plain = world.send(request(&world, &method, &path)).await;
        read += usize::from(plain.status.is_success());
        for other in written_otherwise(&path) {
            let reply = world.send(plainly_addressed(request(&world, &method, &other))).await;
            assert_eq!(answer(&reply), answer(&plain), "{other} for {path}");
        }
    }
    assert!(read > 15, "only {read} operations were answered");
}

#[tokio::test]
async fn slashes_dots_cases_and_methods_open_nothing_either() {
    let world = called_by(nobody_much()).await;
    for path in [
        "/customers/4021/Companies/18",
        "/customers/4021/COMPANIES/18",
        "/customers/4021/companies/18/",
        "/customers/4021//companies/18",
        "/customers//4021/companies/18",
        "//customers/4021/companies/18",
        "/customers/4021/companies//18",
        "/customers/4021/people/../companies/18",
        "/customers/4021/people/%2e%2e/companies/18",
        "/customers/4021/./companies/18",
        "/customers/4021/lists/../companies/18",
        "/customers/4021/companies%2F18",
        "/customers/4021/%2Fcompanies/18",
        "/customers/4021/companies;x=1/18",
        "/customers/4021/companies%00/18",
        "/customers/4021/companies%20/18",
        "/customers/+4021/companies/18",
        "/customers/04021/companies/018",
        "/customers/4021/%2563ompanies/18",
        "/customers/4021/portals/careers/18",
    ] {
        for method in ["GET", "HEAD", "PATCH", "DELETE", "POST", "PUT", "OPTIONS"] {
            let reply = world.send(plainly_addressed(request(&world, method, path))).await;
            assert!(!reply.status.is_success(), "{method} {path}: {} {}", reply.status, reply.text);
        }
    }
    for header in ["x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url"] {
        let mut overridden = request(&world, "GET", "/customers/4021/companies/18");
        overridden.headers_mut().insert(header, "/customers/4021".parse().expect("a value"));
        assert_eq!(world.send(overridden).await.status, 404, "{header}");
    }
}

#[tokio::test]
async fn a_customer_is_the_same_in_the_journal_however_it_is_written() {
    let world = called_by(Rights::default()).await;
    let workflow = world.workflow;
    for path in [
        format!("/customers/4021/applicantworkflows/{workflow}"),
        format!("/customers/%34021/%61pplicantworkflows/{workflow}"),
        format!("/customers/04021/applicantworkflows/0{workflow}"),
    ] {
        let reply = world.send(plainly_addressed(request(&world, "GET", &path))).await;
        assert_eq!(reply.status, 200, "{path}");
        let filter =
            JournalFilter { customer: Some("4021".into()), workflow: Some(workflow.to_string()), ..JournalFilter::default() };
        let found = world.journal.find(&filter);
        assert_eq!(found.last().map(|exchange| exchange.target.as_str()), Some(path.as_str()), "the target is as it was sent");
    }
}

//! Who may open what (promise G08), on every route that the console has.

use axum::http::{Method, StatusCode};

use super::browser::{Browser, Page};
use super::world::{ADMIN, World};

/// The routes are read off the source, so that a new one is walked as soon as it is there.
const SOURCE: &str = include_str!("../../../src/console/mod.rs");

/// What a Recruiter may open.
const READ: [&str; 4] = ["/console", "/console/orders", "/console/orders/1", "/console/refused"];
/// What nobody has to sign in for, or leads there.
const OPEN: [&str; 5] =
    ["/console/", "/console/sign-in", "/console/static/console.css", "/console/static/copy.js", "/console/static/preview.js"];

fn routes() -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for route in SOURCE.split(".route(").skip(1) {
        let (path, handlers) = route.split_once(',').expect("a path and its handlers");
        let path = if path.trim() == "HOME" { "/console".to_owned() } else { path.trim().trim_matches('"').to_owned() };
        if path.contains("{*") {
            continue;
        }
        let handlers = handlers.split("\n        .").next().unwrap_or_default();
        let path = path.replace("{number}", "1");
        for (word, method) in [("get(", Method::GET), ("post(", Method::POST)] {
            if handlers.contains(word) {
                found.push((method, path.clone()));
            }
        }
    }
    found
}

async fn ask(browser: &mut Browser, method: &Method, path: &str, token: &str) -> Page {
    match *method {
        Method::GET => browser.get(path).await,
        _ => browser.post(path, &[("form_token", token), ("old_ends", "now"), ("reports_progress", "on")]).await,
    }
}

#[test]
fn the_routes_are_found() {
    let routes = routes();
    for known in [(Method::GET, "/console"), (Method::POST, "/console/general"), (Method::POST, "/console/sign-out")] {
        assert!(routes.iter().any(|(method, path)| (method, path.as_str()) == (&known.0, known.1)), "{known:?}: {routes:?}");
    }
    assert_eq!(routes.len(), SOURCE.matches("get(").count() + SOURCE.matches("post(").count(), "{routes:?}");
}

#[tokio::test]
async fn nobody_opens_anything_without_signing_in() {
    let world = World::new().await;
    world.order(4021).await;
    let before = format!("{:?}", world.customer().await);
    for (method, path) in routes().into_iter().filter(|(_, path)| !OPEN.contains(&path.as_str())) {
        let page = ask(&mut world.browser(), &method, &path, "").await;
        assert!(page.location().starts_with("/console/sign-in"), "{method} {path}: {}", page.location());
    }
    assert_eq!(format!("{:?}", world.customer().await), before);
}

#[tokio::test]
async fn a_recruiter_reads_orders_and_is_told_whom_to_ask_for_everything_else() {
    let world = World::new().await;
    world.order(4021).await;
    let mut browser = world.recruiter().await;
    let before = format!("{:?}", world.customer().await);
    let token = browser.get("/console").await.value("input[name=form_token]");
    for (method, path) in routes() {
        if OPEN.contains(&path.as_str()) || path == "/console/sign-out" {
            continue;
        }
        let page = ask(&mut browser, &method, &path, &token).await;
        if READ.contains(&path.as_str()) {
            assert_eq!(page.status, StatusCode::OK, "{method} {path}");
            continue;
        }
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{method} {path}");
        let said = page.text("#only-admins");
        assert!(
            said.contains("signed in as a Recruiter") && said.contains("the overview, the orders and the refused events"),
            "{path}: {said}"
        );
        assert_eq!(page.text("#whom-to-ask"), ADMIN, "{path}");
    }
    assert_eq!(format!("{:?}", world.customer().await), before, "nothing was changed");
    assert!(world.changed().await.is_empty());
    assert_eq!(browser.submit("/console", "/console/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_menu_shows_what_may_be_opened() {
    let world = World::new().await;
    let entries = |page: Page| page.texts("nav a");
    let read = entries(world.recruiter().await.get("/console").await);
    assert_eq!(read, ["Overview", "Orders", "Refused events"]);
    let page = world.signed_in().await.get("/console").await;
    assert_eq!(page.text("#role"), "Harver Admin");
    let expected = ["Overview", "Integration", "Orders", "Refused events", "Dead letters", "History", "API tokens"];
    let sections = ["General", "Credentials", "ATS to Harver", "Harver to ATS", "Invitation mail"];
    assert_eq!(page.texts("nav[aria-label=Console] a"), expected);
    assert_eq!(page.texts("nav.sections a"), sections);
}

#[tokio::test]
async fn a_recruiter_finds_no_way_to_what_may_not_be_opened() {
    let world = World::new().await;
    let (order, _) = world.dead_letter(4021, harver_icims::domain::JobKind::StartAssessment).await;
    let mut browser = world.recruiter().await;
    for path in ["/console".to_owned(), "/console/orders".into(), format!("/console/orders/{order}")] {
        let page = browser.get(&path).await;
        for closed in ["credentials", "dead-letters", "general", "integration", "history", "tokens"] {
            assert!(!page.has(&format!("a[href*='/console/{closed}']")), "{path} leads to {closed}");
        }
    }
}

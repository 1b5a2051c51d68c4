//! Addresses of the integration that are no pages: people find a way to the console, programs their own form.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use harver_icims::ats_to_harver::START_PATH;

use super::world::World;

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_browser_gets_a_page_with_a_way_to_the_console() {
    let world = World::new().await;
    for (path, status) in [
        ("/", StatusCode::NOT_FOUND),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/prod/orchestrator/v2/flows", StatusCode::NOT_FOUND),
        (START_PATH, StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let request = Request::get(path).header(header::ACCEPT, HTML).body(Body::empty()).expect("a request");
        let page = world.browser().send(request).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.has("#elsewhere #to-the-console[href='/console']"), "{path}: {}", page.body);
        assert!(page.header("content-security-policy").contains("default-src 'self'"), "{path}");
        assert!(page.text("#support-contact").contains("support@harver.com"));
    }
}

#[tokio::test]
async fn what_was_asked_for_is_text_on_the_page() {
    let world = World::new().await;
    let request = Request::get("/%3Cscript%3E&amp;'").header(header::ACCEPT, HTML).body(Body::empty()).expect("a request");
    let page = world.browser().send(request).await;
    assert_eq!(page.text("#elsewhere code"), "/%3Cscript%3E&amp;'");
}

#[tokio::test]
async fn a_program_gets_no_page() {
    let world = World::new().await;
    let plain = world.browser().get("/nowhere").await;
    assert!(plain.status == StatusCode::NOT_FOUND && plain.body.starts_with("There is nothing at /nowhere."), "{}", plain.body);
    let event = world.browser().get("/prod/orchestrator/v2/flows").await;
    assert!(event.body.starts_with('{'), "in the vendor's form: {}", event.body);
    let posted = Request::post("/prod/elsewhere").header(header::ACCEPT, HTML).body(Body::from("{}")).expect("a request");
    let posted = world.browser().send(posted).await;
    assert!(posted.body.starts_with('{'), "an event is answered as one: {}", posted.body);
}

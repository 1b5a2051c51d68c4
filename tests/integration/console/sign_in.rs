//! Who gets in, for how long, and what another site can do with it: nothing.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use harver_icims::console::create_admin;
use harver_icims::domain::{JobKind, Role};
use harver_icims::store;
use jiff::SignedDuration;

use super::browser::Browser;
use super::world::{ADMIN, PASSWORD, World, id};

#[tokio::test]
async fn an_admin_of_one_customer_is_not_taken_over_by_another() {
    let world = World::new().await;
    assert!(create_admin(world.app.store(), ADMIN, id(4022), Role::HarverAdmin, "another password".into()).await.is_err());
    let mut browser = world.signed_in().await;
    assert_eq!(browser.get("/console").await.text("#customer-name"), "Brightwater & Sons 4021");
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_sign_in_and_back_to_the_page() {
    let world = World::new().await;
    let mut browser = world.browser();
    assert_eq!(browser.get("/console").await.location(), "/console/sign-in");
    for page in ["/console/credentials/ats-to-harver", "/console/orders/1", "/console/dead-letters"] {
        let there = browser.get(page).await.location().to_owned();
        assert_eq!(browser.get(&there).await.value("input[name=next]"), page);
    }
    assert_eq!(browser.post("/console/dead-letters/1/replay", &[]).await.location(), "/console/sign-in");

    let wanted = [("email", "  Admin@Brightwater.example "), ("password", PASSWORD), ("next", "/console/orders")];
    assert_eq!(browser.post("/console/sign-in", &wanted).await.location(), "/console/orders");
    let overview = browser.get("/console").await;
    assert_eq!(overview.text("#customer-name"), "Brightwater & Sons 4021");
    assert_eq!(overview.text("#signed-in-as"), ADMIN);
    assert_eq!(browser.get("/console/sign-in").await.location(), "/console", "there is no need to sign in twice");
}

#[tokio::test]
async fn signing_in_leads_to_no_other_site() {
    let world = World::new().await;
    for elsewhere in ["https://evil.example/", "//evil.example", "/console/\\evil.example", "/prod"] {
        let fields = [("email", ADMIN), ("password", PASSWORD), ("next", elsewhere)];
        assert_eq!(world.browser().post("/console/sign-in", &fields).await.location(), "/console", "{elsewhere}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let world = World::new().await;
    let mut browser = world.browser();
    let wrong = browser.sign_in(ADMIN, "battery staple").await;
    let unknown = browser.sign_in("nobody@brightwater.example", PASSWORD).await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
    assert_eq!(wrong.body.replace(ADMIN, "…"), unknown.body.replace("nobody@brightwater.example", "…"));
    assert!(wrong.has("#sign-in-error") && browser.cookies.is_empty());
    assert!(!wrong.body.contains("battery staple"), "a password is not shown again");
}

#[tokio::test]
async fn ten_failures_of_a_name_make_it_wait_where_they_come_from() {
    let world = World::new().await;
    let mut browser = world.browser();
    for _ in 0..10 {
        assert_eq!(browser.sign_in(ADMIN, "guess").await.status, StatusCode::FORBIDDEN);
    }
    let refused = browser.sign_in(ADMIN, PASSWORD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "91");
    assert!(refused.text("#sign-in-error").contains("5 Mar 2026, 14:09 UTC"), "{}", refused.text("#sign-in-error"));
    assert_eq!(world.browser().sign_in("admin@other.example", PASSWORD).await.location(), "/console");
    let mut elsewhere = Browser { address: "198.51.100.7".parse().ok(), ..world.browser() };
    assert_eq!(elsewhere.sign_in(ADMIN, PASSWORD).await.location(), "/console", "nobody is locked out by somebody else");
    assert_eq!(browser.sign_in(ADMIN, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    world.pass(SignedDuration::from_secs(90));
    assert_eq!(world.browser().sign_in(ADMIN, PASSWORD).await.location(), "/console");
}

/// What 20 sign-ins at once are answered with.
async fn at_once(world: &World, password: &'static str) -> Vec<StatusCode> {
    let signing_in: Vec<_> = (0..20)
        .map(|_| {
            let mut browser = world.browser();
            tokio::spawn(async move { browser.sign_in(ADMIN, password).await.status })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in signing_in {
        answers.push(answer.await.expect("no panic"));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn right_passwords_under_load_lock_nobody_out() {
    let world = World::new().await;
    // On a slow machine some may be asked to come back in a few seconds; nobody has to wait for a quarter of an hour.
    let answers = at_once(&world, PASSWORD).await;
    assert!(
        answers.iter().all(|answer| [StatusCode::SEE_OTHER, StatusCode::SERVICE_UNAVAILABLE].contains(answer)),
        "{answers:?}"
    );
    assert_eq!(world.browser().sign_in(ADMIN, PASSWORD).await.location(), "/console");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_guesses_at_once_are_no_more_than_one_after_the_other() {
    let world = World::new().await;
    let mut answers = at_once(&world, "guess").await;
    while answers.last() != Some(&StatusCode::TOO_MANY_REQUESTS) {
        answers.push(world.browser().sign_in(ADMIN, "guess").await.status);
    }
    let checked = answers.iter().filter(|answer| **answer == StatusCode::FORBIDDEN).count();
    assert_eq!(checked, 10, "{answers:?}");
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_in() {
    let world = World::new().await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
        let mut browser = world.browser();
        let request = Request::post("/console/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = Body::from("email=admin%40brightwater.example&password=correct+horse+battery");
        let page = browser.send(request.header(name, value).body(body).expect("a request")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.has("#problem a[href='/console']") && browser.cookies.is_empty());
    }
}

#[tokio::test]
async fn two_integrations_on_one_host_do_not_sign_each_other_out() {
    let (first, second) = (World::at("http://127.0.0.1:9402").await, World::at("http://127.0.0.1:9502").await);
    let mut browser = first.signed_in().await;
    browser.router = second.app.router();
    assert_eq!(browser.get("/console").await.location(), "/console/sign-in", "a session of the first is none of the second");
    browser.sign_in(ADMIN, PASSWORD).await;
    for world in [&first, &second] {
        browser.router = world.app.router();
        assert_eq!(browser.get("/console").await.text("#signed-in-as"), ADMIN);
    }
    browser.submit("/console", "/console/sign-out", &[]).await;
    assert_eq!(browser.get("/console").await.location(), "/console/sign-in");
    browser.router = first.app.router();
    assert_eq!(browser.get("/console").await.text("#signed-in-as"), ADMIN, "only the second was left");
}

#[tokio::test]
async fn a_session_ends_with_the_sign_out() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let stolen = browser.cookies.clone();
    let out = browser.submit("/console", "/console/sign-out", &[]).await.location().to_owned();
    assert!(browser.cookies.is_empty());
    assert!(browser.get(&out).await.has("#signed-out"));
    browser.cookies = stolen;
    assert_eq!(browser.get("/console").await.location(), "/console/sign-in", "the cookie is worth nothing any more");
}

#[tokio::test]
async fn a_session_ends_after_eight_hours() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    world.pass(SignedDuration::from_hours(8) - SignedDuration::from_secs(1));
    assert_eq!(browser.get("/console").await.status, StatusCode::OK);
    world.pass(SignedDuration::from_secs(1));
    assert_eq!(browser.get("/console").await.location(), "/console/sign-in");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    create_admin(world.app.store(), ADMIN, id(4021), Role::HarverAdmin, "another good one".into()).await.expect("an admin");
    assert_eq!(browser.get("/console").await.location(), "/console/sign-in");
    assert_eq!(browser.sign_in(ADMIN, PASSWORD).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.sign_in(ADMIN, "another good one").await.location(), "/console");
}

#[tokio::test]
async fn the_cookie_is_secure_behind_tls_and_the_database_does_not_hold_it() {
    let world = World::at("https://integrations.example.com").await;
    let page = world.browser().sign_in(ADMIN, PASSWORD).await;
    let cookie = page.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/console", "Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let token = cookie.split(['=', ';']).nth(1).expect("a value").to_owned();
    let now = world.now();
    let found = world.change(move |tx| store::admins::session(tx, &token, now)).await;
    assert!(found.is_none(), "only the token's hash is stored");
}

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let world = World::new().await;
    let (_, number) = world.dead_letter(4021, JobKind::StartAssessment).await;
    let mut browser = world.signed_in().await;
    let other = world.signed_in().await.get("/console").await.value("input[name=form_token]");
    for (path, fields) in [
        (format!("/console/dead-letters/{number}/replay"), vec![]),
        (format!("/console/dead-letters/{number}/replay"), vec![("form_token", other.as_str())]),
        ("/console/credentials/harver-to-ats/edit".into(), vec![("form_token", "")]),
        ("/console/credentials/harver-to-ats/test".into(), vec![]),
        ("/console/sign-out".into(), vec![]),
    ] {
        assert_eq!(browser.post(&path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(browser.get("/console").await.text("#dead-letters-count"), "1");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    for path in ["/console", "/console/nowhere", "/console/sign-out", "/console/static/console.css", "/console/orders/x"] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
    }
    assert_eq!(browser.get("/console/nowhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/console/sign-out").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_is_no_form_is_refused_and_harms_nobody() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let json = Request::post("/console/sign-in").header(header::CONTENT_TYPE, "application/json");
    assert_eq!(browser.send(json.body(Body::from("{}")).expect("a request")).await.status, StatusCode::BAD_REQUEST);
    let large = "x".repeat(200_000);
    assert_eq!(browser.post("/console/sign-in", &[("email", &large)]).await.status, StatusCode::BAD_REQUEST);
    for path in ["/console/orders?before=%FF", "/console/orders?before=-1", "/console/dead-letters?replayed=x"] {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/console/orders/0", "/console/orders/%FF", "/console/orders/99999999999999999999", "/console/orders/1"] {
        assert!(browser.get(path).await.status.is_client_error(), "{path}");
    }
}

//! How much an account of the platform may have: each limit reached over the API or by a candidate's browser.

use icims_sandbox::engine::{DiskError, JournalFilter};
use icims_sandbox::harver_platform::state::Limits;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::platform_support::{ACCOUNT, VACANCY, World, browser, registration};

/// A platform whose account may have this much.
async fn within(limits: Limits) -> World {
    let world = World::start().await;
    let account = world.platform.account(ACCOUNT).expect("open");
    let lowered = account.write(|state| {
        state.limits = limits;
        Ok::<(), DiskError>(())
    });
    lowered.await.expect("kept");
    world
}

async fn register(world: &World, body: Value) -> (StatusCode, Value) {
    let url = format!("{}/api/v1.0/vacancies/{VACANCY}/applications", world.base);
    let answer = world.http.post(url).bearer_auth(world.token().await).json(&body).send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("json"))
}

#[tokio::test]
async fn a_full_account_takes_no_more_applications_and_says_so_in_its_own_form() {
    let world = within(Limits { applications: 1, ..Limits::default() }).await;
    let (_, id) = world.register("ines@example.org", None).await;
    let (status, answer) = register(&world, registration("ben@example.org", None)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let error = &answer["errors"][0];
    assert_eq!((&error["id"], &error["title"]), (&json!("ValidationError"), &json!("Too many applications")));
    assert_eq!(world.register("ines@example.org", None).await.1, id, "whoever has one keeps it");
    let candidates =
        world.get(&world.token().await, &format!("/accounts/{ACCOUNT}/candidates?filter[email]=ben@example.org")).await.1;
    assert_eq!(candidates["data"], json!([]), "nobody is left behind");
    let exchanges = world.journal.find(&JournalFilter::default());
    assert!(
        exchanges.iter().any(|exchange| format!("{:?}", exchange.outcome).contains("Too many applications")),
        "the tester sees it"
    );
}

#[tokio::test]
async fn one_token_too_many_ends_the_one_that_expires_first() {
    let world = within(Limits { tokens: 2, ..Limits::default() }).await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(world.token().await);
        world.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    for (token, status) in tokens.iter().zip([StatusCode::UNAUTHORIZED, StatusCode::OK, StatusCode::OK]) {
        assert_eq!(world.get(token, "/accounts").await.0, status);
    }
}

#[tokio::test]
async fn one_link_to_a_report_too_many_ends_the_one_that_expires_first() {
    let world = within(Limits { report_links: 2, ..Limits::default() }).await;
    let (link, id) = world.register("ines@example.org", None).await;
    world.finish(&link, "a", "9").await;
    let token = world.token().await;
    let mut links = Vec::new();
    for _ in 0..3 {
        let answer = world.get(&token, &format!("/applications/{id}/reports/reports-hub")).await.1;
        links.push(answer["data"]["attributes"]["url"].as_str().expect("a link").to_owned());
        world.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    for (link, status) in links.iter().zip([StatusCode::NOT_FOUND, StatusCode::OK, StatusCode::OK]) {
        assert_eq!(world.open(&browser(), link).await.status(), status, "{link}");
    }
}

#[tokio::test]
async fn an_application_has_ten_magic_links_and_ten_browsers() {
    let world = World::start().await;
    let mut links = Vec::new();
    for _ in 0..11 {
        links.push(world.register("ines@example.org", None).await.0);
    }
    assert_eq!(world.open(&browser(), &links[0]).await.status(), StatusCode::NOT_FOUND, "the first of eleven");
    let mut browsers = Vec::new();
    for _ in 0..11 {
        let browser = browser();
        let landing = world.open(&browser, &links[10]).await;
        assert_eq!(landing.status(), StatusCode::OK);
        browsers.push((browser, landing.url().to_string()));
        world.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    for ((browser, landing), status) in [&browsers[0], &browsers[10]].into_iter().zip([StatusCode::UNAUTHORIZED, StatusCode::OK])
    {
        assert_eq!(world.open(browser, landing).await.status(), status);
    }
}

#[tokio::test]
async fn texts_about_a_person_and_names_of_attributes_are_bounded() {
    let world = World::start().await;
    let mut document = registration("ines@example.org", None);
    document["data"]["relationships"]["candidate"]["data"]["attributes"]["firstName"] = "x".repeat(255).into();
    let (status, answer) = register(&world, document).await;
    assert_eq!((status, &answer["errors"][0]["title"]), (StatusCode::BAD_REQUEST, &json!("Invalid firstName")));
    // Short enough as typed, and kept in lower case, in which this letter is longer.
    let (status, answer) = register(&world, registration(&format!("{}@example.org", "İ".repeat(121)), None)).await;
    assert_eq!((status, &answer["errors"][0]["title"]), (StatusCode::BAD_REQUEST, &json!("Invalid emailAddress")));
    let mut document = registration("ines@example.org", None);
    document["data"]["attributes"]["x".repeat(201)] = "1".into();
    let (status, answer) = register(&world, document).await;
    assert_eq!((status, &answer["errors"][0]["title"]), (StatusCode::BAD_REQUEST, &json!("Invalid attributes")));
    let mut document = registration("ines@example.org", None);
    document["data"]["attributes"]["x".repeat(200)] = "1".into();
    assert_eq!(register(&world, document).await.0, StatusCode::CREATED);
}

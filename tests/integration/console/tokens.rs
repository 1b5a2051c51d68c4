//! Tokens of the API, from the console to a call and back.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use tower::ServiceExt;

use super::world::World;

const TOKENS: &str = "/console/tokens";

async fn opens(world: &World, token: &str) -> StatusCode {
    let request = Request::get("/api/v1/settings").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Body::empty()).expect("a request");
    world.app.router().oneshot(request).await.expect("an answer").status()
}

#[tokio::test]
async fn a_token_is_shown_once_opens_the_api_and_is_taken_back() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    assert!(browser.get(TOKENS).await.has("#tokens-empty"));
    let unnamed = browser.submit(TOKENS, TOKENS, &[("name", " "), ("days", "30")]).await;
    assert_eq!((unnamed.status, unnamed.has("#name-error")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    let made = browser.submit(TOKENS, TOKENS, &[("name", "the <pipeline>"), ("days", "30")]).await;
    let token = made.text("#token");
    assert_eq!((token.len(), made.texts("#tokens td")[0].as_str()), (64, "the <pipeline>"));
    assert!(!browser.get(TOKENS).await.body.contains(&token), "it is not shown again");
    assert_eq!(opens(&world, &token).await, StatusCode::OK);

    let listed = browser.get(TOKENS).await.value("#tokens input[name=token]");
    let back = browser.submit(TOKENS, "/console/tokens/revoke", &[("token", &listed)]).await.location().to_owned();
    assert!(browser.get(&back).await.has("#revoked"));
    assert_eq!(opens(&world, &token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.submit(TOKENS, "/console/tokens/revoke", &[("token", &listed)]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_ends_and_is_nobody_elses_to_take_back() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let token = browser.submit(TOKENS, TOKENS, &[("name", "CI"), ("days", "30")]).await.text("#token");
    let listed = browser.get(TOKENS).await.value("#tokens input[name=token]");
    let mut other = world.browser();
    other.sign_in("admin@other.example", super::world::PASSWORD).await;
    assert_eq!(other.submit(TOKENS, "/console/tokens/revoke", &[("token", &listed)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(opens(&world, &token).await, StatusCode::OK);
    world.pass(SignedDuration::from_hours(24 * 30));
    assert_eq!(opens(&world, &token).await, StatusCode::UNAUTHORIZED);
}

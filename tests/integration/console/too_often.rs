//! A customer whose people use the console too often wait, and nobody else's do. Each customer is counted by itself, whoever of its people
//! asks and from wherever: neither another customer's people nor strangers from the same address wait with them.

use axum::http::StatusCode;
use harver_icims::web::RateLimits;

use super::browser::Page;
use super::world::{PASSWORD, World};

/// As few as there can be.
const FEW: u32 = 60;

async fn world() -> World {
    let few = i64::from(FEW);
    let limits = RateLimits { of_a_customer: few.try_into().expect("in range"), ..RateLimits::default() };
    World::with(|settings| settings.rates = Some(limits)).await
}

fn is_told_when_to_come_back(refused: &Page) {
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = refused.header("retry-after").parse().expect("a Retry-After in seconds");
    assert!((1..=2).contains(&seconds), "one a second is let in again, not one in {seconds}");
    assert!(refused.body.contains("Too many requests") && refused.body.contains("<html"), "{}", refused.body);
}

#[tokio::test]
async fn the_people_of_a_customer_who_ask_too_often_wait_together_and_no_other_customers_do() {
    let world = world().await;
    let (mut admin, mut recruiter, mut other) = (world.signed_in().await, world.recruiter().await, world.browser());
    let signed_in = other.sign_in("admin@other.example", PASSWORD).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);

    let mut asked = 0;
    let refused = loop {
        let page = admin.get("/console/orders").await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            break page;
        }
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        asked += 1;
        assert!(asked < 20 * FEW, "everybody is let in");
    };
    assert!(asked >= FEW, "a minute's worth may come at once, not {asked}");
    is_told_when_to_come_back(&refused);
    // One a second is let in, so that a slow machine needs more than one call.
    let mut theirs = recruiter.get("/console").await;
    for _ in 0..20 {
        if theirs.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        theirs = recruiter.get("/console").await;
    }
    is_told_when_to_come_back(&theirs);

    for path in ["/console", "/console/orders", "/console/general"] {
        assert_eq!(other.get(path).await.status, StatusCode::OK, "another customer's {path}");
    }
    assert_eq!(world.browser().get("/console/sign-in").await.status, StatusCode::OK, "who has yet to sign in");
}

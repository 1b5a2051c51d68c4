//! A session that ends while somebody fills in a form: what was typed comes back, and is not saved by itself.

use axum::http::StatusCode;
use harver_icims::console::create_admin;
use harver_icims::domain::Role;
use jiff::SignedDuration;

use super::browser::{Browser, Page};
use super::world::{ADMIN, PASSWORD, World, id};

/// Sends a form after the session has ended, and gives what the browser then shows.
async fn sent_too_late(world: &World, browser: &mut Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let token = browser.get(page).await.value("input[name=form_token]");
    world.pass(SignedDuration::from_hours(8));
    let fields: Vec<_> = [("form_token", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post(path, &fields).await
}

/// Signs in on a page, with everything that it carries along.
async fn sign_in_on(browser: &mut Browser, page: &Page, email: &str, password: &str) -> Page {
    let hidden = page.hidden("#sign-in");
    let own = [("email".to_owned(), email.to_owned()), ("password".to_owned(), password.to_owned())];
    let fields: Vec<_> = hidden.into_iter().chain(own).collect();
    let fields: Vec<_> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    browser.post("/console/sign-in", &fields).await
}

/// A form that is filled in, and where to look for what was typed.
struct Filled {
    path: &'static str,
    typed: &'static [(&'static str, &'static str)],
    look_at: (&'static str, &'static str),
}

const FORMS: [Filled; 6] = [
    Filled {
        path: "/console/general",
        typed: &[("name", "Bright \"& Sons\""), ("pattern_inline", "on")],
        look_at: ("#company-name", "Bright \"& Sons\""),
    },
    Filled {
        path: "/console/ats-to-harver",
        typed: &[("reports_progress", "on")],
        look_at: ("#assessment-status[checked]", "on"),
    },
    Filled {
        path: "/console/harver-to-ats/assessments",
        typed: &[("complete", "not a node")],
        look_at: ("#status-complete", "not a node"),
    },
    Filled {
        path: "/console/harver-to-ats/reports",
        typed: &[("report_type", "fact_sheet"), ("ats_field", "rcf1")],
        look_at: ("#report-fact_sheet[checked]", "fact_sheet"),
    },
    Filled {
        path: "/console/credentials/harver-to-ats/edit",
        typed: &[("method", "basic"), ("username", "harverapi"), ("password", "typed-secret"), ("from", "2026-04-01T08:00")],
        look_at: ("#from", "2026-04-01T08:00"),
    },
    Filled { path: "/console/credentials/ats-to-harver", typed: &[("addresses", "10.0.0.1")], look_at: ("#addresses-field", "") },
];

#[tokio::test]
async fn every_form_of_settings_comes_back_as_it_was_typed() {
    for Filled { path, typed, look_at: (selector, value) } in FORMS {
        let world = World::new().await;
        let mut browser = world.signed_in().await;
        let before = format!("{:?}", world.customer().await);
        let ended = sent_too_late(&world, &mut browser, path, path, typed).await;
        assert!(ended.has("#session-ended"), "{path}: {}", ended.body);
        assert!(!ended.body.contains("typed-secret"), "a secret is not carried along");
        let wrong = sign_in_on(&mut browser, &ended, ADMIN, "a typing mistake").await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        let back = sign_in_on(&mut browser, &wrong, ADMIN, PASSWORD).await;
        assert_eq!(back.status, StatusCode::OK, "{path}");
        assert!(back.text("#resumed").contains("Not saved yet"), "{path}");
        assert_eq!(back.value(selector), value, "{path}");
        assert_eq!(format!("{:?}", world.customer().await), before, "{path}: nothing was saved");
        assert!(world.changed().await.is_empty());
        assert_eq!(browser.get("/console").await.text("#signed-in-as"), ADMIN);
    }
}

#[tokio::test]
async fn a_mail_that_was_to_be_previewed_comes_back_with_its_styles_allowed() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let (editor, preview) = ("/console/invitation", "/console/invitation/preview");
    let typed = [("language", "en-GB"), ("subject", "Typed for long"), ("body", "Follow {{link}}, and take your time.")];
    let ended = sent_too_late(&world, &mut browser, editor, preview, &typed).await;
    assert!(ended.text("#session-ended").contains("comes back as you filled it in"));
    let back = sign_in_on(&mut browser, &ended, ADMIN, PASSWORD).await;
    assert_eq!((back.status, back.value("#subject").as_str()), (StatusCode::OK, "Typed for long"));
    assert_eq!(back.header("content-security-policy"), browser.get(editor).await.header("content-security-policy"));
}

#[tokio::test]
async fn a_form_that_came_back_can_be_sent() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let tab = "/console/credentials/ats-to-harver";
    let ended = sent_too_late(&world, &mut browser, tab, tab, &[("addresses", "10.0.0.1\r\n10.0.0.2")]).await;
    let back = sign_in_on(&mut browser, &ended, ADMIN, PASSWORD).await;
    assert_eq!(back.text("#addresses-field"), "10.0.0.1 10.0.0.2");
    assert!(back.has("details[open] #addresses-field"), "the form is in sight");
    let token = back.value("#addresses-form input[name=form_token]");
    browser.post(tab, &[("form_token", &token), ("addresses", "10.0.0.1\r\n10.0.0.2")]).await.location();
    assert_eq!(world.customer().await.addresses.len(), 2);
}

#[tokio::test]
async fn the_longest_form_that_is_taken_is_carried_along_too() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let (general, name) = ("/console/general", "x".repeat(65_000));
    let ended = sent_too_late(&world, &mut browser, general, general, &[("name", &name)]).await;
    let back = sign_in_on(&mut browser, &ended, ADMIN, PASSWORD).await;
    assert_eq!(back.value("#company-name"), name);
}

#[tokio::test]
async fn a_form_that_only_acts_is_not_repeated() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let tab = "/console/credentials/ats-to-harver";
    let rotate = "/console/credentials/ats-to-harver/rotate";
    let ended = sent_too_late(&world, &mut browser, tab, rotate, &[("old_ends", "now")]).await;
    assert!(ended.text("#session-ended").contains("do it once more"), "{}", ended.body);
    let back = sign_in_on(&mut browser, &ended, ADMIN, PASSWORD).await;
    assert_eq!(back.location(), "/console");
    let again = sent_too_late(&world, &mut browser, "/console", "/console/general/disable", &[]).await;
    assert_eq!(again.location(), "/console/sign-in", "there was nothing typed");
    assert!(world.changed().await.is_empty());
}

#[tokio::test]
async fn what_was_typed_for_one_customer_is_not_given_to_another() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let typed = [("name", "Typed for 4021")];
    let ended = sent_too_late(&world, &mut browser, "/console/general", "/console/general", &typed).await;
    let other = sign_in_on(&mut browser, &ended, "admin@other.example", PASSWORD).await;
    assert_eq!(other.location(), "/console");
    assert!(!other.body.contains("Typed for 4021"));
}

#[tokio::test]
async fn somebody_who_may_not_configure_is_given_no_form() {
    let world = World::new().await;
    let mut browser = world.signed_in().await;
    let typed = [("name", "Another name")];
    let ended = sent_too_late(&world, &mut browser, "/console/general", "/console/general", &typed).await;
    let email = "reader@brightwater.example";
    create_admin(world.app.store(), email, id(4021), Role::Recruiter, PASSWORD.into()).await.expect("a recruiter");
    assert_eq!(sign_in_on(&mut browser, &ended, email, PASSWORD).await.location(), "/console");
}

//! What candidate and report reader see, addressed by element ids.

use icims_sandbox::engine::{DiskError, JournalFilter};
use icims_sandbox::harver_platform::model::AuthenticationStrategy;
use jiff::SignedDuration;
use reqwest::StatusCode;

use crate::platform_support::{ACCOUNT, VACANCY, World, answers, browser};
use crate::seen::Seen;

async fn post(http: &reqwest::Client, world: &World, path: &str, form: &[(&str, &str)]) -> Seen {
    Seen::new(http.post(format!("{}{path}", world.base)).form(form).send().await.expect("a page")).await
}

async fn get(http: &reqwest::Client, address: &str) -> Seen {
    Seen::new(http.get(address).send().await.expect("a page")).await
}

/// A browser that stands at the module with this key.
async fn at_module(world: &World, link: &str, key: &str) -> (reqwest::Client, Seen) {
    let http = browser();
    let landing = get(&http, link).await;
    let mut page = post(&http, world, &landing.path, &[("terms", "yes")]).await;
    while page.attribute("#module-form", "data-module") != key {
        let form = answers(&page.attribute("#module-form", "data-module"), "a", "9");
        let address = format!("{}{}", world.base, page.path);
        page = Seen::new(http.post(address).form(&form).send().await.expect("a page")).await;
    }
    (http, page)
}

#[tokio::test]
async fn the_magic_link_leads_to_the_landing_page_without_the_secret_in_its_address() {
    let world = World::start().await;
    let (link, id) = world.register("ines@example.org", None).await;
    let http = browser();
    let answer = http.get(&link).send().await.expect("a page");
    let page = Seen::new(answer).await;
    assert_eq!(page.path, format!("/app/journey/{id}/landing"));
    assert_eq!(page.text("#vacancy-title"), "Call Centre Advisor");
    assert!(page.has("#landing-form") && page.has("#accept-terms") && page.has("#start") && page.has("#language"));
    let no_redirects = icims_sandbox::engine::direct().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = no_redirects.get(&link).send().await.expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("HttpOnly") && cookie.contains(&format!("Path=/app/journey/{id};")), "{cookie}");
}

#[tokio::test]
async fn the_terms_are_required() {
    let world = World::start().await;
    let (link, _) = world.register("ines@example.org", None).await;
    let http = browser();
    let landing = get(&http, &link).await;
    let page = post(&http, &world, &landing.path, &[("contact", "yes")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("#accept-terms-error") && page.has("#accept-contact[checked]"));
    let page = post(&http, &world, &landing.path, &[("terms", "yes")]).await;
    assert_eq!(page.attribute("#module-form", "data-module"), "welcome");
}

#[tokio::test]
async fn the_language_can_be_chosen_and_is_kept() {
    let world = World::start().await;
    let (link, id) = world.register("ines@example.org", None).await;
    let http = browser();
    let landing = get(&http, &link).await;
    let page = get(&http, &format!("{}{}?lang=nl-NL", world.base, landing.path)).await;
    assert_eq!(
        (page.text("#start").as_str(), page.attribute("#landing-form [name=language]", "value").as_str()),
        ("Starten", "nl-NL")
    );
    let page = post(&http, &world, &landing.path, &[("terms", "yes"), ("language", "nl-NL")]).await;
    assert_eq!(page.text("#next"), "Volgende");
    let (_, application) = world.get(&world.token().await, &format!("/applications/{id}")).await;
    assert_eq!(application["data"]["attributes"]["language"], "NLD");
}

#[tokio::test]
async fn the_modules_follow_one_another_and_end_with_the_way_back() {
    let world = World::start().await;
    let (link, id) = world.register("ines@example.org", Some("https://careers.example.org/back?i=1&x=%22")).await;
    let http = browser();
    let landing = get(&http, &link).await;
    let mut page = post(&http, &world, &landing.path, &[("terms", "yes")]).await;
    for (completed, key) in ["welcome", "sjt", "cognitive", "personality", "typing"].into_iter().enumerate() {
        assert_eq!(page.path, format!("/app/journey/{id}/modules/{key}"));
        assert_eq!(
            (page.attribute("#progress", "data-all"), page.attribute("#progress", "data-completed")),
            ("5".into(), completed.to_string())
        );
        let (_, application) = world.get(&world.token().await, &format!("/applications/{id}")).await;
        assert_eq!(application["data"]["attributes"]["progress"]["completed"], completed);
        let address = format!("{}{}", world.base, page.path);
        page = Seen::new(http.post(address).form(&answers(key, "a", "9")).send().await.expect("a page")).await;
    }
    assert!(page.has("#end-page"));
    assert_eq!(page.attribute("#return-link", "href"), "https://careers.example.org/back?i=1&x=%22");
}

#[tokio::test]
async fn an_address_that_is_no_web_page_is_never_offered_as_the_way_back() {
    let world = World::start().await;
    for (email, address) in
        [("a@example.org", "javascript:alert(1)"), ("b@example.org", "data:text/html,x"), ("c@example.org", "careers")]
    {
        let (link, _) = world.register(email, Some(address)).await;
        let page = Seen::new(world.finish(&link, "a", "9").await).await;
        assert!(page.has("#end-page") && page.has("#close-window") && !page.has("#return-link"), "{address}");
    }
}

#[tokio::test]
async fn missing_and_foreign_answers_are_marked_at_the_question_and_nothing_is_stored() {
    let world = World::start().await;
    let (link, id) = world.register("ines@example.org", None).await;
    let (http, page) = at_module(&world, &link, "sjt").await;
    let page = post(&http, &world, &page.path, &[("q1", "b"), ("q2", "z"), ("q4", "d")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("#form-errors") && page.has("#q2-error") && page.has("#q3-error") && !page.has("#q1-error"));
    assert!(page.has("#q1-b[checked]") && page.has("#q4-d[checked]"));
    let (_, application) = world.get(&world.token().await, &format!("/applications/{id}")).await;
    assert_eq!(application["data"]["attributes"]["progress"]["completed"], 1);
}

#[tokio::test]
async fn what_was_typed_is_shown_again_and_escaped() {
    let world = World::start().await;
    let (link, _) = world.register("ines@example.org", None).await;
    let (http, page) = at_module(&world, &link, "typing").await;
    assert_eq!(page.text("#q1-text"), "BW-2047-118-K");
    let page = post(&http, &world, &page.path, &[("q1", "\"><script>alert(1)</script>")]).await;
    assert_eq!(page.attribute("#q1", "value"), "\"><script>alert(1)</script>");
    assert!(!page.has("script"));
}

#[tokio::test]
async fn another_browser_goes_on_where_the_first_one_stopped() {
    let world = World::start().await;
    let (link, _) = world.register("ines@example.org", None).await;
    at_module(&world, &link, "personality").await;
    let page = get(&browser(), &link).await;
    assert_eq!(page.attribute("#module-form", "data-module"), "personality");
    assert!(page.has("#q6-9"));
}

#[tokio::test]
async fn back_reload_and_double_posts_lead_to_the_current_step() {
    let world = World::start().await;
    let (link, id) = world.register("ines@example.org", None).await;
    let (http, page) = at_module(&world, &link, "cognitive").await;
    for path in ["", "/landing", "/modules/welcome", "/modules/typing", "/modules/none", "/end", "/completed"] {
        assert_eq!(get(&http, &format!("{}/app/journey/{id}{path}", world.base)).await.path, page.path, "{path}");
    }
    for path in ["/landing", "/modules/sjt", "/modules/typing", "/modules/none"] {
        let again = post(&http, &world, &format!("/app/journey/{id}{path}"), &[("terms", "yes"), ("q1", "d")]).await;
        assert_eq!((again.status, &again.path), (StatusCode::OK, &page.path), "{path}");
    }
}

#[tokio::test]
async fn whoever_comes_back_after_finishing_is_told_so() {
    let world = World::start().await;
    let (link, _) = world.register("ines@example.org", Some("https://careers.example.org/back")).await;
    world.finish(&link, "a", "9").await;
    let page = get(&browser(), &link).await;
    assert!(page.has("#already-completed") && page.has("#return-link"));
}

#[tokio::test]
async fn an_expired_link_says_what_to_do_and_a_renewed_one_goes_on() {
    let world = World::start().await;
    let (link, _) = world.register("ines@example.org", Some("https://careers.example.org/back")).await;
    at_module(&world, &link, "sjt").await;
    world.clock.advance(SignedDuration::from_hours(24));
    let page = get(&browser(), &link).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.has("#expired-link") && page.has("#return-link"));
    assert!(page.text("#expired-link").contains("confirmation code"));
    let account = world.platform.account(ACCOUNT).expect("open");
    let strategy = account.read(|state| state.vacancies().next().map(|vacancy| vacancy.settings.authentication));
    assert_eq!(strategy, Some(AuthenticationStrategy::AtsFirst));
    let (renewed, _) = world.register("ines@example.org", None).await;
    assert_eq!(get(&browser(), &renewed).await.attribute("#module-form", "data-module"), "sjt");
}

#[tokio::test]
async fn the_life_of_a_link_is_a_setting() {
    let world = World::start().await;
    let account = world.platform.account(ACCOUNT).expect("open");
    account
        .write(|state| {
            state.edit_profile().magic_link_hours = 1;
            Ok::<(), DiskError>(())
        })
        .await
        .expect("kept");
    let (link, _) = world.register("ines@example.org", None).await;
    world.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(get(&browser(), &link).await.status, StatusCode::OK);
    world.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(get(&browser(), &link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn links_that_were_never_handed_out_are_not_known() {
    let world = World::start().await;
    let (link, id) = world.register("ines@example.org", None).await;
    let token = link.rsplit('/').next().expect("a token");
    for path in [
        format!("{VACANCY}/magic-link/x"),
        format!("{VACANCY}/magic-link/{}", "0".repeat(48)),
        format!("{VACANCY}/magic-link/{token}0"),
        format!("{VACANCY}/magic-link/%FF"),
        format!("000000000000000000000000/magic-link/{token}"),
        format!("none/magic-link/{token}"),
    ] {
        let page = get(&browser(), &format!("{}/app/landing/{path}", world.base)).await;
        assert!(page.status == StatusCode::NOT_FOUND && page.has("#unknown-link"), "{path}");
    }
    for path in ["/", "/landing", "/modules/sjt", "/end"] {
        let page = get(&browser(), &format!("{}/app/journey/{id}{}", world.base, path.trim_end_matches('/'))).await;
        assert!(page.status == StatusCode::UNAUTHORIZED && page.has("#signed-out"), "{path}");
    }
}

#[tokio::test]
async fn one_candidates_cookie_opens_nobody_elses_pages() {
    let world = World::start().await;
    let (link, _) = world.register("ines@example.org", None).await;
    let (_, other) = world.register("omar@example.org", None).await;
    let no_redirects = icims_sandbox::engine::direct().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = no_redirects.get(&link).send().await.expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("a pair").to_owned();
    let page = no_redirects.get(format!("{}/app/journey/{other}/landing", world.base)).header("cookie", cookie);
    assert_eq!(page.send().await.expect("a page").status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn two_platforms_on_one_host_do_not_sign_each_other_out() {
    let (first, second) = (World::start().await, World::start().await);
    let (link, id) = first.register("ines@example.org", None).await;
    let (other_link, other_id) = second.register("ines@example.org", None).await;
    assert_eq!(id, other_id, "one seed makes the same ids, so that the paths of the cookies are the same, too");
    let http = browser();
    get(&http, &link).await;
    // Twice, so that the two hold different sessions, although one seed makes the same secrets.
    get(&http, &other_link).await;
    get(&http, &other_link).await;
    for world in [&first, &second] {
        let page = get(&http, &format!("{}/app/journey/{id}/landing", world.base)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", world.base);
    }
}

async fn report_link(world: &World, query: &str) -> String {
    let (link, id) = world.register("ines.okafor@example.org", None).await;
    world.finish(&link, "b", "5").await;
    let (_, answer) = world.get(&world.token().await, &format!("/applications/{id}/reports/reports-hub?{query}")).await;
    answer["data"]["attributes"]["url"].as_str().expect("a url").to_owned()
}

#[tokio::test]
async fn the_report_shows_score_label_indicators_and_modules() {
    let world = World::start().await;
    let page = get(&browser(), &report_link(&world, "allowedPII=true").await).await;
    assert_eq!(
        (page.text("#candidate-name").as_str(), page.text("#candidate-email").as_str()),
        ("Ines Okafor", "ines.okafor@example.org")
    );
    assert_eq!((page.text("#overall-score").as_str(), page.text("#overall-label").as_str()), ("66", "Good Fit"));
    assert_eq!(page.text("#indicator-k1"), "Customer Focus 56 Average");
    assert_eq!(page.text("#module-typing .score"), "100");
}

#[tokio::test]
async fn the_report_hides_personal_data_unless_permitted_and_speaks_dutch_on_demand() {
    let world = World::start().await;
    let link = report_link(&world, "").await;
    let page = get(&browser(), &link).await;
    assert_eq!(
        (page.text("#candidate-name").as_str(), page.text("#candidate-email").as_str()),
        ("I*** O*****", "i**********@example.org")
    );
    assert!(page.has("#masked"));
    let dutch = get(&browser(), &link.replace("lang=en-US", "lang=nl-NL")).await;
    assert!(dutch.text("#indicators").starts_with("Matchindicatoren"));
    assert_eq!(dutch.text("#lang option[selected]"), "Nederlands");
}

#[tokio::test]
async fn each_kind_of_report_has_its_own_links() {
    let world = World::start().await;
    let (link, id) = world.register("ines@example.org", None).await;
    world.finish(&link, "b", "5").await;
    let token = world.token().await;
    let (_, guide) = world.get(&token, &format!("/applications/{id}/reports/interview-guides")).await;
    let (_, application) = world.get(&token, &format!("/applications/{id}?include=report")).await;
    let url = |answer: &serde_json::Value| answer["attributes"]["url"].as_str().expect("a url").to_owned();
    let links = [url(&guide["data"]), url(&application["included"][0]), url(&application["included"][1])];
    for (link, has_modules, has_advice) in [(&links[0], false, true), (&links[1], true, false), (&links[2], false, false)] {
        let page = get(&browser(), link).await;
        assert_eq!(
            (page.has("#overall-score"), page.has("#modules"), page.has(".advice")),
            (true, has_modules, has_advice),
            "{link}"
        );
        let token = link.split_once("token=").expect("a token").1;
        assert!(get(&browser(), &format!("{}/reports-hub?token={token}", world.base)).await.has("#report-unknown"));
    }
    world.clock.advance(SignedDuration::from_mins(15));
    for link in &links {
        assert!(get(&browser(), link).await.has("#report-expired"), "{link}");
    }
}

#[tokio::test]
async fn a_report_link_stops_working_when_it_said_so() {
    let world = World::start().await;
    let link = report_link(&world, "expiresIn=1209600").await;
    world.clock.advance(SignedDuration::from_hours(24 * 14));
    let page = get(&browser(), &link).await;
    assert!(page.status == StatusCode::GONE && page.has("#report-expired"));
    for query in ["", "?token=x", "?token=%FF", "?token=64b1f0c2a9d3e7004a5b6c70aaaaaaaaaaaaaaaaaaaaaaaa"] {
        let page = get(&browser(), &format!("{}/reports-hub{query}", world.base)).await;
        assert!(page.status == StatusCode::NOT_FOUND && page.has("#report-unknown"), "{query}");
    }
}

#[tokio::test]
async fn what_a_browser_does_is_no_exchange_between_systems() {
    let world = World::start().await;
    let (link, _) = world.register("ines@example.org", None).await;
    let exchanges = world.journal.find(&JournalFilter::default()).len();
    world.finish(&link, "a", "9").await;
    assert_eq!(world.journal.find(&JournalFilter::default()).len(), exchanges);
}

#[tokio::test]
async fn every_address_answers_with_a_page() {
    let world = World::start().await;
    for (path, id) in [
        ("/", "#front"),
        ("/app/terms", "#terms"),
        ("/app/candidates/65aa01f29c3b4d00178e92fa", "#account-needed"),
        (&*format!("/app/landing/{VACANCY}"), "#invitation-needed"),
        ("/nowhere", "#not-found"),
    ] {
        assert!(get(&browser(), &format!("{}{path}", world.base)).await.has(id), "{path}");
    }
}

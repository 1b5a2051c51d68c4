//! Multi-phase: packages are chosen in Harver, on a page that only the recruiter's link opens (promises G14 and G32).

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use harver_icims::domain::{OrderEvent, OrderState, VacancyId};
use harver_icims::store::orders;
use jiff::SignedDuration;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use tower::ServiceExt;
use wiremock::ResponseTemplate;
use wiremock::matchers::{method, path_regex};

use crate::scene::Scene;
use crate::support::{ACCOUNT, PACKAGE, VACANCY, nowhere};

const NIGHT: &str = "64c20d1e5f7a8b0012ab34ce";
const NIGHT_PACKAGE: &str = "Harver Night Shift – 64c20d1e5f7a8b0012ab34ce";
const UNLISTED: &str = "64c20d1e5f7a8b0012ab34cf";
const TRIGGER: &str = "40177";

/// Ines and her job, three open vacancies of which two are listed in iCIMS, and no result yet.
async fn multi_phase() -> Scene {
    let scene = Scene::bare(|customer| customer.multi_phase = true, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"})).await;
    scene.job_with(&[]).await;
    lists(&scene, &[PACKAGE, NIGHT_PACKAGE]).await;
    vacancies(&scene, &[("Call Centre Advisor", VACANCY), ("Night Shift", NIGHT), ("Typing", UNLISTED)]).await;
    results(&scene, &json!([])).await;
    applications(&scene).await;
    scene
}

async fn lists(scene: &Scene, labels: &[&str]) {
    let all = json!({"nodes": [{"id": "C1"}, {"id": "C2"}]});
    scene
        .icims_answers("GET", "/customers/4021/v2/lists/lists.customfields_lists", ResponseTemplate::new(200).set_body_json(all))
        .await;
    for list in ["C1", "C2"] {
        let nodes: Vec<Value> = labels.iter().map(|label| json!({"id": "C9", "value": label})).collect();
        let at = format!("/customers/4021/v2/lists/lists.customfields_lists/node/{list}");
        scene.icims_answers("GET", &at, ResponseTemplate::new(200).set_body_json(json!({ "nodes": nodes }))).await;
    }
}

async fn vacancies(scene: &Scene, open: &[(&str, &str)]) {
    let data: Vec<Value> = open
        .iter()
        .map(|(name, id)| json!({"type": "vacancies", "id": id, "attributes": {"name": name, "status": "open"}}))
        .collect();
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "data": data }));
    scene.harver_answers("GET", &format!("/api/v1.0/accounts/{ACCOUNT}/vacancies"), answer).await;
}

async fn results(scene: &Scene, rows: &Value) {
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "assessmentresults": rows }));
    scene.icims_answers("GET", "/customers/4021/applicantworkflows/88431", answer).await;
}

/// Each vacancy has an application of its own.
async fn applications(scene: &Scene) {
    let created = |request: &wiremock::Request| {
        let vacancy = request.url.path().split('/').nth(4).expect("a vacancy").to_owned();
        let link = format!("http://harver.example/app/landing/{vacancy}/magic-link/1");
        let application = vacancy.replace("64c2", "65aa");
        ResponseTemplate::new(201)
            .set_body_json(json!({"data": {"magicLink": link, "applicationId": application, "currentStatus": "in-progress"}}))
    };
    let wanted = wiremock::Mock::given(method("POST")).and(path_regex("^/api/v1.0/vacancies/[0-9a-f]{24}/applications$"));
    wanted.respond_with(created).mount(&scene.harver).await;
}

struct Page {
    status: StatusCode,
    location: Option<String>,
    html: Html,
}

impl Page {
    async fn of(response: Response) -> Self {
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "the address alone opens it");
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().expect("ASCII").to_owned());
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        Self { status, location, html: Html::parse_document(&String::from_utf8_lossy(&body)) }
    }

    fn has(&self, selector: &str) -> bool {
        self.html.select(&Selector::parse(selector).expect("a selector")).next().is_some()
    }

    fn text(&self, selector: &str) -> String {
        let found = self.html.select(&Selector::parse(selector).expect("a selector")).next();
        found.unwrap_or_else(|| panic!("{selector} is not there")).text().collect::<Vec<_>>().join(" ")
    }
}

/// The recruiter advances Ines; the path of the page that iCIMS opens.
async fn advanced(scene: &Scene) -> String {
    let answer = scene.advanced_to(TRIGGER).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let location = answer.location.expect("a page");
    location.strip_prefix(nowhere().as_str().trim_end_matches('/')).expect("a page of ours").to_owned()
}

async fn opened(scene: &Scene, at: &str) -> Page {
    Page::of(scene.opened(at).await).await
}

async fn sent_off(scene: &Scene, at: &str, form: &str) -> Page {
    let request = Request::post(at).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = request.body(Body::from(form.to_owned())).expect("a request");
    Page::of(scene.app.router().oneshot(request).await.expect("the router answers")).await
}

async fn ordered(scene: &Scene) -> Vec<(VacancyId, OrderState)> {
    let mut orders: Vec<_> =
        scene.orders().await.into_iter().map(|order| (order.package.vacancy().clone(), order.state)).collect();
    orders.sort_by(|a, b| a.0.cmp(&b.0));
    orders
}

fn id(text: &str) -> VacancyId {
    text.parse().expect("24 digits")
}

#[tokio::test]
async fn uat_10_each_package_that_is_chosen_becomes_an_order_of_its_own() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    assert!(scene.orders().await.is_empty(), "nothing is ordered before the recruiter has chosen");
    let shown = opened(&scene, &page).await;
    assert_eq!(shown.text("#candidate"), "Ines Okafor");
    assert_eq!(shown.text("#job-title"), "Call Centre Advisor");
    assert!(shown.has(&format!("#package-{VACANCY}:not([disabled])")) && shown.has(&format!("#package-{NIGHT}:not([checked])")));
    assert!(shown.has(&format!("#package-{UNLISTED}[disabled]")), "its result could not be written");

    let taken = sent_off(&scene, &page, &format!("package={VACANCY}&package={NIGHT}")).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let done = opened(&scene, &taken.location.expect("a page")).await;
    assert!(done.has("#sent") && done.text("#orders").contains("Night Shift"));
    assert_eq!(ordered(&scene).await, [(id(VACANCY), OrderState::Received), (id(NIGHT), OrderState::Received)]);
    assert_eq!(scene.orders().await[0].candidate.email.as_str(), "ines.okafor@example.org");
    assert_eq!(scene.drain().await, 4, "each has an application, and a mail that waits for the mail server");
}

#[tokio::test]
async fn a_repeated_event_and_a_repeated_form_change_nothing() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    assert_eq!(advanced(&scene).await, page, "the same choice");
    let form = format!("package={VACANCY}");
    let both = tokio::join!(sent_off(&scene, &page, &form), sent_off(&scene, &page, &form));
    assert_eq!((both.0.status, both.1.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(sent_off(&scene, &page, &format!("package={NIGHT}")).await.status, StatusCode::SEE_OTHER, "it was sent already");
    assert_eq!(ordered(&scene).await, [(id(VACANCY), OrderState::Received)]);
}

#[tokio::test]
async fn uat_12_nothing_is_sent_by_looking_cancelling_or_waiting_and_advancing_again_works() {
    let scene = multi_phase().await;
    let first = advanced(&scene).await;
    opened(&scene, &first).await;
    sent_off(&scene, &first, &format!("cancel=yes&package={VACANCY}")).await;
    let over = opened(&scene, &first).await;
    assert_eq!(over.status, StatusCode::GONE);
    assert!(over.text("#notice").contains("advance the candidate"), "{}", over.text("#notice"));
    assert_eq!(sent_off(&scene, &first, &format!("package={VACANCY}")).await.status, StatusCode::GONE);

    let second = advanced(&scene).await;
    assert_ne!(second, first);
    scene.clock.advance(SignedDuration::from_mins(31));
    assert_eq!(sent_off(&scene, &second, &format!("package={VACANCY}")).await.status, StatusCode::GONE);
    assert!(scene.orders().await.is_empty());

    let third = advanced(&scene).await;
    assert_ne!(third, second);
    sent_off(&scene, &third, &format!("package={VACANCY}")).await;
    assert_eq!(ordered(&scene).await.len(), 1);
}

#[tokio::test]
async fn uat_11_a_later_round_leaves_what_was_invited_or_completed_alone() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    sent_off(&scene, &page, &format!("package={VACANCY}")).await;
    scene.drain().await;
    let row = json!([{"entry": 512, "assessmentname": {"value": PACKAGE}, "assessmentstatus": {"id": "D37002019001"},
        "assessmentscore": 78, "assessmentresult": "Great Fit"}]);
    scene.icims.reset().await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    lists(&scene, &[PACKAGE, NIGHT_PACKAGE]).await;
    results(&scene, &row).await;

    let page = advanced(&scene).await;
    let shown = opened(&scene, &page).await;
    for part in ["Call Centre Advisor", "Complete", "78", "Great Fit"] {
        assert!(shown.text("#results").contains(part), "{part} is not in {}", shown.text("#results"));
    }
    assert!(shown.has(&format!("#package-{VACANCY}[disabled]:not([checked])")), "invited already");
    let refused = sent_off(&scene, &page, &format!("package={VACANCY}&package={NIGHT}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("#problem"));
    assert_eq!(ordered(&scene).await.len(), 1, "all or nothing");
    sent_off(&scene, &page, &format!("package={NIGHT}")).await;
    assert_eq!(ordered(&scene).await.len(), 2);
}

#[tokio::test]
async fn row_2_a_completed_package_can_be_chosen_again_where_its_candidate_may_start_again() {
    for may in [false, true] {
        let scene = multi_phase().await;
        let page = advanced(&scene).await;
        sent_off(&scene, &page, &format!("package={VACANCY}")).await;
        scene.drain().await;
        let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
        scene.store.write(move |tx| orders::apply(tx, order, OrderEvent::Finished, now)).await.expect("the store answers");
        let answer = ResponseTemplate::new(200).set_body_json(json!({"data": {"canReapply": may}}));
        let at = format!("/api/v1.0/applications/{}/reapply/status", VACANCY.replace("64c2", "65aa"));
        scene.harver_answers("GET", &at, answer).await;

        let page = advanced(&scene).await;
        assert_eq!(opened(&scene, &page).await.has(&format!("#package-{VACANCY}:not([disabled])")), may);
        sent_off(&scene, &page, &format!("package={VACANCY}")).await;
        assert_eq!(ordered(&scene).await.len(), if may { 2 } else { 1 }, "the completed one stays");
    }
}

#[tokio::test]
async fn only_what_was_signed_opens_a_choice() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    let (path, token) = page.rsplit_once('/').expect("a path");
    let (number, signature) = token.split_once('.').expect("a number and a signature");
    let other_number = format!("{}", number.parse::<u32>().expect("a number") + 1);
    for forged in
        [number.to_owned(), format!("{number}."), format!("{other_number}.{signature}"), format!("{number}.{}", "0".repeat(64))]
    {
        let shown = opened(&scene, &format!("{path}/{forged}")).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{forged}");
        assert_eq!(
            sent_off(&scene, &format!("{path}/{forged}"), &format!("package={VACANCY}")).await.status,
            StatusCode::NOT_FOUND
        );
    }
    assert!(scene.orders().await.is_empty());
}

#[tokio::test]
async fn what_was_not_offered_and_an_empty_choice_send_nothing() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    for form in [
        String::new(),
        format!("package={UNLISTED}"),
        format!("package={VACANCY}&package={}", "7".repeat(24)),
        "package=x".into(),
    ] {
        let again = sent_off(&scene, &page, &form).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(again.has("#problem") && again.has("#send"), "{form}");
    }
    assert!(scene.orders().await.is_empty());
}

#[tokio::test]
async fn a_missing_address_is_refused_at_the_event_and_named_in_plain_words_on_the_page() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    scene.icims.reset().await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor"})).await;
    scene.job_with(&[]).await;
    lists(&scene, &[PACKAGE]).await;
    results(&scene, &json!([])).await;
    let refused = scene.advanced_to(TRIGGER).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.user_message().contains("{{person.email}} is empty"), "{}", refused.user_message());
    let shown = opened(&scene, &page).await;
    assert_eq!(shown.status, StatusCode::BAD_REQUEST);
    assert!(shown.text("#notice").contains("Email is empty"), "{}", shown.text("#notice"));
}

#[tokio::test]
async fn a_switched_off_integration_sends_nothing_and_multi_phase_off_keeps_the_promise_of_the_page() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    scene.switch(false).await;
    let refused = sent_off(&scene, &page, &format!("package={VACANCY}")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text("#notice").contains("not enabled"));
    scene.switch(true).await;
    scene.set(json!({"multi_phase": false})).await;
    sent_off(&scene, &page, &format!("package={VACANCY}")).await;
    assert_eq!(ordered(&scene).await, [(id(VACANCY), OrderState::Received)]);
}

#[tokio::test]
async fn lists_that_are_kept_from_us_are_no_reason_to_offer_nothing() {
    let scene = Scene::bare(|customer| customer.multi_phase = true, |_| {}).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines.okafor@example.org"})).await;
    scene.job_with(&[]).await;
    vacancies(&scene, &[("Call Centre Advisor", VACANCY)]).await;
    results(&scene, &json!([])).await;
    let page = advanced(&scene).await;
    assert!(opened(&scene, &page).await.has(&format!("#package-{VACANCY}:not([disabled])")));
    sent_off(&scene, &page, &format!("package={VACANCY}")).await;
    assert_eq!(scene.orders().await[0].package.as_listed(), PACKAGE, "in the guide's format");
}

#[tokio::test]
async fn known_lists_are_read_and_not_looked_for_again() {
    let scene = multi_phase().await;
    let page = advanced(&scene).await;
    opened(&scene, &page).await;
    opened(&scene, &page).await;
    assert_eq!(scene.asked_icims("GET", "/customers/4021/v2/lists/lists.customfields_lists").await, 1);
    assert_eq!(scene.asked_icims("GET", "/customers/4021/v2/lists/lists.customfields_lists/node/C2").await, 2);
}

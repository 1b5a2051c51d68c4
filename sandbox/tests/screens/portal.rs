//! What candidates see and do on the career portal.

use icims_sandbox::engine::{Disk, Kept, Registry, restored};
use icims_sandbox::icims::model::{ApplicationStep, Workflow};
use icims_sandbox::icims::state::CustomerState;
use jiff::SignedDuration;
use wiremock::ResponseTemplate;

use crate::screens::browser::{World, icims, open, refusal};

const LINK: &str = "https://app.harver.example/magic/abc?lang=en";

/// The address of the sample job on the portal.
fn job_path(world: &World) -> String {
    format!("/careers/4021/jobs/{}/call-centre-advisor", world.sample.job)
}

fn to_the_vendor() -> ResponseTemplate {
    ResponseTemplate::new(303).insert_header("Location", LINK)
}

/// Ana applies up to the last question; where she is sent then.
async fn apply(world: &World) -> String {
    let job = job_path(world);
    let profile = world.post_and_follow(&format!("{job}/login"), &[("email", "ana.lopez@example.org")]).await;
    assert_eq!(profile.text("#steps [aria-current]"), "Profile");
    let fields = [("firstname", "Ana"), ("lastname", "Lopez"), ("phone", "+31 6 5550 0199")];
    let questions = world.post_and_follow(&format!("{job}/profile"), &fields).await;
    assert_eq!(questions.text("#steps [aria-current]"), "Questions");
    world.post(&format!("{job}/questions"), &[("source", "Job Board"), ("sourcename", "Harborlight")]).await.location
}

/// Ana's application.
fn application(world: &World) -> Workflow {
    let found = world.look(|state| {
        let person = state.person_by_email("ana.lopez@example.org")?.id;
        state.workflow_of(person, world.sample.job).cloned()
    });
    found.expect("Ana has applied")
}

#[tokio::test]
async fn a_new_candidate_applies_takes_the_assessment_and_comes_back() {
    let world = World::new().await;
    world.vendor_answers(to_the_vendor()).await;
    let job = job_path(&world);
    let positions = world.get("/careers/4021").await;
    assert!(positions.text("#log-back-in").contains("Log back in!"));
    let position = world.get(&positions.attribute(&format!("#job-{} a", world.sample.job), "href")).await;
    assert_eq!(position.attribute("#apply", "href"), format!("{job}/login"));

    let step = apply(&world).await;
    assert_eq!(step, format!("{job}/assessment"));
    let page = world.get(&step).await;
    assert_eq!(page.text("#start-assessment"), "Go to the assessment");
    let workflow = application(&world);
    assert_eq!(workflow.status().map(ToString::to_string).as_deref(), Some("D10100"));
    assert_eq!((workflow.record.text("source"), workflow.record.text("sourcename")), ("Job Board", "Harborlight"));
    // Nothing is sent before the candidate follows the link.
    world.no_event().await;

    let away = world.post(&page.attribute("#assessment-form", "action"), &[]).await;
    assert_eq!((away.status, away.location.as_str()), (303, LINK));
    let events = world.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["systemId"], workflow.id.to_string());
    assert_eq!(events[0]["userId"], workflow.person.to_string());
    let return_url = events[0]["returnUrl"].as_str().expect("inline events carry a return URL").to_owned();

    let screen = world.get(&format!("/icims2/4021/workflows/{}/screen", workflow.id)).await;
    assert!(screen.text("#vendor-messages").contains("The candidate was taken to the assessment."));
    assert!(!screen.has(&format!("a[href='{LINK}']")), "the link signs in as the candidate and is nobody else's business");

    let dashboard = world.get("/careers/4021/dashboard").await;
    let status = format!("#application-status-{}", world.sample.job);
    assert_eq!(dashboard.text(&status), "Incomplete: assessment");
    assert_eq!(dashboard.attribute(&format!("#resume-{}", world.sample.job), "href"), step);

    let back = world.get(return_url.strip_prefix("http://icims.test").expect("it is this portal")).await;
    assert_eq!(back.location, format!("{job}/thanks"));
    assert_eq!(world.get(&back.location).await.text("#thanks h1"), "Thanks for applying");
    assert_eq!(application(&world).application, Some(ApplicationStep::Complete));
    assert_eq!(world.get("/careers/4021/dashboard").await.text(&status), "Under Review");
}

#[tokio::test]
async fn reopening_the_step_gives_a_fresh_link_and_does_not_complete() {
    let world = World::new().await;
    world.vendor_answers(to_the_vendor()).await;
    let step = apply(&world).await;
    let early = world.get(&format!("{step}?i=1")).await;
    assert!(early.has("#start-assessment"), "coming back without having left changes nothing");
    world.post(&step, &[]).await;
    let again = world.get(&step).await;
    assert_eq!(again.text("#start-assessment"), "Continue the assessment");
    assert!(again.has("#started"));
    assert_eq!(world.post(&step, &[]).await.location, LINK);
    assert_eq!(world.events().await.len(), 2);
    assert_eq!(application(&world).application, Some(ApplicationStep::LeftForVendor));
}

#[tokio::test]
async fn a_refusing_vendor_is_quoted_and_the_candidate_can_try_again() {
    let world = World::new().await;
    world.vendor_answers(refusal(400, "We cannot start your assessment: {{person.phones}} is missing.")).await;
    let step = apply(&world).await;
    let refused = world.post(&step, &[]).await;
    assert_eq!(refused.text("#vendor-message"), "We cannot start your assessment: Phones is missing.");
    assert_eq!(refused.text("#start-assessment"), "Try again");
    for way_on in ["#change-profile", "#your-applications"] {
        assert_eq!(world.get(&refused.attribute(way_on, "href")).await.status, 200, "{way_on}");
    }
    let screen = world.get(&format!("/icims2/4021/workflows/{}/screen", application(&world).id)).await.text("#vendor-messages");
    assert!(screen.contains("Phones is missing.") && !screen.contains("status has been changed"), "{screen}");
    for answer in [ResponseTemplate::new(200), ResponseTemplate::new(303), ResponseTemplate::new(500).set_body_string("oops")] {
        world.vendor_answers(answer).await;
        assert!(world.post(&step, &[]).await.text("#vendor-message").contains("cannot be reached at the moment"));
    }
    assert_eq!(application(&world).application, Some(ApplicationStep::Assessment));
    world.vendor_answers(to_the_vendor()).await;
    assert_eq!(world.post(&step, &[]).await.location, LINK);
}

#[tokio::test]
async fn without_a_package_or_with_inline_switched_off_the_application_is_complete_at_once() {
    let world = World::new().await;
    world.vendor_answers(to_the_vendor()).await;
    let endpoint = format!("{}/start", world.vendor.uri());
    let adhoc = [("enabled", "on"), ("endpoint", endpoint.as_str()), ("summary", "Sent"), ("timeout", "30"), ("gzip", "on")];
    world.post_and_follow("/icims2/4021/admin/event-notifications", &adhoc).await;
    assert_eq!(apply(&world).await, format!("{}/thanks", job_path(&world)));

    let inline = [adhoc.as_slice(), &[("inline", "on")]].concat();
    world.post_and_follow("/icims2/4021/admin/event-notifications", &inline).await;
    let other = "/careers/4021/jobs/2211/night-dispatcher";
    assert_eq!(world.get(&format!("{other}/login")).await.location, format!("{other}/profile"), "Ana is still logged in");
    let answers = [("source", "Job Board"), ("sourcename", "")];
    assert_eq!(world.post(&format!("{other}/questions"), &answers).await.location, format!("{other}/thanks"));
    world.no_event().await;
}

#[tokio::test]
async fn a_known_address_continues_with_that_profile_and_applies_once() {
    let world = World::new().await;
    let before = world.people();
    let ines = [("email", "INES.okafor@example.org")];
    let other = "/careers/4021/jobs/2211/night-dispatcher";
    let profile = world.post_and_follow(&format!("{other}/login"), &ines).await;
    assert_eq!(profile.attribute("#firstname", "value"), "Ines");
    let fields = [("firstname", "Ines"), ("lastname", "Okafor-Lind"), ("phone", "")];
    world.post_and_follow(&format!("{other}/profile"), &fields).await;
    let thanks = world.post_and_follow(&format!("{other}/questions"), &[("source", "Recruiter")]).await;
    assert!(thanks.has("#thanks"));
    assert_eq!(world.people(), before, "no second profile");

    let applied = world.post_and_follow(&format!("{}/login", job_path(&world)), &ines).await;
    assert_eq!(applied.text("#already-applied h1"), "You have already applied");
    let again = world.post(&format!("{other}/questions"), &[("source", "Recruiter")]).await;
    assert_eq!(again.location, format!("{other}/applied"));
}

#[tokio::test]
async fn row_29_a_candidate_whose_session_has_expired_logs_in_and_goes_on() {
    let world = World::new().await;
    world.vendor_answers(to_the_vendor()).await;
    let job = job_path(&world);
    let step = apply(&world).await;
    world.post(&step, &[]).await;
    world.clock.advance(SignedDuration::from_hours(3));

    let back = world.get(&format!("{step}?i=1")).await;
    assert_eq!(back.location, format!("{job}/login"), "the portal knows nothing of the finished test");
    let login = world.get(&back.location).await;
    assert!(login.has("#log-back-in"));
    assert_eq!(login.attribute("#email", "value"), "");
    let resumed = world.post_and_follow(&back.location, &[("email", "ana.lopez@example.org")]).await;
    assert_eq!(resumed.text("#start-assessment"), "Continue the assessment");

    let finished = format!("http://icims.test{step}?i=1");
    world.vendor_answers(ResponseTemplate::new(303).insert_header("Location", finished.as_str())).await;
    assert_eq!(world.post(&step, &[]).await.location, finished);
    assert_eq!(world.get(&format!("{step}?i=1")).await.location, format!("{job}/thanks"));
}

#[tokio::test]
async fn wrong_input_is_explained_at_the_field_and_kept() {
    let world = World::new().await;
    let (job, before) = (job_path(&world), world.people());
    let email = world.post(&format!("{job}/login"), &[("email", "inés@example.org")]).await;
    assert_eq!(email.status, 422);
    assert!(email.text("#email-error").contains("accented"));
    assert_eq!(email.attribute("#email", "value"), "inés@example.org");
    assert!(email.cookie.is_empty());

    world.post(&format!("{job}/login"), &[("email", "ana.lopez@example.org")]).await;
    let profile =
        world.post(&format!("{job}/profile"), &[("firstname", "Ana"), ("lastname", ""), ("email", "other@example.org")]).await;
    assert_eq!(profile.status, 422);
    assert_eq!(profile.text("#lastname-error"), "Enter the last name.");
    assert_eq!(profile.attribute("#firstname", "value"), "Ana");
    assert_eq!(world.people(), before);

    world.post(&format!("{job}/profile"), &[("firstname", "Ana"), ("lastname", "Lopez")]).await;
    for source in ["", "Hearsay"] {
        let questions = world.post(&format!("{job}/questions"), &[("source", source), ("sourcename", "a friend")]).await;
        assert_eq!(questions.status, 422);
        assert!(questions.has("#source-error"));
        assert_eq!(questions.attribute("#sourcename", "value"), "a friend");
    }
    assert!(world.post("/careers/4021/login", &[("email", "nobody@example.org")]).await.has("#email-error"));
}

#[tokio::test]
async fn steps_out_of_order_lead_to_where_the_candidate_belongs() {
    let world = World::new().await;
    let job = job_path(&world);
    for page in ["profile", "questions", "assessment", "thanks"] {
        assert_eq!(world.get(&format!("{job}/{page}")).await.location, format!("{job}/login"), "{page}");
    }
    assert_eq!(world.post(&format!("{job}/assessment"), &[]).await.location, format!("{job}/login"));
    for page in ["profile", "questions"] {
        let asked = world.post(&format!("{job}/{page}"), &[]).await;
        assert_eq!((asked.status, asked.attribute("#application-form", "action")), (401, format!("{job}/login")), "{page}");
    }
    assert_eq!(world.get("/careers/4021/dashboard").await.location, "/careers/4021/login");
    world.post(&format!("{job}/login"), &[("email", "ana.lopez@example.org")]).await;
    assert_eq!(world.get(&format!("{job}/questions")).await.location, format!("{job}/login"));
    assert_eq!(world.get(&format!("{job}/login")).await.status, 200, "an address without a profile begins again");
}

#[tokio::test]
async fn a_session_is_a_cookie_of_one_portal_out_of_reach_of_scripts() {
    let world = World::new().await;
    open(&world.icims, &world.clock, 4022, "Harlow Logistics").await;
    let login = world.post("/careers/4021/login", &[("email", "ines.okafor@example.org")]).await;
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/careers/4021"] {
        assert!(login.cookie.contains(attribute), "{attribute}");
    }
    assert_eq!(world.get("/careers/4021").await.text("#dashboard"), "Ines Okafor");
    assert!(world.get("/careers/4022").await.has("#log-back-in"), "another customer's portal does not know the cookie");
    let out = world.post("/careers/4021/logout", &[]).await;
    assert!(out.cookie.contains("Max-Age=0"));
    assert!(world.get("/careers/4021").await.has("#log-back-in"));
}

#[tokio::test]
async fn two_portals_on_one_host_do_not_log_each_other_out() {
    let first = World::at("http://127.0.0.1:9401").await;
    let second = World::at("http://127.0.0.1:9501").await;
    let ines = [("email", "ines.okafor@example.org")];
    first.post("/careers/4021/login", &ines).await;
    second.share_cookies_of(&first);
    assert!(second.get("/careers/4021").await.has("#log-back-in"), "a session of the first is none of the second");
    second.post("/careers/4021/login", &ines).await;
    first.share_cookies_of(&second);
    assert_eq!(first.get("/careers/4021").await.text("#dashboard"), "Ines Okafor");
    assert_eq!(second.get("/careers/4021").await.text("#dashboard"), "Ines Okafor");
    second.post("/careers/4021/logout", &[]).await;
    first.share_cookies_of(&second);
    assert_eq!(first.get("/careers/4021").await.text("#dashboard"), "Ines Okafor", "only the second was left");
}

#[tokio::test]
async fn logging_out_ends_the_session_itself() {
    let world = World::new().await;
    world.post("/careers/4021/login", &[("email", "ines.okafor@example.org")]).await;
    let kept = world.cookies();
    world.post("/careers/4021/logout", &[]).await;
    world.present_cookies(kept);
    assert!(world.get("/careers/4021").await.has("#log-back-in"));
}

#[tokio::test]
async fn a_job_that_is_closed_takes_no_new_applications_but_lets_begun_ones_finish() {
    let world = World::new().await;
    world.vendor_answers(to_the_vendor()).await;
    let job = job_path(&world);
    let step = apply(&world).await;
    world.post(&step, &[]).await;
    let closed = [("jobtitle", "Call Centre Advisor"), ("folder", "D31004")];
    world.post_and_follow(&format!("/icims2/4021/jobs/{}/edit", world.sample.job), &closed).await;
    assert_eq!(world.get(&format!("{step}?i=1")).await.location, format!("{job}/thanks"));
    let gone = world.get(&format!("{job}/login")).await;
    assert_eq!(gone.status, 404);
    assert!(gone.has("#problem a.button"));
    assert!(!world.get("/careers/4021").await.has(&format!("#job-{}", world.sample.job)));
}

#[tokio::test]
async fn an_application_goes_on_after_the_process_has_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&path).expect("a new file");
    let world = World::on(disk).await;
    let step = apply(&world).await;

    let (disk, rows) = Disk::open(&path).expect("the same file");
    let states = restored(&rows, CustomerState::blank).expect("the rows are whole");
    let kept = states.into_iter().map(|(id, state)| Kept::new(id).with(state));
    let restarted = icims(&world.clock, Registry::begun(disk, kept));
    let world = world.with(restarted);
    assert!(world.get(&step).await.has("#start-assessment"), "the session and the application are still there");
}

#[tokio::test]
async fn the_steps_look_as_before() {
    let world = World::new().await;
    world.vendor_answers(refusal(503, "The assessment is being maintained.")).await;
    insta::assert_snapshot!("portal_positions", world.get("/careers/4021").await.masked());
    let step = apply(&world).await;
    insta::assert_snapshot!("portal_assessment", world.get(&step).await.masked());
    insta::assert_snapshot!("portal_refused", world.post(&step, &[]).await.masked());
    insta::assert_snapshot!("portal_dashboard", world.get("/careers/4021/dashboard").await.masked());
}

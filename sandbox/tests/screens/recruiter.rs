//! What recruiters see and do.

use icims_sandbox::icims::model::{NodeId, WorkflowId};
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::files::{FilePlace, NewFile};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::screens::browser::{SEND_TO_HARVER, World, refusal};
use crate::screens::sample::PACKAGE;

pub(crate) fn status_of(world: &World, workflow: WorkflowId) -> String {
    world
        .look(|state| state.workflow(workflow).and_then(|workflow| workflow.status()).map_or_else(String::new, NodeId::to_string))
}

async fn create(world: &World, entry: &str, first: &str, last: &str, email: &str) -> u64 {
    let fields = [("firstname", first), ("lastname", last), ("email", email), ("phone", "+31 6 5550 0142")];
    let page = world.post_and_follow(&format!("/icims2/4021/create/{entry}"), &fields).await;
    page.text("#person-id").parse().expect("the card shows the id")
}

/// Puts result values on the sample workflow as the API would.
pub(crate) async fn put_result(world: &World, values: serde_json::Value) {
    let tenant = world.icims.customer(4021).expect("the customer is open");
    let workflow = world.sample.workflow.get();
    let body = serde_json::Map::from_iter([("assessmentresults".to_owned(), json!([values]))]);
    let (by, now) = (tenant.read(|state| state.recruiter()), world.clock.now());
    let written = tenant.write(|state| {
        let changes = state.read_screen(ProfileType::Workflows, &body)?;
        state.edit_workflow(WorkflowId::new(workflow), changes, by, now)
    });
    written.await.expect("the result fits");
}

#[tokio::test]
async fn an_uploaded_resume_is_named_on_the_profile_and_can_be_saved() {
    let world = World::new().await;
    let ines = world.sample.person;
    let profile = format!("/icims2/4021/people/{ines}");
    assert_eq!(world.get(&profile).await.text("#resume"), "No resume has been uploaded.");
    assert_eq!(world.get(&format!("{profile}/resume")).await.status, 404);

    let place = FilePlace { key: (ProfileType::People, ines.get()), field: "resume", child: None };
    let file = NewFile { name: "<b>cv.txt".into(), bytes: b"Ines Okafor".to_vec() };
    let tenant = world.icims.customer(4021).expect("the customer is open");
    tenant.write(|state| state.put_file(place, file, world.clock.now())).await.expect("the file fits");
    let page = world.get(&profile).await;
    assert!(page.text("#resume").contains("11 bytes"), "{}", page.text("#resume"));
    assert!(!page.has("#resume b"), "names are text");
    let saved = world.get(&page.attribute("#download-resume", "href")).await;
    assert_eq!((saved.status, saved.body.as_str()), (200, "Ines Okafor"));
}

#[tokio::test]
async fn a_new_candidate_is_submitted_by_way_of_the_selected_area() {
    let world = World::new().await;
    let person = create(&world, "candidate", "Ana", "Lopez", "ana.lopez@example.org").await;
    let page = world.get(&format!("/icims2/4021/people/{person}")).await;
    assert_eq!(page.text("#role"), "Candidate");
    assert_eq!(page.text("#phones"), "+31 6 5550 0142, Mobile");
    let dialog = page.attribute("#submit-to-job", "href");
    let job = world.sample.job;

    let empty = world.get(&dialog).await;
    assert!(empty.has("#submit[disabled]"));
    assert_eq!(empty.attribute(&format!("#add-{job}"), "name"), "selected");
    let chosen = world.get(&format!("{dialog}?selected={job}")).await;
    assert!(chosen.has(&format!("#selected #selected-{job}")));
    assert!(!chosen.has(&format!("#add-{job}")));

    let workflows = world.post_and_follow(&dialog, &[("selected", &job.to_string())]).await;
    assert!(workflows.text("#notice").contains("New Submissions"));
    assert_eq!(workflows.count("#recruit tbody tr"), 1);
    let people = world.get(&format!("/icims2/4021/jobs/{job}/people")).await;
    assert!(people.text("#panel-new-submissions").contains("Ana Lopez"));
    assert!(world.get(&dialog).await.text(&format!("#job-{job}")).contains("Already submitted"));
}

#[tokio::test]
async fn a_contact_cannot_be_submitted_until_the_candidate_role_is_added() {
    let world = World::new().await;
    let contact = create(&world, "contact", "Priya", "Nair", "priya.nair@example.org").await;
    let path = format!("/icims2/4021/people/{contact}");
    let page = world.get(&path).await;
    assert_eq!(page.text("#role"), "Contact");
    assert!(!page.has("#submit-to-job"));
    assert!(page.text("#cannot-submit").contains("Create a Candidate instead"));

    assert_eq!(world.get(&format!("{path}/submit")).await.location, path);
    let job = world.sample.job.to_string();
    let forced = world.post(&format!("{path}/submit"), &[("selected", &job)]).await;
    assert_eq!(forced.status, 422);
    assert!(forced.text("#refusal").contains("is a Contact"));

    let mended = world.post_and_follow(&format!("{path}/candidate-role"), &[]).await;
    assert_eq!(mended.text("#role"), "Candidate");
    let workflows = world.post_and_follow(&format!("{path}/submit"), &[("selected", &job)]).await;
    assert_eq!(workflows.count("#recruit tbody tr"), 1);
}

#[tokio::test]
async fn submitting_to_several_jobs_is_all_or_nothing() {
    let world = World::new().await;
    let person = create(&world, "candidate", "Ana", "Lopez", "ana.lopez@example.org").await;
    let path = format!("/icims2/4021/people/{person}/submit");
    let refused = world.post(&path, &[("selected", "2211"), ("selected", "999999")]).await;
    assert_eq!((refused.status, refused.text("#refusal")), (422, "Job not found.".into()));
    assert!(refused.has("#selected-2211"), "the choice is kept");
    assert!(world.get(&format!("/icims2/4021/people/{person}/workflows")).await.has("#no-workflows"));
    assert_eq!(world.post(&path, &[]).await.text("#refusal"), "Move at least one job to the Selected area first.");
}

#[tokio::test]
async fn wrong_input_changes_nothing_and_stays_in_the_form() {
    let world = World::new().await;
    let before = world.people();
    let fields = [("firstname", ""), ("lastname", "Lopez"), ("email", "inés@example.org"), ("phone", "call me")];
    let form = world.post("/icims2/4021/create/candidate", &fields).await;
    assert_eq!(form.status, 422);
    assert_eq!(form.text("#firstname-error"), "Enter the first name.");
    assert!(form.text("#email-error").contains("accented"));
    assert!(form.has("#phone-error"));
    assert_eq!(form.attribute("#lastname", "value"), "Lopez");
    assert_eq!(form.attribute("#email", "value"), "inés@example.org");
    assert_eq!(form.attribute("#email", "aria-describedby"), "email-hint email-error");
    assert_eq!(world.people(), before);

    let job = world.sample.job;
    let path = format!("/icims2/4021/jobs/{job}/edit");
    let form = world.post(&path, &[("jobtitle", "  "), ("folder", "D31001"), ("assessmenttype", "C1")]).await;
    assert_eq!(form.status, 422);
    assert!(form.has("#jobtitle-error") && form.has("#assessmenttype-error"));
    assert_eq!(world.look(|state| state.job(job).map(|job| job.title().to_owned())).as_deref(), Some("Call Centre Advisor"));

    let bad = [("endpoint", "harver"), ("summary", ""), ("timeout", "0"), ("trigger", "D31001"), ("enabled", "on")];
    let form = world.post("/icims2/4021/admin/event-notifications", &bad).await;
    assert_eq!(form.status, 422);
    assert!(["endpoint", "summary", "timeout", "trigger"].iter().all(|name| form.has(&format!("#{name}-error"))));
    assert_eq!(form.attribute("#endpoint", "value"), "harver");
    assert_ne!(world.look(|state| state.connection().endpoint.clone()).as_deref(), Some("harver"));
}

#[tokio::test]
async fn what_the_integration_user_may_not_see_a_recruiter_may_still_edit() {
    let world = World::new().await;
    let tenant = world.icims.customer(4021).expect("the customer is open");
    tenant.write(|state| state.hide_field("people.email", true)).await.expect("the field exists");
    let person = create(&world, "candidate", "Ana", "Lopez", "ana.lopez@example.org").await;
    assert_eq!(world.get(&format!("/icims2/4021/people/{person}")).await.text("#email"), "ana.lopez@example.org");
    let fields = [("firstname", "Ana"), ("lastname", "Lopez"), ("email", ""), ("phone", "")];
    let page = world.post_and_follow(&format!("/icims2/4021/people/{person}/edit"), &fields).await;
    assert!(page.text("#email").contains("missing"));
    assert_eq!(page.text("#phones"), "none");
}

#[tokio::test]
async fn results_are_in_the_section_assessments_and_on_the_dashboard() {
    let world = World::new().await;
    put_result(
        &world,
        json!({"assessmentname": {"value": PACKAGE}, "assessmentdate": "2031-03-04 02:07 PM", "assessmentstatus": {"id": "D37002019001"},
               "assessmentscore": 78, "assessmentresult": "Great Fit", "assessmentnotes": "<b>Accuracy</b> 81", "assessmenturl": "https://reports.example/r?a=1&b=2"}),
    )
    .await;
    let screen = world.get(&format!("/icims2/4021/workflows/{}/screen", world.sample.workflow)).await;
    assert_eq!(screen.text(".assessment-name"), PACKAGE);
    assert_eq!(screen.text(".assessment-date"), "2031-03-04 02:07 PM");
    assert_eq!(screen.text(".assessment-status"), "Complete");
    assert_eq!(screen.text(".assessment-score"), "78");
    assert_eq!(screen.text(".assessment-result"), "Great Fit");
    assert_eq!(screen.text(".assessment-notes"), "<b>Accuracy</b> 81");
    assert_eq!(screen.attribute(".assessment-url a", "href"), "https://reports.example/r?a=1&b=2");
    assert_eq!(screen.attribute(".assessment-url a", "target"), "_blank");
    let home = world.get("/icims2/4021").await;
    assert!(home.text("#dashboard-assessments tbody tr").contains("Great Fit"));
    assert_eq!(home.attribute("#dashboard-assessments a[target=_blank]", "href"), "https://reports.example/r?a=1&b=2");
    let people = world.get(&format!("/icims2/4021/jobs/{}/people", world.sample.job)).await;
    assert_eq!(people.text(&format!("#assessment-{}", world.sample.workflow)), "Complete");
}

#[tokio::test]
async fn a_report_address_that_is_no_web_address_does_not_become_a_link() {
    let world = World::new().await;
    put_result(&world, json!({"assessmentname": {"value": PACKAGE}, "assessmenturl": "javascript:alert(1)"})).await;
    let screen = world.get(&format!("/icims2/4021/workflows/{}/screen", world.sample.workflow)).await;
    assert_eq!(screen.text(".assessment-url"), "javascript:alert(1)");
    assert!(!screen.has(".assessment-url a"));
}

#[tokio::test]
async fn search_finds_by_word_and_the_quick_search_opens_an_id() {
    let world = World::new().await;
    let found = world.get("/icims2/4021/people?q=okafor+ines").await;
    assert_eq!(found.count("#people tbody tr"), 1);
    assert!(world.get("/icims2/4021/people?q=nobody").await.has("#no-people"));
    assert_eq!(world.get("/icims2/4021/people?role=contact").await.count("#people tbody tr"), 1);
    let person = world.sample.person;
    assert_eq!(
        world.get(&format!("/icims2/4021/search?type=person&q={person}")).await.location,
        format!("/icims2/4021/people/{person}")
    );
    assert_eq!(world.get("/icims2/4021/search?type=job&q=C%26A+%C3%A9").await.location, "/icims2/4021/jobs?q=C%26A+%C3%A9");
}

#[tokio::test]
async fn deep_links_of_the_api_host_lead_a_browser_to_the_profile() {
    let world = World::new().await;
    for (kind, id) in [("people", world.sample.person.to_string()), ("jobs", world.sample.job.to_string())] {
        let link = world.get(&format!("/customers/4021/linkTo/{kind}/{id}")).await;
        assert_eq!((link.status, link.location.as_str()), (303, format!("/icims2/4021/{kind}/{id}").as_str()));
    }
    assert_eq!(world.get("/customers/4021/linkTo/people/x").await.status, 404);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page_with_a_way_back() {
    let world = World::new().await;
    for path in [
        "/icims2/99",
        "/icims2/x/jobs",
        "/icims2/4021/people/1",
        "/icims2/4021/people/abc",
        "/icims2/4021/people/%FF",
        "/icims2/4021/people/99999999999999999999999",
        "/icims2/4021/jobs/1/people",
        "/icims2/4021/workflows/1/screen",
        "/icims2/4021/create/nobody",
        "/icims2/4021/no/such/screen",
        "/careers/99",
        "/careers/4021/jobs/1/x/job",
    ] {
        let page = world.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.has("#problem a.button"), "{path}");
    }
    for path in [
        "/icims2/4021/people/1/submit",
        "/icims2/4021/people/1/candidate-role",
        "/icims2/4021/workflows/1/status",
        "/icims2/4021/jobs/1/edit",
    ] {
        assert_eq!(world.post(path, &[("selected", "2210"), ("status", SEND_TO_HARVER)]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn names_are_shown_as_text_whatever_they_contain() {
    let world = World::new().await;
    let person = create(&world, "candidate", "<script>alert(1)</script>", "O'Brien & \"Sons\"", "ob@example.org").await;
    let page = world.get(&format!("/icims2/4021/people/{person}")).await;
    assert_eq!(page.text("#person-name"), "<script>alert(1)</script> O'Brien & \"Sons\"");
    assert!(!page.has("main script"));
}

#[tokio::test]
async fn the_main_screens_look_as_before() {
    let world = World::new().await;
    world.vendor_answers(ResponseTemplate::new(200)).await;
    insta::assert_snapshot!("dashboard", world.get("/icims2/4021").await.masked());
    insta::assert_snapshot!("job_people", world.get(&format!("/icims2/4021/jobs/{}/people", world.sample.job)).await.masked());
    insta::assert_snapshot!("person", world.get(&format!("/icims2/4021/people/{}", world.sample.person)).await.masked());
    let path = format!("/icims2/4021/workflows/{}/status", world.sample.workflow);
    let summary = world.post_and_follow(&path, &[("status", SEND_TO_HARVER)]).await;
    insta::assert_snapshot!("summary", summary.masked());
}

#[tokio::test]
async fn without_a_result_the_screen_tab_tells_what_became_of_the_request() {
    let screen = async |world: &World| world.get(&format!("/icims2/4021/workflows/{}/screen", world.sample.workflow)).await;
    let told = async |answer: ResponseTemplate| {
        let world = World::new().await;
        world.vendor_answers(answer).await;
        let people = format!("/icims2/4021/jobs/{}/people", world.sample.job);
        let fields = [("workflow", world.sample.workflow.to_string()), ("status", SEND_TO_HARVER.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        world.post_and_follow(&people, &fields).await;
        let page = screen(&world).await;
        (page.attribute("#no-assessments", "data-outcome"), page.text("#no-assessments"))
    };
    let untouched = screen(&World::new().await).await;
    assert_eq!(untouched.attribute("#no-assessments", "data-outcome"), "never");
    assert!(untouched.text("#no-assessments").starts_with("No assessment yet."));

    let (outcome, text) = told(ResponseTemplate::new(200)).await;
    assert_eq!(outcome, "accepted");
    assert!(text.starts_with("Harver accepted the candidate on ") && text.contains("no result yet"), "{text}");
    assert!(text.contains("advance the candidate again"), "{text}");
    let (outcome, text) = told(refusal(400, "The e-mail address is missing.")).await;
    assert!(outcome == "refused" && text.contains("did not take the candidate"), "{text}");
    let (outcome, text) = told(ResponseTemplate::new(200).set_body_string("<html>")).await;
    assert!(outcome == "accepted", "a 200 is an answer whatever it holds: {text}");
    let (outcome, text) = told(ResponseTemplate::new(502)).await;
    assert!(outcome == "failed" && text.contains("no answer came"), "{text}");
}

#[tokio::test]
async fn a_second_request_that_was_refused_does_not_hide_the_invitation() {
    let world = World::new().await;
    let people = format!("/icims2/4021/jobs/{}/people", world.sample.job);
    let fields = [("workflow", world.sample.workflow.to_string()), ("status", SEND_TO_HARVER.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let first = std::sync::atomic::AtomicBool::new(true);
    let once = move |_: &wiremock::Request| {
        if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            ResponseTemplate::new(200)
        } else {
            refusal(400, "Open already.")
        }
    };
    world.vendor_answers(once).await;
    for _ in 0..2 {
        world.post_and_follow(&people, &fields).await;
    }
    let page = world.get(&format!("/icims2/4021/workflows/{}/screen", world.sample.workflow)).await;
    assert_eq!(page.attribute("#no-assessments", "data-outcome"), "accepted");
}

//! What the customer's administrator sets, and what follows from it on the other screens.

use icims_sandbox::icims::schema::list;
use wiremock::ResponseTemplate;

use crate::screens::browser::{SEND_TO_HARVER, World, refusal};

#[tokio::test]
async fn a_vendors_message_names_fields_as_this_platform_does() {
    let world = World::new().await;
    let labels = world.get("/icims2/4021/admin/fields").await;
    let mut fields: Vec<(String, String)> = Vec::new();
    for slug in ["person-firstname", "person-lastname", "person-email", "job-assessmenttype"] {
        fields.push((format!("label-{slug}"), labels.attribute(&format!("#label-{slug}"), "value")));
        fields.push((format!("visible-{slug}"), "on".into()));
    }
    fields[4].1 = "Electronic mail".into();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.post_and_follow("/icims2/4021/admin/fields", &fields).await;

    world.vendor_answers(refusal(400, "{{person.email}} is empty.")).await;
    let workflow = world.sample.workflow;
    let path = format!("/icims2/4021/workflows/{workflow}/status");
    let summary = world.post_and_follow(&path, &[("status", SEND_TO_HARVER)]).await;
    assert_eq!(summary.text(&format!("#message-{workflow}")), "Electronic mail is empty.");
    let screen = world.get(&format!("/icims2/4021/workflows/{workflow}/screen")).await;
    assert!(screen.text("#vendor-messages").contains("Electronic mail is empty."));
}

#[tokio::test]
async fn a_vendor_that_is_switched_off_gets_no_event_and_the_summary_says_why() {
    let world = World::new().await;
    world.vendor_answers(ResponseTemplate::new(200)).await;
    let endpoint = format!("{}/start", world.vendor.uri());
    let off =
        [("endpoint", endpoint.as_str()), ("username", "u"), ("summary", "Sent"), ("timeout", "30"), ("trigger", SEND_TO_HARVER)];
    let admin = world.post_and_follow("/icims2/4021/admin/event-notifications", &off).await;
    assert!(admin.text("#connection-state").contains("switched off"));
    assert!(!admin.has("#enabled[checked]"));
    assert_eq!(world.look(|state| state.connection().password.clone()), "secret", "an empty password keeps the old one");
    assert!(!admin.body.contains("value=\"secret\""));

    let workflow = world.sample.workflow;
    let path = format!("/icims2/4021/workflows/{workflow}/status");
    let summary = world.post_and_follow(&path, &[("status", SEND_TO_HARVER)]).await;
    assert!(summary.text(&format!("#advice-{workflow}")).contains("switched off"));
    world.no_event().await;
}

#[tokio::test]
async fn a_package_is_loaded_into_both_lists_and_chosen_on_the_job() {
    let world = World::new().await;
    let label = "Harver Retail – 64c20d1e5f7a8b0012ab34ce";
    let lists = world.post_and_follow("/icims2/4021/admin/lists", &[("label", label), ("list", "")]).await;
    assert!(lists.text("#list-assessmenttype").contains(label) && lists.text("#list-assessmentname").contains(label));
    assert!(!lists.has("#unequal-lists"));
    let lists = world.post_and_follow("/icims2/4021/admin/lists", &[("label", "Odd"), ("list", "assessmentname")]).await;
    assert!(lists.text("#unequal-lists").contains("Odd"));
    assert_eq!(
        world.post("/icims2/4021/admin/lists", &[("label", " ")]).await.text("#label-error"),
        "Enter the label of the package."
    );

    let node =
        world.look(|state| state.node_labelled(list::ASSESSMENT_TYPE, label).map(|node| node.id.to_string())).expect("loaded");
    let fields = [("jobtitle", "Shop Assistant"), ("folder", "D31001"), ("assessmenttype", node.as_str())];
    let job = world.post_and_follow("/icims2/4021/create/job", &fields).await;
    assert_eq!(job.text("#assessmenttype"), label);
    let id = job.text("#job-id");
    let edit = world.get(&format!("/icims2/4021/jobs/{id}/edit")).await;
    assert!(edit.has(&format!("#assessmenttype-{node}[checked]")));
    let without = world.post_and_follow(&format!("/icims2/4021/jobs/{id}/edit"), &fields[..2]).await;
    assert!(without.text("#assessmenttype").contains("No package chosen"));
}

#[tokio::test]
async fn a_package_that_harver_will_not_recognise_is_taken_with_a_warning_at_the_field() {
    let world = World::new().await;
    let path = "/icims2/4021/admin/lists";
    let typed = "Harver Harbour Pilot 64aa17c09e3f5b0071d2c8e4";
    let page = world.post_and_follow(path, &[("label", typed), ("list", "")]).await;
    let warning = page.text("#label-warning");
    assert!(warning.contains("no dash") && warning.contains("Harver <vacancy name> – <vacancy id>"), "{warning}");
    assert_eq!(
        (page.attribute("#label", "value"), page.attribute("#label", "aria-describedby")),
        (typed.into(), "label-hint label-warning".into())
    );
    assert!(page.text("#list-assessmenttype").contains(typed), "the real editor takes any text, too");
    assert!(
        page.text("#wrong-format").contains(typed) && world.get(path).await.has("#wrong-format"),
        "the list says so from then on"
    );
    assert!(!world.get(path).await.has("#label-warning"), "there is nothing at an empty field");

    let other = world.post_and_follow(path, &[("label", "Northwind Reading Test"), ("list", "")]).await;
    assert!(other.text("#label-warning").contains("another vendor's package"));
    assert!(!other.text("#wrong-format").contains("Northwind"), "other vendors' packages are theirs");
    let right = world.post_and_follow(path, &[("label", "harver Harbour Pilot - 64aa17c09e3f5b0071d2c8e4"), ("list", "")]).await;
    assert!(!right.has("#label-warning") && right.has("#notice"), "a hyphen is read like a dash");
}

#[tokio::test]
async fn an_administrator_chooses_signed_events_and_further_triggers() {
    let world = World::new().await;
    let path = "/icims2/4021/admin/event-notifications";
    let endpoint = format!("{}/start", world.vendor.uri());
    let given = |authentication, further| {
        vec![
            ("enabled", "on"),
            ("endpoint", endpoint.as_str()),
            ("username", "u"),
            ("summary", "Sent"),
            ("timeout", "30"),
            ("trigger", SEND_TO_HARVER),
            ("authentication", authentication),
            ("hmac_key", "the-key"),
            ("further_triggers", further),
        ]
    };
    let wrong = world.post(path, &given("oauth2", "C40150 nowhere")).await;
    assert_eq!(wrong.text("#token_url-error"), "OAuth 2.0 needs the address where the vendor hands out tokens.");
    assert!(wrong.text("#further_triggers-error").contains("one status id in each line"));
    let saved = world.post_and_follow(path, &given("hmac", "C40150 https://v.example/hired\nC40190")).await;
    assert!(saved.has("#authentication option[value=hmac][selected]"));
    assert_eq!(saved.text("#further_triggers"), "C40150 https://v.example/hired C40190");
    assert!(!saved.body.contains("the-key"));
    let settings = world.look(|state| state.connection().clone());
    assert_eq!((settings.signing_key(), settings.further_triggers.len()), ("the-key", 2));
    let statuses = world.get("/icims2/4021/admin/statuses").await;
    assert!(statuses.body.matches("Trigger").count() >= 3, "each trigger is marked");
}

#[tokio::test]
async fn a_recruiter_sends_an_event_again_from_the_workflow() {
    let world = World::new().await;
    world.vendor_answers(refusal(503, "Maintenance.")).await;
    let workflow = world.sample.workflow;
    let base = format!("/icims2/4021/workflows/{workflow}");
    world.post_and_follow(&format!("{base}/status"), &[("status", SEND_TO_HARVER)]).await;
    let screen = world.get(&format!("{base}/screen")).await;
    assert!(screen.text("#vendor-messages").contains("Maintenance."));
    let event = world.look(|state| state.events().next().map(|event| event.id)).expect("an event");
    assert!(screen.has(&format!("#resend-{event}")));

    world.vendor.reset().await;
    world.vendor_answers(ResponseTemplate::new(200)).await;
    let summary = world.post_and_follow(&format!("{base}/events/{event}/resend"), &[]).await;
    assert_eq!(summary.text(&format!("#message-{workflow}")), "Invitation is sent to Candidate");
    assert_eq!(world.look(|state| state.events_of(workflow).len()), 2);

    let elsewhere = world.post(&format!("/icims2/4021/workflows/{workflow}/events/999/resend"), &[]).await;
    assert_eq!(elsewhere.status, 404);
    let off = [("endpoint", world.vendor.uri()), ("summary", "Sent".into()), ("timeout", "30".into())];
    let off: Vec<(&str, &str)> = off.iter().map(|(name, value)| (*name, value.as_str())).collect();
    world.post_and_follow("/icims2/4021/admin/event-notifications", &off).await;
    let refused = world.post(&format!("{base}/events/{event}/resend"), &[]).await;
    assert_eq!(refused.text("#refusal"), "Nothing was sent. The vendor is switched off under Admin, Event Notifications.");
}

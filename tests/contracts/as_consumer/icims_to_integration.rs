//! ① iCIMS sends its events, through the simulated one's real sender (assessment-flow.md 1 to 3).
//!
//! Bodies are recorded plain: the mock provider does not unpack. Compressed ones are the same bodies; that both are read is tested
//! where the integration reads them.

use harver_icims::ats_to_harver::START_PATH;
use icims_sandbox::control::provider_states::IntegrationState as State;
use icims_sandbox::icims::model::NodeId;
use icims_sandbox::icims::state::connection::Connection;
use icims_sandbox::icims::state::outgoing::EventOutcome;
use icims_sandbox::icims::state::users::IntegrationUser;
use pact_consumer::builders::{RequestBuilder, ResponseBuilder};
use pact_consumer::prelude::*;
use url::Url;

use super::patterns::{digits, form, header, some_text, text, web_address};
use super::recording::{Recording, takes, when};
use crate::brightwater::{Brightwater, CUSTOMER};
use crate::pact_file::Pair;
use crate::support::PACKAGE;

/// The public address of iCIMS in examples; each provider puts that of its own iCIMS in its place.
const API: &str = "https://api.icims.com";
/// The status that asks for an assessment.
const TRIGGER: &str = "C40177";

/// What `Authorization` says.
const BASIC: &str = "^Basic [A-Za-z0-9+/]+=*$";

/// The ids that the sample gets.
const PERSON: &str = "30517";
const JOB: &str = "2210";
const WORKFLOW: &str = "88431";
const RECRUITER: &str = "1188";

/// Which of the two triggers fires.
#[derive(Clone, Copy)]
enum Trigger {
    /// The candidate finishes the application on the portal.
    Applied,
    /// The recruiter advances the candidate.
    Advanced,
}

/// What iCIMS makes of the vendor's answer when the trigger fires.
async fn fired(trigger: Trigger, vendor: &Url) -> EventOutcome {
    let brightwater = Brightwater::open(API.parse().expect("a URL"), CUSTOMER, IntegrationUser::default()).await;
    let job = brightwater.job(Some(PACKAGE)).await;
    let start = vendor.join(START_PATH).expect("a path").to_string();
    let connected = brightwater.icims.connect_vendor(4021, start, "harver-icims-4021".into(), "event-password".into()).await;
    connected.expect("an address");
    let now = brightwater.now;
    brightwater.change(|state| state.configure_connection(Connection { gzip: false, ..state.connection().clone() })).await;
    match trigger {
        Trigger::Applied => brightwater.apply(job).await,
        Trigger::Advanced => {
            let person = brightwater.candidate(Some("ines.okafor@example.org")).await;
            let to: NodeId = TRIGGER.parse().expect("a node");
            let advanced = brightwater
                .change(|state| {
                    let by = state.recruiter();
                    let workflow = state.submit(person, job, by, now)?;
                    state.advance(workflow, &to, by, now)
                })
                .await;
            let event = advanced.event.expect("the trigger fires");
            brightwater.icims.outcome(4021, event).await.expect("the event is there")
        }
    }
}

fn sends(request: &mut RequestBuilder, trigger: Trigger) {
    request
        .post()
        .path(START_PATH)
        .header_from_provider_state("authorization", "${basic}", header(BASIC, "Basic aGFydmVyOnNlY3JldA=="))
        .header("content-type", "application/json")
        .header("user-agent", header("^Apache-HttpClient/4.*$", "Apache-HttpClient/4.5.13 (Java/1.8.0_392)"));
    let (user, told_user) = match trigger {
        Trigger::Applied => (PERSON, "${person}"),
        Trigger::Advanced => (RECRUITER, "${recruiter}"),
    };
    let links = [
        ("applicantWorkflow", "Applicant Workflow", "applicantworkflows", WORKFLOW, "${workflow}"),
        ("job", "Job Profile", "jobs", JOB, "${job}"),
        ("person", "Person Profile", "people", PERSON, "${person}"),
        ("user", "Posting User", "people", user, told_user),
    ];
    let link = |(rel, title, at, id, _): &(&str, &str, &str, &str, &str)| {
        let at = format!("customers/{CUSTOMER}/{at}/{id}");
        let url = form(&format!("^https?://[^/]+/{at}$"), &format!("{API}/{at}"));
        json_pattern!({"rel": *rel, "title": text(title), "url": url})
    };
    let listed = JsonPattern::Array(links.iter().map(link).collect());
    let body = match trigger {
        Trigger::Applied => json_pattern!({
            "eventType": form("^(ApplicationCompletedEvent|AssessmentEvent)$", "ApplicationCompletedEvent"),
            "customerId": CUSTOMER,
            "systemId": digits(WORKFLOW),
            "userId": digits(user),
            "returnUrl": web_address("https://careers-brightwater.icims.com/jobs/2210/call-centre-advisor/assessment?i=1"),
            "links": listed,
        }),
        Trigger::Advanced => json_pattern!({
            "eventType": "WorkFlowStatusChangeEvent",
            "customerId": CUSTOMER,
            "systemId": digits(WORKFLOW),
            "personId": digits(PERSON),
            "jobId": digits(JOB),
            "userId": digits(user),
            "oldStatus": form("^[CD]?[0-9]+$", "10100"),
            "newStatus": form("^[CD]?40177$", "40177"),
            "links": listed,
        }),
    };
    request.json_body(body);
    for (position, (_, _, at, _, told)) in links.iter().enumerate() {
        takes(request, &format!("$.links[{position}].url"), &format!("${{icims}}/customers/${{customer}}/{at}/{told}"));
    }
    takes(request, "$.customerId", "${customer}");
    takes(request, "$.systemId", "${workflow}");
    takes(request, "$.userId", told_user);
    if matches!(trigger, Trigger::Advanced) {
        takes(request, "$.personId", "${person}");
        takes(request, "$.jobId", "${job}");
    }
}

/// The error standard for vendors (assessment-flow.md 1.2).
fn refuses(response: &mut ResponseBuilder, status: u16, message: JsonPattern) {
    let error = json_pattern!({"userMessage": message, "debugErrorMessage": text("workflow 88431: person 30517 has no email")});
    response
        .status(status)
        .content_type(header("^application/json.*$", "application/json"))
        .json_body(json_pattern!({"error": error}));
}

/// What iCIMS makes of the answer that `answer` describes.
async fn outcome(
    recording: &mut Recording,
    state: State,
    trigger: Trigger,
    answer: impl FnOnce(&mut ResponseBuilder),
) -> EventOutcome {
    let description = match trigger {
        Trigger::Applied => "the event that a candidate has applied",
        Trigger::Advanced => "the event that a candidate was advanced",
    };
    let event = when(&state, description, |request, response| {
        sends(request, trigger);
        answer(response);
    });
    recording.exchange(vec![event], async |vendor| fired(trigger, &vendor).await).await
}

#[tokio::test]
async fn icims_sends_events_as_agreed() {
    let mut recording = Recording::of(Pair::IcimsToIntegration);
    let accepted = outcome(&mut recording, State::CandidateToAssess, Trigger::Advanced, |response| {
        response.status(200);
    })
    .await;
    assert_eq!(accepted.message(), "Invitation is sent to Candidate");
    let opened = outcome(&mut recording, State::CandidateToAssess, Trigger::Applied, |response| {
        response
            .status(303)
            .header("location", header(r"^https?://\S+$", "https://my.harver.com/app/landing/64c2/magic-link/9f2c7e"));
    })
    .await;
    assert!(opened.link().is_some(), "the candidate is sent on");

    let refused = outcome(&mut recording, State::CandidateWithoutEmail, Trigger::Advanced, |response| {
        let message = "Harver cannot invite this candidate because {{person.email}} is empty.";
        refuses(response, 400, form(r"^.*\{\{person\.email\}\}.*$", message));
    })
    .await;
    assert_eq!(refused.message(), "Harver cannot invite this candidate because Email is empty.");

    let refused = outcome(&mut recording, State::JobWithoutPackage, Trigger::Advanced, |response| {
        let message = "Harver cannot invite this candidate because {{job.assessmenttype}} is empty on the job.";
        refuses(response, 400, form(r"^.*\{\{job\.assessmenttype\}\}.*$", message));
    })
    .await;
    assert!(refused.message().contains("Assessment Type"));

    let refused = outcome(&mut recording, State::PlatformOutOfOrder, Trigger::Applied, |response| {
        refuses(response, 503, some_text("Harver is not available. Try again in a few minutes."));
    })
    .await;
    assert!(refused.message().starts_with("Harver is not available."));

    let refused = outcome(&mut recording, State::CredentialsForIcimsRejected, Trigger::Advanced, |response| {
        refuses(response, 500, some_text("iCIMS does not accept the credentials of the integration."));
    })
    .await;
    assert!(matches!(refused, EventOutcome::Refused { status: 500, .. }));

    let refused = outcome(&mut recording, State::InvalidEventCredentials, Trigger::Advanced, |response| {
        refuses(response, 401, some_text("Harver does not know the user name or password of this platform."));
    })
    .await;
    assert!(matches!(refused, EventOutcome::Refused { status: 401, .. }));
    recording.finish();
}

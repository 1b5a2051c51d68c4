//! Events to the vendor: what they look like, who delivers them, what an answer means.
//!
//! The form is documented in assessment-flow 1 to 3 and icims-api 12. Building and judging are pure functions; `proof` adds what shows
//! the vendor who sends (Basic, a signature, or a token that `tokens` keeps); `dispatch` hands events to the outbox. iCIMS does not repeat
//! events by itself: one delivery, one outcome. Only an event whose delivery was cut off by the end of the process is delivered again.

mod dispatch;
mod fidelity;
mod proof;
mod tokens;

pub(super) use fidelity::{effects as effect_rows, events as event_rows};

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};

use super::model::NodeId;
use super::schema::ProfileType;
use super::state::CustomerState;
use super::state::connection::{Connection, is_web_address};
use super::state::outgoing::{EventKind, EventOutcome, OutgoingEvent};
use super::urls::Urls;
use crate::engine::{Answer, SendError, read_json};

/// How iCIMS introduces itself (assessment-flow 1).
const USER_AGENT: &str = "Apache-HttpClient/4.5.13 (Java/1.8.0_392)";
/// Longest message of a vendor that is kept, in characters.
const MESSAGE_LIMIT: usize = 2_000;

/// An event in the form in which it goes over the wire, except for the proof of who sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Headers beside those of HTTP itself.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub json: String,
    /// The body as bytes, compressed if the connection says so.
    pub body: Vec<u8>,
}

/// Builds an event. `None` when the job it is about does not exist.
#[must_use]
pub fn notification(state: &CustomerState, event: &OutgoingEvent, urls: &Urls) -> Option<Notification> {
    let connection = state.connection();
    let links = links(event, urls);
    let header = link_header(&links);
    let links: Vec<Json> = links.into_iter().map(|(rel, title, url)| json!({"rel": rel, "title": title, "url": url})).collect();
    let mut body = json!({
        "systemId": event.workflow.to_string(),
        "customerId": state.info().id.to_string(),
        "userId": event.user.to_string(),
        "links": links,
    });
    match &event.kind {
        EventKind::ApplicationComplete => {
            body["eventType"] = connection.inline_event_type.name().into();
            body["returnUrl"] = urls.portal_return(state.job(event.job)?).into();
        }
        EventKind::StatusChange { from, to } => {
            body["eventType"] = "WorkFlowStatusChangeEvent".into();
            body["personId"] = event.person.to_string().into();
            body["jobId"] = event.job.to_string().into();
            body["newStatus"] = status_text(connection, to).into();
            if let Some(from) = from {
                body["oldStatus"] = status_text(connection, from).into();
            }
        }
    }
    let json = body.to_string();
    let mut headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Accept-Encoding".to_owned(), "gzip,deflate".to_owned()),
        ("User-Agent".to_owned(), USER_AGENT.to_owned()),
        ("Link".to_owned(), header),
        ("Connection".to_owned(), "close".to_owned()),
    ];
    let body = if connection.gzip {
        headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
        compressed(json.as_bytes())
    } else {
        json.clone().into_bytes()
    };
    Some(Notification { headers, json, body })
}

/// What an answer means for whoever caused the event (assessment-flow 1.1, 2.3, 3.3).
#[must_use]
pub fn outcome_of(state: &CustomerState, kind: &EventKind, answer: Result<Answer, SendError>) -> EventOutcome {
    let vendor = &state.connection().vendor;
    let improper = |status, reason: String| EventOutcome::Failed {
        status,
        message: format!("{vendor} did not answer as expected. Try again later, or contact your administrator."),
        reason,
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error @ SendError::TimedOut { .. }) => {
            let message = format!("{vendor} did not answer in time. Try again later.");
            return EventOutcome::Failed { status: None, message, reason: error.to_string() };
        }
        Err(error) => {
            let message = format!("{vendor} could not be reached. Try again later, or contact your administrator.");
            return EventOutcome::Failed { status: None, message, reason: chain(&error) };
        }
    };
    let status = answer.status;
    match (status, kind) {
        (200, EventKind::StatusChange { .. }) => EventOutcome::Accepted { summary: state.connection().summary.clone() },
        // Nothing documents a 200 here; without a link the candidate cannot go on.
        (200, EventKind::ApplicationComplete) => improper(Some(status), "200 without a link to the assessment".into()),
        (303, _) => match answer.location.filter(|location| is_web_address(location)) {
            Some(location) => EventOutcome::Link { location },
            None => improper(Some(status), "303 without a complete address in Location".into()),
        },
        (400..=599, _) => match vendor_error(&answer.body) {
            Some((message, debug)) => EventOutcome::Refused { status, message: translate(state, &message), debug },
            None => improper(Some(status), format!("{status} without error.userMessage")),
        },
        _ => improper(Some(status), format!("{status} is not an answer to an event")),
    }
}

/// Replaces `{{profileType.fieldId}}` by what this customer calls the field (icims-api 12.4). What names no field is left as it is.
fn translate(state: &CustomerState, message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start + 2..].find("}}") else { break };
        let (inner, end) = (&rest[start + 2..start + 2 + length], start + 2 + length + 2);
        text.push_str(&rest[..start]);
        let label = inner.trim().split_once('.').and_then(|(kind, field)| {
            let kind = ProfileType::of_placeholder(kind)?;
            state.field_label(kind, field)
        });
        match label {
            Some(label) => text.push_str(&label),
            None => text.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    text.push_str(rest);
    text
}

fn vendor_error(body: &str) -> Option<(String, String)> {
    let body: Json = read_json(body.as_bytes()).ok()?;
    let error = body.get("error")?;
    let text = |key: &str| Some(error.get(key)?.as_str()?.chars().take(MESSAGE_LIMIT).collect::<String>());
    let message = text("userMessage").filter(|message| !message.trim().is_empty())?;
    Some((message, text("debugErrorMessage").unwrap_or_default()))
}

fn links(event: &OutgoingEvent, urls: &Urls) -> [(&'static str, &'static str, String); 4] {
    [
        ("applicantWorkflow", "Applicant Workflow", urls.profile((ProfileType::Workflows, event.workflow.get()))),
        ("job", "Job Profile", urls.profile((ProfileType::Jobs, event.job.get()))),
        ("person", "Person Profile", urls.profile((ProfileType::People, event.person.get()))),
        ("user", "Posting User", urls.profile((ProfileType::People, event.user.get()))),
    ]
}

/// The same links as a header: no angle brackets, and a comma also after the last one (assessment-flow 1).
fn link_header(links: &[(&str, &str, String)]) -> String {
    links.iter().fold(String::new(), |mut header, (rel, title, url)| {
        // Writing to a string cannot fail.
        let _ = write!(header, "{url};rel=\"{rel}\";title=\"{title}\",");
        header
    })
}

fn status_text(connection: &Connection, status: &NodeId) -> String {
    if connection.bare_status_ids { status.bare().to_owned() } else { status.to_string() }
}

fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;
    use crate::engine::{Clock, Disk, Journal, Registry, Surroundings};
    use crate::icims::state::fixture::{Platform, now, platform};

    fn urls() -> Urls {
        let base_url = "https://api.icims.com".parse().expect("an address");
        let (clock, journal, registry) = (Clock::new(), Journal::new(), Registry::new(Disk::memory()));
        Urls::new(&Surroundings { base_url, clock, journal, registry, seed: 1 }, 4021)
    }

    fn status_change(platform: &mut Platform) -> OutgoingEvent {
        let trigger: NodeId = "C40177".parse().expect("a node id");
        let by = platform.state.recruiter();
        let moved = platform.state.advance(platform.workflow, &trigger, by, now()).expect("a move");
        platform.state.event(moved.event.expect("an event")).expect("the event").clone()
    }

    fn answer(status: u16, location: Option<&str>, body: &str) -> Result<Answer, SendError> {
        Ok(Answer { status, location: location.map(str::to_owned), body: body.into() })
    }

    #[test]
    fn a_status_change_looks_as_documented() {
        let mut platform = platform();
        let event = status_change(&mut platform);
        let sent = notification(&platform.state, &event, &urls()).expect("a notification");
        let api = "https://api.icims.com/customers/4021";
        let expected = json!({
            "eventType": "WorkFlowStatusChangeEvent", "customerId": "4021", "systemId": "88431", "jobId": "2210",
            "personId": "30517", "userId": "1188", "oldStatus": "40101", "newStatus": "40177",
            "links": [
                {"rel": "applicantWorkflow", "title": "Applicant Workflow", "url": format!("{api}/applicantworkflows/88431")},
                {"rel": "job", "title": "Job Profile", "url": format!("{api}/jobs/2210")},
                {"rel": "person", "title": "Person Profile", "url": format!("{api}/people/30517")},
                {"rel": "user", "title": "Posting User", "url": format!("{api}/people/1188")},
            ],
        });
        assert_eq!(serde_json::from_str::<Json>(&sent.json).expect("JSON"), expected);
        let mut text = String::new();
        GzDecoder::new(&sent.body[..]).read_to_string(&mut text).expect("gzip");
        assert_eq!(text, sent.json);
        let link = &sent.headers.iter().find(|(name, _)| name == "Link").expect("a Link header").1;
        assert!(
            link.starts_with(&format!("{api}/applicantworkflows/88431;rel=\"applicantWorkflow\";title=\"Applicant Workflow\","))
        );
        assert!(link.ends_with(','));
    }

    #[test]
    fn switches_change_the_form_of_an_event() {
        let mut platform = platform();
        let event = status_change(&mut platform);
        let settings = Connection { gzip: false, bare_status_ids: false, ..platform.state.connection().clone() };
        platform.state.configure_connection(settings).expect("settings");
        let sent = notification(&platform.state, &event, &urls()).expect("a notification");
        assert!(sent.json.contains("\"newStatus\":\"C40177\""));
        assert_eq!(sent.body, sent.json.as_bytes());
        assert!(sent.headers.iter().all(|(name, _)| name != "Content-Encoding"));
    }

    #[test]
    fn each_answer_has_its_meaning() {
        let platform = platform();
        let ad_hoc = EventKind::StatusChange { from: None, to: "C40177".parse().expect("a node id") };
        let check = |kind: &EventKind, given, expected: &str| {
            assert_eq!(outcome_of(&platform.state, kind, given).message(), expected);
        };
        check(&ad_hoc, answer(200, None, ""), "Invitation is sent to Candidate");
        let refused = r#"{"error": {"userMessage": "{{person.email}} is empty.", "debugErrorMessage": "x"}}"#;
        check(&ad_hoc, answer(400, None, refused), "Email is empty.");
        check(&EventKind::ApplicationComplete, answer(503, None, refused), "Email is empty.");
        let improper = "Harver did not answer as expected. Try again later, or contact your administrator.";
        check(&EventKind::ApplicationComplete, answer(200, None, ""), improper);
        check(&ad_hoc, answer(303, None, ""), improper);
        check(&ad_hoc, answer(303, Some("javascript:alert(1)"), ""), improper);
        check(&ad_hoc, answer(400, None, "<html>"), improper);
        check(&ad_hoc, answer(400, None, r#"{"error": {"userMessage": ""}}"#), improper);
        check(&ad_hoc, answer(204, None, ""), improper);
        check(
            &ad_hoc,
            Err(SendError::TimedOut { patience: std::time::Duration::from_secs(30), proxy: None }),
            "Harver did not answer in time. Try again later.",
        );
        let link = outcome_of(&platform.state, &ad_hoc, answer(303, Some("https://harver.example/select?t=1"), ""));
        assert_eq!(link.link(), Some("https://harver.example/select?t=1"));
    }

    #[test]
    fn placeholders_become_the_customers_own_labels() {
        let mut platform = platform();
        platform.state.rename_field(ProfileType::People, "email", "E-mail (private)").expect("a field");
        let check = |message: &str, expected: &str| assert_eq!(translate(&platform.state, message), expected);
        check("{{person.email}} of {{ job.assessmenttype }}", "E-mail (private) of Assessment Type");
        check("{{person.shoesize}} {{nothing}} {{", "{{person.shoesize}} {{nothing}} {{");
    }

    proptest::proptest! {
        #[test]
        fn no_message_makes_the_translation_panic(message in "(\\{\\{|\\}\\}|person\\.email|\\PC){0,20}") {
            let _ = translate(&platform().state, &message);
        }
    }
}

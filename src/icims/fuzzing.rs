//! What comes from iCIMS: its events, their signatures, its answers.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    IcimsClient, IcimsError, JobsWanted, Parsed, ProfileType, ReportLink, ResultRow, RowStatus, SIGNED, Signature, SignedRequest,
    VendorError, parse_event, pattern_of, without_secrets,
};
use crate::domain::{AtsAuthentication, AtsConnection, AtsField, Customer, Event, Occasion, PackageLabel, Pattern};
use crate::fuzz_input::{Message, brightwater};
use crate::http::Answer;
use crate::neighbour::fuzzing::{self, CLIENTS, answered, clock, now};

/// An event: what was read is the same when it is written as plainly as can be, and what is kept of it to be looked at is short.
///
/// # Panics
/// When that is not so.
pub fn icims_event(bytes: &[u8]) {
    let customer = customer(false);
    assert!(without_secrets(bytes).len() < 12_000, "what is shown of an event is short");
    match parse_event(bytes, &customer) {
        Ok(Parsed::Event(event)) => {
            assert_eq!(event.customer, customer.id);
            let pattern = match &event.occasion {
                Occasion::ApplicationCompleted { return_url } => {
                    let is_page = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
                    assert!(return_url.as_ref().is_none_or(is_page), "a browser is sent to a page: {return_url:?}");
                    Pattern::Inline
                }
                Occasion::StatusChanged(_) => Pattern::AdHoc,
            };
            assert_eq!(pattern_of(bytes), Some(pattern), "who waits for the answer");
            let again = parse_event(written(&event).to_string().as_bytes(), &customer);
            assert_eq!(again, Ok(Parsed::Event(event)), "written as plainly as can be");
        }
        Ok(Parsed::Ignored { event_type }) => {
            assert!(!event_type.is_empty() && event_type.chars().count() <= 80);
            assert_eq!(pattern_of(bytes), None);
        }
        Err(problem) => {
            let VendorError { user_message, debug_message } = VendorError::from(&problem);
            assert!(!user_message.is_empty() && debug_message.len() < 300, "{debug_message}");
        }
    }
}

fn written(event: &Event) -> Value {
    let mut body = json!({
        "customerId": event.customer.to_string(), "systemId": event.workflow.to_string(), "personId": event.person.to_string(),
        "jobId": event.job.to_string(),
    });
    match &event.occasion {
        Occasion::ApplicationCompleted { return_url } => {
            body["eventType"] = "AssessmentEvent".into();
            body["returnUrl"] = return_url.as_ref().map(ToString::to_string).into();
        }
        Occasion::StatusChanged(change) => {
            body["eventType"] = "WorkflowStatusChangeEvent".into();
            body["newStatus"] = change.new_status.to_string().into();
            body["userId"] = change.recruiter.as_ref().map(ToString::to_string).into();
        }
    }
    body
}

const KEY: &str = "sandbox-demo-key";

/// A signed event: method and address on the first line, headers, a body. It is read as it came, and once more properly signed.
///
/// # Panics
/// When a signature that holds is refused, or one that does not hold is taken.
pub fn signed_event(bytes: &[u8]) {
    let request = Message::read(bytes);
    let method: Method = request.word(0).parse().unwrap_or(Method::POST);
    let uri: Uri = request.word(1).parse().unwrap_or(Uri::from_static("/"));
    let signature = |headers: &HeaderMap| {
        Signature::of(&SignedRequest { method: &method, uri: &uri, headers, known_as: "events.example" }, now())
    };
    if let Some(read) = signature(&request.headers) {
        assert!(!read.user.is_empty());
        assert!(!read.is_made_with(&"".into()), "an empty key signs nothing");
    }
    let mut headers = request.headers;
    let content = hex(&Sha256::digest(&request.body));
    for (name, value) in
        [("host", "events.example"), ("x-icims-date", "2025-03-04T13:00:00Z"), ("x-icims-content-sha256", &content)]
    {
        headers.insert(name, HeaderValue::from_str(value).expect("plain"));
    }
    headers.remove("authorization");
    let Some(authorization) = properly_signed(&method, &uri, &headers) else { return };
    headers.insert("authorization", authorization);
    let read = signature(&headers).expect("a signature of everything");
    assert!(read.is_made_with(&KEY.into()) && !read.is_made_with(&"another key".into()));
    assert!(read.covers(&request.body) && !read.covers(&[&request.body[..], b" "].concat()));
    headers.insert("x-icims-date", HeaderValue::from_static("2025-03-04T13:00:01Z"));
    assert!(signature(&headers).is_none_or(|read| !read.is_made_with(&KEY.into())), "another date is another request");
}

/// By the letter of icims-api.md 2.4, over all headers that stand there once and can be signed.
fn properly_signed(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<HeaderValue> {
    let mut signed: Vec<(&str, &str)> = Vec::new();
    for name in headers.keys() {
        if let (1, Ok(value)) = (headers.get_all(name).iter().count(), headers[name].to_str()) {
            signed.push((name.as_str(), value.trim()));
        }
    }
    signed.sort_unstable();
    if signed.len() > 32 {
        return None;
    }
    let mut canonical = format!("{method}\n{}\n{}\n", uri.path(), uri.query().unwrap_or_default());
    for (name, value) in &signed {
        let _ = writeln!(canonical, "{name}:{value}");
    }
    let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    canonical = format!("{canonical}\n{names}");
    let text = format!("{SIGNED}\n{}\n{}", headers["x-icims-date"].to_str().ok()?, hex(&Sha256::digest(canonical)));
    let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).ok()?.chain_update(text).finalize().into_bytes();
    HeaderValue::try_from(format!("{SIGNED} user=hf_integration,signedheaders={names},signature={}", hex(&mac))).ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An answer of iCIMS: what was asked and the status on the first line, headers, a body.
///
/// # Panics
/// When something is taken that its type does not allow, or an error says more than somebody can read.
pub fn icims_answer(bytes: &[u8]) {
    let message = Message::read(bytes);
    let (asked, status) = (message.word(0).to_owned(), message.status());
    let Message { headers, body, .. } = message;
    let answer = move |_: &url::Url| Answer::of(status, headers.clone(), body.clone());
    answered(answer, asked_for(&asked));
}

async fn asked_for(what: &str) {
    let icims = IcimsClient::new(CLIENTS.clone(), clock());
    let customer = customer(what == "token");
    let workflow = "88431".parse().expect("an id");
    match what {
        "job" => {
            let Some(job) = taken(icims.job(&customer, "2210".parse().expect("an id")).await) else { return };
            assert!(
                job.package_labels.iter().all(|label| !label.trim().is_empty())
                    && job.title.is_none_or(|title| !title.trim().is_empty())
            );
        }
        "standing" => {
            let Some(standing) = taken(icims.standing(&customer, workflow).await) else { return };
            let _ = standing.status.is_some_and(|status| customer.has_ended(&status));
        }
        "rows" => {
            for row in taken(icims.result_rows(&customer, workflow).await).unwrap_or_default() {
                assert!(row.score.is_none_or(|score| (0.0..=100.0).contains(&score.get())));
                assert!(row.name.is_none_or(|name| !name.trim().is_empty()));
            }
        }
        "new-row" => drop(taken(icims.add_result_row(&customer, workflow, &row()).await)),
        "change-row" => drop(taken(icims.update_result_row(&customer, workflow, "7".parse().expect("an id"), &row()).await)),
        "customer" => drop(taken(icims.check_access(&customer).await)),
        "jobs" => drop(taken(icims.jobs(&customer, JobsWanted::Approved).await)),
        "lists" => {
            let Some(lists) = taken(icims.package_lists(&customer).await) else { return };
            let sound = lists.sound();
            assert!(sound.iter().enumerate().all(|(at, package)| !sound[..at].contains(package)), "each package once");
        }
        "fields" => drop(taken(icims.fields(&customer, ProfileType::Person).await)),
        "writing" => drop(taken(icims.try_to_write(&customer).await)),
        _ => {
            let Some(person) = taken(icims.person(&customer, "30517".parse().expect("an id")).await) else { return };
            assert!(person.email.is_none() || !person.email_is_malformed, "an address that can be mailed is not malformed");
        }
    }
}

/// What an answer gave. Nobody comes back in days.
fn taken<T>(answer: Result<T, IcimsError>) -> Option<T> {
    fuzzing::taken(answer, SignedDuration::from_hours(24))
}

fn row() -> ResultRow {
    ResultRow {
        package: PackageLabel::parse("Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd").expect("a label"),
        status: RowStatus::Complete,
        date: now(),
        score: None,
        recommendation: None,
        notes: Some("Night shifts 81".into()),
        report: Some(ReportLink {
            field: AtsField::default(),
            url: "https://app.harver.com/report".parse().expect("an address"),
        }),
    }
}

fn customer(with_tokens: bool) -> Customer {
    let base_url = "https://api.icims.com".parse().expect("an address");
    let authentication = if with_tokens {
        let token_url = "https://login.icims.com/oauth/token".parse().expect("an address");
        AtsAuthentication::OAuth2 { token_url, client_id: "harver".into(), client_secret: "not-a-real-secret".into() }
    } else {
        AtsAuthentication::Basic { username: "hf_integration".into(), password: "not-a-real-secret".into() }
    };
    Customer { ats: AtsConnection { base_url, authentication }.into(), ..brightwater() }
}

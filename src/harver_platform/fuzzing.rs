//! What comes from the platform: its webhooks and its answers.

use axum::http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use serde_json::json;

use super::{CallbackKind, HarverClient, HarverError, NewApplication, parse_callback};
use crate::domain::{ApplicationId, Candidate, EmailAddress, Language, PersonName, ReportType, VacancyId};
use crate::fuzz_input::{Message, brightwater};
use crate::http::Answer;
use crate::neighbour::fuzzing::{self, CLIENTS, answered, clock, now};

/// A webhook: what was read is the same when it is written as plainly as can be.
///
/// # Panics
/// When it is not.
pub fn platform_webhook(bytes: &[u8]) {
    match parse_callback(bytes) {
        Ok(callback) => {
            let event = match &callback.kind {
                CallbackKind::Started => "applicationStarted",
                CallbackKind::Completed => "candidateStatusNew",
                CallbackKind::Other(name) => name,
            };
            assert!(!event.is_empty() && event.chars().count() <= 80, "{event:?} is fit for a log line");
            let account = json!({"account": {"data": {"id": callback.account.as_str()}}});
            // Another status than that of a finish, so that the name of any change stays what it is.
            let data = json!({"id": callback.application.as_str(), "attributes": {"status": "rejected"}});
            let written = json!({"event": event, "data": data, "relationships": account});
            assert_eq!(parse_callback(written.to_string().as_bytes()), Ok(callback));
        }
        Err(problem) => assert!(problem.to_string().len() < 200, "{problem}"),
    }
}

/// An answer of the platform: what was asked and the status on the first line, headers, a body.
///
/// # Panics
/// When something is taken that its type does not allow, or an error says more than somebody can read.
pub fn platform_answer(bytes: &[u8]) {
    let message = Message::read(bytes);
    let (asked, status) = (message.word(0).to_owned(), message.status());
    let Message { headers, body, .. } = message;
    let is_of_token = asked == "token";
    let answer = move |url: &url::Url| {
        if url.path() == "/oauth/token" && !is_of_token {
            return Answer::of(StatusCode::OK, HeaderMap::new(), br#"{"accessToken": "t"}"#.to_vec());
        }
        Answer::of(status, headers.clone(), body.clone())
    };
    answered(answer, asked_for(&asked));
}

async fn asked_for(what: &str) {
    let harver = HarverClient::new(CLIENTS.clone(), clock());
    let connection = &brightwater().harver;
    let application: ApplicationId = "65aa01f29c3b4d00178e92fa".parse().expect("an id");
    let vacancy: VacancyId = "64c20d1e5f7a8b0012ab34cd".parse().expect("an id");
    match what {
        "created" => {
            let candidate = ines();
            let new = NewApplication {
                candidate: &candidate,
                customer: "4021".parse().expect("an id"),
                workflow: "88431".parse().expect("an id"),
                person: "30517".parse().expect("an id"),
                job: "2210".parse().expect("an id"),
                return_url: None,
            };
            let Some(created) = taken(harver.create_application(connection, &vacancy, &new).await) else { return };
            assert!(matches!(created.link.scheme(), "http" | "https") && created.link.has_host(), "the link leads to a page");
        }
        "reapply" => drop(taken(harver.can_reapply(connection, &application).await)),
        "vacancy" => drop(taken(harver.vacancy_status(connection, &vacancy).await)),
        "vacancies" => {
            let open = taken(harver.open_vacancies(connection).await).unwrap_or_default();
            assert!(open.iter().all(|vacancy| !vacancy.name.trim().is_empty()), "a recruiter can read every name");
        }
        "finished" => drop(taken(harver.finished_since(connection, &vacancy, now()).await)),
        "report" | "hub" => {
            let kind = if what == "hub" { ReportType::ReportsHub } else { ReportType::Pdf };
            let link = taken(harver.report_link(connection, &application, kind, Language::default()).await).flatten();
            assert!(link.is_none_or(|link| matches!(link.scheme(), "http" | "https")), "a report is a page");
        }
        _ => {
            let Some(record) = taken(harver.application(connection, &application).await) else { return };
            assert_eq!(record.id, application);
            let Some(assessment) = record.completed else { return };
            assert!(assessment.score.is_none_or(|score| (0.0..=100.0).contains(&score.get())));
            assert!(assessment.notes().is_none_or(|notes| notes.chars().count() <= 192), "notes fit the field of iCIMS");
        }
    }
}

/// What an answer gave. Nobody comes back in hours.
fn taken<T>(answer: Result<T, HarverError>) -> Option<T> {
    fuzzing::taken(answer, SignedDuration::from_hours(1))
}

fn ines() -> Candidate {
    Candidate {
        first_name: PersonName::parse("Ines").expect("a name"),
        last_name: PersonName::parse("Okafor").expect("a name"),
        email: EmailAddress::parse("ines.okafor@example.org").expect("an address"),
    }
}

//! Asking an integration how it stands, with the credentials that iCIMS presents. One that does not know the question, as it is another
//! vendor's, is sent something that is no event, which it can only refuse.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use url::Url;

use super::subject::{Subject, Wanting};
use crate::http::{Answer, Clients, in_its_words};

/// Not even JSON: nobody can order anything by it.
const NO_EVENT: &str = "this is no event: harver-icims doctor looks whether it is refused";

/// What our own integration tells.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Standing {
    pub(super) customer: u64,
    pub(super) enabled: bool,
    pub(super) patterns: Vec<String>,
    pub(super) trigger_statuses: Vec<String>,
    pub(super) instance: String,
    pub(super) account_instance: String,
    pub(super) account: String,
    pub(super) icims_base_url: Option<String>,
    pub(super) platform_base_url: String,
    pub(super) multi_phase: bool,
    pub(super) report_field: String,
    pub(super) return_url: Option<String>,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nobody can be asked.
    Not(Wanting),
    /// Our integration lets the credentials in.
    Told(Box<Standing>),
    /// Another vendor's lets the credentials in, and has refused what is no event.
    Elsewhere {
        /// The status of its answer.
        status: u16,
    },
    /// Somebody has taken what is no event.
    TookAnything {
        /// The status of its answer.
        status: u16,
    },
    /// The credentials are refused.
    Rejected,
    /// The credentials are right, and our address is none from which events may come.
    ForbiddenFromHere,
    /// There is no start endpoint at this address.
    NotThere {
        /// The status of its answer.
        status: u16,
    },
    /// It is in trouble.
    Trouble {
        /// The status of its answer.
        status: u16,
        /// Its own words.
        words: String,
    },
    /// Nobody answers.
    Silent(String),
}

/// Asks with the credentials of the events.
pub(super) async fn ask(subject: &Subject, clients: &Clients) -> Asked {
    let start = match start_of(subject) {
        Ok(start) => start,
        Err(wanting) => return Asked::Not(wanting),
    };
    let (Some(username), Some(password)) = (subject.text("integration.username"), subject.text("integration.password")) else {
        return Asked::Not(Wanting::NotTold("the credentials of the events", "[integration] username and password"));
    };
    let signed = |request: RequestBuilder| request.basic_auth(username, Some(password));
    let question = signed(clients.request(Method::GET, below(&start, "standing")));
    let answer = match clients.exchange(question).await {
        Ok(answer) => answer,
        Err(error) => return Asked::Silent(error.to_string()),
    };
    if let Some(known) = known(&answer) {
        return known;
    }
    if let Ok(standing) = answer.json::<Standing>() {
        return Asked::Told(Box::new(standing));
    }
    let no_event = signed(clients.post(start)).header("content-type", "application/json").body(NO_EVENT);
    match clients.exchange(no_event).await {
        Err(error) => Asked::Silent(error.to_string()),
        Ok(answer) => known(&answer).unwrap_or_else(|| match answer.status.as_u16() {
            status @ (404 | 405 | 410) => Asked::NotThere { status },
            status @ 200..400 => Asked::TookAnything { status },
            status @ 400..500 => Asked::Elsewhere { status },
            status => Asked::Trouble { status, words: in_its_words(&answer.text()) },
        }),
    }
}

/// Sends what is no event without credentials: whether somebody is let in without any. `None` where nobody can be asked.
pub(super) async fn knock(subject: &Subject, clients: &Clients) -> Option<Result<u16, String>> {
    let start = start_of(subject).ok()?;
    let no_event = clients.post(start).header("content-type", "application/json").body(NO_EVENT);
    Some(clients.exchange(no_event).await.map(|answer| answer.status.as_u16()).map_err(|error| error.to_string()))
}

fn start_of(subject: &Subject) -> Result<Url, Wanting> {
    subject.text("integration.start_url").ok_or(Wanting::NotTold("where iCIMS sends its events", "[integration] start_url"))?;
    let wrong = || Wanting::Wrong("integration.start_url is no address of a web service.".to_owned());
    subject.url("integration.start_url").ok_or_else(wrong)
}

/// What means the same whatever was asked.
fn known(answer: &Answer) -> Option<Asked> {
    match answer.status {
        StatusCode::UNAUTHORIZED => Some(Asked::Rejected),
        StatusCode::FORBIDDEN => Some(Asked::ForbiddenFromHere),
        status if status.is_server_error() => {
            Some(Asked::Trouble { status: status.as_u16(), words: in_its_words(&answer.text()) })
        }
        _ => None,
    }
}

fn below(start: &Url, what: &str) -> Url {
    let mut url = start.clone();
    url.set_path(&format!("{}/{what}", start.path().trim_end_matches('/')));
    url
}

//! What iCIMS sends: reading an event into the domain (assessment-flow.md 2.2 and 3.2, icims-api.md 12).
//!
//! Only what is used is read: iCIMS adds keys and links at any time. The addresses of the profiles that are used are checked, but
//! never called.

use serde_json::{Map, Value};
use url::Url;

use super::vendor_error::VendorError;
use crate::domain::{Customer, CustomerId, Event, JobId, Occasion, Pattern, PersonId, StatusChange, StatusId, WorkflowId};
use crate::http::NotTheExpectedJson;

/// What a body holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// An event that the integration acts on.
    Event(Event),
    /// An event of a type that has nothing to do with assessments: acknowledge it and do nothing (row 32 of section 10).
    Ignored {
        /// Its type, cut to a length that is fit for a log line.
        event_type: String,
    },
}

/// Why a body is not an event for this customer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableEvent {
    /// It is not a JSON object.
    #[error("the body is not a JSON object")]
    NotJson(#[source] Option<NotTheExpectedJson>),
    /// A mandatory value is absent.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A value is there and cannot be one.
    #[error("{0} is not valid")]
    Invalid(&'static str),
    /// The event belongs to another customer than the credentials.
    #[error("customerId is {found}, but the credentials are those of customer {expected}")]
    OtherCustomer {
        /// Whose credentials were used.
        expected: CustomerId,
        /// Whose event it claims to be.
        found: CustomerId,
    },
    /// A link leads elsewhere than to the customer's configured iCIMS (row 33 of section 10).
    #[error("the link {rel} does not lead to the configured base URL of customer {customer}")]
    ForeignLink {
        /// Whose base URL.
        customer: CustomerId,
        /// Which link.
        rel: &'static str,
    },
    /// Fields and links name different profiles.
    #[error("{0} and the links of that kind name different profiles")]
    Contradiction(&'static str),
}

impl From<&UnreadableEvent> for VendorError {
    /// Nobody in front of the screen can mend an event, so the sentence says whom to turn to.
    fn from(problem: &UnreadableEvent) -> Self {
        let user = "Harver could not read the request from iCIMS. Please ask your iCIMS administrator to check the connection to Harver.";
        Self::new(user, problem.to_string())
    }
}

/// The pattern that a body belongs to, whether or not the rest of it can be read: it tells who waits for the answer.
#[must_use]
pub fn pattern_of(body: &[u8]) -> Option<Pattern> {
    let object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    Kind::named(&text(&object, "eventType").ok()??).map(Kind::pattern)
}

/// Reads an event that arrived with this customer's credentials.
///
/// # Errors
/// When it is not one, or belongs to somebody else. Answer 400 with the [`VendorError`] made of the error.
pub fn parse_event(body: &[u8], customer: &Customer) -> Result<Parsed, UnreadableEvent> {
    let value: Value = serde_json::from_slice(body).map_err(|error| UnreadableEvent::NotJson(Some(error.into())))?;
    let Value::Object(object) = value else { return Err(UnreadableEvent::NotJson(None)) };
    let found = required::<CustomerId>(&object, "customerId")?;
    if found != customer.id {
        return Err(UnreadableEvent::OtherCustomer { expected: customer.id, found });
    }
    let event_type = text(&object, "eventType")?.ok_or(UnreadableEvent::Missing("eventType"))?;
    let Some(kind) = Kind::named(&event_type) else {
        return Ok(Parsed::Ignored { event_type: crate::domain::cut_to(&event_type, 80) });
    };
    let links = Links::read(&object, customer)?;
    let workflow = required::<WorkflowId>(&object, "systemId")?;
    agreed("systemId", Some(workflow), links.workflow)?;
    let person = agreed("personId", optional::<PersonId>(&object, "personId")?, links.person)?;
    // The inline event names the candidate only by a link and as the user who caused it (assessment-flow.md 2.2).
    let person = match (person, kind) {
        (None, Kind::ApplicationCompleted) => optional::<PersonId>(&object, "userId")?,
        (person, _) => person,
    };
    Ok(Parsed::Event(Event {
        customer: customer.id,
        workflow,
        person: person.ok_or(UnreadableEvent::Missing("personId"))?,
        job: agreed("jobId", optional::<JobId>(&object, "jobId")?, links.job)?.ok_or(UnreadableEvent::Missing("jobId"))?,
        occasion: match kind {
            Kind::ApplicationCompleted => Occasion::ApplicationCompleted { return_url: return_url(&object)? },
            Kind::StatusChanged => Occasion::StatusChanged(StatusChange {
                new_status: new_status(&object)?,
                // Told to people, never used to decide anything: whatever else stands here is no reason to refuse.
                recruiter: optional(&object, "userId").ok().flatten(),
            }),
        },
    }))
}

#[derive(Clone, Copy)]
enum Kind {
    ApplicationCompleted,
    StatusChanged,
}

impl Kind {
    fn named(event_type: &str) -> Option<Self> {
        match event_type.to_ascii_lowercase().as_str() {
            // The documentation names the first, recorded traffic the second (icims-api.md 12.2).
            "assessmentevent" | "applicationcompletedevent" => Some(Self::ApplicationCompleted),
            "workflowstatuschangeevent" => Some(Self::StatusChanged),
            _ => None,
        }
    }

    fn pattern(self) -> Pattern {
        match self {
            Self::ApplicationCompleted => Pattern::Inline,
            Self::StatusChanged => Pattern::AdHoc,
        }
    }
}

/// The profiles that the links name.
#[derive(Default)]
struct Links {
    workflow: Option<WorkflowId>,
    job: Option<JobId>,
    person: Option<PersonId>,
}

impl Links {
    /// Links of kinds that nothing uses, titles, and whatever is no link are left alone.
    fn read(object: &Map<String, Value>, customer: &Customer) -> Result<Self, UnreadableEvent> {
        let mut links = Self::default();
        for item in object.get("links").and_then(Value::as_array).into_iter().flatten() {
            let (Some(rel), Some(url)) = (item.get("rel").and_then(Value::as_str), item.get("url").and_then(Value::as_str))
            else {
                continue;
            };
            match rel.to_ascii_lowercase().as_str() {
                "applicantworkflow" => {
                    let id = linked(url, customer, "applicantWorkflow", "applicantworkflows")?;
                    links.workflow = agreed("applicantWorkflow", links.workflow, Some(id))?;
                }
                "job" => links.job = agreed("job", links.job, Some(linked(url, customer, "job", "jobs")?))?,
                "person" => links.person = agreed("person", links.person, Some(linked(url, customer, "person", "people")?))?,
                _ => {}
            }
        }
        Ok(links)
    }
}

/// The id in `{base}/customers/{customer}/{profiles}/{id}`.
fn linked<T: std::str::FromStr>(url: &str, customer: &Customer, rel: &'static str, profiles: &str) -> Result<T, UnreadableEvent> {
    let foreign = || UnreadableEvent::ForeignLink { customer: customer.id, rel };
    let url = Url::parse(url).map_err(|_| foreign())?;
    // While another connection is announced, events may come with either address.
    let mut bases = customer.ats.all().map(|ats| &ats.base_url);
    let base = bases.find(|base| url.origin() == base.origin()).ok_or_else(foreign)?;
    let same_place = url.username().is_empty() && url.password().is_none();
    let path = url.path().strip_prefix(base.path().trim_end_matches('/')).filter(|_| same_place).ok_or_else(foreign)?;
    let rest = path.strip_prefix(&format!("/customers/{}/", customer.id)).ok_or_else(foreign)?;
    let id = rest.strip_prefix(profiles).and_then(|rest| rest.strip_prefix('/')).map(|id| id.trim_end_matches('/'));
    id.and_then(|id| id.parse().ok()).ok_or(UnreadableEvent::Invalid(rel))
}

/// A value as text: ids are strings in all documentation, and numbers are taken too. Blank is absent.
fn text(object: &Map<String, Value>, key: &'static str) -> Result<Option<String>, UnreadableEvent> {
    let text = match object.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(UnreadableEvent::Invalid(key)),
    };
    Ok((!text.is_empty()).then_some(text))
}

fn optional<T: std::str::FromStr>(object: &Map<String, Value>, key: &'static str) -> Result<Option<T>, UnreadableEvent> {
    text(object, key)?.map(|text| text.parse().map_err(|_| UnreadableEvent::Invalid(key))).transpose()
}

fn required<T: std::str::FromStr>(object: &Map<String, Value>, key: &'static str) -> Result<T, UnreadableEvent> {
    optional(object, key)?.ok_or(UnreadableEvent::Missing(key))
}

/// A profile that is named several times must be the same each time: inviting the wrong person is worse than inviting nobody.
fn agreed<T: PartialEq>(key: &'static str, one: Option<T>, other: Option<T>) -> Result<Option<T>, UnreadableEvent> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Err(UnreadableEvent::Contradiction(key)),
        (one, other) => Ok(one.or(other)),
    }
}

fn new_status(object: &Map<String, Value>) -> Result<StatusId, UnreadableEvent> {
    let status = text(object, "newStatus")?.ok_or(UnreadableEvent::Missing("newStatus"))?;
    StatusId::parse(&status).ok_or(UnreadableEvent::Invalid("newStatus"))
}

/// Opaque (assessment-flow.md 2.2), but a browser is sent there, so only what leads to a web page is taken.
fn return_url(object: &Map<String, Value>) -> Result<Option<Url>, UnreadableEvent> {
    let Some(text) = text(object, "returnUrl")? else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(Some).ok_or(UnreadableEvent::Invalid("returnUrl"))
}

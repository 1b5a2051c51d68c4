//! Events to the vendor: what they look like, who delivers them, what an answer means.
//!
//! The form is documented in assessment-flow 1 to 3 and icims-api 12. Building and judging are pure functions; [`Dispatch`] keeps
//! an event from being delivered by two at once. iCIMS does not repeat events by itself: one delivery, one outcome. Only an event
//! whose delivery was cut off by the end of the process, or of the request that was waiting for it, is delivered again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::future::Future;
use std::io::Write as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::Icims;
use super::model::{EventId, NodeId};
use super::schema::ProfileType;
use super::state::CustomerState;
use super::state::connection::{Connection, is_web_address};
use super::state::outgoing::{EventKind, EventOutcome, OutgoingEvent};
use super::urls::Urls;
use crate::engine::{Actor, Answer, Delivery, DiskError, SendError};

/// How iCIMS introduces itself (assessment-flow 1).
const USER_AGENT: &str = "Apache-HttpClient/4.5.13 (Java/1.8.0_392)";
/// How many events of all customers are under way at once.
const AT_ONCE: usize = 64;
/// How long a stopping process waits for answers that are under way.
const FAREWELL: Duration = Duration::from_secs(2);
/// Longest message of a vendor that is kept, in characters.
const MESSAGE_LIMIT: usize = 2_000;

/// An event in the form in which it goes over the wire.
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
        ("Authorization".to_owned(), basic(connection)),
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
        Err(error @ SendError::TimedOut(_)) => {
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
#[must_use]
pub fn translate(state: &CustomerState, message: &str) -> String {
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
    let body: Json = serde_json::from_str(body).ok()?;
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

fn basic(connection: &Connection) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", connection.username, connection.password)))
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

/// Which events are under way, so that no two deliver the same one.
#[derive(Debug)]
pub(super) struct Dispatch {
    under_way: Mutex<BTreeSet<(u64, EventId)>>,
    woken: Notify,
    settled: watch::Sender<u64>,
}

impl Default for Dispatch {
    fn default() -> Self {
        Self { under_way: Mutex::default(), woken: Notify::new(), settled: watch::Sender::new(0) }
    }
}

impl Dispatch {
    /// Tells the background delivery that something may be waiting.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<(u64, EventId)>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to deliver one event, given back when dropped.
struct Claim {
    icims: Icims,
    customer: u64,
    event: EventId,
}

impl Claim {
    fn take(icims: &Icims, customer: u64, event: EventId) -> Option<Self> {
        let free = icims.0.dispatch.lock().insert((customer, event));
        free.then(|| Self { icims: icims.clone(), customer, event })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let dispatch = &self.icims.0.dispatch;
        dispatch.lock().remove(&(self.customer, self.event));
        dispatch.settled.send_modify(|count| *count += 1);
        // If the delivery was cut off, the event is still pending and somebody else has to take it.
        dispatch.wake();
    }
}

impl Icims {
    /// Delivers a pending event now and returns its outcome; screens wait for it. If the event is under way already or has been
    /// answered, that outcome is returned. `None` when there is no such customer or event.
    pub async fn deliver(&self, customer: u64, event: EventId) -> Option<EventOutcome> {
        let mut settled = self.0.dispatch.settled.subscribe();
        loop {
            let tenant = self.customer(customer)?;
            let answered = tenant.read(|state| state.event(event).map(|event| event.outcome.clone()))?;
            if let Some((_, outcome)) = answered {
                return Some(outcome);
            }
            match Claim::take(self, customer, event) {
                Some(claim) => return self.carry(&claim).await,
                None => settled.changed().await.ok()?,
            }
        }
    }

    /// Delivers several events at once, as a bulk Advance does; outcomes in the order of the events.
    pub async fn deliver_all(&self, customer: u64, events: Vec<EventId>) -> Vec<Option<EventOutcome>> {
        let mut outcomes = vec![None; events.len()];
        let mut tasks = JoinSet::new();
        for (position, event) in events.into_iter().enumerate() {
            let icims = self.clone();
            if tasks.len() >= AT_ONCE
                && let Some(Ok((position, outcome))) = tasks.join_next().await
            {
                let position: usize = position;
                outcomes[position] = outcome;
            }
            tasks.spawn(async move { (position, icims.deliver(customer, event).await) });
        }
        while let Some(finished) = tasks.join_next().await {
            if let Ok((position, outcome)) = finished {
                outcomes[position] = outcome;
            }
        }
        outcomes
    }

    /// How many events have not been answered yet, of one customer or of all.
    #[must_use]
    pub fn pending(&self, id: Option<u64>) -> usize {
        let ids = id.map_or_else(|| self.customers(), |id| vec![id]);
        let count = |id: u64| self.customer(id).map_or(0, |tenant| tenant.read(|state| state.pending_events().count()));
        ids.into_iter().map(count).sum()
    }

    /// Delivers what nobody else is waiting for: events that the API caused, and those left over when the process last ended.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut tasks = JoinSet::new();
        loop {
            for claim in self.waiting(AT_ONCE.saturating_sub(tasks.len())) {
                let icims = self.clone();
                tasks.spawn(async move {
                    icims.carry(&claim).await;
                });
            }
            tokio::select! {
                () = &mut shutdown => break,
                () = self.0.dispatch.woken.notified() => {}
                Some(_) = tasks.join_next() => {}
            }
        }
        let answered = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, answered).await.is_err() {
            tracing::info!("Some events were still under way; they are sent again after the next start.");
        }
    }

    /// Claims up to `most` pending events, the oldest of each workflow, so that the order within a workflow is kept.
    fn waiting(&self, most: usize) -> Vec<Claim> {
        let mut claims = Vec::new();
        for customer in self.customers() {
            let Some(tenant) = self.customer(customer) else { continue };
            let mut workflows = BTreeSet::new();
            let pending: Vec<EventId> = tenant.read(|state| {
                state.pending_events().filter(|event| workflows.insert(event.workflow)).map(|event| event.id).collect()
            });
            let room = most - claims.len();
            claims.extend(pending.into_iter().filter_map(|event| Claim::take(self, customer, event)).take(room));
        }
        claims
    }

    async fn carry(&self, claim: &Claim) -> Option<EventOutcome> {
        let Claim { customer, event: id, .. } = *claim;
        let tenant = self.customer(customer)?;
        let urls = self.urls(customer);
        let (event, notification, settings) = tenant.read(|state| {
            let event = state.event(id).filter(|event| event.outcome.is_none())?;
            Some((event.clone(), notification(state, event, &urls), state.connection().clone()))
        })?;
        let outcome = match (notification, settings.endpoint) {
            (Some(notification), Some(url)) => {
                let delivery = Delivery {
                    from: Actor::Icims,
                    to: Actor::Integration,
                    customer: Some(customer.to_string()),
                    workflow: Some(event.workflow.to_string()),
                    url,
                    headers: notification.headers,
                    body: notification.body,
                    readable: notification.json,
                    timeout: Duration::from_secs(settings.timeout_seconds),
                };
                let answer = self.0.sender.post(delivery).await;
                tenant.read(|state| outcome_of(state, &event.kind, answer))
            }
            (_, endpoint) => EventOutcome::Failed {
                status: None,
                message: format!("{} is not connected. Contact your administrator.", settings.vendor),
                reason: format!("endpoint of the connection: {endpoint:?}"),
            },
        };
        let current = self.customer(customer).is_some_and(|now| Arc::ptr_eq(&now, &tenant));
        if !current {
            // The platform was reset while the event was under way; its rows are gone.
            return Some(outcome);
        }
        let now = self.clock().now();
        let recorded: Result<(), DiskError> = tenant
            .write(|state| {
                state.record_outcome(id, outcome.clone(), now);
                Ok(())
            })
            .await;
        if let Err(error) = recorded {
            tracing::error!(%error, customer, event = %id, "The outcome of an event could not be stored.");
        }
        Some(outcome)
    }
}

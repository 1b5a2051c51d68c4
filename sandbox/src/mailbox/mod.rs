//! ACTOR: where invitations arrive. A real SMTP listener, messages by customer and recipient, pages and an API to read them.
//!
//! The mailbox accepts every recipient, relays nothing, and keeps each message byte for byte beside what a reader wants of it:
//! subject, text, HTML, links. A message is on disk before it is acknowledged. It refuses to know who sends what and why.
//!
//! Read [`Mailbox`], then `state` (what is kept), `message` (how it is read), `smtp` (the protocol), `pages` and `api`.

mod api;
mod disturbed;
mod links;
mod message;
mod pages;
mod smtp;
mod state;

use std::future::Future;
use std::sync::{Arc, RwLockWriteGuard};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use message::{Envelope, Message};
pub use smtp::SmtpLimits;
pub(crate) use state::MailboxState;
pub use state::{MailFilter, Received};

use crate::engine::faults::FaultMark;
use crate::engine::{Actor, Current, DiskError, Exchange, Outcome, Pins, StoredRow, Surroundings, Tenant};

/// Where the API is on the mailbox's own pages.
const OWN_PREFIX: &str = "/mailbox/api/messages";

/// The name of the mailbox's rows on disk.
pub(crate) const SCOPE: &str = "mailbox";

/// The mailbox of the whole process. Clones share it.
#[derive(Clone, Debug)]
pub struct Mailbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    // Replaced whole by a reset or restore; changed by rules otherwise.
    tenant: Current<Tenant<MailboxState>>,
    arrivals: watch::Sender<u64>,
}

impl Mailbox {
    /// An empty mailbox.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let tenant = Tenant::new(SCOPE, MailboxState::new(), surroundings.disk.clone());
        Self(Arc::new(Inner { surroundings, tenant: Current::new(tenant), arrivals: watch::Sender::new(0) }))
    }

    /// Puts back the messages among `rows`; rows of other actors are passed over.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn restore(&self, rows: &[StoredRow]) -> Result<(), DiskError> {
        let state = MailboxState::restored(rows.iter().filter(|row| row.scope == SCOPE))?;
        *self.0.tenant.hold() = Arc::new(Tenant::new(SCOPE, state, self.0.surroundings.disk.clone()));
        Ok(())
    }

    /// Takes a message in. It is on disk when this returns; a duplicate delivery is accepted and not kept twice.
    ///
    /// # Errors
    /// When the disk does not take the message: the sender is told to try again.
    pub async fn deliver(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), DiskError> {
        self.deliver_marked(envelope, raw, Vec::new()).await
    }

    async fn deliver_marked(&self, envelope: Envelope, raw: Vec<u8>, faults: Vec<FaultMark>) -> Result<(), DiskError> {
        let (now, started) = (self.0.surroundings.clock.now(), Instant::now());
        let read = message::read(&raw);
        let mut exchange = exchange(&envelope, &read, now);
        exchange.faults = faults;
        let stored = self.0.tenant.write(|state| -> Result<_, DiskError> { Ok(state.deliver(envelope, read, raw, now)) }).await;
        let (status, body) = match &stored {
            Ok(Some(id)) => (250, format!("kept as message {id}")),
            Ok(None) => (250, "accepted and not kept: these recipients have a message with this Message-ID".to_owned()),
            Err(_) => (451, "not stored".to_owned()),
        };
        exchange.outcome = Outcome::Answered { status, headers: Vec::new(), body };
        exchange.took_ms = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        let customer = exchange.customer.clone();
        self.0.surroundings.journal.record(exchange);
        if let Some(id) = stored? {
            tracing::info!(message.id = id, customer.id = customer.as_deref(), "A message has arrived.");
            self.0.arrivals.send_modify(|count| *count += 1);
        }
        Ok(())
    }

    /// The messages that a filter admits, newest first.
    #[must_use]
    pub fn find(&self, filter: &MailFilter) -> Vec<Message> {
        self.tenant().read(|state| state.find(filter).map(|received| received.message.clone()).collect())
    }

    /// The first `limit` messages that a filter admits, newest first.
    #[must_use]
    pub fn newest(&self, filter: &MailFilter, limit: usize) -> Vec<Message> {
        self.tenant().read(|state| state.find(filter).take(limit).map(|received| received.message.clone()).collect())
    }

    /// One message with its original bytes.
    #[must_use]
    pub fn message(&self, id: u64) -> Option<Received> {
        self.tenant().read(|state| state.get(id).cloned())
    }

    /// Waits until a message is there that the filter admits: with `after` the earliest of the newer ones, so that a reader can
    /// walk forward; without it the newest there is. `None` once `timeout` of real time has passed.
    pub async fn wait(&self, filter: &MailFilter, timeout: Duration) -> Option<Message> {
        let mut arrivals = self.0.arrivals.subscribe();
        let found = async {
            loop {
                arrivals.borrow_and_update();
                if let Some(message) = self.first(filter) {
                    return Some(message);
                }
                if arrivals.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(timeout, found).await.unwrap_or_default()
    }

    /// Receives mail on `listener` until `shutdown` ends. Sessions that are storing a message finish that first.
    pub async fn run_smtp(&self, listener: TcpListener, limits: SmtpLimits, shutdown: impl Future<Output = ()>) {
        smtp::run(self.clone(), listener, limits, shutdown).await;
    }

    /// Pages and API, with their full paths under `/mailbox`; mounted by control on its port.
    pub fn router(&self) -> axum::Router {
        pages::routes().merge(axum::Router::from(api::routes(OWN_PREFIX))).with_state(self.clone())
    }

    /// The API under another prefix: `{prefix}`, `{prefix}/wait`, `{prefix}/{id}`, `{prefix}/{id}/raw`.
    pub fn api_at(&self, prefix: &str) -> axum::Router {
        axum::Router::from(api::routes(prefix)).with_state(self.clone())
    }

    fn first(&self, filter: &MailFilter) -> Option<Message> {
        // Whoever waits for a message waits in the present world, whatever world it began to wait in.
        self.0.tenant.latest().read(|state| {
            let mut found = state.find(filter);
            let received = if filter.after.is_some() { found.next_back() } else { found.next() };
            received.map(|received| received.message.clone())
        })
    }

    fn tenant(&self) -> Arc<Tenant<MailboxState>> {
        self.0.tenant.get()
    }

    /// Pins a request to the present messages, which stay the present ones until what is returned is dropped.
    pub(crate) fn pin<'a>(&'a self, pins: &mut Pins) -> impl Sized + use<'a> {
        self.0.tenant.pin(pins)
    }

    /// Keeps everybody from looking messages up until it is dropped.
    pub(crate) fn hold(&self) -> Held<'_> {
        Held { mailbox: self, tenant: self.0.tenant.hold() }
    }
}

/// The messages, held.
pub(crate) struct Held<'a> {
    mailbox: &'a Mailbox,
    tenant: RwLockWriteGuard<'a, Arc<Tenant<MailboxState>>>,
}

impl Held<'_> {
    /// The messages as they are.
    pub(crate) fn tenant(&self) -> &Arc<Tenant<MailboxState>> {
        &self.tenant
    }

    /// Puts other messages in the place of all; answers what was there and what is.
    pub(crate) fn replace_all(&mut self, state: MailboxState) -> (Arc<Tenant<MailboxState>>, Arc<Tenant<MailboxState>>) {
        let new = Arc::new(Tenant::new(SCOPE, state, self.mailbox.0.surroundings.disk.clone()));
        (std::mem::replace(&mut *self.tenant, Arc::clone(&new)), new)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.mailbox.0.arrivals.send_modify(|count| *count += 1);
    }
}

/// What the API offers at its own address and under another prefix.
#[must_use]
pub fn described_at(prefix: &str) -> utoipa::openapi::OpenApi {
    api::routes(OWN_PREFIX).merge(api::routes(prefix)).into_openapi()
}

/// A delivery for the journal, before it is known what comes of it.
fn exchange(envelope: &Envelope, read: &message::Reading, at: Timestamp) -> Exchange {
    Exchange {
        id: 0,
        at,
        from: Actor::Integration,
        to: Actor::Mailbox,
        customer: read.customer.clone(),
        workflow: None,
        method: "SMTP".into(),
        target: envelope.to.join(", "),
        request_headers: read.headers.clone(),
        request_body: read.text.clone().or_else(|| read.html.clone()).unwrap_or_default(),
        outcome: Outcome::Failed { reason: "under way".into() },
        took_ms: 0,
        faults: Vec::new(),
        replay_of: None,
    }
}

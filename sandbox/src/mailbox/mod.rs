//! ACTOR: where invitations arrive. A real SMTP listener, messages by customer and recipient, pages and an API to read them.
//!
//! The mailbox accepts every recipient, relays nothing, and keeps each message byte for byte beside what a reader wants of it:
//! subject, text, HTML, links. A message is on disk before it is acknowledged. It refuses to know who sends what and why.
//!
//! Read [`Mailbox`], then `state` (what is kept), `message` (how it is read), `smtp` (the protocol), `pages` and `api`.

mod api;
mod disturbed;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod links;
mod mailpit;
mod message;
mod mime;
mod pages;
mod smtp;
mod state;
mod words;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use message::Reading;
pub use message::{Envelope, Message};
pub(crate) use pages::certificate_page;
pub use smtp::{CertificateError, NotAnSmtpUser, SmtpCertificate, SmtpLimits, SmtpOffer, SmtpUser};
use state::{Arrival, Kept, owner_of};
pub use state::{Mail, MailFilter, Received};
pub use words::Words;

use crate::engine::faults::FaultMark;
use crate::engine::{Actor, Customer, DiskError, Exchange, HOUSE, Outcome, Registry, Sockets, Surroundings, Tenant, aside};

/// Where the API is on the mailbox's own pages.
const OWN_PREFIX: &str = "/mailbox/api/messages";
/// How many messages are kept; then the oldest of the customer that has the most fall out.
const CAPACITY: usize = 10_000;
/// How many bytes of messages are kept, by the same rule, so that a few huge ones cannot fill the memory. A customer's newest message
/// always stays.
const BYTES: usize = 256 * 1024 * 1024;

/// The mailbox of the whole process. Clones share it.
#[derive(Clone, Debug)]
pub struct Mailbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    /// The position of the last message.
    arrived: AtomicU64,
    /// Held while room is made.
    room: tokio::sync::Mutex<()>,
}

/// The messages of a customer, or of nobody.
type MailBox = Arc<Tenant<Mail>>;

impl Mailbox {
    /// The mailbox of the customers of a world, and of nobody.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let mailbox = Self(Arc::new(Inner { surroundings, arrived: AtomicU64::new(0), room: tokio::sync::Mutex::default() }));
        let last = mailbox.boxes().iter().filter_map(|(_, mail)| mail.read(Mail::last_arrival)).max();
        mailbox.0.arrived.store(last.unwrap_or(0), Ordering::Release);
        mailbox
    }

    /// Sets positions aside for messages that come in together; the first of them.
    pub(crate) fn reserve(&self, count: usize) -> u64 {
        self.0.arrived.fetch_add(count as u64, Ordering::AcqRel) + 1
    }

    /// Takes a message in. It is on disk when this returns; a duplicate delivery is accepted and not kept twice, unless it says something else.
    ///
    /// # Errors
    /// When the disk does not take the message: the sender is told to try again.
    pub async fn deliver(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), DiskError> {
        self.deliver_from(Actor::Integration, envelope, raw).await
    }

    /// The same for a message of another actor, as the journal tells them apart.
    ///
    /// # Errors
    /// As [`Mailbox::deliver`].
    pub async fn deliver_from(&self, from: Actor, envelope: Envelope, raw: Vec<u8>) -> Result<(), DiskError> {
        self.deliver_marked(from, envelope, message::read(raw).await, Vec::new()).await
    }

    async fn deliver_marked(
        &self,
        from: Actor,
        envelope: Envelope,
        (read, raw): (Reading, Vec<u8>),
        faults: Vec<FaultMark>,
    ) -> Result<(), DiskError> {
        let (now, started) = (self.0.surroundings.clock.now(), Instant::now());
        let mut exchange = Exchange { from, ..exchange(&envelope, &read, now) };
        exchange.faults = faults;
        let (owner, mail) = self.box_of(read.customer.as_deref());
        let arrival = Arrival { at: now, position: self.reserve(1) };
        let stored = match &mail {
            Some(mail) => mail.write(|state| Ok::<_, DiskError>(state.deliver(owner, envelope, read, raw, arrival))).await,
            None => Err(DiskError::NotStored("there is no mailbox".into())),
        };
        let (status, body) = match &stored {
            Ok(Some(Kept { id, repeat_of: None })) => (250, format!("kept as message {id}")),
            Ok(Some(Kept { id, repeat_of: Some(first) })) => {
                let why = "other mail servers may drop it, as it has the same Message-ID and says something else";
                (250, format!("kept as message {id}, a repeat of message {first}: {why}"))
            }
            Ok(None) => (250, "accepted and not kept: these recipients have this message, with this Message-ID".to_owned()),
            Err(_) => (451, "not stored".to_owned()),
        };
        exchange.outcome = Outcome::Answered { status, headers: Vec::new(), body };
        exchange.took_ms = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        let customer = exchange.customer.clone();
        self.0.surroundings.journal.record(exchange);
        if let Some(Kept { id, .. }) = stored? {
            tracing::info!(message.id = id, customer.id = customer.as_deref(), "A message has arrived.");
            if let Err(error) = self.make_room().await {
                tracing::error!(%error, "The oldest messages could not be taken out.");
            }
        }
        Ok(())
    }

    /// Takes out the oldest messages of whoever has the most, until all of them are within the limits.
    async fn make_room(&self) -> Result<(), DiskError> {
        // One at a time, as each looks at what all have.
        let _alone = self.0.room.lock().await;
        loop {
            let boxes = self.boxes();
            let sizes: Vec<(usize, usize)> = boxes.iter().map(|(_, mail)| mail.read(|mail| (mail.len(), mail.bytes()))).collect();
            let (count, bytes) = sizes.iter().fold((0, 0), |(count, bytes), own| (count + own.0, bytes + own.1));
            let surplus = (count.saturating_sub(CAPACITY), bytes.saturating_sub(BYTES));
            let by_what = |(count, bytes): (usize, usize)| if surplus.0 > 0 { count } else { bytes };
            let largest = (0..boxes.len()).filter(|place| sizes[*place].0 > 1).max_by_key(|place| by_what(sizes[*place]));
            let Some(largest) = largest.filter(|_| surplus != (0, 0)) else { return Ok(()) };
            let rule = |mail: &mut Mail| {
                mail.take_out_oldest(surplus.0, surplus.1);
                Ok::<(), DiskError>(())
            };
            boxes[largest].1.write(rule).await?;
        }
    }

    /// The messages that a filter admits, newest first.
    #[must_use]
    pub fn find(&self, filter: &MailFilter) -> Vec<Message> {
        self.newest(filter, usize::MAX)
    }

    /// The first `limit` messages that a filter admits, newest first.
    #[must_use]
    pub fn newest(&self, filter: &MailFilter, limit: usize) -> Vec<Message> {
        let after = self.arrival_of(filter.after);
        let mut found: Vec<Received> = Vec::new();
        for mail in self.meant(filter) {
            mail.read(|mail| found.extend(mail.find(filter, after).take(limit).cloned()));
        }
        found.sort_by_key(|received| std::cmp::Reverse(received.arrived));
        found.truncate(limit);
        found.into_iter().map(|received| Arc::unwrap_or_clone(received.message)).collect()
    }

    /// The same; one that looks for words reads every message, and does that beside the threads that serve.
    async fn search(&self, filter: &MailFilter, limit: usize) -> Vec<Message> {
        self.beside(filter, move |mailbox, filter| mailbox.newest(filter, limit)).await
    }

    /// Looks for messages, for words beside the threads that serve.
    async fn beside<T: Send + 'static>(
        &self,
        filter: &MailFilter,
        look: impl FnOnce(&Self, &MailFilter) -> T + Send + 'static,
    ) -> T {
        if filter.words.is_empty() {
            return look(self, filter);
        }
        let (mailbox, filter) = (self.clone(), filter.clone());
        aside("words in mail", move || look(&mailbox, &filter)).await
    }

    /// One message with its original bytes.
    #[must_use]
    pub fn message(&self, id: u64) -> Option<Received> {
        self.registry().tenant::<Mail>(owner_of(id))?.read(|mail| mail.get(id).cloned())
    }

    /// Waits until a message is there that the filter admits: with `after` the earliest of the newer ones, so that a reader can
    /// walk forward; without it the newest there is. `None` once `timeout` of real time has passed, or the customer is gone.
    pub async fn wait(&self, filter: &MailFilter, timeout: Duration) -> Option<Message> {
        let found = async {
            loop {
                let changed = self.changed(filter);
                if let Some(message) = self.beside(filter, Self::first).await {
                    return Some(message);
                }
                if filter.customer.as_deref().is_some_and(|customer| !self.knows(customer)) {
                    return None;
                }
                changed.await;
            }
        };
        tokio::time::timeout(timeout, found).await.ok().flatten()
    }

    /// Whether there is such a customer.
    pub(crate) fn knows(&self, customer: &str) -> bool {
        self.box_of(Some(customer)).0 != HOUSE
    }

    /// Resolves when something has happened, from now on, after which a filter may admit another message.
    fn changed(&self, filter: &MailFilter) -> impl Future<Output = ()> + use<> {
        let owner = filter.customer.as_deref().map(|customer| self.box_of(Some(customer)).0);
        let customer = owner.filter(|owner| *owner != HOUSE).and_then(|owner| self.registry().customer(owner));
        let mut own = customer.as_ref().map(|customer| customer.changes());
        let mut all = self.registry().board().changes();
        async move {
            match (&customer, &mut own) {
                // The customer may be replaced meanwhile.
                (Some(customer), Some(own)) => tokio::select! {
                    _ = own.changed() => {}
                    () = customer.gone() => {}
                },
                _ => drop(all.changed().await),
            }
        }
    }

    /// Receives mail on `listener` until `shutdown` ends. Sessions that are storing a message finish that first.
    pub async fn run_smtp(
        &self,
        listener: impl Into<Sockets>,
        limits: SmtpLimits,
        offer: SmtpOffer,
        shutdown: impl Future<Output = ()>,
    ) {
        smtp::run(self.clone(), listener.into(), limits, offer, shutdown).await;
    }

    /// Pages and API, with their full paths under `/mailbox`, and Mailpit's API for reading; mounted by control on its port.
    pub fn router(&self) -> axum::Router {
        let apis = axum::Router::from(api::routes(OWN_PREFIX)).merge(mailpit::routes());
        pages::routes().merge(apis).with_state(self.clone())
    }

    /// The API under another prefix: `{prefix}`, `{prefix}/wait`, `{prefix}/{id}`, `{prefix}/{id}/raw`.
    pub fn api_at(&self, prefix: &str) -> axum::Router {
        axum::Router::from(api::routes(prefix)).with_state(self.clone())
    }

    fn first(&self, filter: &MailFilter) -> Option<Message> {
        let after = self.arrival_of(filter.after);
        let walks = filter.after.is_some();
        let first = |mail: &Mail| {
            let mut found = mail.find(filter, after);
            if walks { found.next_back().cloned() } else { found.next().cloned() }
        };
        let found = self.meant(filter).into_iter().filter_map(|mail| mail.read(first));
        let arrived = |received: &Received| received.arrived;
        let found = if walks { found.min_by_key(arrived) } else { found.max_by_key(arrived) };
        found.map(|received| Arc::unwrap_or_clone(received.message))
    }

    /// Where the messages are that a filter may admit.
    fn meant(&self, filter: &MailFilter) -> Vec<MailBox> {
        match &filter.customer {
            Some(customer) => self.box_of(Some(customer)).1.into_iter().collect(),
            None => self.boxes().into_iter().map(|(_, mail)| mail).collect(),
        }
    }

    /// Where a customer's messages are. Those for a customer that does not exist belong to nobody.
    fn box_of(&self, customer: Option<&str>) -> (u64, Option<MailBox>) {
        let number = customer.and_then(|text| text.parse::<u64>().ok().filter(|number| number.to_string() == text));
        let own = number.filter(|number| *number != HOUSE).and_then(|number| Some((number, self.registry().tenant(number)?)));
        match own {
            Some((number, mail)) => (number, Some(mail)),
            None => (HOUSE, self.registry().tenant(HOUSE)),
        }
    }

    /// The messages of everybody.
    fn boxes(&self) -> Vec<(u64, MailBox)> {
        let house = self.registry().customer(HOUSE);
        let of = |customer: Arc<Customer>| Some((customer.id(), customer.tenant()?));
        house.into_iter().chain(self.registry().customers()).filter_map(of).collect()
    }

    /// When the message arrived that a filter names, as far as it is there.
    fn arrival_of(&self, id: Option<u64>) -> Option<u64> {
        id.and_then(|id| self.message(id)).map(|received| received.arrived)
    }

    fn registry(&self) -> &Registry {
        &self.0.surroundings.registry
    }
}

/// What the API offers at its own address and under another prefix.
#[must_use]
pub fn described_at(prefix: &str) -> utoipa::openapi::OpenApi {
    api::routes(OWN_PREFIX).merge(api::routes(prefix)).into_openapi()
}

/// A delivery for the journal, before it is known what comes of it.
fn exchange(envelope: &Envelope, read: &Reading, at: Timestamp) -> Exchange {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Clock, Disk, Journal, Kept};

    fn mailbox() -> Mailbox {
        let base_url = "http://127.0.0.1:8700".parse().expect("a URL");
        let registry = Registry::begun(Disk::memory(), [HOUSE, 4021, 4022].map(|id| Kept::new(id).with(Mail::new())));
        Mailbox::new(Surroundings { base_url, clock: Clock::new(), journal: Journal::new(), registry, seed: 1 })
    }

    async fn deliver(mailbox: &Mailbox, customer: &str, bytes: usize) {
        let envelope = Envelope { from: String::new(), to: vec!["ines@example.org".into()] };
        let raw = format!("X-Icims-Customer: {customer}\r\n\r\n{}", "x".repeat(bytes));
        mailbox.deliver(envelope, raw.into_bytes()).await.expect("memory takes it");
    }

    fn count(mailbox: &Mailbox, customer: &str) -> usize {
        mailbox.find(&MailFilter { customer: Some(customer.into()), ..MailFilter::default() }).len()
    }

    #[tokio::test]
    async fn a_busy_customer_pushes_out_its_own_messages_and_nobody_elses() {
        let mailbox = mailbox();
        deliver(&mailbox, "4021", 1).await;
        for _ in 0..CAPACITY + 3 {
            deliver(&mailbox, "4022", 1).await;
        }
        assert_eq!((count(&mailbox, "4021"), count(&mailbox, "4022")), (1, CAPACITY - 1));
    }

    #[tokio::test]
    async fn large_messages_make_room_for_one_another_by_the_same_rule() {
        let mailbox = mailbox();
        deliver(&mailbox, "4021", 1_000).await;
        for _ in 0..BYTES / (16 << 20) + 2 {
            deliver(&mailbox, "4022", 16 << 20).await;
        }
        let held: usize = mailbox.boxes().iter().map(|(_, mail)| mail.read(Mail::bytes)).sum();
        assert!(held <= BYTES, "{held} bytes are held");
        assert_eq!((count(&mailbox, "4021"), count(&mailbox, "4022")), (1, BYTES / (16 << 20) - 1));
    }

    #[tokio::test]
    async fn messages_are_numbered_within_their_customer_and_those_of_nobody_plainly() {
        let mailbox = mailbox();
        for customer in ["4021", "4022", "", "not a number", "99999999999999999999", "04021", "4021"] {
            deliver(&mailbox, customer, 1).await;
        }
        let numbers: Vec<u64> = mailbox.find(&MailFilter::default()).iter().rev().map(|message| message.id).collect();
        assert_eq!(numbers, [40_210_000_001, 40_220_000_001, 1, 2, 3, 4, 40_210_000_002]);
        let after = MailFilter { after: Some(2), ..MailFilter::default() };
        assert_eq!(mailbox.find(&after).iter().map(|message| message.id).collect::<Vec<_>>(), [40_210_000_002, 4, 3]);
        assert_eq!(mailbox.wait(&after, Duration::ZERO).await.map(|message| message.id), Some(3));
    }
}

//! What crossed the wire between the actors, newest last, bounded.

mod entry;
mod exchange;
mod under_way;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use super::callers::Callers;
use super::faults::Faults;
use super::shares::Shares;
use entry::Entry;
pub use entry::{Body, Headers, Passed, Passing};
pub(super) use exchange::BODY_LIMIT;
pub use exchange::{Actor, Exchange, ExchangeId, Original, Outcome};
use under_way::Calls;
pub use under_way::{Begun, CallUnderWay, Target, UnderWay};

/// How many exchanges are kept; then the oldest of the customer that has the most fall out.
const CAPACITY: usize = 50_000;
/// How many bytes of exchanges are kept, by the same rule.
const BYTE_LIMIT: usize = 64 * 1024 * 1024;
/// Which exchanges to show. An absent criterion matches everything.
#[derive(Clone, Debug, Default)]
pub struct JournalFilter {
    /// Only those of this customer.
    pub customer: Option<String>,
    /// Only those of this workflow.
    pub workflow: Option<String>,
    /// Only those recorded after this one.
    pub after: ExchangeId,
}

impl JournalFilter {
    fn admits(&self, kept: &Entry) -> bool {
        let same = |wanted: Option<&str>, found: Option<&str>| wanted.is_none() || wanted == found;
        kept.id > self.after && same(self.customer.as_deref(), kept.customer()) && same(self.workflow.as_deref(), kept.workflow())
    }
}

/// The record of all exchanges of a process. Clones share it.
///
/// As every exchange passes it, it also carries what concerns exchanges of all actors: [`Faults`], and [`Callers`].
#[derive(Clone, Debug)]
pub struct Journal {
    entries: Arc<Mutex<Entries>>,
    newest: Arc<watch::Sender<ExchangeId>>,
    under_way: Calls,
    faults: Faults,
    callers: Callers,
}

#[derive(Debug, Default)]
struct Entries {
    kept: BTreeMap<ExchangeId, Arc<Entry>>,
    /// Whose they are, and what they weigh.
    shares: Shares,
}

impl Entries {
    fn push(&mut self, kept: Entry) {
        self.shares.add(kept.customer(), kept.id, kept.weight());
        self.kept.insert(kept.id, Arc::new(kept));
        while self.kept.len() > CAPACITY || self.shares.held() > BYTE_LIMIT {
            let Some(id) = self.shares.first_to_go() else { break };
            if let Some(gone) = self.kept.remove(&id) {
                self.shares.remove(gone.customer(), id, gone.weight());
            }
        }
    }

    /// The exchanges that may be meant, oldest first: those of the named customer, or all.
    fn candidates<'a>(&'a self, filter: &'a JournalFilter) -> Box<dyn Iterator<Item = &'a Arc<Entry>> + 'a> {
        match &filter.customer {
            Some(customer) => Box::new(self.shares.newer(Some(customer), filter.after).filter_map(|id| self.kept.get(&id))),
            None => Box::new(self.kept.range(filter.after.saturating_add(1)..).map(|(_, kept)| kept)),
        }
    }
}

impl Journal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        let newest = Arc::new(watch::Sender::new(0));
        Self { entries: Arc::default(), newest, under_way: Calls::default(), faults: Faults::new(), callers: Callers::default() }
    }

    /// The rules that disturb exchanges.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Who calls over which connection.
    #[must_use]
    pub fn callers(&self) -> &Callers {
        &self.callers
    }

    /// Adds an exchange and returns its position. Secrets and the ends of long bodies are never shown, so that no caller can forget to
    /// hide them.
    pub fn record(&self, exchange: Exchange) -> ExchangeId {
        self.record_with(exchange, None)
    }

    /// The same, with what is needed to send the request again.
    #[expect(clippy::needless_pass_by_value, reason = "what is recorded is over")]
    pub fn record_with(&self, exchange: Exchange, original: Option<Original>) -> ExchangeId {
        self.pass(exchange.passing(original.as_ref()))
    }

    /// The same, of an exchange whose parts are still elsewhere.
    pub fn pass(&self, passing: Passing<'_>) -> ExchangeId {
        let mut kept = Entry::new(passing);
        let mut entries = self.lock();
        let id = *self.newest.borrow() + 1;
        kept.id = id;
        entries.push(kept);
        self.newest.send_replace(id);
        id
    }

    /// Shows a call as under way for as long as what is returned is there.
    pub fn begin(&self, begun: Begun) -> UnderWay {
        self.under_way.begin(begun)
    }

    /// The calls under way that a filter admits, the one that has begun first first. What comes after a position is not asked: they have
    /// none yet.
    #[must_use]
    pub fn under_way(&self, filter: &JournalFilter) -> Vec<CallUnderWay> {
        self.under_way.shown(filter)
    }

    /// The exchanges that a filter admits, oldest first.
    #[must_use]
    pub fn find(&self, filter: &JournalFilter) -> Vec<Arc<Exchange>> {
        self.each(filter).collect()
    }

    /// The same, each read when it is asked for. Whoever records meanwhile is not held up.
    pub fn each(&self, filter: &JournalFilter) -> impl DoubleEndedIterator<Item = Arc<Exchange>> + use<> {
        let entries = self.lock();
        let found: Vec<_> = entries.candidates(filter).filter(|kept| filter.admits(kept)).cloned().collect();
        found.into_iter().map(|kept| Arc::new(kept.exchange()))
    }

    /// The exchange at a position.
    #[must_use]
    pub fn get(&self, id: ExchangeId) -> Option<Arc<Exchange>> {
        let kept = self.lock().kept.get(&id).cloned()?;
        Some(Arc::new(kept.exchange()))
    }

    /// Who made the call at a position.
    pub(super) fn caller_of(&self, id: ExchangeId) -> Option<Actor> {
        self.lock().kept.get(&id).map(|kept| kept.from)
    }

    /// What is needed to send the request of an exchange again; `None` if it was too large to be kept whole, or never was HTTP.
    #[must_use]
    pub fn original(&self, id: ExchangeId) -> Option<Original> {
        let kept = self.lock().kept.get(&id).cloned()?;
        kept.original()
    }

    /// A receiver that changes with each recorded exchange, for whoever waits for one.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<ExchangeId> {
        self.newest.subscribe()
    }

    /// Forgets everything; positions go on ascending.
    pub fn clear(&self) {
        *self.lock() = Entries::default();
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock()
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn exchange(customer: &str) -> Exchange {
        Exchange {
            id: 0,
            at: Timestamp::UNIX_EPOCH,
            from: Actor::Icims,
            to: Actor::Integration,
            customer: Some(customer.into()),
            workflow: None,
            method: "POST".into(),
            target: "/start".into(),
            request_headers: vec![("Authorization".into(), "Basic c2VjcmV0".into())],
            request_body: String::new(),
            outcome: Outcome::Failed { reason: "refused".into() },
            took_ms: 1,
            faults: Vec::new(),
            replay_of: None,
        }
    }

    #[test]
    fn secrets_are_masked_and_bodies_cut() {
        let journal = Journal::new();
        journal.record(Exchange { request_body: "ä".repeat(BODY_LIMIT), ..exchange("4021") });
        let found = journal.find(&JournalFilter::default());
        assert_eq!(found[0].request_headers[0].1, "Basic ***");
        assert!(found[0].request_body.len() <= BODY_LIMIT + '…'.len_utf8());
    }

    #[test]
    fn a_request_is_put_together_again_with_its_secrets_and_its_bytes() {
        let journal = Journal::new();
        let original =
            || Original { headers: vec![("Authorization".into(), "Basic c2VjcmV0".into())], body: vec![0x1f, 0x8b, 0x00] };
        let id = journal.record_with(Exchange { request_body: "{}".into(), ..exchange("4021") }, Some(original()));
        let kept = journal.original(id).expect("it is kept");
        assert_eq!((kept.headers, kept.body), (original().headers, original().body));
        let shown = serde_json::to_string(&*journal.get(id).expect("it is there")).expect("JSON");
        assert!(!shown.contains("c2VjcmV0") && !format!("{journal:?}").contains("c2VjcmV0"), "{shown}");
        let large = Original { body: vec![b'x'; BODY_LIMIT + 1], ..original() };
        let id = journal.record_with(exchange("4021"), Some(large));
        assert!(journal.original(id).is_none(), "what was cut is not sent again");
        let id = journal.record(exchange("4021"));
        assert!(journal.original(id).is_none());
        assert!(journal.original(id + 1).is_none());
    }

    #[test]
    fn huge_bodies_leave_no_more_memory_behind_than_the_limits_allow() {
        let journal = Journal::new();
        for _ in 0..BYTE_LIMIT / BODY_LIMIT + 10 {
            journal.record(Exchange { request_body: "x".repeat(BODY_LIMIT * 4), ..exchange("4021") });
        }
        let entries = journal.lock();
        assert!(entries.shares.held() <= BYTE_LIMIT);
        assert_eq!(entries.shares.bytes(), entries.kept.values().map(|kept| kept.weight()).sum::<usize>());
        assert!(entries.kept.len() > 900, "what fits is kept: {}", entries.kept.len());
    }

    #[test]
    fn a_filter_shows_one_customer_after_a_position() {
        let journal = Journal::new();
        let first = journal.record(exchange("4021"));
        journal.record(exchange("4022"));
        let last = journal.record(exchange("4021"));
        let filter = JournalFilter { customer: Some("4021".into()), after: first, ..JournalFilter::default() };
        assert_eq!(journal.find(&filter).iter().map(|found| found.id).collect::<Vec<_>>(), [last]);
    }

    #[test]
    fn the_journal_never_outgrows_its_capacity() {
        let journal = Journal::new();
        for _ in 0..CAPACITY + 5 {
            journal.record(exchange("4021"));
        }
        assert_eq!(journal.find(&JournalFilter::default()).len(), CAPACITY);
    }

    #[test]
    fn a_busy_customer_pushes_out_its_own_exchanges_and_nobody_elses() {
        let journal = Journal::new();
        let quiet = journal.record(exchange("4021"));
        for _ in 0..CAPACITY + 5 {
            journal.record(exchange("4022"));
        }
        let of = |customer: &str| JournalFilter { customer: Some(customer.into()), ..JournalFilter::default() };
        assert_eq!(journal.find(&of("4021")).iter().map(|found| found.id).collect::<Vec<_>>(), [quiet]);
        assert_eq!(journal.find(&of("4022")).len(), CAPACITY - 1);
    }
}

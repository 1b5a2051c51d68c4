//! What crossed the wire between the actors, newest last, bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

/// How many exchanges are kept; older ones fall out.
const CAPACITY: usize = 10_000;
/// How many bytes of a body are kept, so that one upload cannot fill the memory.
const BODY_LIMIT: usize = 64 * 1024;
/// How many bytes of exchanges are kept; older ones fall out. Ordinary traffic reaches the number of exchanges first.
const BYTE_LIMIT: usize = 64 * 1024 * 1024;
/// Headers whose value is a secret.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "set-cookie"];

/// Who takes part in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The applicant tracking system.
    Icims,
    /// Whatever is connected between the two vendors.
    Integration,
    /// The assessment platform.
    HarverPlatform,
    /// Where mail arrives.
    Mailbox,
}

/// The position of an exchange in the journal; ascending, never reused within a process.
pub type ExchangeId = u64;

/// One request and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Exchange {
    /// Position in the journal; 0 until it is recorded.
    pub id: ExchangeId,
    /// When the request was made, on the virtual clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who asked.
    pub from: Actor,
    /// Who was asked.
    pub to: Actor,
    /// The iCIMS customer it belongs to, where that can be told.
    pub customer: Option<String>,
    /// The recruiting workflow it belongs to, where that can be told.
    pub workflow: Option<String>,
    /// HTTP method, or `SMTP`.
    pub method: String,
    /// Path with query, or the full URL for requests that leave the process.
    pub target: String,
    /// Request headers, secrets masked.
    pub request_headers: Vec<(String, String)>,
    /// Request body as text, cut at 64 KiB.
    pub request_body: String,
    /// The answer, or why there was none.
    pub outcome: Outcome,
    /// Real time from request to outcome, in milliseconds.
    pub took_ms: u64,
}

/// What came of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// The other side answered.
    Answered {
        /// HTTP or SMTP status.
        status: u16,
        /// Answer headers, secrets masked.
        headers: Vec<(String, String)>,
        /// Answer body as text, cut at 64 KiB.
        body: String,
    },
    /// There was no answer: refused connection, time-out, unreadable bytes.
    Failed {
        /// What happened.
        reason: String,
    },
}

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
    fn admits(&self, exchange: &Exchange) -> bool {
        let same = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        exchange.id > self.after && same(&self.customer, &exchange.customer) && same(&self.workflow, &exchange.workflow)
    }
}

/// The record of all exchanges of a process. Clones share it.
#[derive(Clone, Debug)]
pub struct Journal {
    entries: Arc<Mutex<Entries>>,
    newest: Arc<watch::Sender<ExchangeId>>,
}

#[derive(Debug, Default)]
struct Entries {
    kept: VecDeque<Arc<Exchange>>,
    /// What they weigh together.
    bytes: usize,
}

impl Entries {
    fn push(&mut self, exchange: Exchange) {
        self.bytes += weight(&exchange);
        self.kept.push_back(Arc::new(exchange));
        while self.kept.len() > CAPACITY || self.bytes > BYTE_LIMIT {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= weight(&oldest);
        }
    }
}

impl Journal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self { entries: Arc::default(), newest: Arc::new(watch::Sender::new(0)) }
    }

    /// Adds an exchange and returns its position. Secrets are masked and bodies cut here, so that no caller can forget to.
    pub fn record(&self, mut exchange: Exchange) -> ExchangeId {
        mask(&mut exchange.request_headers);
        cut(&mut exchange.request_body);
        if let Outcome::Answered { headers, body, .. } = &mut exchange.outcome {
            mask(headers);
            cut(body);
        }
        let mut entries = self.lock();
        let id = *self.newest.borrow() + 1;
        exchange.id = id;
        entries.push(exchange);
        self.newest.send_replace(id);
        id
    }

    /// The exchanges that a filter admits, oldest first. They are shared, not copied: whoever records meanwhile is not held up.
    #[must_use]
    pub fn find(&self, filter: &JournalFilter) -> Vec<Arc<Exchange>> {
        self.lock().kept.iter().filter(|exchange| filter.admits(exchange)).cloned().collect()
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
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self::new()
    }
}

fn mask(headers: &mut [(String, String)]) {
    for (name, value) in headers {
        if SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            // The scheme helps to see what went wrong and gives nothing away.
            let scheme = value.split(' ').next().filter(|word| word.len() < value.len()).unwrap_or_default();
            *value = format!("{scheme} ***").trim_start().to_owned();
        }
    }
}

fn cut(body: &mut String) {
    if body.len() > BODY_LIMIT {
        let end = (0..=BODY_LIMIT).rev().find(|&at| body.is_char_boundary(at)).unwrap_or(0);
        // A new text, because a truncated one keeps the memory of the whole.
        let mut kept = String::with_capacity(end + '…'.len_utf8());
        kept.push_str(&body[..end]);
        kept.push('…');
        *body = kept;
    }
}

/// Bytes of an exchange's texts.
fn weight(exchange: &Exchange) -> usize {
    let headers = |headers: &[(String, String)]| headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    let answer = match &exchange.outcome {
        Outcome::Answered { headers: fields, body, .. } => headers(fields) + body.len(),
        Outcome::Failed { reason } => reason.len(),
    };
    exchange.target.len() + headers(&exchange.request_headers) + exchange.request_body.len() + answer
}

#[cfg(test)]
mod tests {
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
    fn huge_bodies_leave_no_more_memory_behind_than_the_limits_allow() {
        let journal = Journal::new();
        for _ in 0..BYTE_LIMIT / BODY_LIMIT + 10 {
            journal.record(Exchange { request_body: "x".repeat(BODY_LIMIT * 4), ..exchange("4021") });
        }
        let entries = journal.lock();
        let held: usize = entries.kept.iter().map(|exchange| exchange.request_body.capacity()).sum();
        assert!(held <= BYTE_LIMIT, "{held} bytes are held");
        assert_eq!(entries.bytes, entries.kept.iter().map(|exchange| weight(exchange)).sum::<usize>());
        assert!(entries.kept.len() > 1000, "what fits is kept: {}", entries.kept.len());
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
}

//! Assertions about what crossed the wire: waited for with an end, and with a message that shows what was there instead.

use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::customer::PATIENCE;
use super::pattern::Pattern;
use super::told;
use crate::control::World;
use crate::engine::{Exchange, ExchangeId, JournalFilter, Outcome};

/// How many exchanges a message shows at the most.
const SHOWN: usize = 20;
/// How soon to look again whether everything is settled, at first: nothing announces that the last piece of work is done.
const LOOK: Duration = Duration::from_millis(1);
/// How seldom to look at the most. Many tests may be looking at the same time.
const LOOK_AT_THE_LATEST: Duration = Duration::from_millis(100);
/// How long to wait for that, in real time: longer than for a single exchange, as other customers have work, too.
const REST: Duration = Duration::from_secs(30);

/// What has crossed the wire for one customer. It remembers which exchanges were expected, so that
/// [`JournalView::nothing_else`] knows the others.
///
/// ```
/// # use icims_sandbox::library::Pattern;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let sandbox = icims_sandbox::Sandbox::start().await;
/// # let customer = sandbox.customer();
/// let journal = customer.journal();
/// customer.get("/people/1188").await;
/// let calls = journal.expect(Pattern::icims_call("GET", "/people/1188").status(200)).times(1).await;
/// assert_eq!(calls[0].customer.as_deref(), Some("4021"));
/// journal.nothing_else().await;
/// # }
/// ```
#[derive(Debug)]
pub struct JournalView {
    world: World,
    customer: String,
    after: ExchangeId,
    expected: Mutex<BTreeSet<ExchangeId>>,
}

impl JournalView {
    pub(super) fn new(world: World, customer: String) -> Self {
        Self { world, customer, after: 0, expected: Mutex::default() }
    }

    /// The same, with everything that has happened so far left out.
    #[must_use]
    pub fn from_now(self) -> Self {
        let after = *self.world.journal().watch().borrow();
        Self { after, ..self }
    }

    /// Everything there is, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        let filter = JournalFilter { customer: Some(self.customer.clone()), after: self.after, ..JournalFilter::default() };
        self.world.journal().find(&filter)
    }

    /// Waits for exchanges that fit a pattern: one at least within ten seconds, unless the expectation is told otherwise. To be
    /// awaited.
    #[track_caller]
    pub fn expect(&self, pattern: Pattern) -> Expectation<'_> {
        Expectation { view: self, pattern, times: None, within: PATIENCE, asked_at: Location::caller() }
    }

    /// Waits until nothing happens by itself any more, then makes sure that every exchange was expected.
    ///
    /// # Panics
    /// When there is another one; the message shows it.
    #[track_caller]
    pub fn nothing_else(&self) -> impl Future<Output = ()> + Send + '_ {
        let asked_at = Location::caller();
        async move {
            settle(&self.world, &self.customer).await;
            let others = self.unexpected();
            assert!(
                others.is_empty(),
                "{asked_at}: nothing else was to happen in customer {}, but there was:\n{}",
                self.customer,
                listed(&others)
            );
        }
    }

    fn unexpected(&self) -> Vec<Arc<Exchange>> {
        let expected = self.lock();
        self.exchanges().into_iter().filter(|exchange| !expected.contains(&exchange.id)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<ExchangeId>> {
        self.expected.lock()
    }
}

/// An expectation that is met when it is awaited, or panics.
#[derive(Debug)]
#[must_use = "an expectation is checked when it is awaited"]
pub struct Expectation<'a> {
    view: &'a JournalView,
    pattern: Pattern,
    times: Option<usize>,
    within: Duration,
    asked_at: &'static Location<'static>,
}

impl<'a> Expectation<'a> {
    /// Exactly so many. Zero, and "no more than that", are only known once everything has settled, so that is waited for.
    pub fn times(self, times: usize) -> Self {
        Self { times: Some(times), ..self }
    }

    /// How long to wait, in real time.
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// What was found, or what was there instead.
    ///
    /// # Errors
    /// When it is not met in time.
    pub async fn check(self) -> Result<Vec<Arc<Exchange>>, Unmet> {
        let wanted = self.times.unwrap_or(1);
        let mut recorded = self.view.world.journal().watch();
        let enough = async {
            loop {
                recorded.borrow_and_update();
                // The sender lives as long as the journal, which this view holds.
                if self.found().len() >= wanted || recorded.changed().await.is_err() {
                    return;
                }
            }
        };
        // Whether time has run out shows in what is found.
        let _ = tokio::time::timeout(self.within, enough).await;
        if self.times.is_some() {
            settle(&self.view.world, &self.view.customer).await;
        }
        let found = self.found();
        let met = self.times.map_or(!found.is_empty(), |times| found.len() == times);
        if met {
            self.view.lock().extend(found.iter().map(|exchange| exchange.id));
            return Ok(found);
        }
        let Self { view, pattern, times, within, asked_at } = self;
        Err(Unmet {
            asked_at,
            pattern,
            times,
            within,
            found: found.len(),
            customer: view.customer.clone(),
            there: view.exchanges(),
        })
    }

    fn found(&self) -> Vec<Arc<Exchange>> {
        self.view.exchanges().into_iter().filter(|exchange| self.pattern.fits(exchange)).collect()
    }
}

impl<'a> IntoFuture for Expectation<'a> {
    type Output = Vec<Arc<Exchange>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.check().await {
                Ok(found) => found,
                Err(unmet) => panic!("{unmet}"),
            }
        })
    }
}

/// An expectation that was not met: what was expected, and what was there instead.
#[derive(Debug)]
pub struct Unmet {
    asked_at: &'static Location<'static>,
    pattern: Pattern,
    times: Option<usize>,
    within: Duration,
    found: usize,
    customer: String,
    there: Vec<Arc<Exchange>>,
}

impl std::error::Error for Unmet {}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = match self.times {
            None => "at least once".to_owned(),
            Some(times) => format!("exactly {times} times"),
        };
        let Self { asked_at, pattern, within, found, customer, .. } = self;
        writeln!(f, "{asked_at}: expected {wanted} within {within:?}: {pattern}.")?;
        writeln!(f, "It was found {found} times. In the journal of customer {customer} there was:")?;
        f.write_str(&listed(&self.there))
    }
}

/// The newest exchanges, one a line.
fn listed(exchanges: &[Arc<Exchange>]) -> String {
    if exchanges.is_empty() {
        return "  (nothing)".into();
    }
    let left_out = exchanges.len().saturating_sub(SHOWN);
    let mut lines: Vec<String> = exchanges[left_out..].iter().map(|exchange| format!("  {}", line(exchange))).collect();
    if left_out > 0 {
        lines.insert(0, format!("  ({left_out} older ones)"));
    }
    lines.join("\n")
}

fn line(exchange: &Exchange) -> String {
    let outcome = match &exchange.outcome {
        Outcome::Answered { status, .. } => status.to_string(),
        Outcome::Failed { reason } => format!("no answer ({reason})"),
    };
    let Exchange { id, from, to, method, target, .. } = exchange;
    format!("#{id} {from:?} to {to:?}: {method} {target}: {outcome}")
}

/// Waits until nothing of a customer is waiting to be delivered or worked on.
pub(super) async fn settle(world: &World, customer: &str) {
    let settled = async {
        let mut pause = LOOK;
        loop {
            match world.pending(Some(customer)).await {
                Ok(pending) if pending.is_nothing() => return,
                Ok(_) => {}
                Err(error) => panic!("customer {customer} cannot be asked what is pending: {}", told(&error)),
            }
            tokio::time::interval_at(Instant::now() + pause, pause).tick().await;
            pause = LOOK_AT_THE_LATEST.min(pause * 2);
        }
    };
    if tokio::time::timeout(REST, settled).await.is_ok() {
        return;
    }
    let waiting = world.pending(Some(customer)).await;
    panic!(
        "customer {customer} does not come to rest within {} s: {waiting:?} (what is tried again later waits for the virtual clock: \
         advance it, or let the receiver answer 2xx)",
        REST.as_secs()
    )
}

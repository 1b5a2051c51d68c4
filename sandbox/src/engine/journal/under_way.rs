//! The calls that have begun and have no outcome yet. They are no exchanges: they have no position, and they are forgotten when they end.
//!
//! Every call begins and ends here, so there are many small lists instead of one: those who work at the same time rarely meet.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Method};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;

use super::JournalFilter;
use super::exchange::{Actor, product};
use crate::engine::faults::FaultMark;

/// How many lists there are.
const LISTS: usize = 32;
/// How many calls are kept as under way; those that begin while there are so many are not. There are not so many connections.
const LISTED: usize = 10_000;

/// A call that has begun, as it is known then. What it holds is shared with the call.
pub struct Begun {
    /// When, on the virtual clock.
    pub at: Timestamp,
    /// Who asks.
    pub from: Actor,
    /// How the program introduces itself that asks, where it does.
    pub agent: Option<HeaderValue>,
    /// Who is asked.
    pub to: Actor,
    /// The iCIMS customer it belongs to, as far as that is known.
    pub customer: Option<String>,
    /// The recruiting workflow it belongs to, as far as that is known.
    pub workflow: Option<String>,
    /// HTTP method, or `None` for mail.
    pub method: Option<Method>,
    /// Where it goes.
    pub target: Target,
    /// The fault rules that disturb it.
    pub faults: Vec<FaultMark>,
}

/// Where a call goes.
pub enum Target {
    /// Path and query.
    Path(Option<PathAndQuery>),
    /// The full URL, or the recipients of a mail.
    Text(String),
}

/// A call that is still under way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallUnderWay {
    /// When the request was made, on the virtual clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who asks.
    pub from: Actor,
    /// The product that the calling program names in its `User-Agent`, without a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Who is asked.
    pub to: Actor,
    /// The iCIMS customer it belongs to, as far as that is known already.
    pub customer: Option<String>,
    /// The recruiting workflow it belongs to, as far as that is known already.
    pub workflow: Option<String>,
    /// HTTP method, or `SMTP`.
    pub method: String,
    /// Path with query, or the full URL for requests that leave the process.
    pub target: String,
    /// For how long already, in milliseconds of real time.
    pub since_ms: u64,
    /// The fault rules that disturb it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultMark>,
}

struct Call {
    begun: Begun,
    started: Instant,
}

/// All calls under way. Clones share them.
#[derive(Clone)]
pub(super) struct Calls(Arc<Lists>);

struct Lists {
    all: [Mutex<List>; LISTS],
    turn: AtomicUsize,
    count: AtomicUsize,
}

/// Places are given away again, so that a list is as long as it has ever been full.
#[derive(Default)]
struct List {
    places: Vec<Option<Call>>,
    free: Vec<usize>,
}

impl Default for Calls {
    fn default() -> Self {
        let all = std::array::from_fn(|_| Mutex::default());
        Self(Arc::new(Lists { all, turn: AtomicUsize::new(0), count: AtomicUsize::new(0) }))
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calls").field(&self.0.count).finish()
    }
}

impl Calls {
    pub(super) fn begin(&self, begun: Begun) -> UnderWay {
        let Lists { all, turn, count } = &*self.0;
        if count.fetch_add(1, Ordering::Relaxed) >= LISTED {
            count.fetch_sub(1, Ordering::Relaxed);
            return UnderWay(None);
        }
        let list = turn.fetch_add(1, Ordering::Relaxed) % LISTS;
        let call = Some(Call { begun, started: Instant::now() });
        let mut calls = all[list].lock();
        let place = match calls.free.pop() {
            Some(place) => {
                calls.places[place] = call;
                place
            }
            None => {
                calls.places.push(call);
                calls.places.len() - 1
            }
        };
        drop(calls);
        UnderWay(Some(Listed { calls: self.clone(), list, place }))
    }

    /// Those that a filter admits, the one that has begun first first.
    pub(super) fn shown(&self, filter: &JournalFilter) -> Vec<CallUnderWay> {
        let mut found: Vec<(Instant, CallUnderWay)> = Vec::new();
        for list in &self.0.all {
            let list = list.lock();
            let admitted = list.places.iter().flatten().filter(|call| call.begun.is_admitted(filter));
            found.extend(admitted.map(|call| (call.started, call.shown())));
        }
        found.sort_by_key(|(started, _)| *started);
        found.into_iter().map(|(_, call)| call).collect()
    }
}

impl Begun {
    /// What comes after a position is not asked: a call under way has none.
    fn is_admitted(&self, filter: &JournalFilter) -> bool {
        let same = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        same(&filter.customer, &self.customer) && same(&filter.workflow, &self.workflow)
    }
}

impl Call {
    fn shown(&self) -> CallUnderWay {
        let Begun { at, from, agent, to, customer, workflow, method, target, faults } = &self.begun;
        CallUnderWay {
            at: *at,
            from: *from,
            program: agent.as_ref().and_then(|agent| product(agent.to_str().ok()?)).map(str::to_owned),
            to: *to,
            customer: customer.clone(),
            workflow: workflow.clone(),
            method: method.as_ref().map_or("SMTP", Method::as_str).to_owned(),
            target: match target {
                Target::Path(path) => path.as_ref().map_or("/", PathAndQuery::as_str).to_owned(),
                Target::Text(text) => text.clone(),
            },
            since_ms: self.started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            faults: faults.clone(),
        }
    }
}

/// As long as it is there, its call is under way: it ends with whatever handles the call, also by a panic or because the caller hung up.
#[must_use = "the call is over when this is dropped"]
pub struct UnderWay(Option<Listed>);

/// Where a call is kept.
struct Listed {
    calls: Calls,
    list: usize,
    place: usize,
}

impl UnderWay {
    /// The same call, of which more is known now. Nobody sees it twice meanwhile, nor not at all.
    pub fn known_as(self, begun: Begun) -> Self {
        if let Some(Listed { calls, list, place }) = &self.0 {
            let mut list = calls.0.all[*list].lock();
            let before = list.places[*place].as_mut().map(|call| std::mem::replace(&mut call.begun, begun));
            drop(list);
            drop(before);
        }
        self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Some(Listed { calls, list, place }) = self.0.take() else { return };
        let mut list = calls.0.all[list].lock();
        let over = list.places[place].take();
        list.free.push(place);
        drop(list);
        calls.0.count.fetch_sub(1, Ordering::Relaxed);
        // Only now, as others wait for the list.
        drop(over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Begun {
        Begun {
            at: Timestamp::UNIX_EPOCH,
            from: Actor::Other,
            agent: None,
            to: Actor::Icims,
            customer: None,
            workflow: None,
            method: Some(Method::GET),
            target: Target::Path(None),
            faults: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_call_whose_handler_panics_is_over() {
        let calls = Calls::default();
        let call = calls.begin(begun());
        assert_eq!(calls.shown(&JournalFilter::default()).len(), 1);
        let handler = tokio::spawn(async move {
            let _call = call;
            panic!("on purpose");
        });
        assert!(handler.await.expect_err("it has panicked").is_panic());
        assert!(calls.shown(&JournalFilter::default()).is_empty());
    }

    #[test]
    fn places_are_given_away_again_and_no_more_than_so_many_calls_are_kept() {
        let calls = Calls::default();
        for _ in 0..3 {
            let held: Vec<UnderWay> = (0..LISTED + 7).map(|_| calls.begin(begun())).collect();
            assert_eq!(calls.shown(&JournalFilter::default()).len(), LISTED);
            drop(held);
        }
        assert_eq!(calls.0.count.load(Ordering::Relaxed), 0);
        let places: usize = calls.0.all.iter().map(|list| list.lock().places.len()).sum();
        assert!(places <= LISTED + 3 * LISTS, "{places}");
    }
}

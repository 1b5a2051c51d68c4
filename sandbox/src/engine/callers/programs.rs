//! The programs that have a connection open, and which of them has the place of a customer's integration.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use axum::http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;

/// As much of a `User-Agent` tells one program from another; as long as a connection is open, it is kept.
const AGENT_LIMIT: usize = 256;

/// How the program introduces itself; empty when it does not.
pub(super) fn agent_of(headers: &HeaderMap) -> &[u8] {
    let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    agent.get(..AGENT_LIMIT).unwrap_or(agent)
}

/// The address, `None` for this machine whatever it is called by, and the `User-Agent`.
type Introduction = (Option<IpAddr>, Box<[u8]>);

/// Everybody who has a connection open.
#[derive(Debug, Default)]
pub(super) struct Programs {
    known: Mutex<Known>,
    /// Counts those that are gone: whatever was concluded while they were there is to be looked at again.
    gone: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    introduced: HashMap<Introduction, Weak<Program>>,
    /// By customer.
    places: HashMap<u64, Weak<Program>>,
}

/// A program, as long as one of its connections is open.
#[derive(Debug)]
pub(super) struct Program {
    introduction: Introduction,
    among: Arc<Programs>,
}

impl Program {
    pub(super) fn agent(&self) -> &[u8] {
        &self.introduction.1
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let mut known = self.among.known.lock();
        // It may have come back meanwhile.
        if known.introduced.get(&self.introduction).is_some_and(is_gone) {
            known.introduced.remove(&self.introduction);
        }
        known.places.retain(|_, program| !is_gone(program));
        drop(known);
        self.among.gone.fetch_add(1, Ordering::Relaxed);
    }
}

fn is_gone(program: &Weak<Program>) -> bool {
    program.strong_count() == 0
}

impl Programs {
    /// Changes when a program is gone.
    pub(super) fn changes(&self) -> u64 {
        self.gone.load(Ordering::Relaxed)
    }

    /// The program that calls from this address under this name.
    pub(super) fn introduced(self: &Arc<Self>, from: Option<IpAddr>, agent: &[u8]) -> Arc<Program> {
        let introduction: Introduction = (from, agent.into());
        let mut known = self.known.lock();
        if let Some(program) = known.introduced.get(&introduction).and_then(Weak::upgrade) {
            return program;
        }
        let program = Arc::new(Program { introduction: introduction.clone(), among: Arc::clone(self) });
        known.introduced.insert(introduction, Arc::downgrade(&program));
        program
    }

    /// Whether a program has the place of the customer's integration, which it takes if nobody has it.
    pub(super) fn takes_place(&self, program: &Program, customer: u64) -> bool {
        let mut known = self.known.lock();
        match known.places.get(&customer).filter(|holder| !is_gone(holder)) {
            Some(holder) => is_same(holder, program),
            None => {
                let own = known.introduced.get(&program.introduction).cloned().unwrap_or_default();
                known.places.insert(customer, own);
                true
            }
        }
    }

    /// Whether a program has the place of any customer's integration.
    pub(super) fn has_place(&self, program: &Program) -> bool {
        self.known.lock().places.values().any(|holder| is_same(holder, program))
    }
}

fn is_same(holder: &Weak<Program>, program: &Program) -> bool {
    std::ptr::eq(holder.as_ptr(), program)
}

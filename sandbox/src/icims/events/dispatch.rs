//! Delivering events: each by one deliverer, in the order of its workflow when nobody waits for it.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::super::Icims;
use super::super::model::EventId;
use super::super::state::outgoing::EventOutcome;
use super::proof::Unsent;
use super::tokens::Tokens;
use super::{notification, outcome_of};
use crate::engine::{Actor, Delivery, DiskError};

/// How many events of all customers are under way at once.
const AT_ONCE: usize = 64;
/// How long a stopping process waits for answers that are under way.
const FAREWELL: Duration = Duration::from_secs(2);

/// Which events are under way, so that no two deliver the same one.
#[derive(Debug)]
pub(in crate::icims) struct Dispatch {
    under_way: Mutex<BTreeSet<(u64, EventId)>>,
    woken: Notify,
    settled: watch::Sender<u64>,
    pub(super) tokens: Tokens,
}

impl Default for Dispatch {
    fn default() -> Self {
        Self { under_way: Mutex::default(), woken: Notify::new(), settled: watch::Sender::new(0), tokens: Tokens::default() }
    }
}

impl Dispatch {
    /// Forgets what it holds of customers that are gone.
    pub(in crate::icims) fn forget_tokens(&self) {
        self.tokens.clear();
    }

    /// Tells the background delivery that something may be waiting.
    pub(in crate::icims) fn wake(&self) {
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
        let mut events = events.into_iter().enumerate();
        let mut tasks = JoinSet::new();
        loop {
            while tasks.len() < AT_ONCE
                && let Some((position, event)) = events.next()
            {
                let icims = self.clone();
                tasks.spawn(async move { (position, icims.deliver(customer, event).await) });
            }
            match tasks.join_next().await {
                None => return outcomes,
                Some(Ok((position, outcome))) => outcomes[position] = outcome,
                Some(Err(error)) => tracing::error!(%error, "The delivery of an event broke off."),
            }
        }
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
        let pass = self.0.gate.pass().await;
        if !self.is_present(customer, &tenant) {
            // Everything was reset while the event waited at the gate: its world is gone, and nobody may be told of it any more.
            return None;
        }
        let endpoint = settings.endpoint_of(&event.kind).map(str::to_owned);
        let outcome = match (notification, endpoint) {
            (Some(notification), Some(url)) => {
                let names = [format!("people/{}", event.person), format!("jobs/{}", event.job)];
                self.0.surroundings.journal.directory().event(&customer.to_string(), &event.workflow.to_string(), &names);
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
                    answer_is_secret: false,
                };
                let sent = self.send_with_proof(customer, &settings, delivery);
                match pass.unless_replaced(sent, || self.is_present(customer, &tenant)).await? {
                    Ok(answer) => tenant.read(|state| outcome_of(state, &event.kind, Ok(answer))),
                    Err(Unsent::NoAnswer(error)) => tenant.read(|state| outcome_of(state, &event.kind, Err(error))),
                    Err(Unsent::NoToken(reason)) => EventOutcome::Failed {
                        status: None,
                        message: format!(
                            "{} gave no access token. Try again later, or contact your administrator.",
                            settings.vendor
                        ),
                        reason,
                    },
                }
            }
            (_, endpoint) => EventOutcome::Failed {
                status: None,
                message: format!("{} is not connected. Contact your administrator.", settings.vendor),
                reason: format!("endpoint of the connection: {endpoint:?}"),
            },
        };
        if !self.is_present(customer, &tenant) {
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

//! What iCIMS has to send of a customer, for the outbox: in the order of its workflow, each event once unless the
//! process ends before its outcome is stored.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::proof::Unsent;
use super::{notification, outcome_of};
use crate::engine::{Actor, Customer, Delivery, Refused, Sends, Tenant, Ticket, Turn, Wanted, persevere};
use crate::icims::Icims;
use crate::icims::latest::LatestEvents;
use crate::icims::model::EventId;
use crate::icims::schema::ProfileType;
use crate::icims::state::CustomerState;
use crate::icims::state::outgoing::EventOutcome;

impl Sends for Icims {
    fn due(&self, customer: &Customer, wanted: &Wanted<'_>) -> Turn {
        let Some(tenant) = customer.tenant::<CustomerState>() else { return Turn::Nothing };
        tenant.read(|state| {
            for event in state.pending_events() {
                let line = event.workflow.to_string();
                if !(wanted.is_under_way)(event.id.get()) && !(wanted.is_busy)(&line) {
                    return Turn::Now { number: event.id.get(), line };
                }
            }
            Turn::Nothing
        })
    }

    fn carry(&self, customer: Arc<Customer>, number: u64, ticket: Ticket) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let icims = self.clone();
        Box::pin(async move {
            if let Some(tenant) = customer.tenant() {
                icims.carry_event(&customer, &tenant, EventId::new(number), ticket).await;
            }
        })
    }
}

impl Icims {
    /// Waits for what becomes of an event; screens do. `None` when there is no such customer or event, or the customer is replaced.
    pub async fn outcome(&self, customer: u64, event: EventId) -> Option<EventOutcome> {
        let customer = self.registry().customer(customer)?;
        let tenant = customer.tenant::<CustomerState>()?;
        let mut changes = customer.changes();
        loop {
            changes.borrow_and_update();
            let known = tenant.read(|state| state.event(event).map(|event| event.outcome.clone()))?;
            if let Some((_, outcome)) = known {
                return Some(outcome);
            }
            tokio::select! {
                // The customer is held, so there is always somebody who tells.
                _ = changes.changed() => {}
                () = customer.gone() => return None,
            }
        }
    }

    /// The same for several events; outcomes in the order of the events.
    pub async fn outcomes(&self, customer: u64, events: &[EventId]) -> Vec<Option<EventOutcome>> {
        let mut outcomes = Vec::with_capacity(events.len());
        for event in events {
            outcomes.push(self.outcome(customer, *event).await);
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

    async fn carry_event(&self, customer: &Arc<Customer>, tenant: &Arc<Tenant<CustomerState>>, id: EventId, ticket: Ticket) {
        let (number, urls) = (customer.id(), self.urls_in_events(customer.id()));
        let found = tenant.read(|state| {
            let event = state.event(id).filter(|event| event.outcome.is_none())?;
            Some((event.clone(), notification(state, event, &urls), state.connection().clone()))
        });
        let Some((event, notification, settings)) = found else { return };
        let endpoint = settings.endpoint_of(&event.kind).map(str::to_owned);
        let outcome = match (notification, endpoint) {
            (Some(notification), Some(url)) => {
                let named = [(ProfileType::People, event.person.get()), (ProfileType::Jobs, event.job.get())];
                customer.beside::<LatestEvents>().note(event.workflow, named);
                let delivery = Delivery {
                    from: Actor::Icims,
                    to: Actor::Integration,
                    customer: Some(number.to_string()),
                    workflow: Some(event.workflow.to_string()),
                    url,
                    headers: notification.headers,
                    body: notification.body,
                    readable: notification.json,
                    timeout: Duration::from_secs(settings.timeout_seconds),
                    answer_is_secret: false,
                    ticket,
                };
                let answer = self.send_with_proof(customer, &settings, delivery).await;
                tenant.read(|state| match answer {
                    Ok(answer) => outcome_of(state, &event.kind, Ok(answer)),
                    Err(Unsent::NoAnswer(error)) => outcome_of(state, &event.kind, Err(error)),
                    Err(Unsent::NoToken(reason)) => EventOutcome::Failed {
                        status: None,
                        message: format!(
                            "{} gave no access token. Try again later, or contact your administrator.",
                            settings.vendor
                        ),
                        reason,
                    },
                })
            }
            (_, endpoint) => EventOutcome::Failed {
                status: None,
                message: format!("{} is not connected. Contact your administrator.", settings.vendor),
                reason: format!("endpoint of the connection: {endpoint:?}"),
            },
        };
        let now = self.clock().now();
        persevere("The outcome of an event", || {
            tenant.write(|state| {
                state.record_outcome(id, outcome.clone(), now);
                Ok::<(), Refused>(())
            })
        })
        .await;
    }
}

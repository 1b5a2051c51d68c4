//! Webhooks on the wire: what is posted, and what the outbox is told of it.
//!
//! Which callbacks exist and when they are tried again is decided in [`state`](super::state); this file sends what is due and
//! writes down what came of it. Each callback is delivered at least once, those of an application in their order, others in none
//! (*assumed*, `harver-platform.md` 9.4).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::HarverPlatform;
use super::model::{AccountId, Callback};
use super::state::{AccountState, Attempt, Due, Lined, Refusal};
use crate::engine::{Actor, Customer, Delivery, Refused, Sender, Sends, Ticket, Turn, Wanted, persevere};

/// Real time after which a webhook counts as unanswered. *Assumed*.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Posts callbacks. Public so that contracts can be written with what is really sent.
#[derive(Clone, Debug)]
pub struct WebhookSender(Sender);

impl WebhookSender {
    /// A sender of webhooks on top of the engine's outbound client.
    #[must_use]
    pub fn new(sender: Sender) -> Self {
        Self(sender)
    }

    /// Posts one callback and waits for the answer.
    pub async fn deliver(&self, due: &Due) -> Attempt {
        self.deliver_with(due, Ticket::default()).await
    }

    async fn deliver_with(&self, due: &Due, ticket: Ticket) -> Attempt {
        let readable = body(&due.account, &due.callback).to_string();
        let credentials = STANDARD.encode(format!("{}:{}", due.subscription.username, due.subscription.password));
        let delivery = Delivery {
            from: Actor::HarverPlatform,
            to: Actor::Integration,
            customer: due.customer.clone(),
            workflow: due.callback.workflow.clone(),
            url: due.subscription.url.clone(),
            headers: vec![
                ("Content-Type".into(), "application/json".into()),
                ("Authorization".into(), format!("Basic {credentials}")),
                ("User-Agent".into(), "Harver-Webhooks/1.0".into()),
            ],
            body: readable.clone().into_bytes(),
            readable,
            timeout: TIMEOUT,
            answer_is_secret: false,
            ticket,
        };
        match self.0.post(delivery).await {
            Ok(answer) => Attempt::Answered(answer.status),
            Err(error) => Attempt::Failed(error.to_string()),
        }
    }
}

/// The body of a callback (`harver-platform.md` 9.4). `triggeredAt` is in milliseconds.
#[must_use]
pub fn body(account: &AccountId, callback: &Callback) -> Value {
    json!({
        "triggeredAt": callback.triggered_at.as_millisecond(),
        "event": callback.event.name(),
        "data": {
            "type": "applications",
            "id": callback.application.as_str(),
            "attributes": {"status": callback.status.as_str()},
        },
        "relationships": {"account": {"data": {"type": "account", "id": account.as_str()}}},
    })
}

impl Sends for HarverPlatform {
    fn due(&self, customer: &Customer, wanted: &Wanted<'_>) -> Turn {
        let Some(account) = customer.tenant::<AccountState>() else { return Turn::Nothing };
        account.read(|state| match state.next_callback(wanted.now, wanted.is_under_way, wanted.is_busy) {
            Some(Lined::Due(number, application)) => Turn::Now { number, line: application.to_string() },
            Some(Lined::At(moment)) => Turn::At(moment),
            None => Turn::Nothing,
        })
    }

    fn carry(&self, customer: Arc<Customer>, number: u64, ticket: Ticket) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let platform = self.clone();
        Box::pin(async move {
            let Some(account) = customer.tenant::<AccountState>() else { return };
            let Some(due) = account.read(|state| state.due_callback(number)) else { return };
            let due = Due { customer: Some(customer.id().to_string()), ..due };
            let attempt = platform.0.webhooks.deliver_with(&due, ticket).await;
            let now = platform.now();
            persevere("What came of a webhook", || {
                account.write(|state| match state.settle_attempt(&due, &attempt, now) {
                    Err(Refusal::Disk(error)) => Err(Refused::NotStored(error)),
                    Err(_) => Err(Refused::Pointless),
                    Ok(()) => Ok(()),
                })
            })
            .await;
        })
    }
}

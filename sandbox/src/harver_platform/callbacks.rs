//! Webhooks on the wire: what is posted, and the loop that posts it.
//!
//! Which callbacks exist and when they are tried again is decided in [`state`](super::state); this file sends what is due and
//! writes down what came of it. Each callback is delivered at least once, in no promised order (*assumed*, `harver-platform.md` 9.4).

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::{Id, JoinSet};

use super::HarverPlatform;
use super::model::{AccountId, Callback};
use super::state::{Attempt, Due};
use crate::engine::{Actor, Delivery, Sender};

/// Real time after which a webhook counts as unanswered. *Assumed*.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How many callbacks of one account may be under way at a time, so that a slow receiver holds up nobody else.
const UNDER_WAY_PER_ACCOUNT: usize = 8;
/// How long the loop waits when nothing is due and nobody wakes it.
const IDLE: Duration = Duration::from_secs(3600);
/// Real time that callbacks under way get to finish when the process stops. What does not finish is sent again at the next start.
const FAREWELL: Duration = Duration::from_secs(2);

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
        let readable = body(&due.account, &due.callback).to_string();
        let credentials = STANDARD.encode(format!("{}:{}", due.subscription.username, due.subscription.password));
        let delivery = Delivery {
            from: Actor::HarverPlatform,
            to: Actor::Integration,
            customer: due.callback.customer.clone(),
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

/// Delivers what is due until `shutdown` resolves.
pub(super) async fn run(platform: &HarverPlatform, shutdown: impl Future<Output = ()>) {
    let mut shutdown = std::pin::pin!(shutdown);
    let mut moves = platform.clock().moves();
    let mut posting = JoinSet::new();
    let mut under_way: HashMap<Id, (AccountId, u64)> = HashMap::new();
    loop {
        let now = platform.clock().now();
        for due in platform.due_callbacks(now) {
            let same_account = under_way.values().filter(|(account, _)| account == &due.account).count();
            let posted = under_way.values().any(|(account, number)| account == &due.account && *number == due.number);
            if !posted && same_account < UNDER_WAY_PER_ACCOUNT {
                let key = (due.account.clone(), due.number);
                let task = posting.spawn(attempt(platform.clone(), due));
                under_way.insert(task.id(), key);
            }
        }
        let pause = platform.next_due(now).map_or(IDLE, |next| until(now, next));
        tokio::select! {
            () = &mut shutdown => break,
            Some(finished) = posting.join_next_with_id() => {
                let id = match finished {
                    Ok((id, ())) => id,
                    Err(error) => error.id(),
                };
                under_way.remove(&id);
            }
            _ = tokio::time::timeout(pause, platform.woken(&mut moves)) => {}
        }
    }
    let finish = async { while posting.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, finish).await.is_err() {
        tracing::info!("Stopped while webhooks were under way; they are sent again at the next start.");
    }
}

async fn attempt(platform: HarverPlatform, due: Due) {
    platform.carry(&due).await;
}

fn until(now: Timestamp, next: Timestamp) -> Duration {
    let span = next.duration_since(now);
    // A millisecond at least: the virtual clock has a finer grain than the timer.
    Duration::try_from(span).unwrap_or(IDLE).clamp(Duration::from_millis(1), IDLE)
}

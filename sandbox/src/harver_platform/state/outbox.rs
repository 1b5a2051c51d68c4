//! Callbacks: written with the change that caused them, tried until they are accepted or given up.

use jiff::{SignedDuration, Timestamp};

use super::{AccountState, Refusal};
use crate::harver_platform::model::{AccountId, ApplicationId, Callback, CallbackState, Event, WebhookSubscription};

/// How long to wait after each failed attempt, in virtual seconds; after the last one the callback is given up.
///
/// *Assumed*: no retry policy is published (`harver-platform.md` 9.4).
pub const ATTEMPT_DELAYS: [i64; 5] = [1, 5, 15, 30, 60];
/// How many settled callbacks are kept to look at.
const SETTLED_KEPT: usize = 200;

/// A callback that is due, with everything needed to deliver it.
#[derive(Clone, Debug)]
pub struct Due {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its number in the account.
    pub number: u64,
    /// What to tell.
    pub callback: Callback,
    /// Whom to tell.
    pub subscription: WebhookSubscription,
}

/// What came of one attempt.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// The other side answered with this HTTP status.
    Answered(u16),
    /// There was no answer.
    Failed(String),
}

impl AccountState {
    /// Adds a webhook or replaces the one of the same name. Callbacks that still wait for that name go to the new address.
    pub fn subscribe(&mut self, subscription: WebhookSubscription) {
        self.webhooks.put(subscription.name.clone(), subscription);
    }

    /// All callbacks, oldest first.
    pub fn callbacks(&self) -> impl Iterator<Item = (u64, &Callback)> {
        self.callbacks.iter().map(|(number, callback)| (*number, callback))
    }

    /// How many callbacks wait to be accepted.
    #[must_use]
    pub fn pending_callbacks(&self) -> usize {
        self.waiting().count()
    }

    /// The callbacks that may be tried at this moment.
    #[must_use]
    pub fn due_callbacks(&self, now: Timestamp) -> Vec<Due> {
        let due = self.waiting().filter(|(_, _, due_at)| *due_at <= now);
        due.filter_map(|(number, callback, _)| {
            Some(Due {
                account: self.profile.get().id.clone(),
                number,
                callback: callback.clone(),
                subscription: self.webhooks.get(&callback.subscription)?.clone(),
            })
        })
        .collect()
    }

    /// When the next waiting callback may be tried, if that is later than `now`.
    #[must_use]
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.waiting().map(|(_, _, due_at)| due_at).filter(|due_at| *due_at > now).min()
    }

    /// Writes down what came of an attempt: any 2xx settles the callback, anything else is tried again until it is given up.
    ///
    /// # Errors
    /// When there is no such callback, or another one has its number since a reset.
    pub fn settle_attempt(&mut self, due: &Due, attempt: &Attempt, now: Timestamp) -> Result<(), Refusal> {
        let known = self.callbacks.get(&due.number).is_some_and(|known| known.triggered_at == due.callback.triggered_at);
        let callback = self.callbacks.edit(&due.number).filter(|_| known).ok_or(Refusal::Unknown("callback"))?;
        let delay = usize::try_from(callback.attempts).ok().and_then(|attempts| ATTEMPT_DELAYS.get(attempts));
        callback.attempts += 1;
        callback.latest_outcome = Some(match attempt {
            Attempt::Answered(status) => format!("answered {status}"),
            Attempt::Failed(reason) => reason.clone(),
        });
        callback.state = match (attempt, delay) {
            (Attempt::Answered(status @ 200..=299), _) => CallbackState::Delivered { status: *status },
            (_, Some(delay)) => {
                let due_at = now.saturating_add(SignedDuration::from_secs(*delay)).unwrap_or(Timestamp::MAX);
                CallbackState::Pending { due_at }
            }
            (_, None) => CallbackState::GivenUp,
        };
        self.forget_old_callbacks();
        Ok(())
    }

    /// Writes a callback for each subscription.
    pub(super) fn tell(&mut self, id: &ApplicationId, event: Event, now: Timestamp) {
        let Some(application) = self.applications.get(id) else { return };
        let callback = |subscription: &String| Callback {
            event,
            application: id.clone(),
            status: application.status,
            triggered_at: now,
            subscription: subscription.clone(),
            customer: application.ats.get("custom_id_1").cloned(),
            workflow: application.ats.get("application_id").cloned(),
            attempts: 0,
            latest_outcome: None,
            state: CallbackState::Pending { due_at: now },
        };
        let callbacks: Vec<Callback> = self.webhooks.iter().map(|(name, _)| callback(name)).collect();
        for callback in callbacks {
            let number = self.callbacks.last_key().map_or(1, |last| last + 1);
            self.callbacks.put(number, callback);
        }
    }

    fn waiting(&self) -> impl Iterator<Item = (u64, &Callback, Timestamp)> {
        self.callbacks.iter().filter_map(|(number, callback)| match callback.state {
            CallbackState::Pending { due_at } => Some((*number, callback, due_at)),
            CallbackState::Delivered { .. } | CallbackState::GivenUp => None,
        })
    }

    fn forget_old_callbacks(&mut self) {
        if self.callbacks.len() <= SETTLED_KEPT {
            return;
        }
        let settled = self.callbacks.iter().find(|(_, callback)| !matches!(callback.state, CallbackState::Pending { .. }));
        // The newest row stays: the next number follows from it.
        if let Some(number) = settled.map(|(number, _)| *number).filter(|number| Some(number) != self.callbacks.last_key()) {
            self.callbacks.remove(&number);
        }
    }
}

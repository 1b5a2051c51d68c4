//! Callbacks: written with the change that caused them, tried until they are accepted or given up.

use jiff::{SignedDuration, Timestamp};

use super::{AccountState, Refusal};
use crate::harver_platform::WEBHOOK;
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

    /// Forgets where the integration is, for an account that is taken elsewhere. Whoever takes it in says where it is there.
    pub(crate) fn forget_addresses(&mut self) {
        if let Some(webhook) = self.webhooks.edit(&WEBHOOK.to_owned()) {
            webhook.url.clear();
        }
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
        // Looked at before it is edited: a refused change must change nothing.
        let callback = known.then(|| self.callbacks.edit(&due.number)).flatten().ok_or(Refusal::Unknown("callback"))?;
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

#[cfg(test)]
mod tests {
    use super::super::samples::{moment, registration, with_vacancy};
    use super::*;

    fn with_callback() -> AccountState {
        let (mut state, vacancy) = with_vacancy();
        let subscription = |name: &str| WebhookSubscription {
            name: name.into(),
            url: "http://x".into(),
            username: "u".into(),
            password: "p".into(),
        };
        state.subscribe(subscription("orchestrator"));
        let id = state.register(&vacancy, registration("ines@example.org"), moment()).expect("open").application;
        state.tell(&id, Event::ApplicationStarted, moment());
        state
    }

    #[test]
    fn a_failed_callback_is_tried_again_later_and_given_up_in_the_end() {
        let mut state = with_callback();
        let mut now = moment();
        for delay in ATTEMPT_DELAYS {
            let due = state.due_callbacks(now).pop().expect("due");
            state.settle_attempt(&due, &Attempt::Failed("refused".into()), now).expect("there");
            assert!(state.due_callbacks(now).is_empty());
            assert_eq!(state.next_due(now), Some(now + SignedDuration::from_secs(delay)));
            now += SignedDuration::from_secs(delay);
        }
        let due = state.due_callbacks(now).pop().expect("due");
        state.settle_attempt(&due, &Attempt::Answered(500), now).expect("there");
        assert_eq!(state.pending_callbacks(), 0);
        let (_, callback) = state.callbacks().next().expect("kept");
        assert_eq!((&callback.state, callback.attempts), (&CallbackState::GivenUp, 6));
        assert_eq!(callback.latest_outcome.as_deref(), Some("answered 500"));
    }

    #[test]
    fn an_accepted_callback_is_settled_with_customer_and_workflow_of_the_application() {
        let mut state = with_callback();
        let due = state.due_callbacks(moment()).pop().expect("due");
        assert_eq!((due.callback.customer.as_deref(), due.callback.workflow.as_deref()), (Some("4021"), Some("88431")));
        state.settle_attempt(&due, &Attempt::Answered(204), moment()).expect("there");
        assert_eq!(state.callbacks().next().expect("kept").1.state, CallbackState::Delivered { status: 204 });
        assert_eq!(state.next_due(moment()), None);
    }

    #[test]
    fn what_came_of_a_callback_from_before_a_reset_is_not_written_to_its_successor() {
        let mut state = with_callback();
        let mut due = state.due_callbacks(moment()).pop().expect("due");
        due.callback.triggered_at = moment() - SignedDuration::from_secs(5);
        state.settle_attempt(&due, &Attempt::Answered(200), moment()).expect_err("another callback");
        assert_eq!(state.pending_callbacks(), 1);
    }
}

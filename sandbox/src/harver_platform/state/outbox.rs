//! Callbacks: written with the change that caused them, tried until they are accepted or given up.

use std::collections::BTreeSet;

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

/// Where a waiting callback stands in the line of its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lined<'a> {
    /// It may be tried now.
    Due(u64, &'a ApplicationId),
    /// It may be tried at this moment, and nothing may before.
    At(Timestamp),
}

/// A callback that is due, with everything needed to deliver it.
#[derive(Clone, Debug)]
pub struct Due {
    /// The iCIMS customer whose account it is, for the journal.
    pub customer: Option<String>,
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
        // Written only when it changes: this is said at every start.
        if self.webhooks.get(&subscription.name) != Some(&subscription) {
            self.webhooks.put(subscription.name.clone(), subscription);
        }
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

    /// A callback that waits, with everything needed to deliver it.
    #[must_use]
    pub fn due_callback(&self, number: u64) -> Option<Due> {
        let (_, callback, _) = self.waiting().find(|(waiting, ..)| *waiting == number)?;
        let subscription = self.webhooks.get(&callback.subscription)?.clone();
        Some(Due { customer: None, account: self.profile.get().id.clone(), number, callback: callback.clone(), subscription })
    }

    /// The next callback to try, or when to look again. Those of an application are sent in their order: `is_under_way` and `is_busy`
    /// tell of a callback that somebody tries it, and of an application that others have to wait for that.
    pub fn next_callback<'a>(
        &'a self,
        now: Timestamp,
        is_under_way: impl Fn(u64) -> bool,
        is_busy: impl Fn(&str) -> bool,
    ) -> Option<Lined<'a>> {
        let (mut waits, mut next) = (BTreeSet::new(), None::<Timestamp>);
        for (number, callback, due_at) in self.waiting() {
            let application = callback.application.as_str();
            if is_under_way(number) || is_busy(application) || waits.contains(application) {
                continue;
            }
            if self.webhooks.get(&callback.subscription).is_none_or(|webhook| webhook.url.is_empty()) {
                continue;
            }
            if due_at <= now {
                return Some(Lined::Due(number, &callback.application));
            }
            waits.insert(application);
            next = Some(next.map_or(due_at, |other| other.min(due_at)));
        }
        next.map(Lined::At)
    }

    /// Whether a callback waits to be accepted.
    pub(in crate::harver_platform) fn has_waiting_callbacks(&self) -> bool {
        self.callbacks.values().rev().any(|callback| matches!(callback.state, CallbackState::Pending { .. }))
    }

    /// Writes down what came of an attempt: any 2xx settles the callback, anything else is tried again until it is given up.
    ///
    /// # Errors
    /// When there is no such callback, or another one has its number since a reset.
    pub fn settle_attempt(&mut self, due: &Due, attempt: &Attempt, now: Timestamp) -> Result<(), Refusal> {
        let known = self.callbacks.get(&due.number).is_some_and(|known| known.triggered_at == due.callback.triggered_at);
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
    use super::*;
    use crate::engine::Persist as _;
    use crate::harver_platform::state::samples::{moment, registration, with_vacancy};

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

    fn next(state: &AccountState, now: Timestamp) -> Option<Lined<'_>> {
        state.next_callback(now, |_| false, |_| false)
    }

    fn due(state: &AccountState, now: Timestamp) -> Due {
        match next(state, now) {
            Some(Lined::Due(number, _)) => state.due_callback(number).expect("it waits"),
            other => panic!("{other:?} is not due"),
        }
    }

    #[test]
    fn callbacks_of_an_application_wait_for_one_another_and_others_do_not() {
        let mut state = with_callback();
        let vacancy = state.vacancies().next().expect("a vacancy").id.clone();
        let first = due(&state, moment()).callback.application;
        state.tell(&first, Event::CandidateStatusNew, moment());
        let other = state.register(&vacancy, registration("ben@example.org"), moment()).expect("open").application;
        state.tell(&other, Event::ApplicationStarted, moment());
        let sending_first = |number| number == 1;
        let waits = state.next_callback(moment(), sending_first, |line| line == first.as_str());
        assert_eq!(waits, Some(Lined::Due(3, &other)));
        let overtaken = state.next_callback(moment(), sending_first, |_| false);
        assert_eq!(overtaken, Some(Lined::Due(2, &first)), "what is held back on purpose is overtaken");
        state.settle_attempt(&due(&state, moment()), &Attempt::Failed("refused".into()), moment()).expect("there");
        assert_eq!(next(&state, moment()), Some(Lined::Due(3, &other)), "the second one waits for the repetition of the first");
    }

    #[test]
    fn a_failed_callback_is_tried_again_later_and_given_up_in_the_end() {
        let mut state = with_callback();
        let mut now = moment();
        for delay in ATTEMPT_DELAYS {
            let due = due(&state, now);
            state.settle_attempt(&due, &Attempt::Failed("refused".into()), now).expect("there");
            assert_eq!(next(&state, now), Some(Lined::At(now + SignedDuration::from_secs(delay))));
            now += SignedDuration::from_secs(delay);
        }
        let due = due(&state, now);
        state.settle_attempt(&due, &Attempt::Answered(500), now).expect("there");
        assert_eq!(state.pending_callbacks(), 0);
        let (_, callback) = state.callbacks().next().expect("kept");
        assert_eq!((&callback.state, callback.attempts), (&CallbackState::GivenUp, 6));
        assert_eq!(callback.latest_outcome.as_deref(), Some("answered 500"));
    }

    #[test]
    fn an_accepted_callback_is_settled_with_the_workflow_of_the_application() {
        let mut state = with_callback();
        let due = due(&state, moment());
        assert_eq!(due.callback.workflow.as_deref(), Some("88431"));
        state.settle_attempt(&due, &Attempt::Answered(204), moment()).expect("there");
        assert_eq!(state.callbacks().next().expect("kept").1.state, CallbackState::Delivered { status: 204 });
        assert_eq!(next(&state, moment()), None);
    }

    #[test]
    fn a_webhook_that_stays_as_it_is_is_not_written_again() {
        let mut state = with_callback();
        let subscription = state.webhooks.get(&"orchestrator".to_owned()).expect("there").clone();
        assert!(state.settle(), "it is new");
        state.subscribe(subscription.clone());
        assert!(!state.settle());
        state.subscribe(WebhookSubscription { url: "http://y".into(), ..subscription });
        assert!(state.settle());
    }

    #[test]
    fn what_came_of_a_callback_from_before_a_reset_is_not_written_to_its_successor() {
        let mut state = with_callback();
        let mut due = due(&state, moment());
        due.callback.triggered_at = moment() - SignedDuration::from_secs(5);
        state.settle_attempt(&due, &Attempt::Answered(200), moment()).expect_err("another callback");
        assert_eq!(state.pending_callbacks(), 1);
    }
}

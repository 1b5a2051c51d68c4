//! Which customer and workflow a call belongs to, where its address does not tell: accounts by customer, and the workflow whose
//! latest event named a person or a job. For the journal and for faults alone; no rule of an actor rests on it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many people and jobs are remembered of one customer; older ones fall out.
const REMEMBERED: usize = 10_000;

/// What is known. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Directory(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// Customer by whatever names one: an account of the platform, a client of its API.
    customers: HashMap<String, String>,
    /// The customers themselves.
    known: HashSet<String>,
    events: HashMap<String, Events>,
}

#[derive(Debug, Default)]
struct Events {
    workflows: HashMap<String, String>,
    order: VecDeque<String>,
}

impl Directory {
    /// Notes that a name, such as an account's id, belongs to a customer.
    pub fn note(&self, name: &str, customer: &str) {
        let mut known = self.lock();
        known.known.insert(customer.to_owned());
        known.customers.insert(name.to_owned(), customer.to_owned());
    }

    /// The customer that a name belongs to.
    #[must_use]
    pub fn customer_of(&self, name: &str) -> Option<String> {
        self.lock().customers.get(name).cloned()
    }

    /// Whether there is such a customer.
    #[must_use]
    pub fn is_customer(&self, customer: &str) -> bool {
        self.lock().known.contains(customer)
    }

    /// Forgets a customer that is gone.
    pub fn forget(&self, customer: &str) {
        let mut known = self.lock();
        known.known.remove(customer);
        known.events.remove(customer);
        known.customers.retain(|_, owner| owner != customer);
    }

    /// Notes that an event of a workflow names these profiles, each as `people/30517`.
    pub fn event(&self, customer: &str, workflow: &str, profiles: &[String]) {
        let mut known = self.lock();
        let events = known.events.entry(customer.to_owned()).or_default();
        for profile in profiles {
            if events.workflows.insert(profile.clone(), workflow.to_owned()).is_none() {
                events.order.push_back(profile.clone());
            }
        }
        while events.order.len() > REMEMBERED {
            let Some(oldest) = events.order.pop_front() else { break };
            events.workflows.remove(&oldest);
        }
    }

    /// The workflow whose latest event named this profile (*assumed* to be the one that a call for it belongs to).
    #[must_use]
    pub fn workflow_of(&self, customer: &str, profile: &str) -> Option<String> {
        self.lock().events.get(customer)?.workflows.get(profile).cloned()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.lock() = Known::default();
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_event_of_the_same_customer_counts() {
        let directory = Directory::default();
        directory.event("4021", "88431", &["people/7".into(), "jobs/1".into()]);
        directory.event("4021", "88432", &["people/8".into(), "jobs/1".into()]);
        assert_eq!(directory.workflow_of("4021", "people/7").as_deref(), Some("88431"));
        assert_eq!(directory.workflow_of("4021", "jobs/1").as_deref(), Some("88432"));
        assert_eq!(directory.workflow_of("4022", "jobs/1"), None);
    }

    #[test]
    fn nothing_is_left_of_a_customer_that_is_gone() {
        let directory = Directory::default();
        for (name, customer) in [("account", "4021"), ("client", "4021"), ("other", "4022")] {
            directory.note(name, customer);
            directory.event(customer, "1", &["people/7".into()]);
        }
        directory.forget("4021");
        assert!(!directory.is_customer("4021") && directory.is_customer("4022"));
        assert_eq!((directory.customer_of("client"), directory.workflow_of("4021", "people/7")), (None, None));
        assert_eq!(directory.workflow_of("4022", "people/7").as_deref(), Some("1"));
        let known = directory.lock();
        assert_eq!((known.customers.len(), known.known.len(), known.events.len()), (1, 1, 1));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let directory = Directory::default();
        for person in 0..REMEMBERED + 10 {
            directory.event("4021", "1", &[format!("people/{person}")]);
        }
        assert_eq!(directory.workflow_of("4021", "people/0"), None);
        assert_eq!(directory.lock().events["4021"].workflows.len(), REMEMBERED);
    }
}

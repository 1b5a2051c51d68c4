//! What this process has counted since it began: answers to events, attempts at steps, calls to neighbours. Whoever does something tells
//! its [`Meter`], which is handed down from the composition root; monitoring reads them on a [`Page`].
//!
//! It knows nothing of how any of it is done. Labels are customers, kinds and outcomes, of which there are few: never an order, a
//! candidate or an address. What the database knows is counted when it is asked for, in `ops`.

mod calling;
mod page;

pub use calling::{CallOutcome, Calling};
pub use page::Page;

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use crate::domain::{CustomerId, JobKind, Neighbour};

/// The upper ends of the buckets, in seconds: an event is answered within 25, a neighbour's time-out is 8, a step ends after 120
/// unless another limit is set.
const OF_AN_ANSWER: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0];
const OF_A_STEP: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];
const OF_A_CALL: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 8.0];

/// Counts what happens in this process. Clones count together; one of its own is read by nobody.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Figures>);

#[derive(Debug)]
struct Figures {
    events: Family<OfAnswer, Counter>,
    answers: Histogram,
    attempts: Family<OfAttempt, Counter>,
    steps: Family<OfStep, Histogram, fn() -> Histogram>,
    calls: Family<OfCall, Histogram, fn() -> Histogram>,
    quotas: Family<OfQuota, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAnswer {
    /// Empty where nobody knows whose event it was.
    customer: Option<u64>,
    answer: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAttempt {
    customer: u64,
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStep {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCall {
    neighbour: &'static str,
    call: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfQuota {
    customer: u64,
    neighbour: &'static str,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            events: Family::default(),
            answers: Histogram::new(OF_AN_ANSWER),
            attempts: Family::default(),
            steps: Family::new_with_constructor(|| Histogram::new(OF_A_STEP)),
            calls: Family::new_with_constructor(|| Histogram::new(OF_A_CALL)),
            quotas: Family::default(),
        }
    }
}

impl Meter {
    /// An event was answered so, after this time; nobody knows whose it was where there is no customer.
    pub fn event_answered(&self, customer: Option<CustomerId>, answer: &'static str, took: Duration) {
        self.0.events.get_or_create(&OfAnswer { customer: customer.map(CustomerId::get), answer }).inc();
        self.0.answers.observe(took.as_secs_f64());
    }

    /// A step was attempted, with this outcome.
    pub fn attempted(&self, customer: CustomerId, kind: JobKind, outcome: &'static str, took: Duration) {
        self.0.attempts.get_or_create(&OfAttempt { customer: customer.get(), kind: kind.name(), outcome }).inc();
        self.0.steps.get_or_create(&OfStep { kind: kind.name() }).observe(took.as_secs_f64());
    }

    /// A neighbour is called from now on, for this.
    pub fn calling(&self, neighbour: Neighbour, call: &'static str) -> Calling {
        Calling::begin(self.clone(), neighbour, call)
    }

    /// A neighbour has told how many calls of a customer's quota are left.
    pub fn quota_left(&self, customer: CustomerId, neighbour: Neighbour, calls: u64) {
        let of = OfQuota { customer: customer.get(), neighbour: neighbour.name() };
        self.0.quotas.get_or_create(&of).set(i64::try_from(calls).unwrap_or(i64::MAX));
    }

    /// Puts all of it on a page.
    pub fn show(&self, page: &mut Page) {
        let Figures { events, answers, attempts, steps, calls, quotas } = &*self.0;
        page.add("events", "Events of iCIMS by what they were answered", events.clone());
        page.add_seconds("event_answer_duration", "How long an answer to an event took", answers.clone());
        page.add("step_attempts", "Attempts at steps by what came of them", attempts.clone());
        page.add_seconds("step_attempt_duration", "How long an attempt at a step took", steps.clone());
        page.add_seconds("neighbour_call_duration", "How long a call to a neighbour took", calls.clone());
        page.add("neighbour_quota_left", "Calls that are left of a quota, as the neighbour told last", quotas.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(meter: &Meter) -> String {
        let mut page = Page::new();
        meter.show(&mut page);
        page.text()
    }

    #[test]
    fn what_clones_are_told_is_counted_together() {
        let meter = Meter::default();
        let customer = "4021".parse().expect("digits");
        meter.clone().event_answered(Some(customer), "recorded", Duration::from_millis(30));
        meter.event_answered(Some(customer), "recorded", Duration::from_millis(3));
        meter.event_answered(None, "credentials", Duration::from_secs(1));
        let shown = shown(&meter);
        for line in [
            "harver_icims_events_total{customer=\"4021\",answer=\"recorded\"} 2",
            "harver_icims_events_total{customer=\"\",answer=\"credentials\"} 1",
            "harver_icims_event_answer_duration_seconds_count 3",
            "harver_icims_event_answer_duration_seconds_bucket{le=\"0.005\"} 1",
            "harver_icims_event_answer_duration_seconds_bucket{le=\"0.05\"} 2",
        ] {
            assert!(shown.lines().any(|found| found == line), "{line}\n{shown}");
        }
    }

    #[test]
    fn a_call_that_nobody_waits_for_any_more_is_counted_all_the_same() {
        let meter = Meter::default();
        meter.calling(Neighbour::Icims, "person").ended(CallOutcome::Answered);
        drop(meter.calling(Neighbour::Icims, "person"));
        let shown = shown(&meter);
        for outcome in ["answered", "cut_off"] {
            let line = format!(
                "harver_icims_neighbour_call_duration_seconds_count{{neighbour=\"icims\",call=\"person\",outcome=\"{outcome}\"}} 1"
            );
            assert!(shown.lines().any(|found| found == line), "{line}\n{shown}");
        }
    }
}

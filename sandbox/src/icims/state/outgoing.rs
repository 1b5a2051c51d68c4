//! Events to the vendor as rows: written with the change that causes them, answered once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::icims::model::{Entry, EventId, JobId, NodeId, PersonId, Workflow, WorkflowId};
use crate::icims::schema::ProfileType;

use super::{CustomerState, Refusal};

/// How many answered events a workflow remembers.
const EVENT_LIMIT: usize = 200;

/// One event to the vendor. It is pending until it has an outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutgoingEvent {
    /// Its position in the tenant.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// The workflow it is about.
    pub workflow: WorkflowId,
    /// The candidate.
    pub person: PersonId,
    /// The job.
    pub job: JobId,
    /// Who caused it: the candidate on the portal, or the user who changed the status.
    pub user: PersonId,
    /// When it was caused.
    pub caused: Timestamp,
    /// What the vendor made of it, and when.
    pub outcome: Option<(Timestamp, EventOutcome)>,
    /// The results of the workflow as they were then, in order: what differs from them was reported since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported_before: Vec<Fingerprint>,
}

/// Tells whether an entry of a collection is still the same, in eight bytes: a workflow may have a thousand results and two hundred events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint(u64);

/// The results of a workflow, to be compared with what they were when the vendor was told something.
pub struct Results<'a>(Vec<(Fingerprint, &'a Entry)>);

impl<'a> Results<'a> {
    /// Those that the vendor has written or changed since.
    pub fn reported_since<'b>(&'b self, event: &'b OutgoingEvent) -> impl Iterator<Item = &'a Entry> + 'b {
        let is_new = |fingerprint| event.reported_before.binary_search(fingerprint).is_err();
        self.0.iter().filter(move |(fingerprint, _)| is_new(fingerprint)).map(|(_, entry)| *entry)
    }
}

impl Fingerprint {
    fn of(entry: &Entry) -> Self {
        let written = serde_json::to_vec(entry).expect("values of a profile can be written");
        let digest: [u8; 32] = Sha256::digest(written).into();
        Self(u64::from_le_bytes(*digest.first_chunk().expect("32 bytes")))
    }
}

/// Which of the two triggers fired (assessment-flow 0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The candidate reached the last step of the application.
    ApplicationComplete,
    /// The workflow was moved to the trigger status.
    StatusChange {
        /// The status before.
        from: Option<NodeId>,
        /// The trigger status.
        to: NodeId,
    },
}

/// What became of an event, in the words that the user sees (assessment-flow 1.1, 3.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// `200`: the vendor does the rest. The text is the one the Summary page shows.
    Accepted {
        /// The connection's Summary text at that time.
        summary: String,
    },
    /// `303`: a page to open, by the candidate (inline) or by the recruiter (Confirm or Modify Package).
    Link {
        /// The vendor's page.
        location: String,
    },
    /// The vendor refused and said why.
    Refused {
        /// HTTP status.
        status: u16,
        /// `userMessage`, placeholders replaced by this customer's labels.
        message: String,
        /// `debugErrorMessage`, which users do not see.
        debug: String,
    },
    /// No usable answer.
    Failed {
        /// HTTP status, if there was one.
        status: Option<u16>,
        /// What the user sees.
        message: String,
        /// What happened, which users do not see.
        reason: String,
    },
}

impl EventOutcome {
    /// The text for the user: the Summary text, the vendor's message, or ours; for a link, what to do with it.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Accepted { summary } => summary,
            Self::Link { .. } => "The vendor asks to confirm or modify the package.",
            Self::Refused { message, .. } | Self::Failed { message, .. } => message,
        }
    }

    /// The page to open, if the vendor handed one over.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        match self {
            Self::Link { location } => Some(location),
            _ => None,
        }
    }

    /// Whether the vendor took the order.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Link { .. })
    }
}

impl CustomerState {
    /// The event with this id.
    #[must_use]
    pub fn event(&self, id: EventId) -> Option<&OutgoingEvent> {
        self.events.get(&id)
    }

    /// The events after this one, oldest first.
    pub fn events_after(&self, start: EventId) -> impl Iterator<Item = &OutgoingEvent> {
        let after = (std::ops::Bound::Excluded(start), std::ops::Bound::Unbounded);
        self.events.range(after).map(|(_, event)| event)
    }

    /// The events that have no outcome yet, oldest first.
    pub fn pending_events(&self) -> impl Iterator<Item = &OutgoingEvent> {
        self.events.lookups().0.iter().filter_map(|id| self.events.get(id))
    }

    /// The events of a workflow, newest first.
    #[must_use]
    pub fn events_of(&self, workflow: WorkflowId) -> Vec<&OutgoingEvent> {
        let ids = self.workflow(workflow).map_or(&[][..], |workflow| &workflow.events);
        ids.iter().rev().filter_map(|id| self.events.get(id)).collect()
    }

    /// The results of a workflow as they are now.
    #[must_use]
    pub fn results_of(&self, workflow: WorkflowId) -> Results<'_> {
        let entries = self.workflow(workflow).map_or(&[][..], Workflow::results);
        Results(entries.iter().map(|entry| (Fingerprint::of(entry), entry)).collect())
    }

    /// Records what became of an event. Only the first outcome counts.
    pub fn record_outcome(&mut self, id: EventId, outcome: EventOutcome, now: Timestamp) {
        if self.events.get(&id).is_none_or(|event| event.outcome.is_some()) {
            return;
        }
        if let Some(mut event) = self.events.edit(&id) {
            event.outcome = Some((now, outcome));
        }
    }

    /// All events, newest first.
    pub fn events(&self) -> impl Iterator<Item = &OutgoingEvent> {
        self.events.values().rev()
    }

    /// Sends an event once more, as a new one: iCIMS does not repeat events by itself (icims-api 12.1). The vendor is told the same, at
    /// the address and in the form that the connection has now.
    ///
    /// # Errors
    /// When there is no such event or workflow, the event still waits for its answer, the vendor is switched off, or too many events
    /// wait for it.
    pub fn resend(&mut self, id: EventId, now: Timestamp) -> Result<EventId, Refusal> {
        let event = self.event(id).ok_or(Refusal::NoSuchEvent(id))?;
        if event.outcome.is_none() {
            return Err(Refusal::EventUnderWay(id));
        }
        if !self.connection().enabled {
            return Err(Refusal::VendorSwitchedOff);
        }
        let (workflow, kind, user) = (event.workflow, event.kind.clone(), event.user);
        self.workflow(workflow).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        self.check_event_room()?;
        Ok(self.queue_event(workflow, kind, user, now))
    }

    /// Writes an event to be delivered. A workflow keeps its newest events; older ones go once they have been answered.
    pub(super) fn queue_event(&mut self, workflow: WorkflowId, kind: EventKind, user: PersonId, now: Timestamp) -> EventId {
        let counters = self.counters.edit();
        let id = EventId::new(counters.event);
        counters.event += 1;
        let Some(mut row) = self.workflows.edit(&workflow) else { return id };
        let surplus = (row.events.len() + 1).saturating_sub(EVENT_LIMIT);
        let answered = |id: &&EventId| self.events.get(id).is_none_or(|event| event.outcome.is_some());
        let forgotten: Vec<EventId> = row.events.iter().filter(answered).take(surplus).copied().collect();
        row.events.retain(|event| !forgotten.contains(event));
        row.events.push(id);
        let mut reported_before: Vec<_> = row.results().iter().map(Fingerprint::of).collect();
        reported_before.sort_unstable();
        let (person, job) = (row.person, row.job);
        let event = OutgoingEvent { id, kind, workflow, person, job, user, caused: now, outcome: None, reported_before };
        drop(row);
        self.events.put(id, event);
        for event in forgotten {
            self.events.remove(&event);
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icims::state::connection::Connection;
    use crate::icims::state::fixture::{now, platform};

    fn accepted() -> EventOutcome {
        EventOutcome::Accepted { summary: "Sent".into() }
    }

    #[test]
    fn an_answered_event_is_sent_again_as_a_new_one() {
        let mut platform = platform();
        let (by, trigger) = (platform.state.recruiter(), "C40177".parse().expect("a node id"));
        let first = platform.state.advance(platform.workflow, &trigger, by, now()).expect("a move").event.expect("an event");
        assert!(matches!(platform.state.resend(first, now()), Err(Refusal::EventUnderWay(id)) if id == first));
        platform.state.record_outcome(first, accepted(), now());
        let second = platform.state.resend(first, now()).expect("sent again");
        let (first, second) = (platform.state.event(first).expect("kept"), platform.state.event(second).expect("the new one"));
        assert_ne!(first.id, second.id);
        assert_eq!((&first.kind, first.user, first.workflow), (&second.kind, second.user, second.workflow));
        assert!(first.outcome.is_some() && second.outcome.is_none());
    }

    #[test]
    fn nothing_is_sent_again_without_a_vendor_or_an_event() {
        let mut platform = platform();
        let unknown = EventId::new(99);
        assert!(matches!(platform.state.resend(unknown, now()), Err(Refusal::NoSuchEvent(id)) if id == unknown));
        let (by, trigger) = (platform.state.recruiter(), "C40177".parse().expect("a node id"));
        let event = platform.state.advance(platform.workflow, &trigger, by, now()).expect("a move").event.expect("an event");
        platform.state.record_outcome(event, accepted(), now());
        let off = Connection { enabled: false, ..platform.state.connection().clone() };
        platform.state.configure_connection(off).expect("settings");
        assert!(matches!(platform.state.resend(event, now()), Err(Refusal::VendorSwitchedOff)));
    }

    #[test]
    fn a_workflow_forgets_its_oldest_answered_events() {
        let mut platform = platform();
        let (by, trigger) = (platform.state.recruiter(), "C40177".parse().expect("a node id"));
        let mut event = platform.state.advance(platform.workflow, &trigger, by, now()).expect("a move").event.expect("an event");
        for _ in 0..EVENT_LIMIT + 20 {
            platform.state.record_outcome(event, accepted(), now());
            event = platform.state.resend(event, now()).expect("sent again");
        }
        assert_eq!(platform.state.events_of(platform.workflow).len(), EVENT_LIMIT);
        assert_eq!(platform.state.events().count(), EVENT_LIMIT);
        assert_eq!(platform.state.events().next().map(|event| event.id), Some(event));
    }
}

//! Events to the vendor as rows: written with the change that causes them, answered once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::icims::model::{EventId, JobId, NodeId, PersonId, WorkflowId};

use super::CustomerState;

/// One event to the vendor. It is pending until it has an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Records what became of an event. Only the first outcome counts.
    pub fn record_outcome(&mut self, id: EventId, outcome: EventOutcome, now: Timestamp) {
        if self.events.get(&id).is_none_or(|event| event.outcome.is_some()) {
            return;
        }
        if let Some(mut event) = self.events.edit(&id) {
            event.outcome = Some((now, outcome));
        }
    }

    /// Writes an event to be delivered.
    pub(super) fn queue_event(&mut self, workflow: WorkflowId, kind: EventKind, user: PersonId, now: Timestamp) -> EventId {
        let counters = self.counters.edit();
        let id = EventId::new(counters.event);
        counters.event += 1;
        if let Some(mut row) = self.workflows.edit(&workflow) {
            row.events.push(id);
            let event = OutgoingEvent { id, kind, workflow, person: row.person, job: row.job, user, caused: now, outcome: None };
            self.events.put(id, event);
        }
        id
    }
}

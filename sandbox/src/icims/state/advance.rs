//! Moving a candidate to another status, which may order an assessment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::icims::model::{EventId, NodeId, PersonId, StatusChange, WorkflowId};
use crate::icims::schema::ProfileType;

use super::delivered::node;
use super::outgoing::EventKind;
use super::{CustomerState, Refusal};

/// An entrance criterion of a status (forced workflow): whoever does not meet it cannot be moved there (icims-api 7.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    /// The guarded status.
    pub status: NodeId,
    /// What it asks for.
    pub criterion: Criterion,
}

/// What an entrance criterion asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The candidate has been in this status before.
    Passed(NodeId),
    /// One assessment is complete.
    AssessmentComplete,
}

/// What advancing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advanced {
    /// The status before; absent if there was none.
    pub from: Option<NodeId>,
    /// The status now.
    pub to: NodeId,
    /// The event to the vendor, if the new status is the connection's trigger. It is waiting to be delivered.
    pub event: Option<EventId>,
}

impl CustomerState {
    /// Moves a workflow to a status. The status may be the present one: advancing again orders the next round
    /// (assessment-flow 6), so it is logged and triggers like any other move.
    ///
    /// # Errors
    /// When there is no such workflow or status, or the entrance criteria are not met.
    pub fn advance(&mut self, id: WorkflowId, to: &NodeId, by: PersonId, now: Timestamp) -> Result<Advanced, Refusal> {
        self.check_advance(id, to)?;
        let workflow = self.workflow(id).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        let from = workflow.status().cloned();
        self.log_status(id, StatusChange { status: to.clone(), at: now, by });
        let connection = self.connection();
        let triggers = connection.enabled && connection.trigger.as_ref() == Some(to);
        let event =
            triggers.then(|| self.queue_event(id, EventKind::StatusChange { from: from.clone(), to: to.clone() }, by, now));
        Ok(Advanced { from, to: to.clone(), event })
    }

    /// What speaks against moving a workflow to a status.
    ///
    /// # Errors
    /// As [`CustomerState::advance`].
    pub fn check_advance(&self, id: WorkflowId, to: &NodeId) -> Result<(), Refusal> {
        self.workflow(id).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        if !self.is_status(to) {
            return Err(Refusal::Invalid("status".into()));
        }
        let unmet = self.unmet_criteria(id, to);
        if unmet.is_empty() { Ok(()) } else { Err(Refusal::EntranceCriteria { unmet }) }
    }

    /// The unmet entrance criteria of a status for a workflow, each as a sentence.
    #[must_use]
    pub fn unmet_criteria(&self, id: WorkflowId, to: &NodeId) -> Vec<String> {
        let guarded = self.entrance.get().iter().filter(|entrance| entrance.status == *to);
        guarded
            .filter(|entrance| !self.meets(id, &entrance.criterion))
            .map(|entrance| self.sentence(&entrance.criterion))
            .collect()
    }

    /// The entrance criteria of this customer.
    #[must_use]
    pub fn entrance_criteria(&self) -> &[Entrance] {
        self.entrance.get()
    }

    /// Replaces the entrance criteria.
    ///
    /// # Errors
    /// When one of them names something that is not a status.
    pub fn set_entrance_criteria(&mut self, criteria: Vec<Entrance>) -> Result<(), Refusal> {
        let names_statuses = |entrance: &Entrance| {
            self.is_status(&entrance.status)
                && match &entrance.criterion {
                    Criterion::Passed(status) => self.is_status(status),
                    Criterion::AssessmentComplete => true,
                }
        };
        if !criteria.iter().all(names_statuses) {
            return Err(Refusal::Invalid("status".into()));
        }
        *self.entrance.edit() = criteria;
        Ok(())
    }

    fn meets(&self, id: WorkflowId, criterion: &Criterion) -> bool {
        let Some(workflow) = self.workflow(id) else { return false };
        match criterion {
            Criterion::Passed(status) => workflow.log.iter().any(|change| change.status == *status),
            Criterion::AssessmentComplete => workflow.results().iter().any(|row| {
                let status = row.fields.get("assessmentstatus");
                matches!(status, Some(crate::icims::model::Value::Node(id)) if id.as_str() == node::COMPLETE)
            }),
        }
    }

    fn sentence(&self, criterion: &Criterion) -> String {
        match criterion {
            Criterion::Passed(status) => format!("The candidate must have been in {} before.", self.status_label(status)),
            Criterion::AssessmentComplete => "The candidate must have completed an assessment.".into(),
        }
    }
}

//! Moving a candidate to another status, which may order an assessment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::icims::model::{EventId, NodeId, PersonId, StatusChange, WorkflowId};
use crate::icims::schema::ProfileType;

use super::delivered::node;
use super::outgoing::EventKind;
use super::{CustomerState, Refusal};

/// How many entrance criteria a customer may have (*assumed*).
const CRITERIA_LIMIT: usize = 200;

/// An entrance criterion of a status (forced workflow): whoever does not meet it cannot be moved there (icims-api 7.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entrance {
    /// The guarded status.
    #[schema(value_type = String)]
    pub status: NodeId,
    /// What it asks for: `{"passed": "C40120"}` or `"assessment_complete"`.
    #[schema(value_type = serde_json::Value)]
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
    /// Moves a workflow to a status; to a status of the bin Hired also begins the onboarding. The status may be the present one: advancing again orders the next round
    /// (assessment-flow 6), so it is logged and triggers like any other move.
    ///
    /// # Errors
    /// When there is no such workflow or status, the entrance criteria are not met, or too many events wait for the vendor.
    pub fn advance(&mut self, id: WorkflowId, to: &NodeId, by: PersonId, now: Timestamp) -> Result<Advanced, Refusal> {
        self.move_to(id, to, (by, true), now)
    }

    /// Moves a workflow as the integration user does: whether the vendor hears of that is the customer's switch (icims-api 7.4).
    pub(super) fn advance_over_api(
        &mut self,
        id: WorkflowId,
        to: &NodeId,
        by: PersonId,
        now: Timestamp,
    ) -> Result<Advanced, Refusal> {
        self.move_to(id, to, (by, self.switches().api_moves_tell_vendor), now)
    }

    fn move_to(
        &mut self,
        id: WorkflowId,
        to: &NodeId,
        (by, told): (PersonId, bool),
        now: Timestamp,
    ) -> Result<Advanced, Refusal> {
        self.check_advance(id, to)?;
        let workflow = self.workflow(id).ok_or(Refusal::NotFound(ProfileType::Workflows))?;
        let from = workflow.status().cloned();
        self.log_status(id, StatusChange { status: to.clone(), at: now, by });
        if self.begins_onboarding(id, to) {
            self.begin_onboarding(id, now);
        }
        let connection = self.connection();
        let triggers = told && connection.enabled && connection.is_trigger(to);
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
        if !unmet.is_empty() {
            return Err(Refusal::EntranceCriteria { unmet });
        }
        if self.begins_onboarding(id, to) {
            self.check_onboarding_room()?;
        }
        let connection = self.connection();
        if connection.enabled && connection.is_trigger(to) { self.check_event_room() } else { Ok(()) }
    }

    /// The unmet entrance criteria of a status for a workflow, each as a sentence.
    fn unmet_criteria(&self, id: WorkflowId, to: &NodeId) -> Vec<String> {
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
        if criteria.len() > CRITERIA_LIMIT || !criteria.iter().all(names_statuses) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::icims::model::Workflow;
    use crate::icims::state::fixture::{now, platform};

    fn status(id: &str) -> NodeId {
        id.parse().expect("a node id")
    }

    #[test]
    fn advancing_to_the_trigger_queues_one_event_each_time() {
        let mut platform = platform();
        let trigger = status("C40177");
        let by = platform.state.recruiter();
        let first = platform.state.advance(platform.workflow, &trigger, by, now()).expect("a move");
        let again = platform.state.advance(platform.workflow, &trigger, by, now()).expect("the next round");
        assert!(first.event.is_some() && again.event.is_some() && first.event != again.event);
        assert_eq!(again.from, Some(trigger));
    }

    #[test]
    fn a_vendor_that_is_switched_off_gets_no_event() {
        let mut platform = platform();
        let settings = crate::icims::state::connection::Connection { enabled: false, ..platform.state.connection().clone() };
        platform.state.configure_connection(settings).expect("settings");
        let by = platform.state.recruiter();
        let moved = platform.state.advance(platform.workflow, &status("C40177"), by, now()).expect("a move");
        assert_eq!(moved.event, None);
    }

    #[test]
    fn unmet_entrance_criteria_refuse_the_move_and_are_shown_in_the_menu() {
        let mut platform = platform();
        let trigger = status("C40177");
        let criterion = Criterion::Passed(status("C40120"));
        platform.state.set_entrance_criteria(vec![Entrance { status: trigger.clone(), criterion }]).expect("criteria");
        let by = platform.state.recruiter();
        let refusal = platform.state.advance(platform.workflow, &trigger, by, now()).expect_err("not reviewed yet");
        assert!(matches!(refusal, Refusal::EntranceCriteria { ref unmet } if unmet[0].contains("Initial Review: Under Review")));
        platform.state.advance(platform.workflow, &status("C40120"), by, now()).expect("a review");
        assert!(platform.state.advance(platform.workflow, &trigger, by, now()).is_ok());
    }

    proptest! {
        #[test]
        fn history_status_and_events_agree_whatever_the_moves(moves in proptest::collection::vec(0_usize..7, 0..150)) {
            // The last two are no statuses: a bin, and a node of another list.
            let targets = ["D10100", "C40120", "C40177", "C40178", "C40190", "C40030", "D31001"].map(status);
            let mut platform = platform();
            let by = platform.state.recruiter();
            let mut triggers = 0;
            for target in moves.into_iter().map(|place| &targets[place]) {
                let before = platform.state.workflow(platform.workflow).cloned();
                match platform.state.advance(platform.workflow, target, by, now()) {
                    Ok(moved) => triggers += usize::from(moved.event.is_some()),
                    Err(_) => prop_assert_eq!(before.as_ref(), platform.state.workflow(platform.workflow)),
                }
                let workflow: &Workflow = platform.state.workflow(platform.workflow).expect("the workflow");
                prop_assert_eq!(workflow.log.last().map(|change| &change.status), workflow.status());
                prop_assert!(workflow.log.len() <= 100);
                prop_assert!(workflow.log.iter().all(|change| platform.state.is_status(&change.status)));
                prop_assert_eq!(workflow.events.len(), triggers);
                prop_assert_eq!(platform.state.pending_events().count(), triggers);
            }
        }
    }
}

//! The life of one order: a pure function from what was and what happened to what is.

use std::fmt;

use jiff::Timestamp;
use url::Url;

use super::candidate::{Candidate, EmailAddress};
use super::customer::Pattern;
use super::ids::{ApplicationId, CustomerId, JobId, OrderId, PersonId, ResultRowId, WorkflowId};
use super::package::PackageLabel;

/// One candidate, one workflow, one package.
#[derive(Clone, PartialEq)]
pub struct Order {
    /// Our number.
    pub id: OrderId,
    /// Whose order.
    pub customer: CustomerId,
    /// The workflow in iCIMS.
    pub workflow: WorkflowId,
    /// The candidate's person profile.
    pub person: PersonId,
    /// The job.
    pub job: JobId,
    /// What is ordered.
    pub package: PackageLabel,
    /// Who takes it.
    pub candidate: Candidate,
    /// The job's title, for the invitation.
    pub job_title: String,
    /// What asked for it.
    pub pattern: Pattern,
    /// Where the candidate goes on afterwards.
    pub return_url: Option<Url>,
    /// How far it is.
    pub state: OrderState,
    /// How many times a link was asked for by the recruiter: 1 at first, one more each time an expired invitation is renewed.
    pub round: u32,
    /// The application on the platform, once there is one.
    pub application: Option<ApplicationId>,
    /// The address under which the platform knows the application, which keeps it when the candidate's is corrected: the same address
    /// finds the same application, and another one would make another (row 27).
    pub registered_email: Option<EmailAddress>,
    /// When iCIMS was last asked about the candidate; `None` when it is to be asked again before the next mail.
    pub read_at: Option<Timestamp>,
    /// The newest personal link, once there is one.
    pub link: Option<Url>,
    /// Until when that link works.
    pub link_expires_at: Option<Timestamp>,
    /// The line in iCIMS, once there is one.
    pub result_row: Option<ResultRowId>,
    /// Why the candidate has no link, or gets no result, in words for the recruiter; none when that was so and is no longer.
    pub failure: Option<String>,
    /// When the result was written into iCIMS.
    pub result_written_at: Option<Timestamp>,
    /// When the event arrived.
    pub received_at: Timestamp,
}

impl Order {
    /// The candidate as the platform knows the application.
    #[must_use]
    pub fn as_registered(&self) -> Candidate {
        let email = self.registered_email.as_ref().unwrap_or(&self.candidate.email);
        Candidate { email: email.clone(), ..self.candidate.clone() }
    }
}

impl Order {
    /// Whether it is for somebody else than this person in this workflow. A workflow is one candidate's, whatever profile iCIMS shows there: two that were merged
    /// leave one.
    #[must_use]
    pub fn is_of_another_person_than(&self, person: PersonId, workflow: WorkflowId) -> bool {
        self.person != person && self.workflow != workflow
    }
}

impl fmt::Debug for Order {
    /// Without the candidate and without the link, which lets anybody in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("id", &self.id)
            .field("customer", &self.customer)
            .field("workflow", &self.workflow)
            .field("state", &self.state)
            .field("round", &self.round)
            .finish_non_exhaustive()
    }
}

/// How far an order is: received → invited → in progress → completed, or ended otherwise. What comes before, a choice of packages that is
/// awaited, is no order yet but a [`super::Selection`]: nobody knows how many orders will come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OrderState {
    /// The event was accepted; the candidate has no link yet.
    Received,
    /// The candidate has a link.
    Invited,
    /// The candidate has begun.
    InProgress,
    /// The candidate has finished.
    Completed,
    /// The candidate could not be invited, or the application is another candidate's.
    Failed,
    /// The invitation ran out and was not renewed.
    Expired,
    /// The order was withdrawn.
    Cancelled,
}

/// Something that happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// The candidate was given a link.
    LinkHandedOver,
    /// The candidate began.
    Started,
    /// The platform shows when the candidate finished. Nothing else is a finish.
    Finished,
    /// No link could be had for the candidate.
    GivenUp,
    /// The application turned out to be that of another candidate, with the same e-mail address.
    Disowned,
    /// A person asked to try once more what had been given up.
    Revived,
    /// The invitation ran out.
    RanOut,
    /// The order was withdrawn.
    Withdrawn,
}

impl OrderEvent {
    /// The name under which the event is logged.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LinkHandedOver => "invited",
            Self::Started => "started",
            Self::Finished => "finished",
            Self::GivenUp => "given_up",
            Self::Disowned => "disowned",
            Self::Revived => "revived",
            Self::RanOut => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why a stored state cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no state that is known")]
pub struct UnknownState(String);

impl UnknownState {
    pub(super) fn of(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Received, Self::Invited, Self::InProgress, Self::Completed, Self::Failed, Self::Expired, Self::Cancelled];

    /// The state after an event, or `None` when the event changes nothing: it came late, twice or out of order.
    ///
    /// The order of states never goes backwards (design, promise 3). A finish counts whatever came before, because the platform is
    /// right about its own candidates, also when an earlier message was lost or the order has ended meanwhile.
    #[must_use]
    pub fn after(self, event: OrderEvent) -> Option<Self> {
        use OrderEvent as E;
        match (self, event) {
            (Self::Received, E::LinkHandedOver) => Some(Self::Invited),
            (Self::Received | Self::Invited, E::Started) => Some(Self::InProgress),
            (Self::Completed, E::Finished) => None,
            (_, E::Finished) => Some(Self::Completed),
            (Self::Received, E::GivenUp) => Some(Self::Failed),
            (Self::Received | Self::Invited | Self::InProgress, E::Disowned) => Some(Self::Failed),
            (Self::Failed, E::Revived) => Some(Self::Received),
            (Self::Received | Self::Invited | Self::InProgress, E::RanOut) => Some(Self::Expired),
            (Self::Received | Self::Invited | Self::InProgress, E::Withdrawn) => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Whether nothing more is to be done for the candidate.
    #[must_use]
    pub fn has_ended(self) -> bool {
        self == Self::Completed || self.is_abandoned()
    }

    /// Whether nothing more is expected, so that the same candidate may be ordered anew.
    #[must_use]
    pub fn is_abandoned(self) -> bool {
        matches!(self, Self::Failed | Self::Expired | Self::Cancelled)
    }

    /// The name under which the state is stored, logged and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Invited => "invited",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

impl std::str::FromStr for OrderState {
    type Err = UnknownState;
    fn from_str(name: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.name() == name).ok_or_else(|| UnknownState(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [OrderEvent; 8] = [
        OrderEvent::LinkHandedOver,
        OrderEvent::Started,
        OrderEvent::Finished,
        OrderEvent::GivenUp,
        OrderEvent::Disowned,
        OrderEvent::Revived,
        OrderEvent::RanOut,
        OrderEvent::Withdrawn,
    ];

    fn after_all(events: &[OrderEvent]) -> OrderState {
        events.iter().fold(OrderState::Received, |state, event| state.after(*event).unwrap_or(state))
    }

    #[test]
    fn an_order_goes_from_event_to_result() {
        use OrderEvent::{Finished, LinkHandedOver, Started};
        assert_eq!(after_all(&[LinkHandedOver]), OrderState::Invited);
        assert_eq!(after_all(&[LinkHandedOver, Started]), OrderState::InProgress);
        assert_eq!(after_all(&[LinkHandedOver, Started, Finished]), OrderState::Completed);
    }

    #[test]
    fn a_late_start_does_not_undo_a_finish() {
        assert_eq!(after_all(&[OrderEvent::LinkHandedOver, OrderEvent::Finished, OrderEvent::Started]), OrderState::Completed);
    }

    #[test]
    fn whatever_has_not_ended_can_run_out_or_be_withdrawn() {
        for state in OrderState::ALL {
            assert_eq!(state.after(OrderEvent::RanOut), (!state.has_ended()).then_some(OrderState::Expired), "{state:?}");
            assert_eq!(state.after(OrderEvent::Withdrawn), (!state.has_ended()).then_some(OrderState::Cancelled), "{state:?}");
        }
    }

    #[test]
    fn row_18_a_finish_counts_after_every_other_end() {
        for end in [OrderEvent::GivenUp, OrderEvent::RanOut, OrderEvent::Withdrawn] {
            assert_eq!(after_all(&[end, OrderEvent::Finished]), OrderState::Completed, "{end:?}");
        }
    }

    #[test]
    fn every_state_is_found_by_its_name() {
        for state in OrderState::ALL {
            assert_eq!(state.name().parse(), Ok(state));
        }
        assert!("done".parse::<OrderState>().is_err());
    }

    proptest! {
        #[test]
        fn nothing_leaves_completed(events in proptest::collection::vec(proptest::sample::select(&EVENTS), 0..20)) {
            let mut state = OrderState::Completed;
            for event in events {
                state = state.after(event).unwrap_or(state);
            }
            prop_assert_eq!(state, OrderState::Completed);
        }

        #[test]
        fn an_event_that_comes_twice_counts_once(
            before in proptest::collection::vec(proptest::sample::select(&EVENTS), 0..6),
            event in proptest::sample::select(&EVENTS),
        ) {
            let once = after_all(&before);
            let once = once.after(event).unwrap_or(once);
            prop_assert_eq!(once.after(event), None);
        }

        #[test]
        fn the_way_to_completed_never_goes_back(events in proptest::collection::vec(proptest::sample::select(&EVENTS), 0..20)) {
            let way = [OrderState::Received, OrderState::Invited, OrderState::InProgress, OrderState::Completed];
            let mut state = OrderState::Received;
            for event in events {
                let next = state.after(event).unwrap_or(state);
                let place = |state: OrderState| way.iter().position(|step| *step == state);
                if let (Some(was), Some(is)) = (place(state), place(next)) {
                    prop_assert!(is >= was, "{state:?} went back to {next:?}");
                }
                state = next;
            }
        }
    }
}

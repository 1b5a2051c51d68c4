//! `/__sandbox/customers/{id}/events`: what a customer's iCIMS has sent to the vendor, and sending it once more.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::in_full;
use super::customer_settings::refused;
use super::error::ControlError;
use super::world::World;
use crate::icims::model::EventId;
use crate::icims::state::outgoing::{EventKind, EventOutcome, OutgoingEvent};
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::ApiQuery;

/// How many events one answer holds.
const EVENTS: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(list_events)).routes(routes!(resend_event))
}

/// An event to the vendor and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventShown {
    /// The number of the event.
    pub id: String,
    /// How the event calls itself.
    pub event_type: &'static str,
    /// The recruiting workflow.
    pub workflow_id: String,
    /// The candidate.
    pub person_id: String,
    /// The job.
    pub job_id: String,
    /// Who caused it.
    pub user_id: String,
    /// The status before; absent for applications.
    pub old_status: Option<String>,
    /// The status that triggered it; absent for applications.
    pub new_status: Option<String>,
    /// When it was caused, on the virtual clock.
    #[schema(value_type = String, format = DateTime)]
    pub caused: Timestamp,
    /// `pending`, `accepted`, `link`, `refused` or `failed`.
    pub outcome: &'static str,
    /// The HTTP status of the vendor's refusal, if there was one.
    pub http_status: Option<u16>,
    /// What the user reads.
    pub message: String,
    /// What the user does not read: the vendor's `debugErrorMessage`, or what went wrong.
    pub debug: Option<String>,
    /// The vendor's page to open.
    pub location: Option<String>,
}

impl EventShown {
    fn of(state: &CustomerState, event: &OutgoingEvent) -> Self {
        let (event_type, old_status, new_status) = match &event.kind {
            EventKind::ApplicationComplete => (state.connection().inline_event_type.name(), None, None),
            EventKind::StatusChange { from, to } => {
                ("WorkFlowStatusChangeEvent", from.as_ref().map(ToString::to_string), Some(to.to_string()))
            }
        };
        let answer = event.outcome.as_ref().map(|(_, outcome)| outcome);
        let (outcome, http_status, debug) = match answer {
            None => ("pending", None, None),
            Some(EventOutcome::Accepted { .. }) => ("accepted", Some(200), None),
            Some(EventOutcome::Link { .. }) => ("link", Some(303), None),
            Some(EventOutcome::Refused { status, debug, .. }) => ("refused", Some(*status), Some(debug.clone())),
            Some(EventOutcome::Failed { status, reason, .. }) => ("failed", *status, Some(reason.clone())),
        };
        Self {
            id: event.id.to_string(),
            event_type,
            workflow_id: event.workflow.to_string(),
            person_id: event.person.to_string(),
            job_id: event.job.to_string(),
            user_id: event.user.to_string(),
            old_status,
            new_status,
            caused: event.caused,
            outcome,
            http_status,
            message: answer.map_or_else(String::new, |outcome| outcome.message().to_owned()),
            debug,
            location: answer.and_then(EventOutcome::link).map(str::to_owned),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventQuery {
    /// Only those of this workflow.
    workflow: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Events {
    /// Newest first, at most 1,000.
    events: Vec<EventShown>,
}

/// Lists what a customer's iCIMS has sent to the vendor, newest first.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/events", operation_id = "listEvents", tag = "vendor",
    params(EventQuery), responses((status = 200, body = Events)),
)]
async fn list_events(
    State(world): State<World>,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<EventQuery>,
) -> Result<Json<Events>, ControlError> {
    let workflow = query.workflow.filter(|workflow| !workflow.is_empty());
    world.events(&id, workflow.as_deref()).map(|events| Json(Events { events }))
}

/// Sends an event once more, as iCIMS itself never does, and waits for the vendor's answer.
#[utoipa::path(
    post, path = "/__sandbox/customers/{id}/events/{event}/resend", operation_id = "resendEvent", tag = "vendor",
    responses((status = 200, body = EventShown)),
)]
async fn resend_event(
    State(world): State<World>,
    Path((id, event)): Path<(String, String)>,
) -> Result<Json<EventShown>, ControlError> {
    in_full(async move { world.resend_event(&id, &event).await }).await.map(Json)
}

impl World {
    /// What a customer's iCIMS has sent to the vendor, newest first, at most 1,000; of one workflow or of all.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn events(&self, customer: &str, workflow: Option<&str>) -> Result<Vec<EventShown>, ControlError> {
        Ok(self.icims_of(customer)?.read(|state| {
            let shown = |event| EventShown::of(state, event);
            match workflow {
                None => state.events().take(EVENTS).map(shown).collect(),
                Some(workflow) => match workflow.parse() {
                    Ok(workflow) => state.events_of(workflow).into_iter().take(EVENTS).map(shown).collect(),
                    Err(_) => Vec::new(),
                },
            }
        }))
    }

    /// Sends an event once more and waits for the vendor's answer.
    ///
    /// # Errors
    /// When there is no such customer or event, it has not been answered yet, the vendor is switched off, or the change could not be
    /// stored.
    pub async fn resend_event(&self, customer: &str, event: &str) -> Result<EventShown, ControlError> {
        let unknown = || ControlError::UnknownEvent { customer: customer.to_owned(), event: event.to_owned() };
        let tenant = self.icims_of(customer)?;
        let id: EventId = event.parse().map_err(|_| unknown())?;
        let now = self.clock().now();
        let again = tenant.write(|state| state.resend(id, now)).await.map_err(|refusal| match refusal {
            Refusal::NoSuchEvent(_) => unknown(),
            refusal => refused(refusal, "an event is sent again once it has been answered, while the vendor is enabled"),
        })?;
        let number = tenant.read(|state| state.info().id);
        self.icims().outcome(number, again).await.ok_or_else(unknown)?;
        tenant.read(|state| state.event(again).map(|event| EventShown::of(state, event))).ok_or_else(unknown)
    }
}

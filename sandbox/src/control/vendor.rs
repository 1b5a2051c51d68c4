//! `/__sandbox/customers/{id}/connection`, `…/entrance-criteria` and `…/events`: how a customer's iCIMS is connected to the assessment
//! vendor, what guards its statuses, and what has been sent.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::customer_settings::refused;
use super::error::ControlError;
use super::world::World;
use crate::icims::model::EventId;
use crate::icims::state::advance::Entrance;
use crate::icims::state::connection::{Authentication, Connection, InlineEventType, Trigger};
use crate::icims::state::outgoing::{EventKind, EventOutcome, OutgoingEvent};
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::ApiQuery;

/// How many events one answer holds.
const EVENTS: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new()
        .routes(routes!(read_connection, change_connection))
        .routes(routes!(read_criteria, replace_criteria))
        .routes(routes!(list_events))
        .routes(routes!(resend_event))
}

/// The settings of the connection to the vendor. Passwords, keys and secrets can be set and are shown to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionShown {
    /// The vendor, as screens name it.
    pub vendor: String,
    /// Off: no event is sent.
    pub enabled: bool,
    /// Where events go.
    pub endpoint: Option<String>,
    /// Where applications on the portal go, if not to `endpoint`.
    pub inline_endpoint: Option<String>,
    /// The status that goes to the vendor.
    #[schema(value_type = Option<String>)]
    pub trigger: Option<crate::icims::model::NodeId>,
    /// Further statuses that go to the vendor.
    pub further_triggers: Vec<Trigger>,
    /// Whether applications on the portal go to the vendor at their last step.
    pub inline: bool,
    /// How iCIMS proves who it is.
    pub authentication: Authentication,
    /// User name for Basic and signed events.
    pub username: String,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether a key for signed events is set; without one they are signed with the password.
    pub has_hmac_key: bool,
    /// Where the vendor hands out access tokens.
    pub token_url: Option<String>,
    /// Client id at the vendor.
    pub client_id: String,
    /// Whether a client secret is set.
    pub has_client_secret: bool,
    /// What the Summary page says when the vendor accepts.
    pub summary: String,
    /// Whether event bodies are compressed.
    pub gzip: bool,
    /// How the inline event calls itself.
    pub inline_event_type: InlineEventType,
    /// Whether status ids in events come without their letter.
    pub bare_status_ids: bool,
    /// How long to wait for the vendor, in seconds of real time.
    pub timeout_seconds: u64,
}

impl ConnectionShown {
    fn of(connection: &Connection) -> Self {
        let Connection {
            vendor,
            enabled,
            endpoint,
            username,
            password,
            inline,
            trigger,
            summary,
            gzip,
            inline_event_type,
            bare_status_ids,
            timeout_seconds,
            inline_endpoint,
            further_triggers,
            authentication,
            hmac_key,
            token_url,
            client_id,
            client_secret,
        } = connection.clone();
        Self {
            has_password: !password.is_empty(),
            has_hmac_key: !hmac_key.is_empty(),
            has_client_secret: !client_secret.is_empty(),
            vendor,
            enabled,
            endpoint,
            inline_endpoint,
            trigger,
            further_triggers,
            inline,
            authentication,
            username,
            token_url,
            client_id,
            summary,
            gzip,
            inline_event_type,
            bare_status_ids,
            timeout_seconds,
        }
    }
}

/// Reads how a customer's iCIMS is connected to the vendor.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/connection", operation_id = "readConnection", tag = "vendor",
    responses((status = 200, body = ConnectionShown)),
)]
async fn read_connection(State(world): State<World>, Path(id): Path<String>) -> Result<Json<ConnectionShown>, ControlError> {
    world.connection(&id).map(Json)
}

/// Changes settings of the connection and leaves the others as they are; answers all of them. Beside what is shown, `password`,
/// `hmac_key` and `client_secret` can be set.
#[utoipa::path(
    patch, path = "/__sandbox/customers/{id}/connection", operation_id = "changeConnection", tag = "vendor",
    request_body = Object, responses((status = 200, body = ConnectionShown)),
)]
async fn change_connection(
    State(world): State<World>,
    Path(id): Path<String>,
    ApiBody(changes): ApiBody<Map<String, Value>>,
) -> Result<Json<ConnectionShown>, ControlError> {
    in_full(async move { world.change_connection(&id, changes).await }).await.map(Json)
}

/// What must be met before a candidate is moved to a status (forced workflow).
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Criteria {
    /// Each with the guarded `status` and a `criterion`: `{"passed": "C40120"}` or `"assessment_complete"`.
    entrance_criteria: Vec<Entrance>,
}

/// Reads what must be met before a candidate is moved to a status.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/entrance-criteria", operation_id = "readEntranceCriteria", tag = "vendor",
    responses((status = 200, body = Criteria)),
)]
async fn read_criteria(State(world): State<World>, Path(id): Path<String>) -> Result<Json<Criteria>, ControlError> {
    world.entrance_criteria(&id).map(|entrance_criteria| Json(Criteria { entrance_criteria }))
}

/// Replaces what must be met before a candidate is moved to a status; an empty list lets everybody through.
#[utoipa::path(
    put, path = "/__sandbox/customers/{id}/entrance-criteria", operation_id = "replaceEntranceCriteria", tag = "vendor",
    request_body = Criteria, responses((status = 200, body = Criteria)),
)]
async fn replace_criteria(
    State(world): State<World>,
    Path(id): Path<String>,
    ApiBody(wanted): ApiBody<Criteria>,
) -> Result<Json<Criteria>, ControlError> {
    let set = in_full(async move { world.set_entrance_criteria(&id, wanted.entrance_criteria).await }).await?;
    Ok(Json(Criteria { entrance_criteria: set }))
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
    /// How a customer's iCIMS is connected to the vendor.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn connection(&self, customer: &str) -> Result<ConnectionShown, ControlError> {
        Ok(self.icims_of(customer)?.read(|state| ConnectionShown::of(state.connection())))
    }

    /// Changes some settings of the connection and leaves the others as they are.
    ///
    /// # Errors
    /// When there is no such customer or setting, a value does not fit, or the change could not be stored.
    pub async fn change_connection(&self, customer: &str, changes: Map<String, Value>) -> Result<ConnectionShown, ControlError> {
        let changed = self
            .icims_of(customer)?
            .write(|state| {
                let settings = merged(state.connection(), changes)?;
                state.configure_connection(settings).map_err(Unchanged::Refused)?;
                Ok::<_, Unchanged>(ConnectionShown::of(state.connection()))
            })
            .await;
        changed.map_err(|error| match error {
            Unchanged::Wrong(message) => ControlError::BadInput(message),
            Unchanged::Refused(refusal) => refused(
                refusal,
                "addresses are complete http(s) addresses, triggers statuses that are named once, time-outs 1 to 120 seconds; oauth2 \
                 needs token_url",
            ),
            Unchanged::Disk(error) => ControlError::Disk(error),
        })
    }

    /// What must be met before a candidate is moved to a status.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn entrance_criteria(&self, customer: &str) -> Result<Vec<Entrance>, ControlError> {
        Ok(self.icims_of(customer)?.read(|state| state.entrance_criteria().to_vec()))
    }

    /// Replaces what must be met before a candidate is moved to a status.
    ///
    /// # Errors
    /// When there is no such customer, a status does not exist, there are too many, or the change could not be stored.
    pub async fn set_entrance_criteria(&self, customer: &str, criteria: Vec<Entrance>) -> Result<Vec<Entrance>, ControlError> {
        let tenant = self.icims_of(customer)?;
        let set = tenant.write(|state| state.set_entrance_criteria(criteria)).await;
        set.map_err(|refusal| {
            refused(refusal, "every status must be one of the customer's, and there are at most 200 criteria")
        })?;
        Ok(tenant.read(|state| state.entrance_criteria().to_vec()))
    }

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
        self.icims().deliver(number, again).await.ok_or_else(unknown)?;
        tenant.read(|state| state.event(again).map(|event| EventShown::of(state, event))).ok_or_else(unknown)
    }
}

/// Why settings stay as they are.
#[derive(Debug, thiserror::Error)]
enum Unchanged {
    #[error("{0}")]
    Wrong(String),
    #[error(transparent)]
    Refused(Refusal),
    #[error(transparent)]
    Disk(#[from] crate::engine::DiskError),
}

/// The settings with some of them replaced. A name that no setting has is refused; values are read as they are stored.
fn merged(present: &Connection, changes: Map<String, Value>) -> Result<Connection, Unchanged> {
    let wrong = |reason: String| {
        Unchanged::Wrong(format!(
            "the connection stays as it is, as {reason}: GET /__sandbox/customers/{{id}}/connection shows its settings"
        ))
    };
    let stored = serde_json::to_value(present).map_err(|error| wrong(error.to_string()))?;
    let Value::Object(mut all) = stored else { return Err(wrong("it cannot be read".into())) };
    for (name, value) in changes {
        match all.get_mut(&name) {
            Some(place) => *place = value,
            None => return Err(wrong(format!("there is no setting {name}"))),
        }
    }
    // An error of the reader may quote the value, which may be a secret; it says where it is instead.
    serde_json::from_value(Value::Object(all)).map_err(|error| {
        let text = error.to_string();
        let names_a_choice = text.starts_with("unknown variant") || text.starts_with("unknown field");
        wrong(if names_a_choice { text } else { "a value has the wrong type".into() })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(json: Value) -> Map<String, Value> {
        json.as_object().expect("an object").clone()
    }

    #[test]
    fn only_what_is_named_changes() {
        let changed =
            merged(&Connection::default(), changes(json!({"authentication": "hmac", "gzip": false}))).expect("settings");
        assert!(changed == Connection { authentication: Authentication::Hmac, gzip: false, ..Connection::default() });
    }

    #[test]
    fn a_wrong_setting_is_named_and_a_secret_is_not() {
        for (wrong, named) in [
            (json!({"colour": "blue"}), "there is no setting colour"),
            (json!({"authentication": "ntlm"}), "unknown variant `ntlm`"),
            (json!({"password": 12345}), "a value has the wrong type"),
        ] {
            let refusal = merged(&Connection::default(), changes(wrong)).expect_err("not a setting").to_string();
            assert!(refusal.contains(named) && !refusal.contains("12345"), "{refusal}");
        }
    }
}

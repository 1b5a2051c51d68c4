//! `/__sandbox/customers/{id}/connection` and `…/entrance-criteria`: how a customer's iCIMS is connected to the assessment vendor, and
//! what guards its statuses.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::customer_settings::refused;
use super::error::ControlError;
use super::world::World;
use crate::icims::state::Refusal;
use crate::icims::state::advance::Entrance;
use crate::icims::state::connection::{Authentication, Connection, InlineEventType, Trigger};

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(read_connection, change_connection)).routes(routes!(read_criteria, replace_criteria))
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

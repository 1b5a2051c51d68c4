//! `GET` and `PATCH /__sandbox/customers/{id}/switches`: behaviours in which tenants differ or that no document settles.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::error::ControlError;
use super::world::World;
use crate::icims::state::switches::Switches;

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(shown, changed))
}

/// Reads the switches of a customer's iCIMS.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/switches", operation_id = "readSwitches", tag = "customers",
    responses((status = 200, body = Switches)),
)]
async fn shown(State(world): State<World>, Path(id): Path<String>) -> Result<Json<Switches>, ControlError> {
    world.switches(&id).map(Json)
}

/// Turns some switches and leaves the others as they are; answers all of them.
#[utoipa::path(
    patch, path = "/__sandbox/customers/{id}/switches", operation_id = "changeSwitches", tag = "customers",
    request_body = Switches, responses((status = 200, body = Switches)),
)]
async fn changed(
    State(world): State<World>,
    Path(id): Path<String>,
    ApiBody(changes): ApiBody<Map<String, Value>>,
) -> Result<Json<Switches>, ControlError> {
    in_full(async move { world.change_switches(&id, changes).await }).await.map(Json)
}

impl World {
    /// How a customer's iCIMS behaves where the documents leave it open.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn switches(&self, customer: &str) -> Result<Switches, ControlError> {
        let unknown = || ControlError::UnknownCustomer(customer.to_owned());
        let tenant = self.icims().customer(self.tenant(customer)?.customer_id).ok_or_else(unknown)?;
        Ok(tenant.read(|state| state.switches().clone()))
    }

    /// Turns some switches of a customer's iCIMS and leaves the others as they are; answers all of them.
    ///
    /// # Errors
    /// When there is no such customer or switch, a value does not fit, or the change could not be stored.
    pub async fn change_switches(&self, customer: &str, changes: Map<String, Value>) -> Result<Switches, ControlError> {
        let unknown = || ControlError::UnknownCustomer(customer.to_owned());
        let tenant = self.icims().customer(self.tenant(customer)?.customer_id).ok_or_else(unknown)?;
        tenant
            .write(|state| {
                let switches = merged(state.switches(), changes)?;
                state.set_switches(switches.clone());
                Ok::<_, Unchanged>(switches)
            })
            .await
            .map_err(ControlError::from)
    }
}

/// Why switches stay as they are.
#[derive(Debug, thiserror::Error)]
enum Unchanged {
    #[error("{0}")]
    Wrong(String),
    #[error(transparent)]
    Disk(#[from] crate::engine::DiskError),
}

impl From<Unchanged> for ControlError {
    fn from(error: Unchanged) -> Self {
        match error {
            Unchanged::Wrong(message) => Self::BadInput(message),
            Unchanged::Disk(error) => Self::Disk(error),
        }
    }
}

fn merged(present: &Switches, changes: Map<String, Value>) -> Result<Switches, Unchanged> {
    let wrong = |error: serde_json::Error| {
        Unchanged::Wrong(format!(
            "the switches stay as they are, as {error}: GET /__sandbox/customers/{{id}}/switches shows them"
        ))
    };
    let mut all = serde_json::to_value(present).map_err(wrong)?;
    if let Some(all) = all.as_object_mut() {
        all.extend(changes);
    }
    serde_json::from_value(all).map_err(wrong)
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
        let turned = merged(&Switches::default(), changes(json!({"entry_body": true}))).expect("switches");
        assert_eq!(turned, Switches { entry_body: true, ..Switches::default() });
    }

    #[test]
    fn an_unknown_switch_and_a_wrong_value_are_refused_by_name() {
        for (wrong, named) in [(json!({"entrybody": true}), "entrybody"), (json!({"duplicate_workflow": "maybe"}), "maybe")] {
            let refusal = merged(&Switches::default(), changes(wrong)).expect_err("not a switch").to_string();
            assert!(refusal.contains(named), "{refusal}");
        }
    }
}

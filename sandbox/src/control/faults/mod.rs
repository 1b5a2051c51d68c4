//! `faults` of the control plane: rules that disturb calls on purpose, and the classic ones by name.
//!
//! `GET`, `POST` and `DELETE /__sandbox/faults`, `DELETE /__sandbox/faults/{id}`, `GET /__sandbox/faults/catalogue`. Rules are off
//! until they are set, belong to one customer or to all, count what they disturb, and are gone after a reset.

mod catalogue;
mod page;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use catalogue::{CATALOGUE, NamedFault};

use super::api::ApiBody;
use super::error::ControlError;
use super::world::World;
use crate::engine::faults::{Fault, FaultId, ListedFault};
use crate::ui::{ApiProblem, ApiQuery};

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(list, add, remove)).routes(routes!(shown_catalogue)).routes(routes!(remove_one))
}

/// The page.
pub(super) fn pages() -> Router<World> {
    page::routes()
}

/// Which rules: those of a customer, those of a name.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those of this customer.
    customer: Option<String>,
    /// Those of this name.
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FaultList)]
struct Listed {
    /// Rules with what has come of them, oldest first.
    faults: Vec<ListedFault>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RemovedFaults)]
struct Removed {
    /// How many rules were removed.
    removed: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FaultCatalogue)]
struct Catalogue {
    /// Every named fault.
    #[schema(value_type = Vec<NamedFault>)]
    faults: &'static [NamedFault],
}

/// Lists the fault rules that are set, with how many calls each has disturbed.
#[utoipa::path(
    get, path = "/__sandbox/faults", operation_id = "listFaults", tag = "faults",
    params(Which), responses((status = 200, body = Listed)),
)]
async fn list(State(world): State<World>, ApiQuery(which): ApiQuery<Which>) -> Result<Json<Listed>, ControlError> {
    let faults = world.faults(given(which.customer.as_deref()))?;
    let named = given(which.name.as_deref());
    let wanted = |listed: &ListedFault| named.is_none() || listed.fault.name.as_deref() == named;
    Ok(Json(Listed { faults: faults.into_iter().filter(wanted).collect() }))
}

/// Sets a fault rule, or switches on a fault of the catalogue by its name; answers the rules that were added.
#[utoipa::path(
    post, path = "/__sandbox/faults", operation_id = "addFault", tag = "faults",
    request_body = Wanted, responses((status = 200, body = Listed)),
)]
async fn add(State(world): State<World>, ApiBody(body): ApiBody<Value>) -> Result<Json<Listed>, ControlError> {
    let faults = match Wanted::read(body).map_err(ControlError::BadInput)? {
        Wanted::Rule(fault) => world.add_faults(vec![*fault])?,
        Wanted::Named(Named { name, customer }) => world.switch_on_fault(&name, customer.as_deref())?,
    };
    Ok(Json(Listed { faults }))
}

/// Removes fault rules: those of a customer, of a name, or all.
#[utoipa::path(
    delete, path = "/__sandbox/faults", operation_id = "removeFaults", tag = "faults",
    params(Which), responses((status = 200, body = Removed)),
)]
async fn remove(State(world): State<World>, ApiQuery(which): ApiQuery<Which>) -> Result<Json<Removed>, ControlError> {
    let removed = world.remove_faults(given(which.customer.as_deref()), given(which.name.as_deref()))?;
    Ok(Json(Removed { removed }))
}

/// Removes one fault rule by its number.
#[utoipa::path(
    delete, path = "/__sandbox/faults/{id}", operation_id = "removeFault", tag = "faults",
    responses((status = 200, body = Removed)),
)]
async fn remove_one(State(world): State<World>, Path(id): Path<String>) -> Result<Json<Removed>, ApiProblem> {
    let known = id.parse().is_ok_and(|id| world.remove_fault(id));
    let unknown = || {
        let message = format!("There is no fault rule {id}. GET /__sandbox/faults lists them.");
        ApiProblem::new(StatusCode::NOT_FOUND, "unknown_fault", message)
    };
    known.then_some(Json(Removed { removed: 1 })).ok_or_else(unknown)
}

/// Lists the classic faults by name: what happens in real life, and what an integration should do.
#[utoipa::path(
    get, path = "/__sandbox/faults/catalogue", operation_id = "readFaultCatalogue", tag = "faults",
    responses((status = 200, body = Catalogue)),
)]
async fn shown_catalogue() -> Json<Catalogue> {
    Json(Catalogue { faults: &CATALOGUE })
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// What a tester may ask for: a rule, or a fault of the catalogue.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = WantedFault, example = json!({"name": "slow_icims"}))]
enum Wanted {
    #[schema(value_type = Fault)]
    Rule(Box<Fault>),
    Named(Named),
}

/// A fault of the catalogue, for a customer or for all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NamedFaultSwitch)]
struct Named {
    /// Its name in the catalogue.
    name: String,
    /// The customer to disturb; without one all are.
    customer: Option<String>,
}

impl Wanted {
    fn read(body: Value) -> Result<Self, String> {
        let help = |error: serde_json::Error| {
            format!(
                "this is no fault rule ({error}): write {{\"name\": \"slow_icims\", \"customer\": \"4021\"}}, or {{\"match\": \
                 {{\"actor\": \"icims\", \"path\": \"/customers/*/people/**\"}}, \"effect\": {{\"kind\": \"status\", \"status\": \
                 500}}, \"times\": 2}}"
            )
        };
        if body.get("effect").is_some() || body.get("match").is_some() {
            return Fault::read(body).map(|fault| Self::Rule(Box::new(fault))).map_err(help);
        }
        serde_json::from_value(body).map(Self::Named).map_err(help)
    }
}

impl World {
    /// The fault rules that are set: those that disturb a customer, or all of them.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn faults(&self, customer: Option<&str>) -> Result<Vec<ListedFault>, ControlError> {
        self.known(customer)?;
        Ok(self.journal().faults().list(customer))
    }

    /// Sets fault rules, all or none of them. Drawing by probability follows from the seed of the process unless a rule has its own.
    ///
    /// # Errors
    /// When a rule makes no sense, its customer is not known, or there is no room.
    pub fn add_faults(&self, faults: Vec<Fault>) -> Result<Vec<ListedFault>, ControlError> {
        for fault in &faults {
            fault.check().map_err(ControlError::BadInput)?;
            self.known(fault.customer.as_deref())?;
        }
        let seeded = |fault: Fault| match (fault.probability, fault.seed) {
            (Some(_), None) => Fault { seed: Some(self.seed()), ..fault },
            _ => fault,
        };
        let faults = faults.into_iter().map(seeded).collect();
        self.journal().faults().add(faults).map_err(|full| ControlError::BadInput(full.to_string()))
    }

    /// Switches a fault of the [`CATALOGUE`] on, for a customer or for all; one that is on already begins anew.
    ///
    /// # Errors
    /// When there is no such fault or customer, or no room.
    pub fn switch_on_fault(&self, name: &str, customer: Option<&str>) -> Result<Vec<ListedFault>, ControlError> {
        let unknown = || {
            let names: Vec<&str> = CATALOGUE.iter().map(|fault| fault.name).collect();
            ControlError::BadInput(format!("there is no fault {name:?} in the catalogue: there are {}", names.join(", ")))
        };
        let rules = NamedFault::find(name).ok_or_else(unknown)?.rules(customer);
        self.known(customer)?;
        let same = |_: FaultId, fault: &Fault| fault.name.as_deref() == Some(name) && fault.customer.as_deref() == customer;
        self.journal().faults().remove(same);
        self.add_faults(rules)
    }

    /// Removes the rules of a customer, of a name, or both; all of them when neither is given. Says how many those were.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn remove_faults(&self, customer: Option<&str>, name: Option<&str>) -> Result<usize, ControlError> {
        self.known(customer)?;
        Ok(self.journal().faults().remove(|_, fault| {
            let same = |wanted: Option<&str>, found: &Option<String>| wanted.is_none() || wanted == found.as_deref();
            same(customer, &fault.customer) && same(name, &fault.name)
        }))
    }

    /// Removes one rule; whether there was one.
    #[must_use]
    pub fn remove_fault(&self, id: FaultId) -> bool {
        self.journal().faults().remove(|other, _| other == id) > 0
    }

    fn known(&self, customer: Option<&str>) -> Result<(), ControlError> {
        customer.map_or(Ok(()), |customer| self.tenant(customer).map(|_| ()))
    }
}

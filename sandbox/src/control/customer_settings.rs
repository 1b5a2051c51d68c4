//! `GET` and `PATCH /__sandbox/customers/{id}`, and the allowlist: how often, from where and in which region a customer's API is called.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::error::ControlError;
use super::world::World;
use crate::engine::Tenant;
use crate::icims::Calls;
use crate::icims::model::NodeId;
use crate::icims::state::{CustomerState, Refusal, Region};

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(read, change)).routes(routes!(read_allowlist, replace_allowlist))
}

/// What a customer of iCIMS is, apart from its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerSettings {
    /// The number of the customer.
    pub customer_id: String,
    /// The company's name.
    pub name: String,
    /// How many API calls a UTC day has.
    pub daily_calls: u64,
    /// Where the data is: `us`, `eu` or `ca`. Tokens must be asked for with the audience of that region.
    pub region: Region,
    /// The audiences that open this customer's API.
    #[schema(value_type = Vec<String>)]
    pub audiences: &'static [&'static str],
    /// The ids of list nodes that are hidden: no page offers them, and they cannot be set by their label.
    pub hidden_nodes: BTreeSet<String>,
    /// How often the API was called.
    pub calls: Calls,
}

/// Changes to the settings of a customer; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsChange {
    /// How many API calls a UTC day has; 0 refuses every call with `429`.
    pub daily_calls: Option<u64>,
    /// Where the data is.
    pub region: Option<Region>,
    /// The ids of the list nodes that are hidden from now on, all others being shown.
    pub hidden_nodes: Option<BTreeSet<String>>,
}

/// Reads the settings of a customer's iCIMS, and how often its API was called.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}", operation_id = "readCustomer", tag = "customers",
    responses((status = 200, body = CustomerSettings)),
)]
async fn read(State(world): State<World>, Path(id): Path<String>) -> Result<Json<CustomerSettings>, ControlError> {
    world.customer_settings(&id).map(Json)
}

/// Changes the daily number of API calls or the region; answers all settings.
#[utoipa::path(
    patch, path = "/__sandbox/customers/{id}", operation_id = "changeCustomer", tag = "customers",
    request_body = SettingsChange, responses((status = 200, body = CustomerSettings)),
)]
async fn change(
    State(world): State<World>,
    Path(id): Path<String>,
    ApiBody(change): ApiBody<SettingsChange>,
) -> Result<Json<CustomerSettings>, ControlError> {
    in_full(async move { world.change_customer(&id, change).await }).await.map(Json)
}

/// The addresses that may call a customer's API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Allowlist {
    /// Addresses and ranges such as `203.0.113.7` or `203.0.113.0/24`; empty lets everybody in.
    allowlist: Vec<String>,
}

/// Reads the addresses that may call a customer's API.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/allowlist", operation_id = "readAllowlist", tag = "customers",
    responses((status = 200, body = Allowlist)),
)]
async fn read_allowlist(State(world): State<World>, Path(id): Path<String>) -> Result<Json<Allowlist>, ControlError> {
    world.allowlist(&id).map(shown).map(Json)
}

/// Replaces the addresses that may call a customer's API; an empty list lets everybody in.
#[utoipa::path(
    put, path = "/__sandbox/customers/{id}/allowlist", operation_id = "replaceAllowlist", tag = "customers",
    request_body = Allowlist, responses((status = 200, body = Allowlist)),
)]
async fn replace_allowlist(
    State(world): State<World>,
    Path(id): Path<String>,
    ApiBody(wanted): ApiBody<Allowlist>,
) -> Result<Json<Allowlist>, ControlError> {
    let ranges = wanted.allowlist.iter().map(|text| range(text)).collect::<Result<Vec<_>, _>>()?;
    in_full(async move { world.set_allowlist(&id, ranges).await }).await.map(shown).map(Json)
}

fn shown(ranges: Vec<IpNet>) -> Allowlist {
    Allowlist { allowlist: ranges.iter().map(ToString::to_string).collect() }
}

const NODES: &str = "ids of list nodes such as C31649";

fn node(id: &str) -> Result<NodeId, ControlError> {
    id.parse().map_err(|_| ControlError::BadInput(format!("{id:?} is no id of a list node: write {NODES}")))
}

/// A range, or an address as the range of itself.
fn range(text: &str) -> Result<IpNet, ControlError> {
    let read: Option<IpNet> = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    read.map(|range| range.trunc()).ok_or_else(|| {
        ControlError::BadInput(format!("{text:?} is no address and no range: write 203.0.113.7 or 203.0.113.0/24"))
    })
}

impl World {
    /// The settings of a customer's iCIMS.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn customer_settings(&self, customer: &str) -> Result<CustomerSettings, ControlError> {
        let shown = |state: &CustomerState| (state.info().clone(), state.hidden_nodes().map(ToString::to_string).collect());
        let (info, hidden_nodes) = self.icims_of(customer)?.read(shown);
        Ok(CustomerSettings {
            customer_id: info.id.to_string(),
            name: info.name,
            daily_calls: info.daily_calls,
            region: info.region,
            audiences: info.region.audiences(),
            hidden_nodes,
            calls: self.icims().calls(info.id),
        })
    }

    /// Changes settings of a customer's iCIMS and answers all of them.
    ///
    /// # Errors
    /// When there is no such customer or no such list node, or the change could not be stored.
    pub async fn change_customer(&self, customer: &str, change: SettingsChange) -> Result<CustomerSettings, ControlError> {
        let hidden = change.hidden_nodes.map(|ids| ids.iter().map(|id| node(id)).collect::<Result<_, _>>()).transpose()?;
        self.icims_of(customer)?
            .write(|state| {
                if let Some(hidden) = &hidden {
                    state.hide_nodes(hidden)?;
                }
                if let Some(calls) = change.daily_calls {
                    state.allow_daily_calls(calls);
                }
                if let Some(region) = change.region {
                    state.move_to_region(region);
                }
                Ok::<_, Refusal>(())
            })
            .await
            .map_err(|refusal| refused(refusal, NODES))?;
        self.customer_settings(customer)
    }

    /// The addresses that may call a customer's API.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn allowlist(&self, customer: &str) -> Result<Vec<IpNet>, ControlError> {
        Ok(self.icims_of(customer)?.read(|state| state.allowlist().to_vec()))
    }

    /// Replaces the addresses that may call a customer's API.
    ///
    /// # Errors
    /// When there is no such customer, there are too many addresses, or the change could not be stored.
    pub async fn set_allowlist(&self, customer: &str, ranges: Vec<IpNet>) -> Result<Vec<IpNet>, ControlError> {
        let tenant = self.icims_of(customer)?;
        tenant.write(|state| state.set_allowlist(ranges)).await.map_err(|refusal| refused(refusal, "at most 200 ranges"))?;
        Ok(tenant.read(|state| state.allowlist().to_vec()))
    }

    /// The iCIMS of a customer that is complete.
    pub(super) fn icims_of(&self, customer: &str) -> Result<Arc<Tenant<CustomerState>>, ControlError> {
        let id = self.tenant(customer)?.customer_id;
        self.icims().customer(id).ok_or_else(|| ControlError::UnknownCustomer(customer.to_owned()))
    }
}

/// A rule's refusal in the words of control; `advice` says what would be accepted.
pub(super) fn refused(refusal: Refusal, advice: &str) -> ControlError {
    match refusal {
        Refusal::Storage(error) => ControlError::Disk(error),
        refusal => {
            let reason = refusal.to_string();
            let reason = reason.trim_end_matches('.');
            ControlError::BadInput(format!("nothing was changed. {reason}. What is accepted: {advice}"))
        }
    }
}

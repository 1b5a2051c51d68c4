//! `GET /__sandbox/fields` and the page of it: which fields of which profile type are read and written, by whom.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ControlError;
use super::pages;
use super::tenants::TenantRecord;
use super::world::World;
use crate::icims::ledger::FieldUse;
use crate::ui::{ApiQuery, Page};

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(fields))
}

/// The page.
pub(super) fn pages() -> Router<World> {
    Router::new().route("/fields", get(shown))
}

/// Which customer; without one the sample customer.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfCustomer {
    /// The customer; the first one if it is left out.
    pub(super) customer: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldUses)]
struct FieldUses {
    /// The customer.
    customer: String,
    /// Each field that was used, by profile type and name.
    fields: Vec<FieldUse>,
}

/// Lists which fields of which profile type were read, searched by and written over the iCIMS API: the list that iCIMS asks vendors for.
#[utoipa::path(
    get, path = "/__sandbox/fields", operation_id = "readFieldUse", tag = "journal",
    params(OfCustomer), responses((status = 200, body = FieldUses)),
)]
async fn fields(State(world): State<World>, ApiQuery(query): ApiQuery<OfCustomer>) -> Result<Json<FieldUses>, ControlError> {
    let tenant = world.chosen(query.customer.as_deref())?;
    Ok(Json(FieldUses { customer: tenant.customer_id.to_string(), fields: world.icims().field_use(tenant.customer_id) }))
}

impl World {
    /// The customer that is named, or the first one.
    pub(super) fn chosen(&self, customer: Option<&str>) -> Result<TenantRecord, ControlError> {
        match customer.map(str::trim).filter(|customer| !customer.is_empty()) {
            Some(customer) => self.tenant(customer),
            None => self.tenants().into_iter().next().ok_or_else(|| ControlError::UnknownCustomer("yet".into())),
        }
    }
}

#[derive(Template)]
#[template(path = "control/fields.html")]
struct FieldsPage {
    customer: String,
    customers: Vec<(String, String)>,
    fields: Vec<FieldUse>,
    csv: String,
}

async fn shown(State(world): State<World>, ApiQuery(query): ApiQuery<OfCustomer>) -> Response {
    let tenant = match world.chosen(query.customer.as_deref()) {
        Ok(tenant) => tenant,
        Err(error) => return pages::problem(error),
    };
    let fields = world.icims().field_use(tenant.customer_id);
    let customers = world.tenants().into_iter().map(|tenant| (tenant.customer_id.to_string(), tenant.name)).collect();
    Page::ok(FieldsPage { customer: tenant.customer_id.to_string(), customers, csv: csv(&fields), fields }).into_response()
}

/// The list as a table that spreadsheets read. Names of fields have neither commas nor quotation marks; names of users might.
fn csv(fields: &[FieldUse]) -> String {
    let mut text = "profile,field,read,searched,written,users\n".to_owned();
    for used in fields {
        let users = used.users.iter().map(String::as_str).collect::<Vec<_>>().join(" ").replace('"', "\"\"");
        let FieldUse { profile, field, read, searched, written, .. } = used;
        text.push_str(&format!("{profile},{field},{read},{searched},{written},\"{users}\"\n"));
    }
    text
}

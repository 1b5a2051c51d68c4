//! `GET /__sandbox/customers/{id}/keys`: addresses and credentials of a customer, for whoever has not kept what its opening answered.

use axum::Json;
use axum::extract::{Path, State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ControlError;
use super::ready::TenantKeys;
use super::world::World;

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Tells addresses and credentials of a customer again, as its opening did.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/keys", operation_id = "readKeys", tag = "customers",
    responses((status = 200, body = TenantKeys)),
)]
async fn read(State(world): State<World>, Path(id): Path<String>) -> Result<Json<TenantKeys>, ControlError> {
    let tenant = world.tenant(&id)?;
    Ok(Json(world.keys(&tenant)))
}

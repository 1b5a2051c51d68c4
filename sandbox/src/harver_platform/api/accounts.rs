//! The account a token belongs to, and the statuses that candidates can have.

use axum::Json;
use serde_json::{Value, json};

use super::guard::Access;
use crate::harver_platform::model::ApplicationStatus;

/// `GET /accounts`: the accounts visible to the token, which is one.
pub(super) async fn list(access: Access) -> Json<Value> {
    let name = access.account.read(|state| state.profile().name.clone());
    Json(json!({"data": [{"type": "accounts", "id": access.id.as_str(), "attributes": {"name": name}}]}))
}

/// `GET /candidate-statuses`.
pub(super) async fn candidate_statuses(_: Access) -> Json<Value> {
    let statuses = ApplicationStatus::ALL;
    let entry = |status: ApplicationStatus| json!({"type": "candidate-statuses", "id": status.as_str(), "attributes": {"name": status.as_str()}});
    Json(json!({"data": statuses.map(entry)}))
}

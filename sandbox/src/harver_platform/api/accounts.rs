//! The account a token belongs to, and the statuses that candidates can have.

use axum::Json;
use serde_json::{Value, json};

use super::guard::Access;
use crate::harver_platform::model::ApplicationStatus;
use crate::reference::{assumed, documented};

/// Lists the accounts visible to the token, which is one.
#[utoipa::path(
    get, path = "/accounts", operation_id = "listAccounts", tag = "accounts",
    responses((status = 200, body = ref("#/components/schemas/Accounts"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.1", "the_token_s_account_and_the_statuses_are_listed")))),
)]
pub(super) async fn list(access: Access) -> Json<Value> {
    let name = access.account.read(|state| state.profile().name.clone());
    Json(json!({"data": [{"type": "accounts", "id": access.id.as_str(), "attributes": {"name": name}}]}))
}

/// Lists the statuses that candidates can have.
#[utoipa::path(
    get, path = "/candidate-statuses", operation_id = "listCandidateStatuses", tag = "accounts",
    responses((status = 200, body = ref("#/components/schemas/CandidateStatuses"))),
    extensions(("x-fidelity" = json!(assumed("harver-platform 9.1", "the_token_s_account_and_the_statuses_are_listed")))),
)]
pub(super) async fn candidate_statuses(_: Access) -> Json<Value> {
    let statuses = ApplicationStatus::ALL;
    let entry = |status: ApplicationStatus| json!({"type": "candidate-statuses", "id": status.as_str(), "attributes": {"name": status.as_str()}});
    Json(json!({"data": statuses.map(entry)}))
}

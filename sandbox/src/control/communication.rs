//! `/__sandbox/customers/{id}/vacancies/{vacancy}/communication`: which mails the platform sends to the candidates of a vacancy.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::error::ControlError;
use super::world::World;
use crate::engine::Tenant;
use crate::harver_platform::model::{CommunicationSet, VacancyId};
use crate::harver_platform::state::{AccountState, Refusal};

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(read, replace))
}

/// Reads which mails the platform sends to the candidates of a vacancy, beside the confirmation code.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/vacancies/{vacancy}/communication", operation_id = "readCommunication", tag = "vendor",
    responses((status = 200, body = CommunicationSet)),
)]
async fn read(
    State(world): State<World>,
    Path((id, vacancy)): Path<(String, String)>,
) -> Result<Json<CommunicationSet>, ControlError> {
    world.communication(&id, &vacancy).map(Json)
}

/// Replaces which mails the platform sends to the candidates of a vacancy; what is left out is off.
#[utoipa::path(
    put, path = "/__sandbox/customers/{id}/vacancies/{vacancy}/communication", operation_id = "replaceCommunication", tag = "vendor",
    request_body = CommunicationSet, responses((status = 200, body = CommunicationSet)),
)]
async fn replace(
    State(world): State<World>,
    Path((id, vacancy)): Path<(String, String)>,
    ApiBody(set): ApiBody<CommunicationSet>,
) -> Result<Json<CommunicationSet>, ControlError> {
    in_full(async move { world.set_communication(&id, &vacancy, set).await }).await.map(Json)
}

impl World {
    /// Which mails the platform sends to the candidates of a vacancy.
    ///
    /// # Errors
    /// When there is no such customer or vacancy.
    pub fn communication(&self, customer: &str, vacancy: &str) -> Result<CommunicationSet, ControlError> {
        let (account, id) = self.vacancy_of(customer, vacancy)?;
        let found = account.read(|state| state.vacancy(&id).map(|vacancy| vacancy.settings.communication));
        found.map_err(|_| unknown(customer, vacancy))
    }

    /// Replaces which mails the platform sends to the candidates of a vacancy.
    ///
    /// # Errors
    /// When there is no such customer or vacancy, or the change could not be stored.
    pub async fn set_communication(
        &self,
        customer: &str,
        vacancy: &str,
        set: CommunicationSet,
    ) -> Result<CommunicationSet, ControlError> {
        let ((account, id), now) = (self.vacancy_of(customer, vacancy)?, self.clock().now());
        let changed = account.write(|state| state.set_communication(&id, set, now)).await;
        changed.map(|()| set).map_err(|refusal| match refusal {
            Refusal::Disk(error) => ControlError::Disk(error),
            Refusal::Unknown(_) | Refusal::Against { .. } => unknown(customer, vacancy),
        })
    }

    /// The platform's account of a customer, and the id that a vacancy there would have.
    fn vacancy_of(&self, customer: &str, vacancy: &str) -> Result<(Arc<Tenant<AccountState>>, VacancyId), ControlError> {
        let account = self.platform().account(&self.tenant(customer)?.account_id);
        let account = account.ok_or_else(|| ControlError::UnknownCustomer(customer.to_owned()))?;
        Ok((account, vacancy.parse().map_err(|_| unknown(customer, vacancy))?))
    }
}

fn unknown(customer: &str, vacancy: &str) -> ControlError {
    ControlError::UnknownVacancy { customer: customer.to_owned(), vacancy: vacancy.to_owned() }
}

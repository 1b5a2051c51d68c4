//! Whether somebody who has completed an assessment may take it once more (row 2).

use super::AtsToHarver;
use super::refusal::Refusal;
use crate::domain::{ApplicationId, Customer, OrderId, OrderState, VacancyId, WorkflowId};
use crate::harver_platform::HarverError;
use crate::neighbour::Kind;
use crate::store::{StoreError, Tx, orders};

/// The completed orders of a workflow beside which others may be recorded, because the vacancy's reapply setting lets its candidate start
/// again (harver-platform.md 5).
///
/// # Errors
/// When the platform does not say: not knowing is no permission.
pub(super) async fn may_start_again(
    work: &AtsToHarver,
    customer: &Customer,
    workflow: WorkflowId,
    vacancies: Vec<VacancyId>,
) -> Result<Vec<OrderId>, Refusal> {
    let id = customer.id;
    let completed = move |tx: &Tx<'_>| -> Result<Vec<(OrderId, ApplicationId)>, StoreError> {
        let mut found = Vec::new();
        for vacancy in &vacancies {
            let live = orders::live(tx, id, workflow, vacancy)?.filter(|order| order.state == OrderState::Completed);
            found.extend(live.and_then(|order| Some((order.id, order.application?))));
        }
        Ok(found)
    };
    let completed = work.store.read(completed).await.map_err(Refusal::Store)?;
    let mut again = Vec::new();
    for (order, application) in completed {
        match work.harver.can_reapply(&customer.harver, &application).await {
            Ok(true) => again.push(order),
            Ok(false) | Err(HarverError { kind: Kind::NotFound, .. }) => {}
            Err(error) => return Err(Refusal::Harver(error.into())),
        }
    }
    Ok(again)
}

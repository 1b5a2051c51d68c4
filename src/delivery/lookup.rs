//! What nearly every job begins with.

use super::JobError;
use crate::domain::{Customer, Order, OrderId};
use crate::store::{self, Store, StoreError, orders};

/// The order that a job is for, and its customer.
///
/// # Errors
/// When the store fails, or the order is gone.
pub async fn order_of_job(store: &Store, order: OrderId) -> Result<(Order, Customer), JobError> {
    let found = store
        .read(move |tx| -> Result<_, StoreError> {
            let Some(order) = orders::get_order(tx, order)? else { return Ok(None) };
            let customer = store::customer(tx, order.customer)?;
            Ok(customer.map(|customer| (order, customer)))
        })
        .await;
    match found {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(JobError::stop("the order or its customer is gone", "The order is no longer known to Harver.")),
        Err(error) => Err(JobError::from_store(&error)),
    }
}

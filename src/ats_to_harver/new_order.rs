//! Recording a new order, in the transaction of whoever orders it.

use jiff::Timestamp;

use super::refusal::Refusal;
use crate::domain::{Order, OrderId, OrderState};
use crate::store::orders::{self, NewOrder};
use crate::store::{StoreError, Tx};

/// Records an order, unless its address is that of another person who has one for this vacancy: the platform, which knows candidates by
/// their address, would hand that person's application to this one.
///
/// # Errors
/// When the address is another person's, there is a live order for the workflow and vacancy, or the store fails.
pub(super) fn record(tx: &Tx<'_>, new: &NewOrder, now: Timestamp) -> Result<OrderId, Refusal> {
    check_address(tx, new)?;
    Ok(orders::insert(tx, new, now)?)
}

/// Whether the platform would take the candidate for nobody else.
///
/// # Errors
/// When the address is another person's, or the store fails.
pub(super) fn check_address(tx: &Tx<'_>, new: &NewOrder) -> Result<(), Refusal> {
    match orders::of_another_person(tx, new)? {
        Some(Order { person, id, state, .. }) => {
            Err(Refusal::SameAddress { person, order: id, completed: state == OrderState::Completed })
        }
        None => Ok(()),
    }
}

/// The order with this number as it is now; it was there a moment ago.
pub(super) fn live(tx: &Tx<'_>, order: OrderId) -> Result<Order, Refusal> {
    let found = orders::get_order(tx, order)?.filter(|order| !order.state.is_abandoned());
    Ok(found.ok_or_else(|| StoreError::Conflict(format!("order {order} has just ended, and the next one")))?)
}

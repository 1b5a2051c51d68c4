//! Neighbours that refuse whatever is asked for the customer: a notice on every page until they take calls again, and the button that has
//! one tried at once.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::access::ConfiguresForm;
use super::page::Failure;
use super::words::{self, Moment};
use super::{Console, HOME};
use crate::domain::{Breaker, CustomerId, Neighbour, Parked};
use crate::store::{StoreError, Tx, breakers};

/// One of them, as pages tell of it.
pub(super) struct Notice {
    pub(super) who: Neighbour,
    pub(super) since: Moment,
    pub(super) next_attempt: Moment,
    pub(super) reason: String,
}

/// Those of a customer.
///
/// # Errors
/// When the store fails.
pub(super) fn notices(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<Notice>, StoreError> {
    let known = breakers::of_customer(tx, customer)?.into_iter();
    let told = known.filter_map(|(who, breaker)| match breaker {
        Breaker::Parked(Parked { since, until, reason, .. }) => {
            Some(Notice { who, since: since.into(), next_attempt: until.into(), reason: words::sentence(&reason) })
        }
        Breaker::Closed { .. } | Breaker::Open { .. } => None,
    });
    Ok(told.collect())
}

/// Has a neighbour tried now: somebody has mended what was wrong.
pub(super) async fn try_now(
    State(console): State<Console>,
    Path(name): Path<String>,
    form: ConfiguresForm,
) -> Result<Response, Failure> {
    let neighbour = Neighbour::named(&name).ok_or(Failure::NotFound)?;
    mended(&console, form.by.session.customer, neighbour).await?;
    Ok(Redirect::to(HOME).into_response())
}

/// Lets the next step try a neighbour that is left alone.
///
/// # Errors
/// When the store fails.
pub(super) async fn mended(console: &Console, customer: CustomerId, neighbour: Neighbour) -> Result<(), StoreError> {
    let now = console.clock.now();
    console.store.write(move |tx| breakers::try_now(tx, customer, neighbour, now)).await
}

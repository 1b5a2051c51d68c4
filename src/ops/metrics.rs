//! What monitoring reads, in the text format of OpenMetrics. It is counted when it is asked for, so that every replica says the same.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Ops;
use crate::domain::Breaker;
use crate::store::{self, StoreError, Tx, breakers, jobs};

/// The media type of the format (OpenMetrics 1.0).
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfNeighbour {
    customer: u64,
    neighbour: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCustomer {
    customer: u64,
}

#[derive(Default)]
struct Measured {
    left_alone: Family<OfNeighbour, Gauge>,
    parked: Family<OfNeighbour, Gauge>,
    due: Family<OfCustomer, Gauge>,
    waiting: Family<OfCustomer, Gauge>,
    dead: Family<OfCustomer, Gauge>,
}

/// Tells how much work there is of each customer, and which neighbours hold it up.
#[utoipa::path(
    get, path = "/metrics", operation_id = "readMetrics", tag = "operations", security(()),
    responses(
        (status = 200, description = "The figures, as Prometheus reads them.", body = String, content_type = "application/openmetrics-text"),
        (status = 503, description = "The store does not answer.", body = String, content_type = "text/plain"),
    ),
)]
pub(super) async fn metrics(State(ops): State<Ops>) -> Response {
    let now = ops.clock.now();
    match ops.store.read(move |tx| measured(tx, now)).await {
        Ok(measured) => ([(header::CONTENT_TYPE, OPEN_METRICS)], written(measured)).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "Nothing could be measured.");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

fn measured(tx: &Tx<'_>, now: Timestamp) -> Result<Measured, StoreError> {
    let measured = Measured::default();
    let (outstanding, dead) = (jobs::outstanding_of_each(tx, now)?, jobs::count_dead_of_each(tx)?);
    for id in store::customer_ids(tx)? {
        let of = OfCustomer { customer: id.get() };
        let set = |gauges: &Family<OfCustomer, Gauge>, number: u64| gauges.get_or_create(&of).set(number.cast_signed());
        let outstanding = outstanding.get(&id).copied().unwrap_or_default();
        set(&measured.due, outstanding.due);
        set(&measured.waiting, outstanding.waiting);
        set(&measured.dead, dead.get(&id).copied().unwrap_or_default());
    }
    for ((id, neighbour), breaker) in breakers::all(tx)? {
        let of = OfNeighbour { customer: id.get(), neighbour: neighbour.name() };
        measured.left_alone.get_or_create(&of).set(breaker.open_until().is_some().into());
        measured.parked.get_or_create(&of).set(matches!(breaker, Breaker::Parked(_)).into());
    }
    Ok(measured)
}

fn written(measured: Measured) -> String {
    let mut registry = Registry::with_prefix("harver_icims");
    registry.register(
        "neighbour_left_alone",
        "Whether calls to a neighbour wait, because it failed, asked for it or is parked",
        measured.left_alone,
    );
    registry.register(
        "neighbour_parked",
        "Whether a neighbour refuses whatever is asked for a customer: somebody has to act",
        measured.parked,
    );
    registry.register("steps_due", "Steps that are due or being worked on", measured.due);
    registry.register("steps_waiting", "Steps that wait for the moment of their next attempt", measured.waiting);
    registry.register("dead_letters", "Steps that were given up and wait for a person", measured.dead);
    let mut text = String::new();
    encode(&mut text, &registry).expect("a text takes whatever is written");
    text
}

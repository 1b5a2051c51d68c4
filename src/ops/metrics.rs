//! What monitoring reads. What is kept in the database is counted when it is asked for, so that every replica says the same; what happens
//! in this process is its [`Meter`](crate::meter::Meter)'s. `docs/deployment.md` has the table of all of it.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;

use super::Ops;
use crate::domain::{Breaker, OrderState};
use crate::meter::Page;
use crate::store::{self, StoreError, Tx, breakers, jobs, orders};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfNeighbour {
    customer: u64,
    neighbour: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    customer: u64,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCustomer {
    customer: u64,
}

/// What the database tells.
#[derive(Default)]
struct Counted {
    left_alone: Family<OfNeighbour, Gauge>,
    parked: Family<OfNeighbour, Gauge>,
    orders: Family<OfState, Gauge>,
    due: Family<OfCustomer, Gauge>,
    oldest_due: Family<OfCustomer, Gauge>,
    waiting: Family<OfCustomer, Gauge>,
    dead: Family<OfCustomer, Gauge>,
}

/// Tells how much work there is of each customer, which neighbours hold it up, and how everything that is done comes out.
#[utoipa::path(
    get, path = "/metrics", operation_id = "readMetrics", tag = "operations", security(()),
    responses(
        (status = 200, description = "The figures, as Prometheus reads them.", body = String, content_type = "application/openmetrics-text"),
        (status = 503, description = "The store does not answer.", body = String, content_type = "text/plain"),
    ),
)]
pub(super) async fn metrics(State(ops): State<Ops>) -> Response {
    let now = ops.clock.now();
    match ops.store.read(move |tx| counted(tx, now)).await {
        Ok(counted) => ([(header::CONTENT_TYPE, Page::MEDIA_TYPE)], page(&ops, counted).text()).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "Nothing could be measured.");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

fn counted(tx: &Tx<'_>, now: Timestamp) -> Result<Counted, StoreError> {
    let counted = Counted::default();
    let (outstanding, dead) = (jobs::outstanding_of_each(tx, now)?, jobs::count_dead_of_each(tx)?);
    for id in store::customer_ids(tx)? {
        let of = OfCustomer { customer: id.get() };
        let set = |gauges: &Family<OfCustomer, Gauge>, number: u64| gauges.get_or_create(&of).set(number.cast_signed());
        let outstanding = outstanding.get(&id).copied().unwrap_or_default();
        set(&counted.due, outstanding.due);
        let oldest_due = outstanding.due_since.map_or(0, |since| now.duration_since(since).as_secs());
        counted.oldest_due.get_or_create(&of).set(oldest_due);
        set(&counted.waiting, outstanding.waiting);
        set(&counted.dead, dead.get(&id).copied().unwrap_or_default());
        for state in OrderState::ALL {
            counted.orders.get_or_create(&OfState { customer: id.get(), state: state.name() }).set(0);
        }
    }
    for (id, state, number) in orders::counts_of_each(tx)? {
        counted.orders.get_or_create(&OfState { customer: id.get(), state: state.name() }).set(number.cast_signed());
    }
    for ((id, neighbour), breaker) in breakers::all(tx)? {
        let of = OfNeighbour { customer: id.get(), neighbour: neighbour.name() };
        counted.left_alone.get_or_create(&of).set(breaker.open_until().is_some().into());
        counted.parked.get_or_create(&of).set(matches!(breaker, Breaker::Parked(_)).into());
    }
    Ok(counted)
}

fn page(ops: &Ops, counted: Counted) -> Page {
    let mut page = Page::new();
    page.add(
        "neighbour_left_alone",
        "Whether calls to a neighbour wait, because it failed, asked for it or is parked",
        counted.left_alone,
    );
    page.add(
        "neighbour_parked",
        "Whether a neighbour refuses whatever is asked for a customer: somebody has to act",
        counted.parked,
    );
    page.add("orders", "Orders by their state", counted.orders);
    page.add("steps_due", "Steps that are due or being worked on", counted.due);
    page.add_seconds("oldest_due_step_age", "For how long the first of the steps that are due has been due", counted.oldest_due);
    page.add("steps_waiting", "Steps that wait for the moment of their next attempt", counted.waiting);
    page.add("dead_letters", "Steps that were given up and wait for a person", counted.dead);
    let failed: Counter = Counter::default();
    failed.inc_by(ops.store.failed_commits());
    page.add("commits_failed", "Commits that failed; what they carried was undone", failed);
    ops.meter.show(&mut page);
    page.add("build", "Which version runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;
    use crate::domain::{JobKind, Neighbour};
    use crate::meter::Meter;
    use crate::store::{SealingKey, Store};

    /// A metric: its name, type, labels and unit.
    type Described = (String, String, BTreeSet<String>, bool);

    /// The page with a value of everything that there can be.
    fn full_page() -> Page {
        let (counted, meter) = (Counted::default(), Meter::default());
        let of_neighbour = OfNeighbour { customer: 1, neighbour: "icims" };
        let of_customer = OfCustomer { customer: 1 };
        counted.left_alone.get_or_create(&of_neighbour).set(1);
        counted.parked.get_or_create(&of_neighbour).set(1);
        counted.orders.get_or_create(&OfState { customer: 1, state: "received" }).set(1);
        for gauges in [&counted.due, &counted.oldest_due, &counted.waiting, &counted.dead] {
            gauges.get_or_create(&of_customer).set(1);
        }
        let customer = "1".parse().expect("digits");
        meter.event_answered(Some(customer), "recorded", Duration::ZERO);
        meter.attempted(customer, JobKind::Sweep, "done", Duration::ZERO);
        drop(meter.calling(Neighbour::Icims, "person"));
        meter.quota_left(customer, Neighbour::Icims, 1);
        let store = Store::in_memory(SealingKey::for_this_process()).expect("a store");
        page(&Ops { store, clock: Clock::real(), meter }, counted)
    }

    /// What the page shows: names as alerts write them, which have the ending of their type.
    fn shown(text: &str) -> BTreeSet<Described> {
        let described = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        let of = |(family, kind): (&str, &str)| {
            let name = match kind {
                "counter" => format!("{family}_total"),
                "info" => format!("{family}_info"),
                _ => family.to_owned(),
            };
            let sample = text.lines().find(|line| !line.starts_with('#') && line.starts_with(family)).expect("a value");
            let labels = sample.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(labels, _)| labels);
            let labels = labels.split(',').filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
            let labels = labels.filter(|label| label != "le").collect();
            (name, kind.to_owned(), labels, text.contains(&format!("# UNIT {family} seconds")))
        };
        described.map(of).collect()
    }

    /// What the table says.
    fn told(page: &str) -> BTreeSet<Described> {
        let rows = page.lines().filter(|line| line.starts_with("| `harver_icims_"));
        let of = |row: &str| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [name, kind, unit, labels, meaning] = cells[..] else { panic!("five cells: {row}") };
            assert!(meaning.len() > 10, "it says what it means: {row}");
            let labels = labels.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            (name.trim_matches('`').to_owned(), kind.to_owned(), labels, unit == "seconds")
        };
        rows.map(of).collect()
    }

    #[test]
    fn the_table_for_operators_and_the_page_have_the_same_metrics() {
        let page = full_page();
        let (shown, told) = (shown(&page.text()), told(include_str!("../../docs/deployment.md")));
        assert_eq!(shown.len(), page.len(), "there is a value of each");
        let missing: Vec<_> = shown.difference(&told).collect();
        assert!(missing.is_empty(), "docs/deployment.md has no row like {missing:#?}");
        let surplus: Vec<_> = told.difference(&shown).collect();
        assert!(surplus.is_empty(), "/metrics has nothing like {surplus:#?}");
    }
}

//! The start page of the port: which customers there are. And the page for addresses that lead nowhere.

use askama::Template;
use axum::extract::State;

use super::desk::{Desk, Refused};
use crate::icims::Icims;
use crate::ui::Page;

#[derive(Template)]
#[template(path = "icims/start.html")]
pub(super) struct Start {
    customers: Vec<(u64, String)>,
}

/// `GET /`
pub(super) async fn show(State(icims): State<Icims>) -> Page<Start> {
    let named = |id| Some((id, icims.customer(id)?.read(|state| state.info().name.clone())));
    Page::ok(Start { customers: icims.customers().into_iter().filter_map(named).collect() })
}

/// Any address below a customer that is no screen.
pub(super) async fn nowhere(desk: Desk) -> Refused {
    let rest = desk.segment("rest").to_owned();
    desk.missing("screen", rest)
}

//! How faithful the simulation is, as a page: every operation, field family, error and event with its mark, evidence and test.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::world::World;
use crate::reference::{Mark, Section};
use crate::ui::Page;

pub(super) fn routes() -> Router<World> {
    Router::new().route("/fidelity", get(page))
}

/// The whole table, both vendors.
#[must_use]
pub fn fidelity() -> Vec<Section> {
    crate::icims::fidelity().into_iter().chain(crate::harver_platform::fidelity()).collect()
}

#[derive(Template)]
#[template(path = "control/fidelity.html")]
struct FidelityPage {
    sections: Vec<Section>,
}

impl FidelityPage {
    /// How many rows have each mark.
    fn counts(&self) -> [(&'static str, usize); 3] {
        let marks = || self.sections.iter().flat_map(|section| &section.rows).filter_map(|row| row.fidelity.as_ref());
        [Mark::Documented, Mark::Observed, Mark::Assumed]
            .map(|mark| (mark.word(), marks().filter(|fidelity| fidelity.mark == mark).count()))
    }

    fn tone(mark: &Mark) -> &'static str {
        match mark {
            Mark::Documented => "good",
            Mark::Observed => "",
            Mark::Assumed => "warn",
        }
    }
}

async fn page() -> Response {
    Page::ok(FidelityPage { sections: fidelity() }).into_response()
}

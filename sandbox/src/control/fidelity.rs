//! How faithful the simulation is, as a page: every operation, field family, error and event with its mark, evidence and test. The
//! evidence has pages of its own, so that a mark leads to the section that it rests on.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::pages;
use super::world::World;
use crate::reference::{Cited, Evidence, Fidelity, Mark, Section, cited};
use crate::ui::Page;

/// Where the pages of the evidence are, by their names.
const EVIDENCE: &str = "/fidelity/evidence";

pub(super) fn routes() -> Router<World> {
    Router::new().route("/fidelity", get(page)).route(&format!("{EVIDENCE}/{{page}}"), get(evidence))
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

    /// The source of a mark in pieces, each with the address of the section that it names.
    fn source(fidelity: &Fidelity) -> Vec<(&str, Option<String>)> {
        let address = |(page, anchor): (&str, &str)| format!("{EVIDENCE}/{page}#{anchor}");
        cited(&fidelity.source).into_iter().map(|Cited { text, section }| (text, section.map(address))).collect()
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

#[derive(Template)]
#[template(path = "control/evidence.html")]
struct EvidencePage {
    evidence: &'static Evidence,
}

async fn evidence(Path(page): Path<String>) -> Response {
    match Evidence::named(&page) {
        Some(evidence) => Page::ok(EvidencePage { evidence }).into_response(),
        None => pages::no_such_page().await.into_response(),
    }
}

//! The fidelity table of iCIMS, gathered from the places where its behaviour is defined.

use super::{api, events, openapi, schema};
use crate::reference::{Section, operations};

/// Operations, fields, errors and events with their marks.
#[must_use]
pub fn fidelity() -> Vec<Section> {
    vec![
        Section {
            title: "iCIMS: operations",
            about: "Everything else is refused by name with 501.",
            rows: operations(openapi()),
        },
        Section { title: "iCIMS: access", about: "Who may call the API, how often and from where.", rows: api::access_rows() },
        Section {
            title: "iCIMS: onboarding workflows",
            about: "What comes after the hiring: read and changed, and made by the hiring itself.",
            rows: api::onboarding_rows(),
        },
        Section {
            title: "iCIMS: fields",
            about: "Families of fields by what they hold, and what a read without `fields` shows.",
            rows: schema::fidelity_rows(),
        },
        Section {
            title: "iCIMS: error codes",
            about: "Numbers in `errorCode` and in the header lines. The official table is longer than what could be read of it.",
            rows: api::code_rows(),
        },
        Section { title: "iCIMS: events", about: "What the vendor is told.", rows: events::event_rows() },
        Section { title: "iCIMS: effects of events", about: "What the vendor's answers lead to.", rows: events::effect_rows() },
    ]
}

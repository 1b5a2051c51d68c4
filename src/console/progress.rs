//! The section ATS to Harver: who selects packages, and whether iCIMS hears that an assessment is in progress (promises G14 and G15).

use askama::Template;

use super::form::Fields;
use super::page::{Failure, Section, Shell};
use super::settings_form::{SettingsForm, View, mark};
use crate::settings::{Document, Problems};
use crate::store::Tx;

#[derive(Template)]
#[template(path = "console/pages/ats_to_harver_section.html")]
pub(super) struct AtsToHarver {
    shell: Shell,
    multi_phase: bool,
    /// Why multi-phased assessments cannot be switched on.
    not_available: Option<String>,
    reports_progress: bool,
    problems: Problems,
}

impl SettingsForm for AtsToHarver {
    const PATH: &'static str = "/console/ats-to-harver";
    const SECTION: Section = Section::AtsToHarver;

    fn document(fields: &Fields) -> Document {
        Document {
            // A box that cannot be ticked is not sent, and says nothing.
            multi_phase: fields.ticked("multi_phase_offered").then(|| fields.ticked("multi_phase")),
            reports_progress: Some(fields.ticked("reports_progress")),
            ..Document::default()
        }
    }

    fn page(view: View, _: &Tx<'_>) -> Result<Self, Failure> {
        let View { console, shell, customer, shown, problems } = view;
        let wanted = Document { multi_phase: Some(true), ..Document::default() };
        let refused = console.rules().change(&wanted, &customer, console.clock.now()).err();
        Ok(Self {
            shell,
            multi_phase: shown.multi_phase.unwrap_or(customer.multi_phase),
            not_available: refused.and_then(|problems| problems.at("multi_phase").map(str::to_owned)),
            reports_progress: shown.reports_progress.unwrap_or(customer.reports_progress),
            problems,
        })
    }
}

impl AtsToHarver {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

//! The section ATS to Harver: who selects packages, and whether iCIMS hears that an assessment is in progress (promises G14 and G15).

use askama::Template;
use serde::Deserialize;

use super::form::Ticked;
use super::page::{Failure, Section, Shell};
use super::settings_form::{SettingsForm, View, mark};
use crate::settings::{Document, Problems};
use crate::store::Tx;

#[derive(Template)]
#[template(path = "console/pages/ats_to_harver_section.html")]
pub(super) struct AtsToHarver {
    shell: Shell,
    multi_phase: bool,
    reports_progress: bool,
    reports_sent: bool,
    problems: Problems,
}

/// The form of the section.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ProgressForm {
    multi_phase: Ticked,
    reports_progress: Ticked,
    reports_sent: Ticked,
}

impl SettingsForm for AtsToHarver {
    const PATH: &'static str = "/console/ats-to-harver";
    const SECTION: Section = Section::AtsToHarver;

    type Form = ProgressForm;

    fn document(form: &ProgressForm) -> Document {
        Document {
            multi_phase: Some(form.multi_phase.0),
            reports_progress: Some(form.reports_progress.0),
            reports_sent: Some(form.reports_sent.0),
            ..Document::default()
        }
    }

    fn page(view: View, _: &Tx<'_>) -> Result<Self, Failure> {
        let View { shell, customer, shown, problems, .. } = view;
        Ok(Self {
            shell,
            multi_phase: shown.multi_phase.unwrap_or(customer.multi_phase),
            reports_progress: shown.reports_progress.unwrap_or(customer.reports_progress),
            reports_sent: shown.reports_sent.unwrap_or(customer.reports_sent),
            problems,
        })
    }
}

impl AtsToHarver {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

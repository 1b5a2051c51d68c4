//! The section Harver to ATS: the status values that iCIMS is told, and the one report it is given (promises G16 and G17).

use askama::Template;
use axum::response::Redirect;
use serde::Deserialize;

use super::access::Configures;
use super::form::{Text, Ticked};
use super::page::{Failure, Section, Shell};
use super::settings_form::{SettingsForm, View, mark};
use crate::domain::{AtsField, ReportType, ResultStatuses};
use crate::settings::{Document, Problems, ReportDocument, StatusesDocument};
use crate::store::Tx;

/// Tab Assessments.
#[derive(Template)]
#[template(path = "console/pages/assessments.html")]
pub(super) struct Assessments {
    shell: Shell,
    complete: String,
    in_progress: String,
    incomplete: String,
    defaults: ResultStatuses,
    problems: Problems,
}

/// Tab Reports.
#[derive(Template)]
#[template(path = "console/pages/reports.html")]
pub(super) struct Reports {
    shell: Shell,
    kind: String,
    ats_field: String,
    default_field: AtsField,
    problems: Problems,
}

/// The status values that are typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StatusesForm {
    complete: Text,
    in_progress: Text,
    incomplete: Text,
    /// Sent with the other button: whatever was typed, those that iCIMS delivers are wanted.
    restore_defaults: Ticked,
}

/// The report that is chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ReportForm {
    report_type: Text,
    ats_field: Text,
    /// Sent with the other button: whatever was typed, the field that iCIMS delivers is wanted.
    restore_defaults: Ticked,
}

/// The section opens at its first tab.
pub(super) async fn first_tab(_: Configures) -> Redirect {
    Redirect::to(Assessments::PATH)
}

impl SettingsForm for Assessments {
    const PATH: &'static str = "/console/harver-to-ats/assessments";
    const SECTION: Section = Section::HarverToAts;

    type Form = StatusesForm;

    fn document(form: &StatusesForm) -> Document {
        let typed = || StatusesDocument {
            in_progress: form.in_progress.as_setting(),
            complete: form.complete.as_setting(),
            incomplete: form.incomplete.as_setting(),
        };
        let statuses = if form.restore_defaults.0 { delivered() } else { typed() };
        Document { statuses: Some(statuses), ..Document::default() }
    }

    fn page(view: View, _: &Tx<'_>) -> Result<Self, Failure> {
        let statuses = view.shown.statuses.unwrap_or_default();
        Ok(Self {
            shell: view.shell,
            complete: statuses.complete.unwrap_or_default(),
            in_progress: statuses.in_progress.unwrap_or_default(),
            incomplete: statuses.incomplete.unwrap_or_default(),
            defaults: ResultStatuses::default(),
            problems: view.problems,
        })
    }
}

impl Assessments {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

/// What iCIMS delivers to every tenant.
fn delivered() -> StatusesDocument {
    let ResultStatuses { in_progress, complete, incomplete } = ResultStatuses::default();
    let text = |node: crate::domain::ListNodeId| Some(node.to_string());
    StatusesDocument { in_progress: text(in_progress), complete: text(complete), incomplete: text(incomplete) }
}

impl SettingsForm for Reports {
    const PATH: &'static str = "/console/harver-to-ats/reports";
    const SECTION: Section = Section::HarverToAts;

    type Form = ReportForm;

    fn document(form: &ReportForm) -> Document {
        let delivered = || Some(AtsField::default().to_string());
        let ats_field = if form.restore_defaults.0 { delivered() } else { form.ats_field.as_setting() };
        Document { report: Some(ReportDocument { kind: form.report_type.as_setting(), ats_field }), ..Document::default() }
    }

    fn page(view: View, _: &Tx<'_>) -> Result<Self, Failure> {
        let report = view.shown.report.unwrap_or_default();
        Ok(Self {
            shell: view.shell,
            kind: report.kind.unwrap_or_default(),
            ats_field: report.ats_field.unwrap_or_default(),
            default_field: AtsField::default(),
            problems: view.problems,
        })
    }
}

impl Reports {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

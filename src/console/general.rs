//! The section General: patterns, statuses, company, and the toggle (promises G10, G18 and G19).

use askama::Template;
use serde::Deserialize;

use super::form::{Text, Ticked};
use super::page::{Failure, Section, Shell};
use super::settings_form::{SettingsForm, View, in_one_line, items, mark};
use crate::checks::{Check, Outcome, Report};
use crate::domain::{Customer, Instance, OrderState, Pattern};
use crate::settings::{Document, Problems};
use crate::store::{StoreError, Tx, orders};

#[derive(Template)]
#[template(path = "console/pages/general.html")]
pub(super) struct General {
    pub(super) shell: Shell,
    pub(super) toggle: Toggle,
    patterns: Vec<String>,
    trigger_statuses: String,
    ended_statuses: String,
    event_sources: String,
    instance: String,
    name: String,
    return_url: String,
    problems: Problems,
}

/// The switch and what it has just done.
pub(super) struct Toggle {
    pub(super) enabled: bool,
    /// How many assessments are under way.
    pub(super) under_way: u64,
    /// What came of the checks, when somebody has just wanted to enable the integration.
    pub(super) report: Option<Report>,
    /// Why the integration was not enabled, when it is not for the checks.
    pub(super) refusal: Option<String>,
    /// It was switched off just now.
    pub(super) just_disabled: bool,
}

/// The form of the section.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct GeneralForm {
    pattern_inline: Ticked,
    pattern_ad_hoc: Ticked,
    trigger_statuses: Text,
    ended_statuses: Text,
    event_sources: Text,
    instance: Text,
    name: Text,
    return_url: Text,
}

impl SettingsForm for General {
    const PATH: &'static str = "/console/general";
    const SECTION: Section = Section::General;

    type Form = GeneralForm;

    fn document(form: &GeneralForm) -> Document {
        let boxes = [(Pattern::Inline, &form.pattern_inline), (Pattern::AdHoc, &form.pattern_ad_hoc)];
        let chosen = boxes.into_iter().filter(|(_, ticked)| ticked.0);
        Document {
            patterns: Some(chosen.map(|(pattern, _)| pattern.name().to_owned()).collect()),
            trigger_statuses: Some(items(&form.trigger_statuses)),
            ended_statuses: Some(items(&form.ended_statuses)),
            event_sources: Some(items(&form.event_sources)),
            instance: form.instance.as_setting(),
            name: form.name.as_setting(),
            return_url: form.return_url.as_setting(),
            ..Document::default()
        }
    }

    fn page(view: View, tx: &Tx<'_>) -> Result<Self, Failure> {
        let View { shell, customer, shown, problems, .. } = view;
        Ok(Self {
            shell,
            toggle: Toggle::of(&customer, tx)?,
            trigger_statuses: in_one_line(shown.trigger_statuses.as_ref()),
            ended_statuses: in_one_line(shown.ended_statuses.as_ref()),
            event_sources: in_one_line(shown.event_sources.as_ref()),
            patterns: shown.patterns.unwrap_or_default(),
            instance: shown.instance.unwrap_or_default(),
            name: shown.name.unwrap_or_default(),
            return_url: shown.return_url.unwrap_or_default(),
            problems,
        })
    }
}

impl General {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }

    fn is_chosen(&self, pattern: Pattern) -> bool {
        self.patterns.iter().any(|name| name == pattern.name())
    }
}

impl Toggle {
    fn of(customer: &Customer, tx: &Tx<'_>) -> Result<Self, StoreError> {
        let under_way = orders::counts(tx, customer.id)?.into_iter().filter(|(state, _)| is_under_way(*state));
        let under_way = under_way.map(|(_, number)| number).sum();
        Ok(Self { enabled: customer.enabled, under_way, report: None, refusal: None, just_disabled: false })
    }

    /// An outcome with its word, its colour and its name for machines.
    fn word(outcome: &Outcome) -> (&'static str, &'static str, &'static str) {
        match outcome {
            Outcome::Passed => ("Passed", "good", "passed"),
            Outcome::Warning => ("Warning", "warn", "warning"),
            Outcome::Failed => ("Failed", "bad", "failed"),
        }
    }

    fn failed(&self) -> usize {
        let failed = |check: &&Check| check.outcome == Outcome::Failed;
        self.report.as_ref().map_or(0, |report| report.checks.iter().filter(failed).count())
    }
}

fn is_under_way(state: OrderState) -> bool {
    match state {
        OrderState::Received | OrderState::Invited | OrderState::InProgress => true,
        OrderState::Completed | OrderState::Failed | OrderState::Expired | OrderState::Cancelled => false,
    }
}

//! What a candidate had typed when the session had ended. The portal asks who it is, then shows the form as it was left; it sends nothing
//! by itself, so that whoever is at the browser decides again.
//!
//! It travels in hidden fields of the log-in form and is kept nowhere else. A chosen file cannot travel: browsers fill no file field.

use crate::icims::pages::form::Given;

/// The steps of an application that take something typed.
const STEPS: [&str; 2] = ["profile", "questions"];
/// What is typed there. The e-mail is asked for again, and there is no password.
const FIELDS: [&str; 5] = ["firstname", "lastname", "phone", "source", "sourcename"];
/// The name of the hidden field that says which step it was, and what the names of the others begin with.
const KEPT: &str = "kept";

/// A form that was filled in and not taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// The step it belongs to; empty if nothing was typed.
    pub(super) step: &'static str,
    pub(super) form: Given,
}

impl Kept {
    /// The form of a step.
    pub(super) fn of(step: &'static str, form: Given) -> Self {
        Self { step, form }
    }

    /// What the log-in form carries along.
    pub(super) fn carried(login: &Given) -> Self {
        let Some(step) = STEPS.into_iter().find(|step| *step == login.text(KEPT)) else { return Self::default() };
        let mut form = Given::default();
        for name in FIELDS {
            form.add(name.to_owned(), login.text(&format!("{KEPT}-{name}")).to_owned());
        }
        Self { step, form }
    }

    /// The hidden fields that carry it.
    pub(super) fn hidden(&self) -> Vec<(String, String)> {
        if self.step.is_empty() {
            return Vec::new();
        }
        let typed = FIELDS.into_iter().map(|name| (format!("{KEPT}-{name}"), self.form.text(name).to_owned()));
        let mut hidden = vec![(KEPT.to_owned(), self.step.to_owned())];
        hidden.extend(typed.filter(|(_, value)| !value.is_empty()));
        hidden
    }
}

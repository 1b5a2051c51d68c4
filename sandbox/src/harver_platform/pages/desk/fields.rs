//! What people type about a vacancy, read field by field, and shown again with a message where something is wrong.

use std::collections::BTreeMap;

use crate::harver_platform::model::NewVacancy;
use crate::harver_platform::state::{DESCRIPTION_LIMIT, TITLE_LIMIT};
use crate::ui::{Field, Given};

/// What is wrong, by the name of the field.
#[derive(Debug, Default)]
pub(super) struct Faults(BTreeMap<String, String>);

impl Faults {
    /// Says what is wrong with a field; what was said first counts.
    pub(super) fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.entry(field.into()).or_insert_with(|| message.into());
    }

    /// What is wrong with a field; empty if nothing is.
    pub(super) fn of(&self, field: &str) -> String {
        self.0.get(field).cloned().unwrap_or_default()
    }

    /// Whether anything is wrong.
    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// One line of text, which may have to be there.
    pub(super) fn line(&mut self, form: &Given, name: &str, limit: usize, required: bool) -> String {
        let text = form.text(name);
        if required && text.is_empty() {
            self.add(name, "Fill this in.");
        }
        if text.chars().any(char::is_control) {
            self.add(name, "Write one line of text.");
        }
        self.length(name, text, limit);
        text.to_owned()
    }

    /// Several lines of text.
    pub(super) fn text(&mut self, form: &Given, name: &str, limit: usize) -> String {
        self.length(name, form.text(name), limit);
        form.text(name).to_owned()
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, form: &Given, name: &str, bounds: std::ops::RangeInclusive<u16>) -> u16 {
        match form.text(name).parse::<u16>().ok().filter(|number| bounds.contains(number)) {
            Some(number) => number,
            None => {
                self.add(name, format!("Write a whole number from {} to {}.", bounds.start(), bounds.end()));
                0
            }
        }
    }

    fn length(&mut self, name: &str, text: &str, limit: usize) {
        let count = text.chars().count();
        if count > limit {
            self.add(name, format!("This has {count} characters; at most {limit} are kept."));
        }
    }
}

/// The texts that every vacancy has.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    internal_title: String,
    public_title: String,
    description: String,
    location: String,
}

impl Texts {
    /// As they are.
    pub(super) fn of(settings: &NewVacancy) -> Self {
        let NewVacancy { internal_title, public_title, description, location, .. } = settings.clone();
        Self { internal_title, public_title, description, location }
    }

    /// As they were typed. Without a public title, candidates read the internal one.
    pub(super) fn read(form: &Given, faults: &mut Faults) -> Self {
        Self {
            internal_title: faults.line(form, "internal_title", TITLE_LIMIT, true),
            public_title: faults.line(form, "public_title", TITLE_LIMIT, false),
            description: faults.text(form, "description", DESCRIPTION_LIMIT),
            location: faults.line(form, "location", TITLE_LIMIT, false),
        }
    }

    /// Writes them into a vacancy.
    pub(super) fn apply(self, settings: &mut NewVacancy) {
        let Self { internal_title, public_title, description, location } = self;
        settings.public_title = if public_title.is_empty() { internal_title.clone() } else { public_title };
        (settings.internal_title, settings.description, settings.location) = (internal_title, description, location);
    }

    /// The lines of a form for them.
    pub(super) fn fields(&self, faults: &Faults) -> Vec<Field> {
        let field =
            |kind, name: &str, label: &str, value: &str| Field::new(kind, name, label).value(value).error(faults.of(name));
        vec![
            field("text", "internal_title", "Internal title", &self.internal_title)
                .required()
                .hint("Recruiters read it, and it is part of the package label in iCIMS."),
            field("text", "public_title", "Public title", &self.public_title)
                .hint("Candidates read it. Left empty, they read the internal one."),
            field("long", "description", "Description", &self.description).hint("Candidates read it on the landing page."),
            field("text", "location", "Location", &self.location),
        ]
    }
}

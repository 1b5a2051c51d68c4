//! What visitors type: reading it without ever refusing to, and showing it again with a message at the field.

use std::collections::{BTreeSet, HashMap};

/// The values of a submitted form or of a query string by name, in order. Unknown names are ignored by whoever reads them.
#[derive(Clone, Debug, Default)]
pub struct Given(HashMap<String, Vec<String>>);

impl Given {
    /// Reads `name=value&…`; bytes that are no text are replaced.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        let mut values = HashMap::<String, Vec<String>>::new();
        for (name, value) in url::form_urlencoded::parse(encoded).into_owned() {
            values.entry(name).or_default().push(value);
        }
        Self(values)
    }

    /// One more value.
    pub fn add(&mut self, name: String, value: String) {
        self.0.entry(name).or_default().push(value);
    }

    /// The first value with this name, without the white space around it; empty if there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Whether a check box of this name was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Every value with this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.0.get(name).into_iter().flatten().map(|value| value.trim())
    }

    /// Every value with this name that is a number, each once, in the order given.
    #[must_use]
    pub fn ids(&self, name: &str) -> Vec<u64> {
        let mut seen = BTreeSet::new();
        self.all(name).filter_map(|value| value.parse().ok()).filter(|id| seen.insert(*id)).collect()
    }
}

/// One line of a form.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its name, which is also its element id.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// The HTML input type, or `long` for several lines.
    pub kind: &'static str,
    /// What is in it.
    pub value: String,
    /// What is wrong with it; empty if nothing is.
    pub error: String,
    /// What to know of a value that was taken all the same; empty if there is nothing.
    pub warning: String,
    /// What helps to fill it in.
    pub hint: &'static str,
    /// Whether it has to be filled in.
    pub required: bool,
    /// What browsers may fill in.
    pub autocomplete: &'static str,
    /// Which files a field for a file offers.
    pub accept: &'static str,
}

impl Field {
    /// A line of text. `kind` is the HTML input type, or `long` for several lines.
    #[must_use]
    pub fn new(kind: &'static str, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), kind, autocomplete: "off", ..Self::default() }
    }

    /// It has to be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Says what helps to fill it in.
    #[must_use]
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// Says what browsers may fill in.
    #[must_use]
    pub fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// Fills it in.
    #[must_use]
    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// Says what is wrong with it.
    #[must_use]
    pub fn error(self, error: impl Into<String>) -> Self {
        Self { error: error.into(), ..self }
    }

    /// Says what to know of a value that was taken all the same.
    #[must_use]
    pub fn warning(self, warning: impl Into<String>) -> Self {
        Self { warning: warning.into(), ..self }
    }

    /// Whether the field has room for several lines.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.kind == "long"
    }

    /// The ids of hint and messages, for `aria-describedby`.
    #[must_use]
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.name));
        let warning = (!self.warning.is_empty()).then(|| format!("{}-warning", self.name));
        hint.into_iter().chain(error).chain(warning).collect::<Vec<_>>().join(" ")
    }
}

/// One entry of a list to choose from.
#[derive(Clone, Debug)]
pub struct Choosable {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is the one.
    pub chosen: bool,
}

impl Choosable {
    /// One entry, chosen if its value is this one.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        let chosen = value == chosen;
        Self { value, label: label.into(), chosen }
    }
}

/// A list of which one entry is chosen, or, as a field of packages, several.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Its name, which is also its element id.
    pub name: &'static str,
    /// What it is called.
    pub label: String,
    /// What helps to choose.
    pub hint: &'static str,
    /// What is wrong with it; empty if nothing is.
    pub error: String,
    /// What there is to choose.
    pub options: Vec<Choosable>,
}

/// A switch.
#[derive(Clone, Debug)]
pub struct Flag {
    /// Its name, which is also its element id.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it does.
    pub hint: &'static str,
    /// Whether it is on.
    pub on: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_kept_in_order_and_numbers_once() {
        let given = Given::parse(b"workflow=3&workflow=1&workflow=3&workflow=x&q=+Ana+");
        assert_eq!(given.ids("workflow"), [3, 1]);
        assert_eq!(given.text("q"), "Ana");
        assert_eq!(given.text("absent"), "");
    }

    #[test]
    fn bytes_that_are_no_text_are_read_all_the_same() {
        assert_eq!(Given::parse(b"q=%ff%00&&=").text("absent"), "");
    }
}

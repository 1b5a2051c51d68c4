//! What visitors type: reading it without ever refusing to, and showing it again with a message at the field.

use std::collections::{BTreeSet, HashMap};

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::ui::{Page, Problem};

/// The longest form that is read, in bytes; a job with every field filled in stays far below it.
pub(super) const FORM_LIMIT: usize = 256 * 1024;

/// The values of a submitted form or of a query string by name, in order. Unknown names are ignored by whoever reads them.
#[derive(Clone, Debug, Default)]
pub(super) struct Given(HashMap<String, Vec<String>>);

impl Given {
    fn parse(encoded: &[u8]) -> Self {
        let mut values = HashMap::<String, Vec<String>>::new();
        for (name, value) in url::form_urlencoded::parse(encoded).into_owned() {
            values.entry(name).or_default().push(value);
        }
        Self(values)
    }

    /// One more value.
    pub(super) fn add(&mut self, name: String, value: String) {
        self.0.entry(name).or_default().push(value);
    }

    /// The first value with this name, without the white space around it; empty if there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Whether a check box of this name was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Every value with this name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.0.get(name).into_iter().flatten().map(|value| value.trim())
    }

    /// Every value with this name that is a number, each once, in the order given.
    pub(super) fn ids(&self, name: &str) -> Vec<u64> {
        let mut seen = BTreeSet::new();
        self.all(name).filter_map(|value| value.parse().ok()).filter(|id| seen.insert(*id)).collect()
    }
}

/// A submitted form.
#[derive(Debug)]
pub(super) struct Submitted(pub(super) Given);

impl<S: Send + Sync> FromRequest<S> for Submitted {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        match axum::body::to_bytes(request.into_body(), FORM_LIMIT).await {
            Ok(body) => Ok(Self(Given::parse(&body))),
            Err(_) => Err(Page(
                StatusCode::PAYLOAD_TOO_LARGE,
                Problem {
                    product: "icims",
                    title: "That was too much".into(),
                    message: "The form is larger than 256 KiB or was cut short. Nothing was changed; shorten it and try again."
                        .into(),
                    way_back: ("Back to the start".into(), "/".into()),
                },
            )
            .into_response()),
        }
    }
}

/// What stands in the address after the question mark.
#[derive(Debug)]
pub(super) struct Asked(pub(super) Given);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Given::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// One line of a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) error: String,
    /// What to know of a value that was taken all the same.
    pub(super) warning: String,
    pub(super) hint: &'static str,
    pub(super) required: bool,
    pub(super) autocomplete: &'static str,
    /// Which files a field for a file offers.
    pub(super) accept: &'static str,
}

impl Field {
    /// A line of text. `kind` is the HTML input type, or `long` for several lines.
    pub(super) fn new(kind: &'static str, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), kind, autocomplete: "off", ..Self::default() }
    }

    pub(super) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    pub(super) fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    pub(super) fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub(super) fn error(self, error: impl Into<String>) -> Self {
        Self { error: error.into(), ..self }
    }

    pub(super) fn warning(self, warning: impl Into<String>) -> Self {
        Self { warning: warning.into(), ..self }
    }

    /// Whether the field has room for several lines.
    pub(super) fn is_long(&self) -> bool {
        self.kind == "long"
    }

    /// The ids of hint and messages, for `aria-describedby`.
    pub(super) fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.name));
        let warning = (!self.warning.is_empty()).then(|| format!("{}-warning", self.name));
        hint.into_iter().chain(error).chain(warning).collect::<Vec<_>>().join(" ")
    }
}

/// One entry of a list to choose from.
#[derive(Clone, Debug)]
pub(super) struct Choosable {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

impl Choosable {
    pub(super) fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        let chosen = value == chosen;
        Self { value, label: label.into(), chosen }
    }
}

/// A list of which one entry is chosen, or, as a field of packages, several.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) hint: &'static str,
    pub(super) error: String,
    pub(super) options: Vec<Choosable>,
}

/// A switch.
#[derive(Clone, Debug)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) on: bool,
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

//! Forms as they arrive: names and texts, nothing interpreted yet.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, RawForm, Request};
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::page::Failure;

/// The fields of a form. Not printable: some of them are secrets.
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads what browsers send. Any text is a form; what is missing is empty.
    fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The text of a field as it was typed.
    pub(super) fn exact(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// All fields, in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Whether a box was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        !self.exact(name).is_empty()
    }

    /// The text of a field without the blanks around it.
    pub(super) fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let RawForm(body) = RawForm::from_request(request, state).await.map_err(|_| Failure::NotAForm)?;
        Ok(Self::read(&body))
    }
}

/// The moment that was typed into a field for one. Browsers leave the zone away; it is UTC here.
pub(super) fn moment(typed: &str) -> Option<Timestamp> {
    let without_zone = || typed.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    typed.parse().ok().or_else(|| without_zone().map(|moment| moment.timestamp()))
}

/// What stands behind the question mark of an address, read like a form. Whatever stands there is fine.
pub(super) struct Asked(pub(super) Fields);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Fields::read(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

#[cfg(test)]
impl From<&[(&str, &str)]> for Fields {
    fn from(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_decoded_and_missing_ones_are_empty() {
        let fields = Fields::read(b"email=+ines%40example.org+&password=a%26b+");
        assert_eq!(fields.text("email"), "ines@example.org");
        assert_eq!(fields.exact("password"), "a&b ");
        assert_eq!(fields.text("next"), "");
    }

    #[test]
    fn a_moment_without_a_zone_is_utc() {
        for (typed, read) in [
            ("2026-03-06T08:30", Some("2026-03-06T08:30:00Z")),
            ("2026-03-06T08:30:15", Some("2026-03-06T08:30:15Z")),
            ("2026-03-06T08:30:00Z", Some("2026-03-06T08:30:00Z")),
            ("2026-03-06T08:30:00+01:00", Some("2026-03-06T07:30:00Z")),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(moment(typed).map(|moment| moment.to_string()).as_deref(), read, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_form(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Fields::read(&body);
        }
    }
}

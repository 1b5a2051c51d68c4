//! Forms and queries as they arrive. Each is a struct beside its handler, with the fields that its page has; serde reads it.
//!
//! Nothing that a browser sends is refused for its shape: what is missing is empty, what nobody knows is left aside, and of a field that
//! comes twice the last one counts. For that, a struct derives `Default`, says `#[serde(default)]`, and holds the types below, which take
//! any text; `form_names` holds the structs to it, and their fields to the pages.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, RawForm, Request};
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::value::{Error, MapDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

use super::page::Failure;

/// The fields of any form, by name. Not printable: some of them are secrets.
pub(super) struct Fields(BTreeMap<String, String>);

/// What stands behind the question mark of an address, read like a form.
pub(super) struct Asked<F>(pub(super) F);

/// A form in which nothing can be typed.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct NoFields {}

/// The text of a field without the blanks around it.
#[derive(Default)]
pub(super) struct Text(String);

/// Whether a box was ticked, or a button of several was the one.
#[derive(Default)]
pub(super) struct Ticked(pub(super) bool);

/// What the text of a field stands for, such as a number; nothing when it stands for none.
pub(super) struct Meant<T>(pub(super) Option<T>);

impl Fields {
    /// Reads what browsers send. Any text is a form.
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// All fields, in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The form that they are.
    ///
    /// # Errors
    /// When the struct holds what not every text is, which none of ours does. The cause is left out: it quotes what was typed.
    pub(super) fn read<F: DeserializeOwned>(&self) -> Result<F, Failure> {
        F::deserialize(MapDeserializer::<_, Error>::new(self.iter())).map_err(|_| Failure::NotAForm)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let RawForm(body) = RawForm::from_request(request, state).await.map_err(|_| Failure::NotAForm)?;
        Ok(Self::parse(&body))
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl<S: Sync, F: DeserializeOwned> FromRequestParts<S> for Asked<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()).read().map(Self)
    }
}

impl Text {
    /// What was typed, as a setting that is to be changed: nothing typed is an empty one.
    pub(super) fn as_setting(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

impl From<String> for Text {
    fn from(typed: String) -> Self {
        Self(typed.trim().to_owned())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        String::deserialize(field).map(Self::from)
    }
}

impl<'de> Deserialize<'de> for Ticked {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        Ok(Self(!String::deserialize(field)?.is_empty()))
    }
}

impl<T> Default for Meant<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Meant<T> {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        Ok(Self(Text::deserialize(field)?.parse().ok()))
    }
}

/// The moment that was typed into a field for one. Browsers leave the zone away; it is UTC here.
pub(super) fn moment(typed: &str) -> Option<Timestamp> {
    let without_zone = || typed.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    typed.parse().ok().or_else(|| without_zone().map(|moment| moment.timestamp()))
}

#[cfg(test)]
impl From<&[(&str, &str)]> for Fields {
    fn from(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret, SecretString};

    use super::*;

    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Sample {
        email: Text,
        password: SecretString,
        next: Text,
        remember: Ticked,
        before: Meant<u8>,
    }

    fn sample(body: &[u8]) -> Sample {
        Fields::parse(body).read().expect("any text is a form")
    }

    #[test]
    fn fields_are_decoded_and_missing_ones_are_empty() {
        let read = sample(b"email=+ines%40example.org+&password=+a%26b+&remember=+&before=+7+");
        assert_eq!((&*read.email, read.password.expose_secret()), ("ines@example.org", " a&b "));
        assert_eq!((&*read.next, read.remember.0, read.before.0), ("", true, Some(7)));
        let nothing = sample(b"");
        assert_eq!((&*nothing.email, nothing.password.expose_secret()), ("", ""));
        assert_eq!((nothing.remember.0, nothing.before.0), (false, None));
    }

    #[test]
    fn no_shape_of_a_form_is_refused() {
        let read = sample(b"email=first&unknown=x&email=last&before=seven&remember=&=&&%zz=%ff&next=%ff%2");
        assert_eq!((&*read.email, &*read.next), ("last", "\u{fffd}%2"));
        assert_eq!((read.remember.0, read.before.0), (false, None));
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
}

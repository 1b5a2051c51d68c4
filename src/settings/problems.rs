//! What is wrong with the settings that somebody wants, each at its place.

use std::collections::BTreeMap;
use std::fmt;

/// The problems by setting, such as `icims.base_url`, in words that say what to type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(BTreeMap<&'static str, String>);

impl Problems {
    /// One problem.
    #[must_use]
    pub fn one(setting: &'static str, message: impl Into<String>) -> Self {
        Self(BTreeMap::from([(setting, message.into())]))
    }

    /// The message at a setting.
    #[must_use]
    pub fn at(&self, setting: &str) -> Option<&str> {
        self.0.get(setting).map(String::as_str)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each setting with its message.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(setting, message)| (*setting, message.as_str()))
    }

    /// Notes a problem; the first at a setting stays.
    pub(super) fn add(&mut self, setting: &'static str, message: impl Into<String>) {
        self.0.entry(setting).or_insert_with(|| message.into());
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (setting, message)) in self.iter().enumerate() {
            write!(f, "{}{setting}: {message}", if number == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

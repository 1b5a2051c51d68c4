//! The languages in which candidates are written to.

use std::fmt;
use std::str::FromStr;

use crate::domain::InvalidId;

/// A language with a text of its own; some of those that the platform speaks (harver-platform.md 9.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English as it is written in Britain.
    #[default]
    EnglishUk,
    /// English as it is written in the United States.
    EnglishUs,
    /// Dutch.
    Dutch,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

impl Language {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 6] = [Self::EnglishUk, Self::EnglishUs, Self::Dutch, Self::German, Self::French, Self::Spanish];

    /// The tag (BCP 47), such as `en-GB`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::EnglishUk => "en-GB",
            Self::EnglishUs => "en-US",
            Self::Dutch => "nl-NL",
            Self::German => "de-DE",
            Self::French => "fr-FR",
            Self::Spanish => "es-ES",
        }
    }

    /// The name in the language itself.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::EnglishUk => "English (UK)",
            Self::EnglishUs => "English (US)",
            Self::Dutch => "Nederlands",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
        }
    }
}

impl FromStr for Language {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let found = Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(text));
        found.ok_or_else(|| InvalidId::new("language", text, "one of en-GB, en-US, nl-NL, de-DE, fr-FR, es-ES"))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

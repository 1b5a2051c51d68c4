//! The languages a candidate may be registered with (`harver-platform.md` 9.2: 33 codes, nine of them published).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Code, the three letters that results are written with, and the language's own name.
///
/// The first nine codes are documented, the others *assumed*.
const LANGUAGES: [(&str, &str, &str); 33] = [
    ("en-US", "ENG", "English (US)"),
    ("en-GB", "ENG", "English (UK)"),
    ("nl-NL", "NLD", "Nederlands"),
    ("de-DE", "DEU", "Deutsch"),
    ("fr-FR", "FRA", "Français"),
    ("es-ES", "SPA", "Español"),
    ("it-IT", "ITA", "Italiano"),
    ("pl-PL", "POL", "Polski"),
    ("pt-BR", "POR", "Português (Brasil)"),
    ("pt-PT", "POR", "Português"),
    ("es-MX", "SPA", "Español (México)"),
    ("fr-CA", "FRA", "Français (Canada)"),
    ("nl-BE", "NLD", "Nederlands (België)"),
    ("bg-BG", "BUL", "Български"),
    ("cs-CZ", "CES", "Čeština"),
    ("da-DK", "DAN", "Dansk"),
    ("el-GR", "ELL", "Ελληνικά"),
    ("et-EE", "EST", "Eesti"),
    ("fi-FI", "FIN", "Suomi"),
    ("hr-HR", "HRV", "Hrvatski"),
    ("hu-HU", "HUN", "Magyar"),
    ("id-ID", "IND", "Bahasa Indonesia"),
    ("ja-JP", "JPN", "日本語"),
    ("ko-KR", "KOR", "한국어"),
    ("lt-LT", "LIT", "Lietuvių"),
    ("lv-LV", "LAV", "Latviešu"),
    ("nb-NO", "NOR", "Norsk"),
    ("ro-RO", "RON", "Română"),
    ("sk-SK", "SLK", "Slovenčina"),
    ("sv-SE", "SWE", "Svenska"),
    ("tr-TR", "TUR", "Türkçe"),
    ("uk-UA", "UKR", "Українська"),
    ("zh-CN", "ZHO", "简体中文"),
];

/// One of the languages of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(usize);

impl Language {
    /// The language of accounts and vacancies that name none.
    pub const EN_US: Self = Self(0);
    /// Dutch as spoken in the Netherlands.
    pub const NL_NL: Self = Self(2);

    /// The code, such as `en-US`.
    #[must_use]
    pub fn code(self) -> &'static str {
        LANGUAGES[self.0].0
    }

    /// Three capital letters, such as `ENG`, as results carry it.
    #[must_use]
    pub fn three_letters(self) -> &'static str {
        LANGUAGES[self.0].1
    }

    /// The language's name in the language itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        LANGUAGES[self.0].2
    }

    /// Whether the platform's own texts exist in Dutch for it; otherwise they are English.
    #[must_use]
    pub fn is_dutch(self) -> bool {
        self.three_letters() == "NLD"
    }
}

/// The code is not a language of the platform.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a language of the platform: use a code such as en-US, nl-NL or de-DE")]
pub struct LanguageError(String);

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let found = LANGUAGES.iter().position(|(code, _, _)| code.eq_ignore_ascii_case(text));
        found.map(Self).ok_or_else(|| LanguageError(text.to_owned()))
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(text: String) -> Result<Self, LanguageError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.code().to_owned()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_any_case_and_written_in_one() {
        assert_eq!("EN-us".parse::<Language>().expect("known").code(), "en-US");
        assert_eq!("nl-NL".parse::<Language>().expect("known"), Language::NL_NL);
        assert!("tlh-KX".parse::<Language>().is_err());
    }
}

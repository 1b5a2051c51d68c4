//! People and companies that could exist: names from the seed, addresses that cannot leave the machine.

use fake::Fake;
use fake::faker::company::raw::CompanyName;
use fake::faker::name::raw::{FirstName, LastName};
use fake::locales::{DE_DE, EN, FR_FR, PT_BR};
use rand::RngExt;

use crate::engine::Chance;

const ACCENTED_FIRST: [&str; 8] = ["Zoë", "Jürgen", "André", "Siân", "Łukasz", "Maëlys", "Søren", "Begoña"];
const ACCENTED_LAST: [&str; 8] = ["Núñez", "Gößmann", "D’Ávila", "Çelik", "Ångström", "O’Súilleabháin", "Dvořák", "Lefèvre"];

/// A person to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) first: String,
    pub(super) last: String,
}

impl Name {
    pub(super) fn new(first: &str, last: &str) -> Self {
        Self { first: first.into(), last: last.into() }
    }

    /// A name from the seed with diacritics, which screens, mail and two APIs have to carry.
    pub(super) fn accented(chance: &mut Chance) -> Self {
        let rng = chance.rng();
        Self::new(
            ACCENTED_FIRST[rng.random_range(0..ACCENTED_FIRST.len())],
            ACCENTED_LAST[rng.random_range(0..ACCENTED_LAST.len())],
        )
    }

    /// A name from the seed that is longer than screens like.
    pub(super) fn long(chance: &mut Chance) -> Self {
        let rng = chance.rng();
        let first: [String; 2] = [FirstName(FR_FR).fake_with_rng(rng), FirstName(EN).fake_with_rng(rng)];
        let last: [String; 3] =
            [LastName(EN).fake_with_rng(rng), LastName(DE_DE).fake_with_rng(rng), LastName(PT_BR).fake_with_rng(rng)];
        Self { first: first.join("-"), last: last.join("-") }
    }

    pub(super) fn english(chance: &mut Chance) -> Self {
        let rng = chance.rng();
        Self { first: FirstName(EN).fake_with_rng(rng), last: LastName(EN).fake_with_rng(rng) }
    }

    pub(super) fn french(chance: &mut Chance) -> Self {
        let rng = chance.rng();
        Self { first: FirstName(FR_FR).fake_with_rng(rng), last: LastName(FR_FR).fake_with_rng(rng) }
    }

    pub(super) fn german(chance: &mut Chance) -> Self {
        let rng = chance.rng();
        Self { first: FirstName(DE_DE).fake_with_rng(rng), last: LastName(DE_DE).fake_with_rng(rng) }
    }

    pub(super) fn portuguese(chance: &mut Chance) -> Self {
        let rng = chance.rng();
        Self { first: FirstName(PT_BR).fake_with_rng(rng), last: LastName(PT_BR).fake_with_rng(rng) }
    }

    /// A name from the seed.
    pub(super) fn drawn(chance: &mut Chance) -> Self {
        let rng = chance.rng();
        match rng.random_range(0..4) {
            0 => Self { first: FirstName(FR_FR).fake_with_rng(rng), last: LastName(PT_BR).fake_with_rng(rng) },
            1 => Self { first: FirstName(PT_BR).fake_with_rng(rng), last: LastName(DE_DE).fake_with_rng(rng) },
            _ => Self { first: FirstName(EN).fake_with_rng(rng), last: LastName(EN).fake_with_rng(rng) },
        }
    }

    /// The address of this person, in plain ASCII as iCIMS refuses accents.
    pub(super) fn email(&self, domain: &str) -> String {
        format!("{}.{}@{domain}", plain(&self.first), plain(&self.last))
    }
}

/// A company's name from the seed.
pub(super) fn company(chance: &mut Chance) -> String {
    CompanyName(EN).fake_with_rng(chance.rng())
}

/// The first word of a company's name as part of an address.
pub(super) fn slug(company: &str) -> String {
    let words = company.split(|c: char| !c.is_alphanumeric()).map(plain);
    words.into_iter().find(|word| !word.is_empty()).map_or_else(|| "company".into(), |word| word.chars().take(40).collect())
}

/// Letters and digits of a text in lower-case ASCII.
fn plain(text: &str) -> String {
    let folded =
        text.chars().flat_map(char::to_lowercase).flat_map(|c| ascii(c).chars().chain(c.is_ascii_alphanumeric().then_some(c)));
    folded.collect()
}

/// How a letter with a diacritic is written without; empty for everything else.
fn ascii(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ł' => "l",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ù' | 'ú' | 'û' => "u",
        'ü' => "ue",
        'ř' => "r",
        'š' => "s",
        'ß' => "ss",
        'ž' => "z",
        'ý' | 'ÿ' => "y",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_whatever_the_name() {
        let name = Name::new("Zoë-José", "Müller d’Ávila");
        assert_eq!(name.email("brightwater-4021.example"), "zoejose.muellerdavila@brightwater-4021.example");
        let mut chance = Chance::new(1, "names");
        let kinds = [Name::drawn, Name::accented, Name::long].into_iter().cycle();
        for name in kinds.take(600).map(|kind| kind(&mut chance)) {
            let email = name.email("x.example");
            assert!(email.is_ascii() && !email.starts_with('.') && !email.contains(".@"), "{name:?} gives {email}");
        }
    }

    #[test]
    fn accented_names_have_diacritics_and_long_ones_are_long() {
        let mut chance = Chance::new(1, "names");
        for _ in 0..50 {
            assert!(!Name::accented(&mut chance).first.is_ascii());
            assert!(Name::long(&mut chance).last.chars().count() > 10);
        }
    }

    #[test]
    fn a_slug_is_the_first_word() {
        assert_eq!(slug("Brightwater Foods"), "brightwater");
        assert_eq!(slug("  Élan & Söhne"), "elan");
        assert_eq!(slug("株式会社"), "company");
    }
}

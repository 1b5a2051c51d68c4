//! What each language says: the default text, and the few words that stand around any text.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Language, MailTemplate};

/// Subject and body of a language.
#[derive(Clone, Debug)]
pub struct DefaultText {
    /// One line.
    pub subject: MailTemplate,
    /// Everything below it.
    pub body: MailTemplate,
}

type Texts = LazyLock<[DefaultText; Language::ALL.len()]>;

static INVITATIONS: Texts = LazyLock::new(|| Language::ALL.map(|language| read(invitation(language))));
static REMINDERS: Texts = LazyLock::new(|| Language::ALL.map(|language| read(reminder(language))));

/// The invitation that candidates get where the customer has written none.
#[must_use]
pub fn default_text(language: Language) -> &'static DefaultText {
    &INVITATIONS[place_of(language)]
}

/// The reminder that candidates get where the customer has written none.
#[must_use]
pub fn default_reminder(language: Language) -> &'static DefaultText {
    &REMINDERS[place_of(language)]
}

fn place_of(language: Language) -> usize {
    Language::ALL.iter().position(|known| *known == language).expect("every language is in the list")
}

fn reminder(language: Language) -> &'static str {
    match language {
        Language::EnglishUk => include_str!("texts/reminder/en-GB.txt"),
        Language::EnglishUs => include_str!("texts/reminder/en-US.txt"),
        Language::Dutch => include_str!("texts/reminder/nl-NL.txt"),
        Language::German => include_str!("texts/reminder/de-DE.txt"),
        Language::French => include_str!("texts/reminder/fr-FR.txt"),
        Language::Spanish => include_str!("texts/reminder/es-ES.txt"),
    }
}

fn invitation(language: Language) -> &'static str {
    match language {
        Language::EnglishUk => include_str!("texts/en-GB.txt"),
        Language::EnglishUs => include_str!("texts/en-US.txt"),
        Language::Dutch => include_str!("texts/nl-NL.txt"),
        Language::German => include_str!("texts/de-DE.txt"),
        Language::French => include_str!("texts/fr-FR.txt"),
        Language::Spanish => include_str!("texts/es-ES.txt"),
    }
}

fn read(text: &str) -> DefaultText {
    let (subject, body) = text.split_once("\n\n").expect("a subject, a blank line, a body");
    let template = |text| MailTemplate::parse(text).expect("our own texts name known variables");
    DefaultText { subject: template(subject), body: template(body.trim_end()) }
}

/// What a language says around any text.
pub(super) struct Words {
    /// For a job whose title is hidden from us; goes on from "applying for".
    pub(super) the_position: &'static str,
    /// For a person without a usable first name.
    pub(super) candidate: &'static str,
    /// On the button, where the text does not say it.
    pub(super) start: &'static str,
    /// Before the bare address at the end.
    pub(super) fallback: &'static str,
}

pub(super) fn words(language: Language) -> Words {
    match language {
        Language::EnglishUk | Language::EnglishUs => Words {
            the_position: "the position",
            candidate: "candidate",
            start: "Start your assessment",
            fallback: "If the button does not work, copy this address into your browser:",
        },
        Language::Dutch => Words {
            the_position: "de functie",
            candidate: "kandidaat",
            start: "Start je assessment",
            fallback: "Werkt de knop niet, kopieer dan dit adres naar je browser:",
        },
        Language::German => Words {
            the_position: "die Stelle",
            candidate: "und willkommen",
            start: "Assessment beginnen",
            fallback: "Wenn die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:",
        },
        Language::French => Words {
            the_position: "le poste",
            candidate: "candidat(e)",
            start: "Commencer l’évaluation",
            fallback: "Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :",
        },
        Language::Spanish => Words {
            the_position: "el puesto",
            candidate: "candidato/a",
            start: "Empezar la evaluación",
            fallback: "Si el botón no funciona, copie esta dirección en su navegador:",
        },
    }
}

/// `Thursday 5 March 2026, 14:07 UTC` and its like.
pub(super) fn moment(moment: Timestamp, language: Language) -> String {
    const DUTCH: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    const GERMAN: [&str; 12] =
        ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];
    const FRENCH: [&str; 12] =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
    const SPANISH: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let at = moment.to_zoned(TimeZone::UTC);
    let of = |months: [&'static str; 12]| months[usize::try_from(at.month() - 1).expect("a month is 1 to 12")];
    match language {
        Language::EnglishUk => at.strftime("%A %-d %B %Y, %H:%M UTC").to_string(),
        Language::EnglishUs => at.strftime("%A, %B %-d, %Y, %-I:%M %p UTC").to_string(),
        Language::Dutch => format!("{} {} {}, {} UTC", at.day(), of(DUTCH), at.year(), at.strftime("%H:%M")),
        Language::German => format!("{}. {} {}, {} Uhr UTC", at.day(), of(GERMAN), at.year(), at.strftime("%H:%M")),
        Language::French => format!("{} {} {} à {} UTC", at.day(), of(FRENCH), at.year(), at.strftime("%H:%M")),
        Language::Spanish => format!("{} de {} de {}, {} UTC", at.day(), of(SPANISH), at.year(), at.strftime("%H:%M")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Variable;

    #[test]
    fn every_language_has_a_text_with_a_link_and_words_of_its_own() {
        for text in [default_text, default_reminder] {
            let mut subjects: Vec<_> = Language::ALL.iter().map(|language| text(*language).subject.as_str()).collect();
            for language in Language::ALL {
                let body = &text(language).body;
                assert!(body.names(Variable::Link) && body.names(Variable::SupportEmail), "{language}");
            }
            subjects.sort_unstable();
            subjects.dedup();
            assert_eq!(subjects.len(), Language::ALL.len() - 1, "the two kinds of English share a subject");
        }
    }

    #[test]
    fn moments_read_as_they_do_in_the_language() {
        let at = "2026-03-05T14:07:00Z".parse().expect("a moment");
        let read: Vec<String> = Language::ALL.into_iter().map(|language| moment(at, language)).collect();
        assert_eq!(
            read,
            [
                "Thursday 5 March 2026, 14:07 UTC",
                "Thursday, March 5, 2026, 2:07 PM UTC",
                "5 maart 2026, 14:07 UTC",
                "5. März 2026, 14:07 Uhr UTC",
                "5 mars 2026 à 14:07 UTC",
                "5 de marzo de 2026, 14:07 UTC"
            ]
        );
    }
}

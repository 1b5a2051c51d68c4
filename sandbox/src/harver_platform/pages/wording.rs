//! The platform's own words on candidate and report pages, in English and Dutch. What a vacancy says is in the vacancy's language.

use crate::harver_platform::model::{AnswerFault, Language};
use crate::harver_platform::state::CodeProblem;

/// All texts in one language.
#[derive(Debug)]
pub(super) struct Wording {
    pub(super) lang: &'static str,
    pub(super) greeting: &'static str,
    pub(super) parts: &'static str,
    pub(super) language: &'static str,
    pub(super) change: &'static str,
    pub(super) accept_terms: &'static str,
    pub(super) read_terms: &'static str,
    pub(super) accept_contact: &'static str,
    pub(super) terms_missing: &'static str,
    pub(super) start: &'static str,
    pub(super) step: &'static str,
    pub(super) of: &'static str,
    pub(super) next: &'static str,
    pub(super) finish: &'static str,
    pub(super) stored: &'static str,
    pub(super) errors: &'static str,
    not_chosen: &'static str,
    not_typed: &'static str,
    not_offered: &'static str,
    too_long: &'static str,
    pub(super) scale_low: &'static str,
    pub(super) scale_high: &'static str,
    pub(super) thanks: &'static str,
    pub(super) sent: &'static str,
    pub(super) close: &'static str,
    pub(super) go_back: &'static str,
    pub(super) back: &'static str,
    pub(super) completed: &'static str,
    pub(super) completed_text: &'static str,
    pub(super) expired_title: &'static str,
    pub(super) expired_advice: &'static str,
    pub(super) code_offer: &'static str,
    pub(super) send_code: &'static str,
    pub(super) code_title: &'static str,
    pub(super) code_sent: &'static str,
    pub(super) code_label: &'static str,
    pub(super) confirm_code: &'static str,
    pub(super) send_another: &'static str,
    code_gone: &'static str,
    pub(super) report: &'static str,
    pub(super) fact_sheet: &'static str,
    pub(super) guide: &'static str,
    pub(super) development: &'static str,
    pub(super) download: &'static str,
    pub(super) overall: &'static str,
    pub(super) out_of: &'static str,
    pub(super) indicators: &'static str,
    pub(super) modules: &'static str,
    pub(super) vacancy: &'static str,
    pub(super) email: &'static str,
    pub(super) completed_on: &'static str,
    pub(super) valid_until: &'static str,
    pub(super) cut_off: &'static str,
    pub(super) masked: &'static str,
    pub(super) ask_low: &'static str,
    pub(super) ask_high: &'static str,
    pub(super) grow_low: &'static str,
    pub(super) grow_high: &'static str,
}

const ENGLISH: Wording = Wording {
    lang: "en",
    greeting: "Hello",
    parts: "What to expect",
    language: "Language",
    change: "Change",
    accept_terms: "I accept the terms and the privacy statement.",
    read_terms: "Read them",
    accept_contact: "The company may contact me about other positions.",
    terms_missing: "Please accept the terms to go on.",
    start: "Start",
    step: "Step",
    of: "of",
    next: "Next",
    finish: "Finish",
    stored: "Your answers are stored when you go on.",
    errors: "Something is still missing: see the messages below.",
    not_chosen: "Please choose an answer.",
    not_typed: "Please type the text.",
    not_offered: "Please choose one of the answers shown.",
    too_long: "Please type at most 500 characters.",
    scale_low: "Not at all",
    scale_high: "Entirely",
    thanks: "Thank you",
    sent: "You have finished. Your answers have gone to",
    close: "You may close this window now.",
    go_back: "One step is left: go back to complete your application.",
    back: "Back to your application",
    completed: "You have already finished",
    completed_text: "Your answers have been received; there is nothing left to do here. They went to",
    expired_title: "This link has expired",
    expired_advice: "Ask the recruiter for a new invitation, or open the assessment again from your application. What you have answered so far is kept.",
    code_offer: "You may also sign in with a confirmation code. It goes to the mail address that you are registered with.",
    send_code: "Send me a confirmation code",
    code_title: "Enter your confirmation code",
    code_sent: "If you have asked for a code, it has gone to",
    code_label: "Confirmation code",
    confirm_code: "Go on",
    send_another: "Send another code",
    code_gone: "This code has run out, was used or was tried too often. Ask for another one below.",
    report: "Assessment report",
    fact_sheet: "Fact sheet",
    guide: "Interview guide",
    development: "Development report",
    download: "Download as PDF",
    overall: "Overall match",
    out_of: "out of 100",
    indicators: "Matching indicators",
    modules: "Modules",
    vacancy: "Vacancy",
    email: "Mail address",
    completed_on: "Completed",
    valid_until: "This link works until",
    cut_off: "Below the cut-off",
    masked: "Personal data are hidden: this link does not permit them.",
    ask_low: "This is below what the position asks. Find out with an example how the candidate has dealt with it, and what helped.",
    ask_high: "This is a strength. Ask for a recent situation in which it made a difference.",
    grow_low: "There is room to grow here. Choose one situation a week to practise it in, and ask somebody how it went.",
    grow_high: "This comes easily to you. Look for work in which it counts, and help others with it.",
};

const DUTCH: Wording = Wording {
    lang: "nl",
    greeting: "Hallo",
    parts: "Wat je kunt verwachten",
    language: "Taal",
    change: "Wijzigen",
    accept_terms: "Ik ga akkoord met de voorwaarden en de privacyverklaring.",
    read_terms: "Lees ze",
    accept_contact: "Het bedrijf mag contact met mij opnemen over andere functies.",
    terms_missing: "Ga akkoord met de voorwaarden om verder te gaan.",
    start: "Starten",
    step: "Stap",
    of: "van",
    next: "Volgende",
    finish: "Afronden",
    stored: "Je antwoorden worden opgeslagen als je verder gaat.",
    errors: "Er ontbreekt nog iets: zie de meldingen hieronder.",
    not_chosen: "Kies een antwoord.",
    not_typed: "Typ de tekst.",
    not_offered: "Kies een van de antwoorden hieronder.",
    too_long: "Typ hoogstens 500 tekens.",
    scale_low: "Helemaal niet",
    scale_high: "Helemaal wel",
    thanks: "Bedankt",
    sent: "Je bent klaar. Je antwoorden zijn verstuurd naar",
    close: "Je kunt dit venster nu sluiten.",
    go_back: "Nog één stap: ga terug om je sollicitatie af te ronden.",
    back: "Terug naar je sollicitatie",
    completed: "Je bent al klaar",
    completed_text: "Je antwoorden zijn ontvangen; hier hoef je niets meer te doen. Ze zijn verstuurd naar",
    expired_title: "Deze link is verlopen",
    expired_advice: "Vraag de recruiter om een nieuwe uitnodiging, of open het assessment opnieuw vanuit je sollicitatie. Wat je al hebt ingevuld, blijft bewaard.",
    code_offer: "Je kunt ook inloggen met een bevestigingscode. Die gaat naar het e-mailadres waarmee je bent aangemeld.",
    send_code: "Stuur mij een bevestigingscode",
    code_title: "Vul je bevestigingscode in",
    code_sent: "Als je om een code hebt gevraagd, is die verstuurd naar",
    code_label: "Bevestigingscode",
    confirm_code: "Verder",
    send_another: "Stuur een andere code",
    code_gone: "Deze code is verlopen, gebruikt of te vaak geprobeerd. Vraag hieronder een andere aan.",
    report: "Assessmentrapport",
    fact_sheet: "Factsheet",
    guide: "Interviewgids",
    development: "Ontwikkelrapport",
    download: "Downloaden als PDF",
    overall: "Totale match",
    out_of: "van 100",
    indicators: "Matchindicatoren",
    modules: "Onderdelen",
    vacancy: "Vacature",
    email: "E-mailadres",
    completed_on: "Afgerond",
    valid_until: "Deze link werkt tot",
    cut_off: "Onder de ondergrens",
    masked: "Persoonsgegevens zijn verborgen: deze link geeft er geen toegang toe.",
    ask_low: "Dit ligt onder wat de functie vraagt. Vraag naar een voorbeeld: hoe ging de kandidaat ermee om, en wat hielp?",
    ask_high: "Dit is een kracht. Vraag naar een recente situatie waarin die het verschil maakte.",
    grow_low: "Hier is ruimte om te groeien. Kies elke week één situatie om het te oefenen, en vraag iemand hoe het ging.",
    grow_high: "Dit gaat je makkelijk af. Zoek werk waarin het telt, en help anderen ermee.",
};

impl Wording {
    /// The texts for a language: Dutch where there is Dutch, else English.
    pub(super) fn of(language: Language) -> &'static Self {
        if language.is_dutch() { &DUTCH } else { &ENGLISH }
    }

    /// The code of the language that these texts are in.
    pub(super) fn lang_code(&self) -> &'static str {
        (if self.lang == DUTCH.lang { Language::NL_NL } else { Language::EN_US }).code()
    }

    /// What to do about an answer that is not taken.
    pub(super) fn fault(&self, fault: AnswerFault) -> &'static str {
        match fault {
            AnswerFault::NotChosen => self.not_chosen,
            AnswerFault::NotTyped => self.not_typed,
            AnswerFault::NotOffered => self.not_offered,
            AnswerFault::TooLong => self.too_long,
        }
    }

    /// Why a code does not sign in, or is not sent.
    pub(super) fn code_problem(&self, problem: CodeProblem) -> String {
        let dutch = self.lang == DUTCH.lang;
        match problem {
            CodeProblem::Wrong { tries_left } if dutch => {
                format!("Dit is niet de code uit de laatste mail. Probeer het opnieuw; je kunt nog {tries_left} keer.")
            }
            CodeProblem::Wrong { tries_left } => {
                format!("This is not the code of the latest mail. Try again; {tries_left} tries are left.")
            }
            CodeProblem::TooMany { again_at } => {
                let moment = again_at.strftime("%H:%M UTC");
                if dutch {
                    format!("Er zijn al veel codes verstuurd. Vraag om {moment} een andere aan, of kijk in je mail.")
                } else {
                    format!("Many codes have been sent already. Ask for another one at {moment}, or look into your mail.")
                }
            }
            CodeProblem::Gone | CodeProblem::NotOffered | CodeProblem::UnknownLink => self.code_gone.to_owned(),
        }
    }

    /// How long a link works.
    pub(super) fn expired(&self, hours: u32) -> String {
        let dutch = self.lang == DUTCH.lang;
        match (dutch, hours) {
            (true, hours) => format!("Een persoonlijke link werkt {hours} uur."),
            (false, 1) => "A personal link works for one hour.".into(),
            (false, hours) => format!("A personal link works for {hours} hours."),
        }
    }
}

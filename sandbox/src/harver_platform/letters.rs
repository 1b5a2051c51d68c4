//! Mails to candidates as they go over the wire: what they say, in English and Dutch, and how they are handed to the mailbox.
//!
//! Which mails there are and when they are due is decided in [`state`](super::state). Texts are *assumed*: the documents name the
//! templates and not what they say (`harver-platform.md` 8).

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::HarverPlatform;
use super::model::MailKind;
use super::state::{AccountState, LinedMail, Posting, Refusal};
use crate::engine::{Actor, Customer, Refused, Sends, Ticket, Turn, Wanted, persevere};
use crate::mailbox::Envelope;

/// The address that all mails come from (`harver-platform.md` 8).
const SENDER: &str = "noreply@harver.com";
/// How many bytes of a header's text go into one encoded word, so that a line stays within what mail allows.
const ENCODED_WORD: usize = 42;
/// How many characters of base64 go into a line.
const BASE64_LINE: usize = 76;

/// What the outbox asks for mails, beside what it asks for webhooks.
#[derive(Clone, Debug)]
pub(super) struct Post(pub(super) HarverPlatform);

impl Sends for Post {
    fn due(&self, customer: &Customer, wanted: &Wanted<'_>) -> Turn {
        let Some(account) = customer.tenant::<AccountState>() else { return Turn::Nothing };
        account.read(|state| match state.next_mail(wanted.now, wanted.is_under_way, wanted.is_busy) {
            Some(LinedMail::Due(number, application)) => Turn::Now { number, line: application.to_string() },
            Some(LinedMail::At(moment)) => Turn::At(moment),
            None => Turn::Nothing,
        })
    }

    fn carry(&self, customer: Arc<Customer>, number: u64, _: Ticket) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let platform = self.0.clone();
        Box::pin(async move {
            let Some(account) = customer.tenant::<AccountState>() else { return };
            let now = platform.now();
            let prepared =
                persevere("A mail to a candidate", || account.write(|state| kept(state.prepare_mail(number, now)))).await;
            let Some(Some(posting)) = prepared else { return };
            let envelope = Envelope { from: SENDER.into(), to: vec![posting.to.clone()] };
            let raw = message(&platform, customer.id(), &posting, now);
            let mailbox = &platform.0.mailbox;
            let handed_over = persevere("A mail to a candidate", || {
                let delivered = mailbox.deliver_from(Actor::HarverPlatform, envelope.clone(), raw.clone());
                async { delivered.await.map_err(Refused::NotStored) }
            });
            if handed_over.await.is_some() {
                persevere("That a mail was sent", || account.write(|state| kept(state.settle_mail(number, now)))).await;
            }
        })
    }
}

/// A refusal in the words of the outbox: what is not there any more needs no second try.
fn kept<T>(outcome: Result<T, Refusal>) -> Result<T, Refused> {
    outcome.map_err(|refusal| match refusal {
        Refusal::Disk(error) => Refused::NotStored(error),
        Refusal::Unknown(_) | Refusal::Against { .. } => Refused::Pointless,
    })
}

/// The bytes of a mail. The same posting always gives the same text and identity.
fn message(platform: &HarverPlatform, customer: u64, posting: &Posting, now: Timestamp) -> Vec<u8> {
    let (subject, text) = words(platform, posting);
    let headers = [
        ("From", format!("{} <{SENDER}>", encoded(&posting.account))),
        ("To", format!("<{}>", posting.to)),
        ("Subject", encoded(&subject)),
        ("Date", now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()),
        ("Message-ID", format!("<{}@harver.com>", posting.identity)),
        ("X-Icims-Customer", customer.to_string()),
        ("MIME-Version", "1.0".into()),
        ("Content-Type", "text/plain; charset=utf-8".into()),
        ("Content-Transfer-Encoding", "base64".into()),
    ];
    let mut raw: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    raw.push_str("\r\n");
    let body = STANDARD.encode(text);
    for line in body.as_bytes().chunks(BASE64_LINE) {
        raw.push_str(&String::from_utf8_lossy(line));
        raw.push_str("\r\n");
    }
    raw.into_bytes()
}

/// Text as a header carries it (RFC 2047): encoded words, which hold any text and end any line.
fn encoded(text: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    for letter in text.chars() {
        let is_full = words.last().is_some_and(|word| word.len() + letter.len_utf8() > ENCODED_WORD);
        if is_full {
            words.push(String::new());
        }
        words.last_mut().expect("there is always one").push(letter);
    }
    let words: Vec<String> = words.into_iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

/// Subject and text.
fn words(platform: &HarverPlatform, posting: &Posting) -> (String, String) {
    let Posting { account, vacancy_title: vacancy, first_name, vacancy: vacancy_id, .. } = posting;
    let code = posting.code.as_deref().unwrap_or_default();
    let link = posting.link.as_ref().map(|link| platform.url(&format!("/app/landing/{vacancy_id}/magic-link/{link}")));
    let is_dutch = posting.language.is_dutch();
    let (subject, body) = match (posting.kind, is_dutch) {
        (MailKind::ConfirmationCode, false) => (
            format!("{code} is your confirmation code"),
            format!(
                "Your confirmation code for the assessment {vacancy} is:\n\n{code}\n\nIt works for 15 minutes, once. If you did not ask for it, you need not do anything."
            ),
        ),
        (MailKind::ConfirmationCode, true) => (
            format!("{code} is je bevestigingscode"),
            format!(
                "Je bevestigingscode voor het assessment {vacancy} is:\n\n{code}\n\nDe code werkt 15 minuten, één keer. Heb je er niet om gevraagd, dan hoef je niets te doen."
            ),
        ),
        (MailKind::Completion, false) => (
            format!("Thank you for completing the assessment for {vacancy}"),
            format!(
                "You have completed the assessment for {vacancy}. Your answers have gone to {account}, who will contact you about the next step."
            ),
        ),
        (MailKind::Completion, true) => (
            format!("Bedankt voor het afronden van het assessment voor {vacancy}"),
            format!(
                "Je hebt het assessment voor {vacancy} afgerond. Je antwoorden zijn verstuurd naar {account}; daar hoor je meer over de volgende stap."
            ),
        ),
        (MailKind::ReminderAfter48Hours | MailKind::ReminderAfter7Days, false) => (
            format!("Reminder: your assessment for {vacancy} is still open"),
            format!("{account} is waiting for your assessment for {vacancy}. What you have answered so far is kept. Go on here:"),
        ),
        (MailKind::ReminderAfter48Hours | MailKind::ReminderAfter7Days, true) => (
            format!("Herinnering: je assessment voor {vacancy} staat nog open"),
            format!("{account} wacht op je assessment voor {vacancy}. Wat je al hebt ingevuld, blijft bewaard. Ga hier verder:"),
        ),
    };
    let mut text = format!("{} {first_name},\n\n{body}\n", if is_dutch { "Hallo" } else { "Hello" });
    if let Some(link) = link {
        // Writing to a text cannot fail.
        let _ = write!(text, "\n{link}\n");
    }
    (subject, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_texts_of_any_letters_and_length_stay_within_a_line() {
        let text = "Zwölf Boxkämpfer 日本語のテスト – ".repeat(8);
        let header = encoded(&text);
        assert!(header.lines().all(|line| line.len() < 78), "{header}");
        let decoded: String = header
            .split("\r\n ")
            .map(|word| word.trim_start_matches("=?utf-8?B?").trim_end_matches("?="))
            .map(|word| String::from_utf8(STANDARD.decode(word).expect("base64")).expect("text"))
            .collect();
        assert_eq!(decoded, text);
    }

    #[test]
    fn a_name_with_a_line_break_adds_no_header() {
        assert!(!encoded("Bright\r\nBcc: x@example.org").contains("Bcc"));
    }
}

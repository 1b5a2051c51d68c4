//! What the mail says: the customer's text or that of the language, as plain text and as a page.

use std::fmt;

use jiff::Timestamp;
use url::Url;

use super::page;
use super::wording::{default_reminder, default_text, moment, words};
use crate::domain::{CustomerId, EmailAddress, InvitationSettings, PersonName, Reminder, Variable};

/// The identity of a message, so that a server that gets it twice can tell. The part before the `@`; the sender's domain follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// Reads an identity, such as `order-7-round-1`; `None` unless it is 1 to 120 letters, digits, dots, dashes and underscores.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        (plain && (1..=120).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// The part before the `@`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which of the two texts a mail has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The candidate is invited, for the first time or with a new link.
    Invitation,
    /// The candidate was invited and has not finished.
    Reminder(Reminder),
}

/// Everything that an invitation or a reminder says.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The candidate's address.
    pub to: EmailAddress,
    /// The candidate's first name.
    pub first_name: PersonName,
    /// The candidate's last name.
    pub last_name: PersonName,
    /// The job applied for; blank when it is hidden from the integration.
    pub job_title: String,
    /// The company as candidates know it.
    pub company_name: String,
    /// The text, and in whose name.
    pub settings: InvitationSettings,
    /// Which text.
    pub occasion: Occasion,
    /// The personal link.
    pub link: Url,
    /// Until when it works.
    pub link_expires_at: Option<Timestamp>,
    /// Whose candidate.
    pub customer: CustomerId,
    /// The identity of the message: the same for every attempt to deliver the same invitation.
    pub message_id: MessageId,
    /// When it is sent, on the clock of the work. Each attempt says its own.
    pub sent_at: Timestamp,
}

impl fmt::Debug for Invitation {
    /// Without name, address and link.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("customer", &self.customer)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

/// An invitation in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as a page.
    pub html: String,
}

impl Invitation {
    /// Where answers go; `None` when the support is no e-mail address.
    pub(super) fn reply_to(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.settings.support_email)
    }

    /// The mail in words, also for a preview. How long an assessment takes is *assumed*: the platform does not say.
    ///
    /// # Errors
    /// When the page cannot be filled, which the compiler rules out for everything but a lack of memory.
    pub fn render(&self) -> Result<Rendered, askama::Error> {
        let language = self.settings.language;
        let (words, settings) = (words(language), &self.settings);
        let (subject, body, default) = match self.occasion {
            Occasion::Invitation => (&settings.subject, &settings.body, default_text(language)),
            Occasion::Reminder(_) => (&settings.reminder_subject, &settings.reminder_body, default_reminder(language)),
        };
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        let first_name = or(spoken(self.first_name.as_str()), words.candidate);
        let last_name = spoken(self.last_name.as_str());
        let job_title = or(line(&self.job_title), words.the_position);
        let company_name = line(&self.company_name);
        let support = line(&self.settings.support_email);
        let expires = self.link_expires_at.map(|end| moment(end, language));
        let value = |variable| match variable {
            Variable::FirstName => Some(first_name.as_str()),
            Variable::LastName => Some(last_name.as_str()),
            Variable::JobTitle => Some(job_title.as_str()),
            Variable::CompanyName => Some(company_name.as_str()),
            Variable::Link => Some(self.link.as_str()),
            Variable::LinkExpiresAt => expires.as_deref(),
            Variable::SupportEmail => Some(support.as_str()),
        };
        let subject = line(&subject.as_ref().unwrap_or(&default.subject).fill(value));
        let text = body.as_ref().unwrap_or(&default.body).fill(value);
        let html = page::render(&subject, &text, &self.link, self.reply_to().map(|_| support.as_str()), language)?;
        Ok(Rendered { subject, text, html })
    }
}

/// One line without anything that would end it.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "")
}

/// A name that candidates typed themselves, without words of which mail programs make links.
fn spoken(name: &str) -> String {
    let is_address = |word: &&str| {
        let dotted = word.split('.').filter(|part| part.contains(char::is_alphanumeric)).count() > 1 && !word.ends_with('.');
        dotted || word.contains([':', '/', '\\', '@'])
    };
    let words: Vec<&str> = name.split_whitespace().filter(|word| !is_address(word)).collect();
    words.join(" ").replace(char::is_control, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Language, MailTemplate};
    use crate::invitation::tests::invitation;

    #[test]
    fn a_name_is_never_a_link() {
        for (typed, spoken_to) in [
            ("Ines", "Ines"),
            ("Jean-Luc  O'Neil", "Jean-Luc O'Neil"),
            ("J. R.", "J. R."),
            ("Anna www.prizes.example now", "Anna now"),
            ("https://prizes.example/win", ""),
            ("mailto:a@b.example Zoe", "Zoe"),
            ("prizes.example", ""),
            ("\\\\host\\share", ""),
        ] {
            assert_eq!(spoken(typed), spoken_to, "{typed:?}");
            let first_name = PersonName::parse(typed).expect("a name");
            let mail = Invitation { first_name, ..invitation() };
            let Rendered { text, html, .. } = mail.render().expect("a mail");
            let called = if spoken_to.is_empty() { "candidate" } else { spoken_to };
            assert!(text.starts_with(&format!("Dear {called},")), "{text}");
            assert!(!text.contains("prizes") && !html.contains("prizes"), "{typed:?}");
        }
    }

    #[test]
    fn the_mail_reads_well_as_text() {
        let mail = invitation().render().expect("a mail");
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
    }

    #[test]
    fn the_reminder_reads_well_as_text() {
        let reminder = Invitation { occasion: Occasion::Reminder(Reminder::After7Days), ..invitation() };
        let mail = reminder.render().expect("a mail");
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
        assert!(mail.html.contains(">Go to your assessment<"), "{}", mail.html);
    }

    #[test]
    fn the_mail_reads_well_as_a_page() {
        insta::assert_snapshot!(invitation().render().expect("a mail").html);
    }

    #[test]
    fn a_mail_without_a_job_title_or_an_end_leaves_them_out() {
        let bare = Invitation { job_title: " ".into(), link_expires_at: None, ..invitation() };
        let mail = bare.render().expect("a mail");
        assert_eq!(mail.subject, "Your assessment for the position at Brightwater Foods");
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("applying for the position at") && !body.contains("works until"), "{body}");
        }
    }

    #[test]
    fn the_customers_own_text_is_what_is_said() {
        let mut own = invitation();
        let template = |text| Some(MailTemplate::parse(text).expect("a text"));
        own.settings.subject = template("{{job_title}}: {{last_name}}");
        own.settings.body =
            template("Hello {{first_name}} & all,\ngo to {{link}} now.\n\nUntil {{link_expires_at}}.\n\n{{support_email}}");
        own.settings.language = Language::Dutch;
        own.link_expires_at = None;
        let mail = own.render().expect("a mail");
        assert_eq!(mail.subject, "Call Centre Advisor: Okafor");
        let expected = format!("Hello Ines & all,\ngo to {} now.\n\n\njobs@brightwater.example", own.link);
        assert_eq!(mail.text, expected, "the line about the end is left out");
        let link = own.link.as_str().replace('&', "&#38;");
        assert!(
            mail.html.contains(&format!("Hello Ines &#38; all,<br>go to <a href=\"{link}\">{link}</a> now.")),
            "{}",
            mail.html
        );
        assert!(mail.html.contains("<html lang=\"nl-NL\">") && !mail.html.contains("Werkt de knop"), "{}", mail.html);
        assert!(mail.html.contains("<a href=\"mailto:jobs@brightwater.example\">"), "{}", mail.html);
    }

    #[test]
    fn every_language_has_its_button_and_its_words_for_what_is_not_known() {
        let occasions = [Occasion::Invitation, Occasion::Reminder(Reminder::After48Hours)];
        for (language, occasion) in Language::ALL.into_iter().flat_map(|language| occasions.map(|occasion| (language, occasion)))
        {
            let bare = Invitation { job_title: String::new(), first_name: name("prizes.example"), ..invitation() };
            let mut mail = Invitation { occasion, ..bare };
            mail.settings.language = language;
            let mail = mail.render().expect("a mail");
            assert!(mail.html.contains("font-weight:bold\">") && !mail.html.contains(":</a>"), "{language}: {}", mail.html);
            assert!(!mail.text.contains("prizes") && !mail.text.contains("  ") && !mail.text.contains("{{"), "{}", mail.text);
        }
    }

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).expect("a name")
    }

    #[test]
    fn a_support_without_an_address_is_not_replied_to() {
        let mut bare = invitation();
        bare.settings.support_email = "your recruiter".into();
        let mail = bare.render().expect("a mail");
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("Turn to your recruiter.") && !body.contains("reply") && !body.contains("mailto"), "{body}");
        }
    }

    #[test]
    fn what_others_typed_is_text_on_the_page_and_one_line_in_the_subject() {
        let hostile = Invitation {
            first_name: PersonName::parse("<script>alert(1)</script>").expect("a name"),
            job_title: "Advisor\r\nBcc: everybody@example.org\u{7}\u{0}".into(),
            company_name: "Salt & <b>Vinegar</b>".into(),
            ..invitation()
        };
        let mail = hostile.render().expect("a mail");
        assert!(!mail.subject.contains(char::is_control), "{:?}", mail.subject);
        assert!(!mail.html.contains("<script") && !mail.html.contains("<b>"), "{}", mail.html);
        assert!(mail.text.contains("Salt & <b>Vinegar</b>"), "plain text is not escaped: {}", mail.text);
    }

    #[test]
    fn an_identity_is_a_plain_word() {
        assert_eq!(MessageId::parse("order-7-round-1").expect("an identity").as_str(), "order-7-round-1");
        for wrong in ["", "a b", "a@b", "a>\r\nBcc: x", "ä", &"x".repeat(121)] {
            assert_eq!(MessageId::parse(wrong), None, "{wrong:?}");
        }
    }
}

//! What the mail says: the templates `invitation.txt` and `invitation.html` beside this file, filled from one struct.

use std::fmt;

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use crate::domain::{CustomerId, EmailAddress, PersonName};

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

/// Everything that an invitation says.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The candidate's address.
    pub to: EmailAddress,
    /// The candidate's first name.
    pub first_name: PersonName,
    /// The job applied for; blank when it is hidden from the integration.
    pub job_title: String,
    /// The company as candidates know it.
    pub company_name: String,
    /// The name that stands before the sender's address.
    pub sender_name: String,
    /// The personal link.
    pub link: Url,
    /// Until when it works.
    pub link_expires_at: Option<Timestamp>,
    /// Whom to ask; also where answers go, if it is an address.
    pub support_email: String,
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

/// The values of both templates.
struct Values<'a> {
    first_name: &'a str,
    job_title: &'a str,
    company_name: &'a str,
    link: &'a str,
    expires: Option<String>,
    support_email: &'a str,
    /// Whether answers reach the support, so that the candidate may be told to reply.
    takes_answers: bool,
}

#[derive(Template)]
#[template(path = "invitation/invitation.txt", escape = "none")]
struct PlainText<'a> {
    values: &'a Values<'a>,
}

#[derive(Template)]
#[template(path = "invitation/invitation.html")]
struct Html<'a> {
    values: &'a Values<'a>,
}

impl Invitation {
    /// Where answers go; `None` when the support is no e-mail address.
    pub(super) fn reply_to(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.support_email)
    }

    /// The mail in words, also for a preview. How long an assessment takes is *assumed*: the platform does not say.
    ///
    /// # Errors
    /// When a template cannot be filled, which the compiler rules out for everything but a lack of memory.
    pub fn render(&self) -> Result<Rendered, askama::Error> {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
        let (job_title, company_name) = (line(&self.job_title), line(&self.company_name));
        let (first_name, support_email) = (spoken(self.first_name.as_str()), line(&self.support_email));
        let values = Values {
            first_name: &first_name,
            job_title: &job_title,
            company_name: &company_name,
            link: self.link.as_str(),
            expires: self.link_expires_at.map(in_words),
            support_email: &support_email,
            takes_answers: self.reply_to().is_some(),
        };
        let subject = match job_title.as_str() {
            "" => format!("Your assessment for {company_name}"),
            title => format!("Your assessment for {title} at {company_name}"),
        };
        Ok(Rendered { subject, text: PlainText { values: &values }.render()?, html: Html { values: &values }.render()? })
    }
}

/// A name that candidates typed themselves, without words of which mail programs make links.
fn spoken(name: &str) -> String {
    let is_address = |word: &&str| {
        let dotted = word.split('.').filter(|part| part.contains(char::is_alphanumeric)).count() > 1 && !word.ends_with('.');
        dotted || word.contains([':', '/', '\\', '@'])
    };
    let words: Vec<&str> = name.split_whitespace().filter(|word| !is_address(word)).collect();
    if words.is_empty() { "candidate".to_owned() } else { words.join(" ") }
}

/// `Thursday 5 March 2026, 14:07 UTC`.
fn in_words(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%A %-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invitation::tests::invitation;

    #[test]
    fn a_name_is_never_a_link() {
        for (typed, spoken_to) in [
            ("Ines", "Ines"),
            ("Jean-Luc  O'Neil", "Jean-Luc O'Neil"),
            ("J. R.", "J. R."),
            ("Anna www.prizes.example now", "Anna now"),
            ("https://prizes.example/win", "candidate"),
            ("mailto:a@b.example Zoe", "Zoe"),
            ("prizes.example", "candidate"),
            ("\\\\host\\share", "candidate"),
        ] {
            assert_eq!(spoken(typed), spoken_to, "{typed:?}");
            let first_name = PersonName::parse(typed).expect("a name");
            let mail = Invitation { first_name, ..invitation() };
            let Rendered { text, html, .. } = mail.render().expect("a mail");
            assert!(text.starts_with(&format!("Dear {spoken_to},")), "{text}");
            assert!(!text.contains("prizes") && !html.contains("prizes"), "{typed:?}");
        }
    }

    #[test]
    fn the_mail_reads_well_as_text() {
        let mail = invitation().render().expect("a mail");
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
    }

    #[test]
    fn the_mail_reads_well_as_a_page() {
        insta::assert_snapshot!(invitation().render().expect("a mail").html);
    }

    #[test]
    fn a_mail_without_a_job_title_or_an_end_leaves_them_out() {
        let bare = Invitation { job_title: " ".into(), link_expires_at: None, ..invitation() };
        let mail = bare.render().expect("a mail");
        assert_eq!(mail.subject, "Your assessment for Brightwater Foods");
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("Thank you for applying to Brightwater Foods.") && !body.contains("works until"), "{body}");
        }
    }

    #[test]
    fn a_support_without_an_address_is_not_replied_to() {
        let mail = Invitation { support_email: "your recruiter".into(), ..invitation() }.render().expect("a mail");
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

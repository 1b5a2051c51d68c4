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
    /// The mail in words, also for a preview.
    ///
    /// # Errors
    /// When a template cannot be filled, which the compiler rules out for everything but a lack of memory.
    pub fn render(&self) -> Result<Rendered, askama::Error> {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
        let (job_title, company_name) = (line(&self.job_title), line(&self.company_name));
        let (first_name, support_email) = (line(self.first_name.as_str()), line(&self.support_email));
        let values = Values {
            first_name: &first_name,
            job_title: &job_title,
            company_name: &company_name,
            link: self.link.as_str(),
            expires: self.link_expires_at.map(in_words),
            support_email: &support_email,
        };
        let subject = match job_title.as_str() {
            "" => format!("Your assessment for {company_name}"),
            title => format!("Your assessment for {title} at {company_name}"),
        };
        Ok(Rendered { subject, text: PlainText { values: &values }.render()?, html: Html { values: &values }.render()? })
    }
}

/// `Thursday 5 March 2026, 14:07 UTC`.
fn in_words(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%A %-d %B %Y, %H:%M UTC").to_string()
}

//! The mail, made of what candidates, recruiters and administrators typed.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::{Invitation, Mailer, MessageId, Occasion, SmtpSecurity, SmtpSettings};
use crate::domain::{EmailAddress, InvitationSettings, MailTemplate, PersonName};
use crate::fuzz_input::lines;

/// A mail: first name, last name, job, company, sender, support address, subject and, on all lines that follow, the text.
///
/// # Panics
/// When something typed adds a header, breaks the subject's line or is markup of the page.
pub fn mail_text(bytes: &[u8]) {
    let [first, last, job_title, company_name, sender, support, subject, body] = lines::<8>(bytes);
    let (Some(first_name), Some(last_name)) = (PersonName::parse(&first), PersonName::parse(&last)) else { return };
    let template = |text: &str| MailTemplate::parse(text).ok();
    let settings =
        InvitationSettings { subject: template(&subject), body: template(&body), ..InvitationSettings::new(sender, support) };
    let invitation = Invitation {
        to: EmailAddress::parse("ines.okafor@example.org").expect("an address"),
        first_name,
        last_name,
        job_title,
        company_name,
        settings,
        occasion: Occasion::Invitation,
        link: "https://app.harver.com/app/landing/1/magic-link/2".parse().expect("an address"),
        link_expires_at: None,
        customer: "4021".parse().expect("a customer id"),
        message_id: MessageId::parse("order-7-round-1").expect("an identity"),
        sent_at: Timestamp::UNIX_EPOCH,
    };
    let rendered = invitation.render().expect("any text can be shown");
    assert!(!rendered.subject.contains(char::is_control), "a subject is one line: {:?}", rendered.subject);
    let html = rendered.html.to_ascii_lowercase();
    assert!(!html.contains("<script") && !html.contains("<img"), "what was typed is no markup");
    let message = MAILER.message(&invitation).expect("any text can be sent").formatted();
    let head = message.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head and a body");
    let head = String::from_utf8(message[..head].to_owned()).expect("a head is plain");
    let names: Vec<&str> =
        head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).filter_map(|line| line.split(':').next()).collect();
    let known = [
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "X-Icims-Customer",
        "Content-Language",
        "Auto-Submitted",
        "Reply-To",
        "MIME-Version",
        "Content-Type",
    ];
    assert!(names.iter().all(|name| known.contains(name)), "nothing typed is a header: {names:?}");
    assert!(names.len() <= known.len(), "no header comes twice: {names:?}");
}

static MAILER: LazyLock<Mailer> = LazyLock::new(|| {
    let settings = SmtpSettings {
        host: "mail.example".into(),
        port: 587,
        security: SmtpSecurity::None,
        credentials: None,
        sender_address: EmailAddress::parse("assessments@harver.example").expect("an address"),
    };
    Mailer::new(&settings).expect("a mailer")
});

//! The mail server and the mail as it goes over the wire; `handover` sends it, one connection per message.

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, Message};
use secrecy::{ExposeSecret, SecretString};

use super::template::Invitation;
use crate::domain::{Disposition, EmailAddress};
use crate::http::in_its_words;
use crate::meter::{CallOutcome, Meter};

/// The codes by which a server refuses to know us (RFC 4954, section 6).
const SIGN_IN_REFUSED: [&str; 4] = ["530", "534", "535", "538"];

/// Where mail is handed over.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The address that all invitations come from, such as `noreply@harver.com`; customers choose the name before it.
    pub sender_address: EmailAddress,
    /// Whether the connection is encrypted.
    pub security: SmtpSecurity,
    /// How the integration identifies itself, if it must.
    pub credentials: Option<SmtpCredentials>,
}

/// Whether a connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// It is not: only for a server on the same machine or network.
    None,
    /// After `STARTTLS`, which the server must offer.
    StartTls,
    /// From the first byte.
    Tls,
}

/// A user of the mail server.
#[derive(Clone, Debug)]
pub struct SmtpCredentials {
    /// The user's name.
    pub username: String,
    /// The user's password.
    pub password: SecretString,
}

/// Why a mail was not accepted. The message says what happened and what to do; it contains no secrets and no personal data.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The mail cannot be written down, for instance because the address is not one that mail servers know.
    #[error(
        "the invitation {message} cannot be written as a mail. Check the candidate's address, the sender and the support address"
    )]
    Unsendable {
        /// Its identity.
        message: String,
        /// What failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Server and settings do not fit: encryption or a sign-in that one demands and the other does not offer, or a wrong password.
    #[error(
        "the mail server cannot be used for the invitation {message}. Check the encryption and the credentials of the mail settings"
    )]
    Unusable {
        /// Its identity.
        message: String,
        /// What failed.
        #[source]
        source: SmtpError,
    },
    /// The server's answer is final (5xx).
    #[error("the mail server turned the invitation {message} down: {words}. Check the candidate's address and the sender")]
    Rejected {
        /// Its identity.
        message: String,
        /// Code and words of the server, addresses left out.
        words: String,
    },
    /// The server asks to come back later (4xx).
    #[error("the mail server did not take the invitation {message} for now: {words}. It is tried again")]
    Deferred {
        /// Its identity.
        message: String,
        /// Code and words of the server, addresses left out.
        words: String,
    },
    /// The server takes too long. The mail may have been accepted all the same.
    #[error("the mail server did not answer in time for the invitation {message}. It is tried again")]
    TimedOut {
        /// Its identity.
        message: String,
    },
    /// No connection, or it broke. The mail may have been accepted all the same.
    #[error(
        "the mail server could not be reached for the invitation {message}. Check its host, port and encryption; it is tried again"
    )]
    Unreachable {
        /// Its identity.
        message: String,
        /// What failed.
        #[source]
        source: SmtpError,
    },
}

impl MailError {
    /// What to do with the step that this error stopped.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Unusable { .. } => Disposition::Park,
            Self::Unsendable { .. } | Self::Rejected { .. } => Disposition::Stop,
            Self::Deferred { .. } | Self::TimedOut { .. } | Self::Unreachable { .. } => Disposition::RetryLater,
        }
    }

    /// Whether the server has said that it does not take the mail. Where nobody knows what it would have said, it may have taken it.
    #[must_use]
    pub fn is_an_answer(&self) -> bool {
        !matches!(self, Self::TimedOut { .. } | Self::Unreachable { .. })
    }

    /// What a call that ended so is measured as.
    pub(super) fn outcome(&self) -> CallOutcome {
        match self {
            Self::Unsendable { .. } | Self::Unusable { .. } | Self::Rejected { .. } => CallOutcome::Refused,
            Self::Deferred { .. } => CallOutcome::Failed,
            Self::TimedOut { .. } | Self::Unreachable { .. } => CallOutcome::Unanswered,
        }
    }

    pub(super) fn of(message: &str, error: SmtpError) -> Self {
        let message = message.to_owned();
        if error.is_timeout() {
            return Self::TimedOut { message };
        }
        let code = error.status().map(|code| code.to_string());
        if error.is_client() || code.as_deref().is_some_and(|code| SIGN_IN_REFUSED.contains(&code)) {
            return Self::Unusable { message, source: error };
        }
        match code {
            Some(_) if error.is_permanent() => Self::Rejected { message, words: in_its_words(&error.to_string()) },
            Some(_) => Self::Deferred { message, words: in_its_words(&error.to_string()) },
            None => Self::Unreachable { message, source: error },
        }
    }
}

/// Why a mailer cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the mail settings cannot be used. Check the host's name and the sender's address")]
pub struct UnusableSmtpSettings(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Hands invitations to a mail server.
#[derive(Clone)]
pub struct Mailer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) user: Option<Credentials>,
    pub(super) meter: Meter,
    sender: Address,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl Mailer {
    /// A mailer with these settings. Nothing is connected yet.
    ///
    /// # Errors
    /// When the host's name or the sender's address is none.
    pub fn new(settings: &SmtpSettings) -> Result<Self, UnusableSmtpSettings> {
        let sender = settings.sender_address.for_mail().parse().map_err(|error| UnusableSmtpSettings(Box::new(error)))?;
        let tls = match settings.security {
            SmtpSecurity::None => Tls::None,
            secure => {
                let parameters =
                    TlsParameters::new(settings.host.clone()).map_err(|error| UnusableSmtpSettings(Box::new(error)))?;
                if secure == SmtpSecurity::Tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) }
            }
        };
        let user = settings.credentials.as_ref();
        let user = user.map(|user| Credentials::new(user.username.clone(), user.password.expose_secret().to_owned()));
        Ok(Self { host: settings.host.clone(), port: settings.port, tls, user, meter: Meter::default(), sender })
    }

    /// The same mailer, whose calls are measured.
    #[must_use]
    pub fn measured_by(self, meter: Meter) -> Self {
        Self { meter, ..self }
    }

    /// The mail as it goes over the wire. Every value passes through a typed header or is encoded, so that none can add a header.
    pub(super) fn message(&self, invitation: &Invitation) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let rendered = invitation.render()?;
        let name = invitation.settings.sender_name.replace(char::is_control, " ");
        let name = name.trim();
        let from = Mailbox::new((!name.is_empty()).then(|| name.to_owned()), self.sender.clone());
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{}>", invitation.message_id.as_str(), self.sender.domain())))
            // The library writes no date before 1970, and the time of the machine if it is given none.
            .date(SystemTime::from(invitation.sent_at.max(Timestamp::UNIX_EPOCH)))
            .from(from)
            .to(Mailbox::new(None, invitation.to.for_mail().parse()?))
            .subject(rendered.subject)
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("X-Icims-Customer"), invitation.customer.to_string()))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Content-Language"),
                invitation.settings.language.tag().to_owned(),
            ))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
        if let Some(support) = invitation.reply_to() {
            message = message.reply_to(Mailbox::new(None, support.for_mail().parse()?));
        }
        Ok(message.multipart(MultiPart::alternative_plain_html(rendered.text, rendered.html))?)
    }
}

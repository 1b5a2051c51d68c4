//! The candidate's mail: what it says and how it is sent.
//!
//! It knows nothing of orders or of why a candidate is invited; it is given an [`Invitation`] and a mail server.

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod handover;
mod page;
mod smtp;
mod template;
#[cfg(test)]
mod tests;
mod wording;

pub use handover::Handover;
pub use smtp::{MailError, Mailer, SmtpCredentials, SmtpSecurity, SmtpSettings, UnusableSmtpSettings};
pub use template::{Invitation, MessageId, Occasion, Rendered};
pub use wording::{DefaultText, default_reminder, default_text};

//! Mails to candidates: which of them a vacancy sends, and those that are still to be sent (`harver-platform.md` 8).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApplicationId;

/// Which mails the candidates of a vacancy get. The mail with the confirmation code is the system's own and cannot be switched.
///
/// Everything is off unless it is switched on (*assumed*: the documents name the templates and that each can be switched, and no
/// default; the integration sends the invitation).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CommunicationSet {
    /// Thanks, once the assessment is complete.
    pub completion: bool,
    /// A reminder 48 hours after registration, while the assessment is open.
    pub reminder_48_hours: bool,
    /// A reminder 7 days after registration, while the assessment is open.
    pub reminder_7_days: bool,
}

impl CommunicationSet {
    /// Whether this mail is sent.
    #[must_use]
    pub fn sends(self, kind: MailKind) -> bool {
        match kind {
            MailKind::ConfirmationCode => true,
            MailKind::Completion => self.completion,
            MailKind::ReminderAfter48Hours => self.reminder_48_hours,
            MailKind::ReminderAfter7Days => self.reminder_7_days,
        }
    }
}

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// The code that signs in when a link has expired.
    ConfirmationCode,
    /// Thanks for finishing.
    Completion,
    /// Two days after registration.
    ReminderAfter48Hours,
    /// A week after registration.
    ReminderAfter7Days,
}

impl MailKind {
    /// The reminders, the earliest first.
    pub const REMINDERS: [Self; 2] = [Self::ReminderAfter48Hours, Self::ReminderAfter7Days];

    /// How long after registration a reminder is due.
    #[must_use]
    pub fn delay(self) -> SignedDuration {
        match self {
            Self::ConfirmationCode | Self::Completion => SignedDuration::ZERO,
            Self::ReminderAfter48Hours => SignedDuration::from_hours(48),
            Self::ReminderAfter7Days => SignedDuration::from_hours(7 * 24),
        }
    }

    /// The template's name, as screens show it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ConfirmationCode => "Confirmation code",
            Self::Completion => "Completion",
            Self::ReminderAfter48Hours => "Reminder after 48 hours",
            Self::ReminderAfter7Days => "Reminder after 7 days",
        }
    }

    /// A word for identities of messages.
    #[must_use]
    pub(in crate::harver_platform) fn word(self) -> &'static str {
        match self {
            Self::ConfirmationCode => "code",
            Self::Completion => "completion",
            Self::ReminderAfter48Hours => "reminder-48h",
            Self::ReminderAfter7Days => "reminder-7d",
        }
    }
}

/// A mail that is still to be sent: written with the change that caused it, gone once the mailbox has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMail {
    /// To whom, and about what.
    pub application: ApplicationId,
    /// Which mail.
    pub kind: MailKind,
    /// The earliest moment.
    pub due_at: Timestamp,
    /// The confirmation code, of a mail that has one.
    pub code: Option<String>,
    /// The token of the magic link, of a mail that has one: drawn when the mail is due and kept, so that the same mail goes out when it
    /// has to be handed over a second time.
    pub link: Option<String>,
}

/// A mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// Which mail.
    pub kind: MailKind,
    /// When.
    pub at: Timestamp,
}

/// A code that signs a candidate in once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationCode {
    /// Six digits.
    pub digits: String,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// How often it may still be tried.
    pub tries_left: u8,
}

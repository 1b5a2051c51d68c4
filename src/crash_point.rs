//! Where the program can be told to die: before and after every effect that somebody else sees.
//!
//! Effects are reported where all of them pass: calls in [`crate::neighbour`] and in the mailer, commits by the threads of the store, answers
//! where they leave the program. A new call, step or change therefore has its points without saying so. Without the feature `crash-points`
//! nothing is reported. Which points there are, and how one is armed, stands in `armed`.

use crate::domain::{JobKind, Neighbour};

#[cfg(feature = "crash-points")]
mod armed;
#[cfg(not(feature = "crash-points"))]
mod unarmed;

#[cfg(feature = "crash-points")]
pub(crate) use armed::{Commits, after, arm, before};
#[cfg(feature = "crash-points")]
pub use armed::{CrashPoint, Fuse, NoSuchPoint, Side};
#[cfg(not(feature = "crash-points"))]
pub(crate) use unarmed::{Commits, after, before};

/// Something that somebody else sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A call to a neighbour, under the name by which such calls are measured.
    Call(Neighbour, &'static str),
    /// A commit that publishes something.
    Commit(Commit),
    /// An answer to whoever has called.
    Answer(Answer),
}

/// What a commit publishes. It is called after what stands first in its change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// A step is somebody's.
    Leased(JobKind),
    /// What came of a step, with whatever it has changed and what follows it.
    Settled(JobKind),
    /// A page on which a recruiter chooses packages.
    ChoiceOpened,
    /// An order, with its first step.
    OrderReceived,
    /// Another state of an order, or another link, outside of a step.
    OrderChanged,
    /// What a webhook has announced.
    WebhookHeard,
    /// That a mail is about to be handed over.
    MailNoted,
    /// That the server has turned a mail down.
    MailTurnedDown,
    /// An event that is not acted on.
    EventRefused,
    /// Steps alone.
    Work,
}

/// An answer on which somebody relies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To an event of iCIMS.
    Event,
    /// To a webhook of the platform.
    Webhook,
    /// To a recruiter who chooses packages.
    Selection,
}

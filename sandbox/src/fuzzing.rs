//! Everything that reads what comes from outside, each as a function of bytes: for the targets of `fuzz/`, and for a replay of their corpus
//! with the unit tests. No program has it.
//!
//! A function panics when what was read breaks a promise: it is written and read again as something else, it changes with the packets that
//! it came in, it leaves the state in disorder, or it costs more than its length allows. What is private to a module is reached from a
//! `fuzzing.rs` beside it.

#[cfg(test)]
mod replay;
mod words;

pub use crate::control::fuzzing::control_body;
pub use crate::harver_platform::fuzzing::platform_registration;
pub use crate::icims::fuzzing::{icims_profile, icims_search, uploaded_file};
pub use crate::mailbox::fuzzing::{mail_message, smtp_session};
pub use words::sandbox_words;

/// A reader of bytes that panics when they break a promise.
pub type Target = fn(&[u8]);

/// All targets, by their names in `fuzz/`.
pub const TARGETS: [(&str, Target); 8] = [
    ("control_body", control_body),
    ("icims_profile", icims_profile),
    ("icims_search", icims_search),
    ("mail_message", mail_message),
    ("platform_registration", platform_registration),
    ("sandbox_words", sandbox_words),
    ("smtp_session", smtp_session),
    ("uploaded_file", uploaded_file),
];

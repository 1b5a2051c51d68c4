//! Everything that reads what comes from outside, each as a function of bytes: for the targets of `fuzz/`, and for a replay of their corpus
//! with the unit tests. No program has it.
//!
//! A function panics when what was read breaks a promise: it is written and read again as something else, it is not what its type promises,
//! or it costs more than its length allows. What is private to a module is reached from a `fuzzing.rs` beside it. Inputs of several parts are
//! texts that people can write: lines, or the head and body of a message.

mod environment;
#[cfg(test)]
mod replay;
mod settings;
mod words;

pub use crate::console::fuzzing::console_form;
pub use crate::harver_platform::fuzzing::{platform_answer, platform_webhook};
pub use crate::icims::fuzzing::{icims_answer, icims_event, signed_event};
pub use crate::invitation::fuzzing::mail_text;
pub use crate::web::fuzzing::request_head;
pub use environment::environment_file;
pub use settings::settings_document;
pub use words::{domain_words, mail_address};

/// A reader of bytes that panics when they break a promise.
pub type Target = fn(&[u8]);

/// All targets, by their names in `fuzz/`.
pub const TARGETS: [(&str, Target); 12] = [
    ("console_form", console_form),
    ("domain_words", domain_words),
    ("environment_file", environment_file),
    ("icims_answer", icims_answer),
    ("icims_event", icims_event),
    ("mail_address", mail_address),
    ("mail_text", mail_text),
    ("platform_answer", platform_answer),
    ("platform_webhook", platform_webhook),
    ("request_head", request_head),
    ("settings_document", settings_document),
    ("signed_event", signed_event),
];

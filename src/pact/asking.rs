//! What is said when somebody does not answer, or answers something that nobody has asked for.

use std::error::Error;

use crate::http::{Answer, NoAnswer, in_its_words};

/// Nothing came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Silence {
    /// The sentence.
    pub(super) said: String,
    /// Whether there was no connection at all, so that asking again is of no use.
    pub(super) is_unreachable: bool,
}

impl Silence {
    /// In words, after what was tried.
    pub(super) fn of(error: &NoAnswer, tried: &str) -> Self {
        let is_unreachable = match error {
            NoAnswer::Unreachable { source, .. } => source.is_connect() || source.is_builder(),
            _ => false,
        };
        // Errors of clients stand in one another; the last one says what has happened.
        let mut root: Option<&(dyn Error + 'static)> = error.source();
        while let Some(deeper) = root.and_then(Error::source) {
            root = Some(deeper);
        }
        let root = root.map(|root| format!(" ({})", in_its_words(&root.to_string()))).unwrap_or_default();
        Self { said: format!("{tried}: {error}{root}"), is_unreachable }
    }
}

/// What came, in a few words: the status, and what kind of text it is where that is no JSON.
pub(super) fn why(answer: &Answer) -> String {
    let kind = answer.header("content-type").map(|kind| format!(" with {kind}")).unwrap_or_default();
    let to = answer.header("location").map(|to| format!(", which leads to {}", in_its_words(to))).unwrap_or_default();
    format!("{}{kind}{to}", answer.status)
}

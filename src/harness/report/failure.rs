//! Why a step failed, in the words it left: a message and its causes, without colours and without what lets somebody in.

use serde::Serialize;

use super::mask;

/// Why something failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Failure {
    pub(super) message: String,
    /// From the nearest cause to the deepest.
    pub(super) causes: Vec<String>,
}

/// What stands between a failure and its cause, in the words of a step that failed.
pub(in crate::harness) const BECAUSE: &str = "\n  because ";
/// What a step says when its scenario has no world to take place in.
pub(in crate::harness) const NO_WORLD: &str = "there is no world";

impl Failure {
    /// A failure by what it says: the message, then each cause after [`BECAUSE`].
    pub(super) fn told(text: &str) -> Self {
        let mut told = text.split(BECAUSE).map(|part| mask::words(plain(part).trim()));
        Self { message: told.next().unwrap_or_default(), causes: told.collect() }
    }

    /// The failure and its causes, each on a line.
    pub(super) fn whole(&self) -> String {
        std::iter::once(&self.message).chain(&self.causes).map(String::as_str).collect::<Vec<_>>().join(BECAUSE)
    }

    /// Whether it failed because there was nothing to run it in.
    pub(super) fn is_of_no_world(&self) -> bool {
        std::iter::once(&self.message).chain(&self.causes).any(|told| told.contains(NO_WORLD))
    }
}

/// A text without colours of terminals and other characters that steer something.
fn plain(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.map(|piece| piece.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ';'));
    let rest = rest.map(|piece| piece.strip_prefix('m').unwrap_or(piece));
    let all: String = std::iter::once(first).chain(rest).collect();
    all.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

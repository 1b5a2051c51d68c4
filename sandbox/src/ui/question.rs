//! Asking before something is done that cannot be taken back and is one slip away: a page of its own, which needs no script.
//!
//! The first form leads to the question instead of to what it is about; nothing is done until the question's own button is pressed.

use super::Given;

/// What the question's form sends along, as its button was pressed.
const CONFIRMED: &str = "confirmed";

/// A question, for a page that includes `question.html`.
#[derive(Clone, Debug)]
pub struct Question {
    /// What would be done, as a question.
    pub title: String,
    /// What cannot be taken back.
    pub said: String,
    /// What it would be done to, by a name for its element.
    pub concerned: Vec<(String, String)>,
    /// Where the answer goes.
    pub action: String,
    /// What the first form has sent, to be sent again.
    pub sent: Vec<(&'static str, String)>,
    /// The words of the button.
    pub yes: String,
    /// Where to go instead.
    pub way_back: String,
}

impl Question {
    /// Whether a form comes from a question.
    #[must_use]
    pub fn is_answered(form: &Given) -> bool {
        form.ticked(CONFIRMED)
    }

    /// The name of the button.
    #[must_use]
    pub fn confirms(&self) -> &'static str {
        CONFIRMED
    }
}

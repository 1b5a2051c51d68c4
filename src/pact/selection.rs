//! Which interactions are wanted.

use std::fmt;
use std::sync::Arc;

use super::contract::Interaction;

/// A pattern that texts are held against.
#[derive(Clone)]
pub struct Pattern {
    /// As it was written.
    text: String,
    admits: Arc<dyn Fn(&str) -> bool + Send + Sync>,
}

impl Pattern {
    /// A pattern, by what it says of texts.
    pub fn new(text: impl Into<String>, admits: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self { text: text.into(), admits: Arc::new(admits) }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

/// Which interactions are wanted: all of them, unless a pattern says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// What their descriptions are like.
    pub description: Option<Pattern>,
    /// What one of their states is like.
    pub state: Option<Pattern>,
}

impl Selection {
    /// Whether some may be left out.
    pub(super) fn is_partial(&self) -> bool {
        self.description.is_some() || self.state.is_some()
    }

    pub(super) fn admits(&self, interaction: &Interaction) -> bool {
        let described = self.description.as_ref().is_none_or(|pattern| (pattern.admits)(&interaction.description));
        let given = |pattern: &Pattern| interaction.states.iter().any(|state| (pattern.admits)(&state.name));
        described && self.state.as_ref().is_none_or(given)
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = |name, pattern: &Option<Pattern>| pattern.as_ref().map(|pattern| format!("{name} {:?}", pattern.text));
        let both = [option("--filter", &self.description), option("--state", &self.state)];
        f.write_str(&both.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }
}

/// A pattern for this text and no other.
pub(super) fn exactly(text: &str) -> String {
    let escaped: String =
        text.chars().flat_map(|sign| (r"\.+*?()|[]{}^$#&-~".contains(sign)).then_some('\\').into_iter().chain([sign])).collect();
    format!("^{escaped}$")
}

/// An argument as a shell takes it.
pub(super) fn quoted(argument: &str) -> String {
    let is_plain =
        !argument.is_empty() && argument.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_./:@=,%+".contains(sign));
    if is_plain { argument.to_owned() } else { format!("'{}'", argument.replace('\'', r"'\''")) }
}

//! Where pacts come from. Whoever gets them elsewhere than from files adds a [`Source`].

use std::path::PathBuf;

/// Where pacts come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Files, and folders in which every `.json` file is a pact.
    Files(Vec<PathBuf>),
}

/// A pact and what is known of it besides its text.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Where it was found, as people are told: a path or an address.
    pub origin: String,
    /// The JSON.
    pub text: String,
    /// Whether its provider is known not to keep it yet: only a broker may say so.
    pub pending: bool,
}

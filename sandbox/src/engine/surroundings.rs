//! What every actor is given when it is made.

use url::Url;

use super::{Clock, Journal, Registry};

/// The world around an actor.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The actor's own public address, without a path.
    pub base_url: Url,
    /// The virtual clock of the process.
    pub clock: Clock,
    /// Where exchanges are recorded.
    pub journal: Journal,
    /// The customers there are.
    pub registry: Registry,
    /// The seed from which everything random is derived.
    pub seed: u64,
}

impl Surroundings {
    /// An absolute URL on this actor, from a path that starts with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }

    /// The name under which this actor keeps a cookie. It carries the port, as browsers keep cookies by host and not by port: under one
    /// name, two sandboxes on one host would take each other's sessions away.
    #[must_use]
    pub fn cookie(&self, name: &str) -> String {
        self.base_url.port().map_or_else(|| name.to_owned(), |port| format!("{name}_{port}"))
    }
}

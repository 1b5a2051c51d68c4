//! What an expected exchange looks like.

use std::fmt;
use std::sync::Arc;

use crate::engine::{Actor, Exchange, Outcome};
use crate::icims::model::WorkflowId;

type Check = Arc<dyn Fn(&Exchange) -> bool + Send + Sync>;

/// A description that an exchange fits or does not. Everything that is said must hold.
#[derive(Clone)]
#[must_use = "a pattern does nothing until it is expected"]
pub struct Pattern {
    words: Vec<String>,
    checks: Vec<Check>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.to_string()).finish()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(", "))
    }
}

impl Pattern {
    /// An event that iCIMS sends to the vendor.
    pub fn event() -> Self {
        Self::begin("an event of iCIMS to the vendor", |it| it.from == Actor::Icims && it.to == Actor::Integration)
    }

    /// A webhook that the Harver platform sends to its customer's integration.
    pub fn webhook() -> Self {
        Self::begin("a webhook of the platform", |it| it.from == Actor::HarverPlatform && it.to == Actor::Integration)
    }

    /// A call of somebody to iCIMS, by method and a part of the path.
    pub fn icims_call(method: &str, path: &str) -> Self {
        Self::begin("a call to iCIMS", |it| it.to == Actor::Icims).method(method).path(path)
    }

    /// A call of somebody to the Harver platform, by method and a part of the path.
    pub fn platform_call(method: &str, path: &str) -> Self {
        Self::begin("a call to the platform", |it| it.to == Actor::HarverPlatform).method(method).path(path)
    }

    /// A mail that is handed in.
    pub fn mail() -> Self {
        Self::begin("a mail", |it| it.to == Actor::Mailbox)
    }

    /// The HTTP method.
    pub fn method(self, method: &str) -> Self {
        let wanted = method.to_owned();
        self.that(method, move |it| it.method.eq_ignore_ascii_case(&wanted))
    }

    /// A part of the address that is asked.
    pub fn path(self, part: &str) -> Self {
        let wanted = part.to_owned();
        self.that(&format!("address with {part}"), move |it| it.target.contains(&wanted))
    }

    /// The status of the answer.
    pub fn status(self, status: u16) -> Self {
        self.that(
            &format!("answered {status}"),
            move |it| matches!(it.outcome, Outcome::Answered { status: found, .. } if found == status),
        )
    }

    /// A part of the body that is sent.
    pub fn body(self, part: &str) -> Self {
        let wanted = part.to_owned();
        self.that(&format!("body with {part}"), move |it| it.request_body.contains(&wanted))
    }

    /// The workflow it is about, where the journal can tell.
    pub fn workflow(self, workflow: WorkflowId) -> Self {
        let wanted = workflow.to_string();
        self.that(&format!("about workflow {workflow}"), move |it| it.workflow.as_ref() == Some(&wanted))
    }

    /// Whatever else; `words` say it in the message of an expectation that is not met.
    pub fn that(mut self, words: &str, check: impl Fn(&Exchange) -> bool + Send + Sync + 'static) -> Self {
        self.words.push(words.to_owned());
        self.checks.push(Arc::new(check));
        self
    }

    pub(super) fn fits(&self, exchange: &Exchange) -> bool {
        self.checks.iter().all(|check| check(exchange))
    }

    fn begin(words: &str, check: impl Fn(&Exchange) -> bool + Send + Sync + 'static) -> Self {
        Self { words: Vec::new(), checks: Vec::new() }.that(words, check)
    }
}

//! What crossed the wire, as the sandbox's journal tells it: whole for the rules, masked for readers.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::harness::report::{Exchange, Known, cut};

/// One request and what came of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) at: Timestamp,
    pub(super) took_ms: u64,
    pub(super) workflow: Option<String>,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) answer: Answer,
    from: String,
    to: String,
    agent: Option<String>,
    whole: Value,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Given { status: u16, body: String },
    None { reason: String },
}

impl From<Value> for Entry {
    /// What lacks something has nothing in its place, which no rule takes for what it looks for.
    fn from(whole: Value) -> Self {
        let text = |name: &str| whole[name].as_str().unwrap_or_default().to_owned();
        let outcome = &whole["outcome"];
        let said = |name: &str| outcome[name].as_str().unwrap_or_default().to_owned();
        let answer = match outcome["status"].as_u64().and_then(|status| u16::try_from(status).ok()) {
            Some(status) => Answer::Given { status, body: said("body") },
            None => Answer::None { reason: said("reason") },
        };
        let headers = whole["request_headers"].as_array().into_iter().flatten();
        let agent = headers.filter_map(|header| Some((header[0].as_str()?, header[1].as_str()?)));
        let agent =
            agent.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("user-agent")).map(|(_, value)| value.to_owned());
        Self {
            id: whole["id"].as_u64().unwrap_or_default(),
            at: text("at").parse().unwrap_or_default(),
            took_ms: whole["took_ms"].as_u64().unwrap_or_default(),
            workflow: whole["workflow"].as_str().map(str::to_owned),
            method: text("method"),
            target: text("target"),
            from: text("from"),
            to: text("to"),
            agent,
            answer,
            whole,
        }
    }
}

impl Entry {
    /// Whether iCIMS tells the integration of something.
    pub(super) fn is_event(&self) -> bool {
        self.from == "icims" && self.to == "integration" && self.method == "POST"
    }

    /// Whether it is one of this workflow.
    pub(super) fn is_event_of(&self, workflow: &str) -> bool {
        self.is_event() && self.workflow.as_deref() == Some(workflow)
    }

    /// Whether the integration calls iCIMS.
    pub(super) fn is_call_of_icims(&self) -> bool {
        self.from == "integration" && self.to == "icims"
    }

    /// Whether a program calls iCIMS that nobody knows as the integration, and no test either.
    pub(super) fn is_strangers_call(&self) -> bool {
        self.from == "other" && self.to == "icims"
    }

    /// Whether it changes something of a workflow: which one, whoever does it.
    pub(super) fn writes_to_workflow(&self) -> Option<&str> {
        let writes = self.to == "icims" && matches!(self.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE");
        let path = self.target.split('?').next()?;
        let mut parts = path.split('/').skip_while(|part| *part != "applicantworkflows").skip(1);
        parts.next().filter(|id| writes && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Whether the integration registers somebody with the simulated platform.
    pub(super) fn is_registration(&self) -> bool {
        self.from == "integration"
            && self.to == "harver_platform"
            && self.method == "POST"
            && self.target.ends_with("/applications")
    }

    /// Whether the simulated platform tells the integration of something.
    pub(super) fn is_webhook(&self) -> bool {
        self.from == "harver_platform" && self.to == "integration"
    }

    /// What was asked, as it was sent.
    pub(super) fn asked(&self) -> &str {
        self.whole["request_body"].as_str().unwrap_or_default()
    }

    /// Whether it is mail to this address.
    pub(super) fn is_mail_to(&self, address: &str) -> bool {
        self.method == "SMTP" && self.target.eq_ignore_ascii_case(address)
    }

    pub(super) fn status(&self) -> Option<u16> {
        match &self.answer {
            Answer::Given { status, .. } => Some(*status),
            Answer::None { .. } => None,
        }
    }

    pub(super) fn succeeded(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// What it was answered, if there was an answer.
    pub(super) fn answer_body(&self) -> &str {
        match &self.answer {
            Answer::Given { body, .. } => body,
            Answer::None { .. } => "",
        }
    }

    /// By what name the caller introduced itself.
    pub(super) fn agent(&self) -> &str {
        self.agent.as_deref().filter(|agent| !agent.is_empty()).unwrap_or("a program without a User-Agent")
    }

    /// How long it took to its answer.
    pub(super) fn took(&self) -> SignedDuration {
        SignedDuration::from_millis(i64::try_from(self.took_ms).unwrap_or(i64::MAX))
    }

    /// How long after a moment it began.
    pub(super) fn after(&self, moment: Timestamp) -> SignedDuration {
        self.at.duration_since(moment)
    }

    /// Whether a test did it, or a person who tries out an API by hand.
    pub(super) fn is_test(&self) -> bool {
        self.from == "tester"
    }

    /// In the words of reports, with what looks like a secret taken out.
    pub(super) fn told(&self) -> Option<Exchange> {
        Exchange::told(&self.whole)
    }

    /// As readers are shown it.
    pub(super) fn shown(&self, secrets: &Known) -> Option<Exchange> {
        let mut shown = self.told()?;
        shown.texts().for_each(|text| secrets.take_out(text));
        Some(shown)
    }
}

/// A text of somebody else's as part of a sentence: its beginning, without secrets.
pub(super) fn quoted(text: &str, secrets: &Known) -> String {
    cut(&masked(text, secrets), 160)
}

/// The same, whole.
pub(super) fn masked(text: &str, secrets: &Known) -> String {
    let mut text = crate::harness::report::words(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    secrets.take_out(&mut text);
    text
}

/// Those that an exam is about, as readers are shown them.
pub(super) fn shown<'a>(entries: impl IntoIterator<Item = &'a Entry>, secrets: &Known) -> Vec<Exchange> {
    entries.into_iter().filter_map(|entry| entry.shown(secrets)).collect()
}

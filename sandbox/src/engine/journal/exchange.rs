//! One exchange between two actors as the journal shows it, and what only sending it again needs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entry::{Body, Headers, Passed, Passing};
use crate::engine::faults::FaultMark;

/// How many bytes of a body are kept, so that one upload cannot fill the memory.
pub(in crate::engine) const BODY_LIMIT: usize = 64 * 1024;
/// Headers whose value is a secret.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "set-cookie"];

/// Who takes part in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The applicant tracking system.
    Icims,
    /// Whatever is connected between the two vendors. As a caller: its account over its own connection.
    Integration,
    /// The assessment platform.
    HarverPlatform,
    /// Where mail arrives.
    Mailbox,
    /// Whoever tries out an API by hand, or with the client of a test; only ever the caller.
    Tester,
    /// Another program, whatever account it uses; only ever the caller.
    Other,
}

/// The position of an exchange in the journal; ascending, never reused within a process.
pub type ExchangeId = u64;

/// One request and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Exchange {
    /// Position in the journal; 0 until it is recorded.
    pub id: ExchangeId,
    /// When the request was made, on the virtual clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who asked, told by account and connection together. `integration`: the account that was issued to it, over a connection that is its
    /// own; `tester`: a program for trying out an API by hand; `other`: any other program, also one that uses the integration's account.
    pub from: Actor,
    /// Who was asked.
    pub to: Actor,
    /// The iCIMS customer it belongs to, where that can be told.
    pub customer: Option<String>,
    /// The recruiting workflow it belongs to, where that can be told.
    pub workflow: Option<String>,
    /// HTTP method, or `SMTP`.
    pub method: String,
    /// Path with query, or the full URL for requests that leave the process.
    pub target: String,
    /// Request headers, secrets masked.
    pub request_headers: Vec<(String, String)>,
    /// Request body as text, cut at 64 KiB.
    pub request_body: String,
    /// The answer, or why there was none.
    pub outcome: Outcome,
    /// Real time from request to outcome, in milliseconds.
    pub took_ms: u64,
    /// The fault rules that disturbed it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultMark>,
    /// The exchange whose request was sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<ExchangeId>,
}

/// What is needed to send a request again and what nobody gets to see: secrets, and bodies that are shown otherwise than they went.
#[derive(Clone, Default)]
pub struct Original {
    /// The whole headers.
    pub headers: Vec<(String, String)>,
    /// The bytes of the body as they went over the wire.
    pub body: Vec<u8>,
}

impl Exchange {
    /// The name by which the calling program introduced itself: the product at the beginning of its `User-Agent`, without a version.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        let agent = self.request_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("user-agent"))?;
        product(&agent.1)
    }

    /// As it is recorded, with what is needed to send the request again.
    pub(super) fn passing<'a>(&'a self, original: Option<&'a Original>) -> Passing<'a> {
        let body = match original {
            None => Body::Told(&self.request_body),
            Some(Original { body, .. }) if body == self.request_body.as_bytes() => Body::Wire(body),
            Some(Original { body, .. }) => Body::ShownAs(body, &self.request_body),
        };
        Passing {
            at: self.at,
            from: self.from,
            to: self.to,
            customer: self.customer.as_deref(),
            workflow: self.workflow.as_deref(),
            method: &self.method,
            target: &self.target,
            headers: Headers::Told(original.map_or(&self.request_headers, |original| &original.headers)),
            body,
            outcome: match &self.outcome {
                Outcome::Answered { status, headers, body } => {
                    Passed::Answered { status: *status, headers: Headers::Told(headers), body: body.as_bytes() }
                }
                Outcome::Failed { reason } => Passed::Failed { reason },
            },
            took_ms: self.took_ms,
            faults: self.faults.clone(),
            replay_of: self.replay_of,
        }
    }
}

/// The product at the beginning of a `User-Agent`.
pub(super) fn product(agent: &str) -> Option<&str> {
    agent.split(['/', ' ']).next().filter(|product| !product.is_empty())
}

impl std::fmt::Debug for Original {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Original").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// What came of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// The other side answered.
    Answered {
        /// HTTP or SMTP status.
        status: u16,
        /// Answer headers, secrets masked.
        headers: Vec<(String, String)>,
        /// Answer body as text, cut at 64 KiB.
        body: String,
    },
    /// There was no answer: refused connection, time-out, unreadable bytes.
    Failed {
        /// What happened.
        reason: String,
    },
}

/// Hides secrets in headers.
pub(super) fn mask(headers: &mut [(String, String)]) {
    for (name, value) in headers {
        if SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            // The scheme helps to see what went wrong and gives nothing away.
            let scheme = value.split(' ').next().filter(|word| word.len() < value.len()).unwrap_or_default();
            *value = format!("{scheme} ***").trim_start().to_owned();
        }
    }
}

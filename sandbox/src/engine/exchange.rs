//! One exchange between two actors as the journal keeps it: what is shown, and what only sending it again needs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::faults::FaultMark;

/// How many bytes of a body are kept, so that one upload cannot fill the memory.
pub(super) const BODY_LIMIT: usize = 64 * 1024;
/// Headers whose value is a secret.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "set-cookie"];

/// Who takes part in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The applicant tracking system.
    Icims,
    /// Whatever is connected between the two vendors.
    Integration,
    /// The assessment platform.
    HarverPlatform,
    /// Where mail arrives.
    Mailbox,
    /// Whoever tries out an API by hand; only ever the caller.
    Tester,
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
    /// Who asked.
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

impl std::fmt::Debug for Original {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Original").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// What an exchange keeps of its [`Original`]: only what the exchange itself does not show.
#[derive(Default)]
pub(super) struct Hidden {
    /// Header values that are masked, by position.
    secrets: Vec<(usize, String)>,
    /// The bytes, where the text is not the same.
    body: Option<Vec<u8>>,
    /// Whether the request can be put together again at all.
    whole: bool,
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hidden").field("whole", &self.whole).finish_non_exhaustive()
    }
}

impl Hidden {
    pub(super) fn of(original: Option<Original>, exchange: &Exchange) -> Self {
        let Some(Original { headers, body }) = original.filter(|original| original.body.len() <= BODY_LIMIT) else {
            return Self::default();
        };
        let secrets = headers.into_iter().enumerate();
        let secrets = secrets.filter(|(at, (_, value))| exchange.request_headers.get(*at).is_none_or(|shown| shown.1 != *value));
        let same = body == exchange.request_body.as_bytes();
        Self { secrets: secrets.map(|(at, (_, value))| (at, value)).collect(), body: (!same).then_some(body), whole: true }
    }

    pub(super) fn original(&self, exchange: &Exchange) -> Option<Original> {
        let mut headers = exchange.request_headers.clone();
        for (at, value) in &self.secrets {
            headers.get_mut(*at)?.1.clone_from(value);
        }
        let body = self.body.clone().unwrap_or_else(|| exchange.request_body.clone().into_bytes());
        self.whole.then_some(Original { headers, body })
    }

    pub(super) fn weight(&self) -> usize {
        self.secrets.iter().map(|(_, value)| value.len()).sum::<usize>() + self.body.as_ref().map_or(0, Vec::len)
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

/// Cuts a body that is too long.
pub(super) fn cut(body: &mut String) {
    if body.len() > BODY_LIMIT {
        let end = (0..=BODY_LIMIT).rev().find(|&at| body.is_char_boundary(at)).unwrap_or(0);
        // A new text, because a truncated one keeps the memory of the whole.
        let mut kept = String::with_capacity(end + '…'.len_utf8());
        kept.push_str(&body[..end]);
        kept.push('…');
        *body = kept;
    }
}

/// Bytes of an exchange's texts.
pub(super) fn weight(exchange: &Exchange) -> usize {
    let headers = |headers: &[(String, String)]| headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    let answer = match &exchange.outcome {
        Outcome::Answered { headers: fields, body, .. } => headers(fields) + body.len(),
        Outcome::Failed { reason } => reason.len(),
    };
    exchange.target.len() + headers(&exchange.request_headers) + exchange.request_body.len() + answer
}

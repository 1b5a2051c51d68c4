//! An exchange as the journal holds it: one block of bytes, as they went over the wire. Text is made of them only when somebody reads.
//!
//! Secrets are in the block, because a request can be sent again only with them. They leave it in [`Original`] and nowhere else.

use std::fmt;

use axum::http::HeaderMap;
use jiff::Timestamp;

use super::exchange::{Actor, BODY_LIMIT, Exchange, ExchangeId, Original, Outcome, mask};
use crate::engine::faults::FaultMark;

/// What follows a body of which only the beginning is kept.
const CUT: &str = "…";

/// An exchange as it passes, not yet recorded: recording copies each byte once. It holds secrets, so it cannot be printed.
pub struct Passing<'a> {
    /// When the request was made, on the virtual clock.
    pub at: Timestamp,
    /// Who asked.
    pub from: Actor,
    /// Who was asked.
    pub to: Actor,
    /// The iCIMS customer it belongs to.
    pub customer: Option<&'a str>,
    /// The recruiting workflow it belongs to.
    pub workflow: Option<&'a str>,
    /// HTTP method, or `SMTP`.
    pub method: &'a str,
    /// Path with query, or the full URL.
    pub target: &'a str,
    /// The headers of the request, whole.
    pub headers: Headers<'a>,
    /// The body of the request.
    pub body: Body<'a>,
    /// What came of it.
    pub outcome: Passed<'a>,
    /// Real time from request to outcome, in milliseconds.
    pub took_ms: u64,
    /// The fault rules that disturbed it.
    pub faults: Vec<FaultMark>,
    /// The exchange whose request is sent again.
    pub replay_of: Option<ExchangeId>,
}

/// Headers, as a client or server has them or as text.
#[derive(Clone, Copy)]
pub enum Headers<'a> {
    /// As HTTP has them.
    Parsed(&'a HeaderMap),
    /// As text.
    Told(&'a [(String, String)]),
}

/// The body of a request.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// The bytes as they went over the wire, which are also what is shown.
    Wire(&'a [u8]),
    /// Bytes that are shown otherwise: because they are compressed, or a secret.
    ShownAs(&'a [u8], &'a str),
    /// What is shown of a request that nobody can send again.
    Told(&'a str),
}

/// What came of a request.
#[derive(Clone, Copy)]
pub enum Passed<'a> {
    /// The other side answered.
    Answered {
        /// HTTP or SMTP status.
        status: u16,
        /// The headers, whole.
        headers: Headers<'a>,
        /// What is shown of the body.
        body: &'a [u8],
    },
    /// There was no answer.
    Failed {
        /// What happened.
        reason: &'a str,
    },
}

/// A recorded exchange.
pub(super) struct Entry {
    pub(super) id: ExchangeId,
    at: Timestamp,
    took_ms: u64,
    replay_of: Option<ExchangeId>,
    faults: Box<[FaultMark]>,
    pub(super) from: Actor,
    to: Actor,
    /// Of the answer, if there was one.
    status: Option<u16>,
    /// In this order: customer, workflow, method, target; the bytes of the request's body if it can be sent again, and what is shown
    /// in their place; answer or reason; the number of the request's headers, and all headers as name and value.
    block: Box<[u8]>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("id", &self.id).field("bytes", &self.block.len()).finish_non_exhaustive()
    }
}

impl Entry {
    /// An exchange that has no position yet.
    pub(super) fn new(passing: Passing<'_>) -> Self {
        let mut length = 0;
        passing.write(&mut |part| length += part.len());
        let mut block = Vec::with_capacity(length);
        passing.write(&mut |part| block.extend_from_slice(part));
        let Passing { at, from, to, outcome, took_ms, faults, replay_of, .. } = passing;
        let status = if let Passed::Answered { status, .. } = outcome { Some(status) } else { None };
        Self { id: 0, at, took_ms, replay_of, faults: faults.into(), from, to, status, block: block.into() }
    }

    /// The bytes of memory that it holds, what an allocator adds to them included.
    pub(super) fn weight(&self) -> usize {
        let marks: usize =
            self.faults.iter().map(|mark| size_of::<FaultMark>() + mark.name.as_ref().map_or(0, String::len)).sum();
        // Allocators round a block of such a size up by less than an eighth.
        size_of::<Self>() + LOOK_UPS + marks + self.block.len() + self.block.len() / 8
    }

    pub(super) fn customer(&self) -> Option<&str> {
        self.parts().optional_text()
    }

    pub(super) fn workflow(&self) -> Option<&str> {
        let mut parts = self.parts();
        parts.optional();
        parts.optional_text()
    }

    /// What is shown of it: secrets masked, bodies as text.
    pub(super) fn exchange(&self) -> Exchange {
        let mut parts = self.parts();
        let (customer, workflow) = (parts.optional().map(text), parts.optional().map(text));
        let (method, target) = (text(parts.part()), text(parts.part()));
        let (wire, shown, answer) = (parts.optional(), parts.optional(), parts.part());
        let mut headers = parts.headers();
        mask(&mut headers.request);
        mask(&mut headers.answer);
        Exchange {
            id: self.id,
            at: self.at,
            from: self.from,
            to: self.to,
            customer,
            workflow,
            method,
            target,
            request_headers: headers.request,
            request_body: text(shown.or(wire).unwrap_or_default()),
            outcome: match self.status {
                Some(status) => Outcome::Answered { status, headers: headers.answer, body: text(answer) },
                None => Outcome::Failed { reason: text(answer) },
            },
            took_ms: self.took_ms,
            faults: self.faults.to_vec(),
            replay_of: self.replay_of,
        }
    }

    /// What is needed to send the request again, if that can be done.
    pub(super) fn original(&self) -> Option<Original> {
        let mut parts = self.parts();
        let _whose = (parts.optional(), parts.optional());
        let _what = (parts.part(), parts.part());
        let body = parts.optional()?.to_vec();
        let _shown = (parts.optional(), parts.part());
        Some(Original { headers: parts.headers().request, body })
    }

    fn parts(&self) -> Parts<'_> {
        Parts(&self.block)
    }
}

/// What a look-up by position and one by customer take for an exchange.
const LOOK_UPS: usize = 96;

impl Passing<'_> {
    /// The parts of the block, one after the other.
    fn write(&self, out: &mut impl FnMut(&[u8])) {
        optional(out, self.customer.map(str::as_bytes));
        optional(out, self.workflow.map(str::as_bytes));
        part(out, self.method.as_bytes());
        part(out, self.target.as_bytes());
        let (wire, shown) = match self.body {
            Body::Wire(wire) if wire.len() <= BODY_LIMIT => (Some(wire), None),
            Body::ShownAs(wire, shown) if wire.len() <= BODY_LIMIT => (Some(wire), Some(shown.as_bytes())),
            Body::Wire(shown) => (None, Some(shown)),
            Body::ShownAs(_, shown) | Body::Told(shown) => (None, Some(shown.as_bytes())),
        };
        optional(out, wire);
        match shown {
            Some(shown) => {
                number(out, 1);
                cut(out, shown);
            }
            None => number(out, 0),
        }
        let (answer, answered) = match self.outcome {
            Passed::Answered { headers, body, .. } => (body, headers),
            Passed::Failed { reason } => (reason.as_bytes(), Headers::Told(&[])),
        };
        cut(out, answer);
        number(out, self.headers.len());
        self.headers.write(out);
        answered.write(out);
    }
}

impl Headers<'_> {
    fn len(self) -> usize {
        match self {
            Self::Parsed(map) => map.len(),
            Self::Told(list) => list.len(),
        }
    }

    fn write(self, out: &mut impl FnMut(&[u8])) {
        let mut pair = |name: &str, value: &[u8]| {
            part(out, name.as_bytes());
            part(out, value);
        };
        match self {
            Self::Parsed(map) => map.iter().for_each(|(name, value)| pair(name.as_str(), value.as_bytes())),
            Self::Told(list) => list.iter().for_each(|(name, value)| pair(name, value.as_bytes())),
        }
    }
}

fn optional(out: &mut impl FnMut(&[u8]), bytes: Option<&[u8]>) {
    number(out, usize::from(bytes.is_some()));
    if let Some(bytes) = bytes {
        part(out, bytes);
    }
}

fn part(out: &mut impl FnMut(&[u8]), bytes: &[u8]) {
    number(out, bytes.len());
    out(bytes);
}

/// A part that is cut if it is too long, between two characters.
fn cut(out: &mut impl FnMut(&[u8]), bytes: &[u8]) {
    if bytes.len() <= BODY_LIMIT {
        return part(out, bytes);
    }
    let continues = |at: &usize| bytes[*at] & 0b1100_0000 == 0b1000_0000;
    let end = (BODY_LIMIT - 3..=BODY_LIMIT).rev().find(|at| !continues(at)).unwrap_or(BODY_LIMIT);
    number(out, end + CUT.len());
    out(&bytes[..end]);
    out(CUT.as_bytes());
}

/// Seven bits in a byte, the lowest first; the eighth says that more follow (LEB128).
fn number(out: &mut impl FnMut(&[u8]), mut number: usize) {
    let (mut bytes, mut length) = ([0; 10], 0);
    loop {
        let low = (number & 0x7f).to_le_bytes()[0];
        number >>= 7;
        bytes[length] = if number == 0 { low } else { low | 0x80 };
        length += 1;
        if number == 0 {
            return out(&bytes[..length]);
        }
    }
}

/// What is still to be read of a block. It is only read as it was written; beyond its end there is nothing.
struct Parts<'a>(&'a [u8]);

struct Both {
    request: Vec<(String, String)>,
    answer: Vec<(String, String)>,
}

impl<'a> Parts<'a> {
    fn number(&mut self) -> usize {
        let mut number = 0;
        for place in (0..usize::BITS).step_by(7) {
            let Some((byte, rest)) = self.0.split_first() else { break };
            self.0 = rest;
            number |= usize::from(byte & 0x7f) << place;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    fn part(&mut self) -> &'a [u8] {
        let length = self.number();
        let (part, rest) = self.0.split_at_checked(length).unwrap_or_default();
        self.0 = rest;
        part
    }

    fn optional(&mut self) -> Option<&'a [u8]> {
        (self.number() == 1).then(|| self.part())
    }

    fn optional_text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.optional()?).ok()
    }

    /// All headers; they are the last of the block.
    fn headers(&mut self) -> Both {
        let count = self.number();
        let request = (0..count).map(|_| self.header()).collect();
        let mut answer = Vec::new();
        while !self.0.is_empty() {
            answer.push(self.header());
        }
        Both { request, answer }
    }

    fn header(&mut self) -> (String, String) {
        (text(self.part()), text(self.part()))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! What a fault rule says: about which calls, what is done to them, how often.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pattern::PathPattern;
use crate::engine::journal::Actor;

/// The longest that an answer may be kept back, in real time.
const LONGEST_LATENCY: SignedDuration = SignedDuration::from_mins(5);
/// The longest that something may be held, on the virtual clock.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_hours(24 * 400);
/// The largest body that a rule may answer with, in bytes.
const BODY_LIMIT: usize = 8 * 1024;
/// The most headers that a rule may answer with.
const HEADER_LIMIT: usize = 20;
/// The longest name, message, header name or header value, in bytes.
const TEXT_LIMIT: usize = 500;
/// The highest count of `times`.
const TIMES_LIMIT: u64 = 1_000_000;

/// The number of a rule; ascending, never reused within a process.
pub type FaultId = u64;

/// A rule as a tester writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// What the tester calls it, or the name in the catalogue it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The iCIMS customer it disturbs; without one it disturbs all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Which calls.
    #[serde(rename = "match")]
    pub matching: Matching,
    /// What is done to them.
    pub effect: Effect,
    /// How many calls of each customer are disturbed; without it all of them are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// The share of calls that are disturbed, from 0 to 1; without it all of them are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What the drawing by `probability` is derived from; without it the seed of the process. Each customer has a sequence of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// Which calls a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Who is called.
    pub actor: Actor,
    /// Who calls, such as `icims` for events and `harver_platform` for webhooks; without it everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Actor>,
    /// The HTTP method, whatever its case; without it every method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path without its query; for the mailbox the recipient. Without it every path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "/customers/*/people/**")]
    pub path: Option<PathPattern>,
}

/// What is done to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Effect {
    /// The call is not handled; this is answered instead.
    Status {
        /// HTTP status; for the mailbox the SMTP status.
        status: u16,
        /// The number of the error in the actor's own envelope, where it has numbers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u32>,
        /// The words of the error in the actor's own envelope.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// The whole body, in place of the actor's own envelope.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// Further headers, such as `Retry-After`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
    },
    /// The call is handled after a while of real time. It is handled also if the caller has given up by then.
    Latency {
        /// How long.
        #[serde(with = "span")]
        #[schema(value_type = String, example = "2s")]
        by: SignedDuration,
    },
    /// The connection breaks off before the call is handled.
    Drop,
    /// The call is handled, and the connection breaks off before the answer.
    LoseReply,
    /// The answer breaks off in the middle: fewer bytes come than `Content-Length` promises. For the integration it is the request.
    Truncate,
    /// The body is replaced by bytes that are nothing that its content type says. For the integration it is the request's body.
    Garble,
    /// The request is sent a second time after it has been answered.
    Duplicate,
    /// The request is held until the virtual clock has moved on.
    Delay {
        /// How long.
        #[serde(with = "span")]
        #[schema(value_type = String, example = "2s")]
        by: SignedDuration,
    },
    /// The request is held until the next one of the same customer has gone, or an hour of the virtual clock has passed.
    Reorder,
    /// `429`, as if the allowance were used up, in the actor's own words.
    Quota,
}

/// Durations as people write them, such as `2s`; ISO 8601 is read, too.
mod span {
    use jiff::SignedDuration;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(by: &SignedDuration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{by:#}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SignedDuration, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom(format!("{text} is no duration: write 2s or 10m, for example")))
    }
}

impl Effect {
    /// The word for it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Latency { .. } => "latency",
            Self::Drop => "drop",
            Self::LoseReply => "lose_reply",
            Self::Truncate => "truncate",
            Self::Garble => "garble",
            Self::Duplicate => "duplicate",
            Self::Delay { .. } => "delay",
            Self::Reorder => "reorder",
            Self::Quota => "quota",
        }
    }

    /// Whether a call waits for others, or for the clock, before it goes.
    pub(in crate::engine) fn holds_back(&self) -> bool {
        matches!(self, Self::Delay { .. } | Self::Reorder)
    }

    /// Whether this can be done to calls of this actor.
    fn suits(&self, actor: Actor) -> bool {
        match self {
            Self::Status { .. } | Self::Latency { .. } | Self::Drop | Self::LoseReply => true,
            Self::Truncate | Self::Garble => actor != Actor::Mailbox,
            Self::Duplicate | Self::Delay { .. } | Self::Reorder => actor == Actor::Integration,
            Self::Quota => matches!(actor, Actor::Icims | Actor::HarverPlatform),
        }
    }
}

/// What a rule may say at its top level.
const KEYS: [&str; 7] = ["name", "customer", "match", "effect", "times", "probability", "seed"];

impl Fault {
    /// Reads a rule, strictly: a misspelt word would otherwise disturb more than is meant.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(value: serde_json::Value) -> Result<Self, serde_json::Error> {
        let unknown = value.as_object().and_then(|object| object.keys().find(|key| !KEYS.contains(&key.as_str())));
        if let Some(key) = unknown {
            return Err(serde::de::Error::custom(format!("unknown field `{key}`, expected one of {}", KEYS.join(", "))));
        }
        serde_json::from_value(value)
    }

    /// Whether the rule makes sense.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead.
    pub fn check(&self) -> Result<(), String> {
        let actor = self.matching.actor;
        if matches!(actor, Actor::Tester | Actor::Other) {
            return Err("match.actor is icims, harver_platform, integration or mailbox: whoever is called".into());
        }
        if !self.effect.suits(actor) {
            return Err(format!(
                "{} cannot be done to calls of this actor: duplicate, delay and reorder are for the integration, quota for icims and \
                 harver_platform, truncate and garble for everybody but the mailbox",
                self.effect.kind()
            ));
        }
        short("name", self.name.as_deref())?;
        if let Some(method) = &self.matching.method
            && (method.is_empty() || method.len() > 20 || !method.bytes().all(|byte| byte.is_ascii_alphabetic()))
        {
            return Err("match.method is a method such as GET or PATCH; leave it out for all of them".into());
        }
        if self.times.is_some_and(|times| !(1..=TIMES_LIMIT).contains(&times)) {
            return Err(format!("times is 1 to {TIMES_LIMIT}; leave it out to disturb every call"));
        }
        if self.probability.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err("probability is a number from 0 to 1; leave it out to disturb every call".into());
        }
        self.check_effect()
    }

    fn check_effect(&self) -> Result<(), String> {
        let within = |by: SignedDuration, most: SignedDuration, what: &str| {
            let fits = by.is_positive() && by <= most;
            if fits { Ok(()) } else { Err(format!("{what}.by is more than nothing and at most {most:#}: write 2s, for example")) }
        };
        match &self.effect {
            Effect::Latency { by } => within(*by, LONGEST_LATENCY, "latency"),
            Effect::Delay { by } => within(*by, LONGEST_DELAY, "delay"),
            Effect::Status { status, message, body, headers, .. } => {
                let lowest = if self.matching.actor == Actor::Mailbox { 400 } else { 200 };
                if !(lowest..=599).contains(status) {
                    return Err(format!("effect.status is {lowest} to 599"));
                }
                short("effect.message", message.as_deref())?;
                if body.as_ref().is_some_and(|body| body.len() > BODY_LIMIT) {
                    return Err(format!("effect.body has at most {BODY_LIMIT} bytes"));
                }
                check_headers(headers)
            }
            _ => Ok(()),
        }
    }

    /// Whether the rule is about this call of its customer.
    pub(super) fn admits(&self, call: &super::Call<'_>) -> bool {
        let Matching { actor, from, method, path } = &self.matching;
        *actor == call.actor
            && from.is_none_or(|from| from == call.from)
            && method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(call.method))
            && path.as_ref().is_none_or(|pattern| call.paths.iter().any(|path| pattern.admits(path)))
    }
}

/// One line of bounded length: it may end up in a header or in an SMTP answer.
fn short(what: &str, text: Option<&str>) -> Result<(), String> {
    let fits = text.is_none_or(|text| !text.trim().is_empty() && text.len() <= TEXT_LIMIT && !text.chars().any(char::is_control));
    if fits { Ok(()) } else { Err(format!("{what} is 1 to {TEXT_LIMIT} bytes on one line")) }
}

fn check_headers(headers: &BTreeMap<String, String>) -> Result<(), String> {
    use axum::http::{HeaderName, HeaderValue, header};
    if headers.len() > HEADER_LIMIT {
        return Err(format!("effect.headers are {HEADER_LIMIT} at the most"));
    }
    for (name, value) in headers {
        let known: Option<HeaderName> = name.parse().ok();
        let usable = value.len() <= TEXT_LIMIT && name.len() <= TEXT_LIMIT && HeaderValue::from_str(value).is_ok();
        let framing = known.as_ref().is_some_and(|name| [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(name));
        if known.is_none() || !usable || framing {
            return Err(format!(
                "effect.headers: {name:?} cannot be sent with this value; lengths and encodings are not for a rule"
            ));
        }
    }
    Ok(())
}

/// A rule with what has come of it so far.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ListedFault {
    /// Its number.
    pub id: FaultId,
    /// What it says.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many calls it has disturbed.
    pub hits: u64,
    /// When it disturbed one last, on the virtual clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_hit: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: serde_json::Value) -> Result<Fault, String> {
        let fault = Fault::read(value).map_err(|error| error.to_string())?;
        fault.check().map(|()| fault)
    }

    #[test]
    fn a_rule_reads_as_it_is_written() {
        let text = json!({
            "name": "a slow person", "customer": "4021",
            "match": {"actor": "icims", "method": "GET", "path": "/customers/*/people/**"},
            "effect": {"kind": "latency", "by": "2s"}, "times": 3, "probability": 0.5, "seed": 7,
        });
        let fault = read(text.clone()).expect("a rule");
        assert_eq!(serde_json::to_value(&fault).expect("JSON"), text);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_to_write() {
        let rule = |actor: &str, effect: serde_json::Value| json!({"match": {"actor": actor}, "effect": effect});
        let check = |value: serde_json::Value, word: &str| {
            let refused = read(value.clone()).expect_err("nonsense");
            assert!(refused.contains(word), "{value}: {refused}");
        };
        check(rule("tester", json!({"kind": "drop"})), "whoever is called");
        check(rule("icims", json!({"kind": "duplicate"})), "for the integration");
        check(rule("mailbox", json!({"kind": "garble"})), "mailbox");
        check(rule("integration", json!({"kind": "quota"})), "quota");
        check(rule("icims", json!({"kind": "status", "status": 700})), "599");
        check(rule("mailbox", json!({"kind": "status", "status": 250})), "400");
        check(rule("icims", json!({"kind": "status", "status": 500, "message": "a\r\nb"})), "one line");
        check(rule("icims", json!({"kind": "status", "status": 500, "headers": {"Content-Length": "7"}})), "Content-Length");
        check(rule("icims", json!({"kind": "status", "status": 500, "headers": {"a b": "7"}})), "cannot be sent");
        check(rule("icims", json!({"kind": "latency", "by": "1h"})), "latency.by");
        check(rule("icims", json!({"kind": "latency", "by": "-1s"})), "latency.by");
        check(rule("icims", json!({"kind": "explode"})), "explode");
        check(json!({"match": {"actor": "icims", "method": "G T"}, "effect": {"kind": "drop"}}), "match.method");
        check(json!({"match": {"actor": "icims"}, "effect": {"kind": "drop"}, "times": 0}), "times");
        check(json!({"match": {"actor": "icims"}, "effect": {"kind": "drop"}, "probability": 1.5}), "probability");
        check(json!({"match": {"actor": "icims"}, "effect": {"kind": "drop"}, "colour": "red"}), "colour");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
            if let Ok(fault) = serde_json::from_str::<Fault>(&text) {
                let _ = fault.check();
            }
        }
    }
}

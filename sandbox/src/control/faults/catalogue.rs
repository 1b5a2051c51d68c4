//! The classic faults by name: what happens in real life, what an integration should do, and the rules that bring it about.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::Actor;
use crate::engine::faults::{Effect, Fault, Matching, PathPattern};

/// A fault that everybody meets sooner or later.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct NamedFault {
    /// Its name, by which it is switched on and off.
    pub name: &'static str,
    /// What happens, in a few words.
    pub title: &'static str,
    /// What happens in real life.
    pub happens: &'static str,
    /// What the integration should do.
    pub should: &'static str,
    #[serde(skip)]
    #[schema(ignore)]
    rules: Rules,
}

/// What makes the rules of a named fault.
type Rules = fn() -> Vec<Fault>;

impl NamedFault {
    /// The named fault with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CATALOGUE.iter().find(|fault| fault.name == name)
    }

    /// Its rules, for one customer or for all.
    #[must_use]
    pub fn rules(&self, customer: Option<&str>) -> Vec<Fault> {
        let named = |fault: Fault| Fault { name: Some(self.name.to_owned()), customer: customer.map(str::to_owned), ..fault };
        (self.rules)().into_iter().map(named).collect()
    }
}

/// Every named fault.
pub const CATALOGUE: [NamedFault; 22] = [
    NamedFault {
        name: "expired_token",
        title: "An access token stops working",
        happens: "iCIMS answers one call with 401, although the token was valid when it was fetched: it was revoked, or its clock is ahead.",
        should: "Fetch a new token and make the call again, once. Nobody needs to hear of it.",
        rules: || vec![once(icims(None, "/customers/**", error(401, 9, "Authentication credentials invalid")))],
    },
    NamedFault {
        name: "code_3",
        title: "The login group may not see people",
        happens: "Reading a person answers 404 with code 3: the person exists, and the integration user's login group may not see it.",
        should: "Tell this apart from a person who does not exist, do not try again, and say whom to ask: the iCIMS admin.",
        rules: || vec![icims(Some("GET"), "/customers/*/people/**", error(404, 3, "Person: Access denied."))],
    },
    NamedFault {
        name: "daily_quota",
        title: "The calls of the day are used up",
        happens: "Every API call answers 429 until midnight UTC, because all calls that the customer has bought are used up.",
        should: "Stop calling, go on after midnight UTC by itself, and lose nothing in between.",
        rules: || vec![icims(None, "/customers/**", Effect::Quota)],
    },
    NamedFault {
        name: "eu_us_mix_up",
        title: "The wrong region",
        happens: "A customer that is hosted in the EU was set up with the US addresses: there, neither its audience nor its number is known.",
        should: "Refuse with a message that names base URL and customer id as what to check; never try for ever.",
        rules: || {
            let audience = "Service not found: https://api.icims.com/v1/";
            vec![
                icims(Some("POST"), "/oauth/token", error(403, 0, audience)),
                icims(None, "/customers/**", error(404, 2, "Customer not found.")),
            ]
        },
    },
    NamedFault {
        name: "slow_icims",
        title: "iCIMS is slow",
        happens: "Each answer of iCIMS takes two seconds, as in the hour when everybody's nightly jobs run.",
        should: "Answer the candidate on the portal in time all the same, or say what to do; do the rest in the background.",
        rules: || vec![icims(None, "/**", Effect::Latency { by: SignedDuration::from_secs(2) })],
    },
    NamedFault {
        name: "whitelist",
        title: "Our address is not allowed",
        happens: "iCIMS refuses every call with 403, because the address it comes from is not on the customer's list.",
        should: "Not try again, and tell the iCIMS admin to allow all addresses under IP Address Restrictions.",
        rules: || vec![icims(None, "/customers/**", error(403, 7, "The IP address of this request is not allowed."))],
    },
    NamedFault {
        name: "dropped_connection",
        title: "The connection to iCIMS breaks",
        happens: "Two connections to iCIMS are reset before the call is handled.",
        should: "Try again a little later, without any effect that could be seen.",
        rules: || vec![Fault { times: Some(2), ..icims(None, "/customers/**", Effect::Drop) }],
    },
    NamedFault {
        name: "lost_reply",
        title: "A result row is added and the answer is lost",
        happens: "iCIMS adds the result row, and the connection breaks before it says so.",
        should: "Look for the row before adding another one, so that there is one row and no more.",
        rules: || {
            let path = "/customers/*/applicantworkflows/*/fields/assessmentresults";
            vec![once(icims(Some("POST"), path, Effect::LoseReply))]
        },
    },
    NamedFault {
        name: "status_500",
        title: "Sporadic 500 on changes of a workflow",
        happens: "iCIMS answers two changes of a workflow with 500 for no reason that anybody could name (icims-api, quirk 28).",
        should: "Try again after minutes.",
        rules: || {
            let effect = error(500, 0, "Internal error.");
            vec![Fault { times: Some(2), ..icims(Some("PATCH"), "/customers/*/applicantworkflows/**", effect) }]
        },
    },
    NamedFault {
        name: "flaky_icims",
        title: "iCIMS fails now and then",
        happens: "Three calls in ten answer 500.",
        should: "Try again what may be tried again, and come to the same end as without.",
        rules: || vec![Fault { probability: Some(0.3), ..icims(None, "/customers/**", error(500, 0, "Internal error.")) }],
    },
    NamedFault {
        name: "truncated_answer",
        title: "An answer breaks off in the middle",
        happens: "One answer of iCIMS promises more bytes than come.",
        should: "Take it as no answer at all, and ask again.",
        rules: || vec![once(icims(Some("GET"), "/customers/**", Effect::Truncate))],
    },
    NamedFault {
        name: "garbled_answer",
        title: "An answer is not what it says",
        happens: "One answer of iCIMS says it is JSON and is not.",
        should: "Take it as no answer at all, and ask again.",
        rules: || vec![once(icims(Some("GET"), "/customers/**", Effect::Garble))],
    },
    NamedFault {
        name: "duplicate_event",
        title: "An event arrives twice",
        happens: "Each event of iCIMS is sent a second time after it was answered.",
        should: "Invite once. The second event finds what the first has done.",
        rules: || vec![integration(Actor::Icims, Effect::Duplicate)],
    },
    NamedFault {
        name: "duplicate_webhook",
        title: "A webhook arrives twice",
        happens: "Each webhook of the platform is sent a second time after it was answered.",
        should: "Have the effect once.",
        rules: || vec![integration(Actor::HarverPlatform, Effect::Duplicate)],
    },
    NamedFault {
        name: "out_of_order_webhooks",
        title: "A webhook overtakes another one",
        happens: "A webhook is held back until the next one of the same customer has gone, so that the end of an assessment arrives before its start.",
        should: "Never let a finished assessment go back to in progress.",
        rules: || vec![once(integration(Actor::HarverPlatform, Effect::Reorder))],
    },
    NamedFault {
        name: "late_webhook",
        title: "Webhooks are late",
        happens: "Each webhook of the platform arrives ten minutes late.",
        should: "Do when it arrives what it would have done in time.",
        rules: || vec![integration(Actor::HarverPlatform, Effect::Delay { by: SignedDuration::from_mins(10) })],
    },
    NamedFault {
        name: "lost_webhooks",
        title: "Webhooks are lost",
        happens: "Each webhook of the platform is answered on its way, as if it had arrived, and does not arrive.",
        should: "Find by asking what nobody tells.",
        rules: || {
            let headers = BTreeMap::new();
            let effect = Effect::Status { status: 204, code: None, message: None, body: None, headers };
            vec![integration(Actor::HarverPlatform, effect)]
        },
    },
    NamedFault {
        name: "platform_down",
        title: "The Harver platform is down",
        happens: "Every call of the platform's API answers 503.",
        should: "Keep what is to be done, try again for hours, and tell somebody if that is in vain.",
        rules: || {
            let retry = BTreeMap::from([("Retry-After".to_owned(), "60".to_owned())]);
            let effect = Effect::Status { status: 503, code: None, message: None, body: None, headers: retry };
            vec![fault(Actor::HarverPlatform, None, Some("/**"), effect)]
        },
    },
    NamedFault {
        name: "reports_away",
        title: "The link to the report cannot be had",
        happens: "The platform tells the score of a finished assessment, and answers 503 to whoever asks for the link to its report.",
        should: "Write the result at once, and add the link once it can be had.",
        rules: || {
            let effect = Effect::Status { status: 503, code: None, message: None, body: None, headers: BTreeMap::new() };
            vec![fault(Actor::HarverPlatform, Some("GET"), Some("/api/v1.0/applications/*/reports/**"), effect)]
        },
    },
    NamedFault {
        name: "lost_registration",
        title: "A candidate is registered and the answer is lost",
        happens: "The platform registers the candidate, and the connection breaks before it says so.",
        should: "Register again: the platform finds the same application, and the candidate is invited once.",
        rules: || {
            let path = Some("/api/v1.0/vacancies/*/applications");
            vec![once(fault(Actor::HarverPlatform, Some("POST"), path, Effect::LoseReply))]
        },
    },
    NamedFault {
        name: "greylisting",
        title: "The mail server says: later",
        happens: "The mail server refuses the first message with 451, as greylisting does to senders it has not seen before.",
        should: "Hand the same message in again later, and not invite twice.",
        rules: || vec![once(fault(Actor::Mailbox, None, None, smtp(451, "greylisted, please try again later")))],
    },
    NamedFault {
        name: "mail_refused",
        title: "The mail server refuses for good",
        happens: "The mail server refuses every message with 550: there is no such mailbox.",
        should: "Not try again, and say in iCIMS that the candidate could not be invited.",
        rules: || vec![fault(Actor::Mailbox, None, None, smtp(550, "there is no such mailbox"))],
    },
];

fn fault(actor: Actor, method: Option<&str>, path: Option<&str>, effect: Effect) -> Fault {
    let path = path.map(|path| path.parse::<PathPattern>().expect("the catalogue's paths are patterns"));
    let matching = Matching { actor, from: None, method: method.map(str::to_owned), path };
    Fault { name: None, customer: None, matching, effect, times: None, probability: None, seed: None }
}

fn icims(method: Option<&str>, path: &str, effect: Effect) -> Fault {
    fault(Actor::Icims, method, Some(path), effect)
}

fn integration(from: Actor, effect: Effect) -> Fault {
    let rule = fault(Actor::Integration, None, None, effect);
    Fault { matching: Matching { from: Some(from), ..rule.matching.clone() }, ..rule }
}

fn once(fault: Fault) -> Fault {
    Fault { times: Some(1), ..fault }
}

fn error(status: u16, code: u32, message: &str) -> Effect {
    Effect::Status { status, code: Some(code), message: Some(message.to_owned()), body: None, headers: BTreeMap::new() }
}

fn smtp(status: u16, message: &str) -> Effect {
    Effect::Status { status, code: None, message: Some(message.to_owned()), body: None, headers: BTreeMap::new() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_named_fault_has_rules_that_make_sense_and_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for named in &CATALOGUE {
            assert!(names.insert(named.name), "{} is there twice", named.name);
            assert!(named.happens.ends_with('.') || named.happens.ends_with(')'), "{}", named.name);
            let rules = named.rules(Some("4021"));
            assert!(!rules.is_empty(), "{}", named.name);
            for rule in rules {
                rule.check().unwrap_or_else(|error| panic!("{}: {error}", named.name));
                assert_eq!((rule.name.as_deref(), rule.customer.as_deref()), (Some(named.name), Some("4021")));
            }
        }
    }
}

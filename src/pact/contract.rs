//! A pact as it is replayed: its interactions, and what is wrong with it before anybody has been asked.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::RefUnwindSafe;

use pact_models::generators::Generator;
use pact_models::pact::{Pact as ModelledPact, load_pact_from_json};
use pact_models::provider_states::ProviderState;
use pact_models::v4::synch_http::SynchronousHttp;
use serde_json::Value;

use super::source::Contract;

/// What a pact of the library is behind.
pub(super) type BoxedPact = Box<dyn ModelledPact + Send + Sync + RefUnwindSafe>;

/// A pact that can be replayed.
pub(super) struct Pact {
    pub(super) origin: String,
    pub(super) consumer: String,
    /// The text that it was read from, by which it is known again.
    pub(super) text: String,
    pub(super) pending: bool,
    pub(super) modelled: BoxedPact,
    pub(super) interactions: Vec<Interaction>,
    /// What lets nobody trust it, whatever its provider answers.
    pub(super) mistakes: Vec<String>,
}

/// One request and what may be answered to it.
pub(super) struct Interaction {
    pub(super) description: String,
    pub(super) states: Vec<ProviderState>,
    /// `None` for messages, which are not replayed over HTTP.
    pub(super) http: Option<SynchronousHttp>,
    /// Where it begins in the file, from 1.
    pub(super) line: usize,
}

/// Why a text is no pact that can be replayed.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotAPact {
    #[error("{origin} is not JSON: {reason}")]
    NotJson { origin: String, reason: String },
    #[error("{origin} cannot be read as a pact: {reason}")]
    Unreadable { origin: String, reason: String },
    #[error(
        "{origin} has no interactions, so it would be kept by anybody: record it anew, and look whether the consumer's tests have run"
    )]
    Empty { origin: String },
}

impl fmt::Display for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, given {}", self.description, given(&self.states))
    }
}

/// The states in words.
pub(super) fn given(states: &[ProviderState]) -> String {
    let names: Vec<_> = states.iter().map(|state| state.name.as_str()).collect();
    if names.is_empty() { "nothing".into() } else { names.join(" and ") }
}

impl Pact {
    /// Reads a pact.
    pub(super) fn read(contract: Contract) -> Result<Self, NotAPact> {
        let Contract { origin, text, pending } = contract;
        let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| NotAPact::NotJson { origin: origin.clone(), reason: error.to_string() })?;
        let written = json["interactions"].as_array().cloned().unwrap_or_default();
        if written.is_empty() {
            return Err(NotAPact::Empty { origin });
        }
        let unreadable = |reason: String| NotAPact::Unreadable { origin: origin.clone(), reason };
        let modelled = load_pact_from_json(&origin, &json).map_err(|error| unreadable(format!("{error:#}")))?;
        let read = modelled.interactions();
        // The library leaves out what it does not understand.
        if read.len() != written.len() {
            return Err(unreadable(format!(
                "{} of its {} interactions are of a kind that is not known",
                written.len() - read.len(),
                written.len()
            )));
        }
        let earlier =
            |position: usize, description: &str| read[..position].iter().filter(|one| one.description() == description).count();
        let interactions = read.iter().enumerate().map(|(position, one)| {
            let description = one.description();
            let line = line_of(&text, &description, earlier(position, &description));
            Interaction { states: one.provider_states(), http: one.as_v4_http(), description, line }
        });
        let interactions = interactions.collect();
        let mistakes = mistakes(&origin, &written);
        let consumer = modelled.consumer().name;
        Ok(Self { origin, consumer, text, pending, modelled, interactions, mistakes })
    }
}

impl Interaction {
    /// The names that its request takes from what its states tell.
    pub(super) fn takes(&self) -> BTreeSet<String> {
        let Some(http) = &self.http else { return BTreeSet::new() };
        let all = http.request.generators.categories.values().flat_map(|of| of.values());
        let expressions = all.filter_map(|generator| match generator {
            Generator::ProviderStateGenerator(expression, _) => Some(expression.as_str()),
            _ => None,
        });
        expressions.flat_map(names_in).collect()
    }
}

/// The names in an expression, `/people/${person}`; without any, the expression is a name.
fn names_in(expression: &str) -> Vec<String> {
    if !expression.contains("${") {
        return vec![expression.to_owned()];
    }
    let rests = expression.split("${").skip(1);
    rests.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

/// Where a description stands that has so many like it before it, from 1: tools that show files point there.
fn line_of(text: &str, description: &str, earlier: usize) -> usize {
    let wanted = Value::from(description).to_string();
    let lines = text.lines().enumerate().filter(|(_, line)| line.contains("\"description\"") && line.contains(&wanted));
    lines.map(|(at, _)| at + 1).nth(earlier).unwrap_or(1)
}

/// What merging and editing leave behind.
fn mistakes(origin: &str, written: &[Value]) -> Vec<String> {
    let mut mistakes = Vec::new();
    let said = |one: &Value| one["description"].as_str().unwrap_or_default().to_owned();
    let states = |one: &Value| one.get("providerStates").or_else(|| one.get("providerState")).cloned().unwrap_or_default();
    for (position, one) in written.iter().enumerate() {
        let description = said(one);
        if one["pending"] == true {
            mistakes.push(format!(
                "{origin} marks {description:?} as pending by hand: only a broker may say what a provider need not keep yet, so remove \
                 \"pending\" from the file"
            ));
        }
        let same = written[..position].iter().find(|other| states(other) == states(one) && said(other) == description);
        let twin = written[..position].iter().find(|other| states(other) == states(one) && other["request"] == one["request"]);
        if same.is_some() {
            mistakes.push(format!(
                "{origin} has {description:?} twice in the same state, and no consumer records both: record it anew into an empty folder"
            ));
        } else if let Some(twin) = twin {
            mistakes.push(format!(
                "{origin} has the same request in the same state under two descriptions, {:?} and {description:?}: the consumer has most \
                 likely renamed one, and merging has kept both. Record it anew into an empty folder",
                said(twin)
            ));
        }
    }
    mistakes
}

/// What several pacts have against each other.
pub(super) fn rivals(pacts: &[Pact]) -> Vec<String> {
    let mut rivals = Vec::new();
    for (position, one) in pacts.iter().enumerate() {
        if let Some(other) = pacts[..position].iter().find(|other| other.consumer == one.consumer) {
            rivals.push(format!(
                "{} and {} are both pacts of {:?}: one of them is left over, or name the one that is meant",
                other.origin, one.origin, one.consumer
            ));
        }
    }
    rivals
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn interaction(description: &str) -> Value {
        json!({"description": description, "type": "Synchronous/HTTP", "providerStates": [{"name": "a candidate"}],
            "request": {"method": "GET", "path": "/people/1"}, "response": {"status": 200}})
    }

    fn pact(interactions: Vec<Value>) -> Result<Pact, NotAPact> {
        let text = json!({"consumer": {"name": "shop"}, "provider": {"name": "icims"}, "interactions": interactions,
            "metadata": {"pactSpecification": {"version": "4.0"}}});
        let text = serde_json::to_string_pretty(&text).expect("JSON");
        Pact::read(Contract { origin: "shop.json".into(), text, pending: false })
    }

    #[test]
    fn an_interaction_knows_what_it_takes_and_where_it_stands() {
        let mut one = interaction("a request for a person");
        one["request"]["generators"] = json!({
            "path": {"type": "ProviderState", "expression": "/customers/${customer}/people/${person}", "dataType": "STRING"},
            "header": {"authorization": {"type": "ProviderState", "expression": "basic", "dataType": "STRING"}}});
        let pact = pact(vec![one]).expect("a pact");
        assert!(pact.mistakes.is_empty());
        let takes: Vec<String> = pact.interactions[0].takes().into_iter().collect();
        assert_eq!(takes, ["basic", "customer", "person"]);
        let line = pact.text.lines().nth(pact.interactions[0].line - 1).expect("a line");
        assert!(line.contains("a request for a person"), "{line}");
    }

    #[test]
    fn interactions_of_one_description_stand_at_lines_of_their_own() {
        let mut other = interaction("a request");
        other["providerStates"] = json!([{"name": "nobody"}]);
        let pact = pact(vec![interaction("a request"), other]).expect("a pact");
        let lines: Vec<usize> = pact.interactions.iter().map(|one| one.line).collect();
        assert!(lines[0] < lines[1], "{lines:?}");
    }

    #[test]
    fn what_merging_leaves_behind_is_a_mistake() {
        let mistakes = |interactions| pact(interactions).expect("a pact").mistakes;
        let twice = mistakes(vec![interaction("a request"), interaction("a request")]);
        assert!(twice[0].contains("has \"a request\" twice in the same state"), "{twice:?}");
        let renamed = mistakes(vec![interaction("a request"), interaction("a request for a person")]);
        assert!(renamed[0].contains("under two descriptions, \"a request\" and \"a request for a person\""), "{renamed:?}");
        let mut other = interaction("another");
        other["request"]["path"] = json!("/people/2");
        assert!(mistakes(vec![interaction("a request"), other]).is_empty());
    }

    #[test]
    fn nobody_but_a_broker_says_pending() {
        let mut one = interaction("a request");
        one["pending"] = json!(true);
        let mistakes = pact(vec![one]).expect("a pact").mistakes;
        assert!(mistakes[0].contains("as pending by hand"), "{mistakes:?}");
    }

    #[test]
    fn what_says_nothing_is_no_pact() {
        let error = pact(vec![]).err().expect("empty").to_string();
        assert!(error.contains("shop.json has no interactions"), "{error}");
        let error =
            pact(vec![json!({"type": "Telepathy", "description": "x"})]).err().expect("a kind that nobody knows").to_string();
        assert!(error.contains("shop.json cannot be read as a pact"), "{error}");
    }

    #[test]
    fn two_pacts_of_one_consumer_are_one_too_many() {
        let both = [pact(vec![interaction("a")]).expect("a pact"), pact(vec![interaction("b")]).expect("a pact")];
        assert_eq!(rivals(&both).len(), 1);
    }
}

//! What was recorded so far, and the file that it makes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Exchange;
use super::interaction::interaction;

/// So many interactions are kept at the most.
const MOST: usize = 2_000;

/// What becomes of an exchange that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is part of the pact now.
    New,
    /// It says what another one has said.
    Again,
    /// The same was asked under the same circumstances, and answered otherwise: a contract cannot say both.
    Contradiction,
    /// There are too many.
    TooMany,
}

/// What a client and a provider have said to one another.
#[derive(Clone, Debug)]
pub struct Recording {
    consumer: String,
    provider: String,
    /// By request and states; the answer stands beside it.
    interactions: BTreeMap<String, Value>,
    /// Sentences about what is not in the pact.
    left_out: Vec<String>,
    /// Sentences about what could not be passed on.
    failed: Vec<String>,
}

impl Recording {
    /// Nothing yet.
    #[must_use]
    pub fn new(consumer: &str, provider: &str) -> Self {
        let (interactions, left_out, failed) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { consumer: consumer.to_owned(), provider: provider.to_owned(), interactions, left_out, failed }
    }

    /// Takes an exchange in.
    pub fn take(&mut self, exchange: &Exchange) -> Recorded {
        let interaction = interaction(exchange);
        let key = json!([interaction["description"], interaction["providerStates"], interaction["request"]]).to_string();
        let asked = format!("{} {}", exchange.method, exchange.path);
        let is_full = self.interactions.len() >= MOST;
        match self.interactions.get_mut(&key) {
            Some(known) if is_alike(known, &interaction) => {
                // Whichever comes first, the same one is left as the example.
                let [new, old] = [&interaction, &*known].map(ToString::to_string);
                if new < old {
                    *known = interaction;
                }
                Recorded::Again
            }
            Some(known) => {
                self.left_out.push(format!(
                    "{asked} was answered {} after {}, or in another shape, under the same circumstances",
                    interaction["response"]["status"], known["response"]["status"]
                ));
                Recorded::Contradiction
            }
            None if is_full => {
                self.left_out.push(format!("{asked} comes after {MOST} others"));
                Recorded::TooMany
            }
            None => {
                self.interactions.insert(key, interaction);
                Recorded::New
            }
        }
    }

    /// Notes what could not be passed on, as a sentence.
    pub fn fail(&mut self, why: String) {
        self.failed.push(why);
    }

    /// How many interactions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.interactions.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.interactions.is_empty()
    }

    /// How many interactions name no circumstances. Whoever verifies them has to rely on whatever is there.
    #[must_use]
    pub fn without_state(&self) -> usize {
        self.interactions.values().filter(|interaction| interaction["providerStates"].is_null()).count()
    }

    /// What is not in the pact although it was asked.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// What could not be passed on.
    #[must_use]
    pub fn failed(&self) -> &[String] {
        &self.failed
    }

    /// The file: sorted, and the same for the same exchanges, whenever they came.
    #[must_use]
    pub fn pact(&self) -> String {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        let mut interactions: Vec<Value> = Vec::new();
        for interaction in self.interactions.values() {
            // Two interactions of one name would be one for whoever reads the file.
            let mut interaction = interaction.clone();
            let name = interaction["description"].as_str().unwrap_or_default().to_owned();
            let count = times.entry(json!([name, interaction["providerStates"]]).to_string()).or_default();
            *count += 1;
            if *count > 1 {
                interaction["description"] = format!("{name} ({count})").into();
            }
            interactions.push(sorted(interaction));
        }
        let pact = json!({
            "consumer": {"name": self.consumer},
            "interactions": interactions,
            "metadata": {"pactSpecification": {"version": "4.0"}},
            "provider": {"name": self.provider},
        });
        // Pretty text has no line end of its own.
        format!("{:#}\n", sorted(pact))
    }
}

/// Whether two answers promise the same: values are only examples.
fn is_alike(one: &Value, other: &Value) -> bool {
    ["status", "matchingRules"].iter().all(|part| one["response"][part] == other["response"][part])
}

/// Keys in order, also where a dependency has the library keep them as they came.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pact::record::State;

    fn exchange(path: &str, answer: &Value) -> Exchange {
        Exchange {
            method: "GET".into(),
            path: path.into(),
            query: vec![("token".into(), "s3cret".into()), ("fields".into(), "email".into())],
            headers: vec![("authorization".into(), "Bearer s3cret".into()), ("user-agent".into(), "x/1".into())],
            body: Vec::new(),
            state: Some(State::parse("a candidate", Some("{\"customer\": \"4021\"}")).expect("a state")),
            told: None,
            description: None,
            status: 200,
            answer_headers: vec![("content-type".into(), "application/json; charset=utf-8".into())],
            answer: answer.to_string().into_bytes(),
        }
    }

    #[test]
    fn the_same_exchanges_give_the_same_bytes_in_any_order() {
        let (a, b) = (exchange("/a", &json!({"at": "2026-11-27T15:05:41Z"})), exchange("/b", &json!({"id": 1})));
        let pact = |exchanges: &[&Exchange]| {
            let mut recording = Recording::new("tiny", "icims");
            for exchange in exchanges {
                recording.take(exchange);
            }
            recording.pact()
        };
        let (later, other) = (exchange("/a", &json!({"at": "2027-01-01T00:00:00Z"})), exchange("/b", &json!({"id": 2})));
        assert_eq!(pact(&[&a, &b, &other]), pact(&[&other, &b, &later, &a]));
        assert!(pact(&[&a]).ends_with("}\n") && !pact(&[&a, &b]).contains("s3cret"));
    }

    #[test]
    fn an_answer_of_another_shape_contradicts() {
        let mut recording = Recording::new("tiny", "icims");
        assert_eq!(recording.take(&exchange("/a", &json!({"id": 1}))), Recorded::New);
        assert_eq!(recording.take(&exchange("/a", &json!({"id": 2}))), Recorded::Again);
        assert_eq!(recording.take(&exchange("/a", &json!({"name": "x"}))), Recorded::Contradiction);
        assert_eq!((recording.len(), recording.left_out().len()), (1, 1));
    }

    #[test]
    fn two_requests_of_one_name_keep_apart() {
        let mut recording = Recording::new("tiny", "icims");
        for body in ["{\"a\": 1}", "{\"a\": 2}"] {
            let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            recording.take(&Exchange { headers, body: body.into(), ..exchange("/a", &json!({})) });
        }
        let pact: Value = serde_json::from_str(&recording.pact()).expect("JSON");
        let names: Vec<&Value> = pact["interactions"].as_array().into_iter().flatten().map(|one| &one["description"]).collect();
        assert_eq!(names, ["GET /a?fields=email&token=example", "GET /a?fields=email&token=example (2)"]);
    }
}

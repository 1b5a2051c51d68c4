//! Circumstances that a recording has somebody bring about: a client asks for them at the recording itself, and what they tell, such as
//! the number of a person, is written into the pact by its name. So the pact can be replayed where everything has other numbers.

use pact_models::provider_states::ProviderState;
use serde_json::{Map, Value, json};

use super::State;
use super::example::Kind;
use crate::http::Clients;
use crate::pact::StateChanger;
use crate::pact::states::NoState;

/// Where a client asks for circumstances.
pub(super) const PATH: &str = "/__pact/state";

/// A state that was brought about, and what it tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub(super) state: State,
    pub(super) values: Map<String, Value>,
}

impl Told {
    /// Brings a state about.
    ///
    /// # Errors
    /// When nobody can, in words.
    pub(super) async fn of(changer: &StateChanger, clients: &Clients, consumer: &str, state: State) -> Result<Self, String> {
        let wanted = on_paper(&state);
        match changer.set_up(clients, consumer, &wanted).await {
            Ok(values) => Ok(Self { state, values }),
            Err(NoState::Refused(why)) => Err(why),
            Err(NoState::Silent(silence)) => Err(silence.said),
        }
    }

    /// Says that the state is not needed any more.
    ///
    /// # Errors
    /// When nobody takes it back, in words.
    pub(super) async fn clear(&self, changer: &StateChanger, clients: &Clients, consumer: &str) -> Result<(), String> {
        match changer.tear_down(clients, consumer, &on_paper(&self.state), &self.values).await {
            Ok(()) => Ok(()),
            Err(NoState::Refused(why)) => Err(why),
            Err(NoState::Silent(silence)) => Err(silence.said),
        }
    }

    /// The name of what a text is, if the state has told it.
    fn name_of(&self, text: &str) -> Option<&str> {
        let is_it = |value: &Value| value.as_str() == Some(text) && text.len() > 1;
        self.values.iter().find(|(_, value)| is_it(value)).map(|(name, _)| name.as_str())
    }

    /// A path with an example for each of its parts that the state has told, and how to make it from what the state tells next time.
    pub(super) fn path(&self, path: &str) -> Option<(String, Value)> {
        let mut any = false;
        let parts: Vec<(String, String)> = path
            .split('/')
            .map(|part| match self.name_of(part) {
                Some(name) => {
                    any = true;
                    (example(name, part), format!("${{{name}}}"))
                }
                None => (part.to_owned(), part.to_owned()),
            })
            .collect();
        let joined = |which: fn(&(String, String)) -> &str| parts.iter().map(which).collect::<Vec<_>>().join("/");
        any.then(|| (joined(|part| &part.0), expression(&joined(|part| &part.1))))
    }

    /// The same of a whole text.
    pub(super) fn whole(&self, text: &str) -> Option<(String, Value)> {
        let name = self.name_of(text)?;
        Some((example(name, text), expression(&format!("${{{name}}}"))))
    }
}

fn on_paper(state: &State) -> ProviderState {
    ProviderState { name: state.name.clone(), params: state.parameters.clone().into_iter().collect() }
}

/// How a verifier makes a text of what a state tells.
fn expression(text: &str) -> Value {
    json!({"type": "ProviderState", "expression": text, "dataType": "STRING"})
}

/// What stands for something that is another each time: a number for a number, else its name.
fn example(name: &str, value: &str) -> String {
    match Kind::of(value) {
        Kind::Number => "1001".to_owned(),
        Kind::Text => name.to_owned(),
        kind => kind.example(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_state_tells_is_written_by_its_name() {
        let values = json!({"customer": "88012", "person": "30530", "basic": "Basic YTpi"});
        let values = values.as_object().expect("an object").clone();
        let told = Told { state: State::parse("a candidate", None).expect("a state"), values };
        let (path, generator) = told.path("/customers/88012/people/30530/x").expect("two parts");
        assert_eq!(path, "/customers/1001/people/1001/x");
        assert_eq!(generator["expression"], "/customers/${customer}/people/${person}/x");
        assert_eq!(told.path("/customers/4021"), None);
        assert_eq!(told.whole("Basic YTpi").expect("told").1["expression"], "${basic}");
    }
}

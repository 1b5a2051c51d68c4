//! Asking whoever brings about what an interaction calls given (the Pact convention of state changes).

use pact_models::provider_states::ProviderState;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::asking::{Silence, why};
use crate::domain::cut_to;
use crate::http::{Answer, Clients};

/// How much is told of what was said about a state, in characters: a list of all states fits in.
const WORDS: usize = 1_000;

/// What a state tells, by name.
pub(super) type Told = Map<String, Value>;

/// Who brings states about.
#[derive(Clone, Debug)]
pub struct StateChanger {
    url: Url,
    /// What it asks for.
    token: Option<SecretString>,
    /// Whether it is the sandbox's control plane, which always answers a JSON object.
    is_control: bool,
}

/// Why a state is not there.
#[derive(Debug)]
pub(super) enum NoState {
    /// Nobody answers, so nobody will for the next one.
    Silent(Silence),
    /// It was refused, or the answer is none.
    Refused(String),
}

#[derive(Deserialize)]
struct Problem {
    error: Words,
}

#[derive(Deserialize)]
struct Words {
    message: String,
}

impl StateChanger {
    /// Any endpoint that knows the convention.
    #[must_use]
    pub fn at(url: Url) -> Self {
        Self { url, token: None, is_control: false }
    }

    /// The control plane of a sandbox, at its base address.
    ///
    /// # Errors
    /// When the address cannot have a path.
    pub fn of_sandbox(control: &Url, provider: &str, token: Option<SecretString>) -> Result<Self, url::ParseError> {
        let mut url = control.clone();
        let mut path = url.path_segments_mut().map_err(|()| url::ParseError::RelativeUrlWithCannotBeABaseBase)?;
        path.pop_if_empty().extend(["__sandbox", "provider-states", provider]);
        drop(path);
        Ok(Self { url, token, is_control: true })
    }

    /// Brings a state about; what it tells.
    pub(super) async fn set_up(&self, clients: &Clients, consumer: &str, state: &ProviderState) -> Result<Told, NoState> {
        let told = self.ask(clients, consumer, state, json!({"action": "setup"})).await?;
        let said = |what: &str| format!("the state {:?} is not there: {what}", state.name);
        self.read(&told).map_err(|what| NoState::Refused(said(&what)))
    }

    /// Says that a state is not needed any more.
    pub(super) async fn tear_down(
        &self,
        clients: &Clients,
        consumer: &str,
        state: &ProviderState,
        told: &Told,
    ) -> Result<(), NoState> {
        self.ask(clients, consumer, state, json!({"action": "teardown", "told": told})).await.map(drop)
    }

    async fn ask(&self, clients: &Clients, consumer: &str, state: &ProviderState, action: Value) -> Result<Answer, NoState> {
        let mut body = json!({"consumer": consumer, "state": state.name, "params": state.params});
        if let (Value::Object(body), Value::Object(action)) = (&mut body, action) {
            body.extend(action);
        }
        let mut request = clients.request(Method::POST, self.url.clone()).json(&body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let answer = clients.exchange(request).await.map_err(|error| {
            NoState::Silent(Silence::of(&error, &format!("the state {:?} could not be asked for at {}", state.name, self.url)))
        })?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let words = answer.json::<Problem>().map(|problem| problem.error.message);
        let words = words.unwrap_or_else(|_| format!("{} answered {}{}", self.url, why(&answer), self.hint()));
        let failed = format!(
            "the state {:?} could not be brought about: {}",
            state.name,
            cut_to(&words.replace(char::is_control, " "), WORDS)
        );
        Err(NoState::Refused(failed))
    }

    /// What an answer tells; an endpoint that has nothing to tell may say nothing.
    fn read(&self, answer: &Answer) -> Result<Told, String> {
        if answer.is_empty() && !self.is_control {
            return Ok(Told::new());
        }
        answer.json::<Told>().map_err(|_| {
            let kind = answer.header("content-type").unwrap_or("something without a content type");
            format!("{} answered {kind}, not a JSON object of what the state tells{}", self.url, self.hint())
        })
    }

    fn hint(&self) -> &'static str {
        if self.is_control {
            ": is --control-url the control address of a sandbox, as its ready line names it?"
        } else {
            ": does --state-url name an endpoint for state changes?"
        }
    }
}

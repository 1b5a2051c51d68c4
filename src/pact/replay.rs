//! One interaction, from the states that it begins with to what its answer does not keep.

use std::cell::RefCell;
use std::collections::HashMap;

use pact_matching::{generate_request, match_response};
use pact_models::bodies::OptionalBody;
use pact_models::generators::GeneratorTestMode;
use pact_models::headers::parse_header;
use pact_models::interaction::Interaction as _;
use pact_models::provider_states::ProviderState;
use pact_models::v4::http_parts::{HttpRequest, HttpResponse};
use pact_models::v4::synch_http::SynchronousHttp;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;

use super::asking::Silence;
use super::contract::{BoxedPact, Interaction, Pact};
use super::difference::{Bodies, Difference, differences};
use super::shown::{Answered, Mask, Sent};
use super::states::{NoState, StateChanger, Told};
use crate::http::{Answer, Clients};

/// Where interactions are replayed.
pub(super) struct Stage<'a> {
    pub(super) clients: &'a Clients,
    pub(super) provider: &'a Url,
    pub(super) states: Option<&'a StateChanger>,
    /// States that are there now, with whose they are and what they have told.
    pub(super) open: RefCell<Vec<(String, ProviderState, Told)>>,
}

/// What came of an interaction.
pub(super) enum Replayed {
    Kept,
    /// The answer is none that the pact allows.
    Differs {
        sent: Sent,
        answered: Answered,
        differences: Vec<Difference>,
    },
    /// It could not be tried as the pact wants it.
    Untried(String),
    /// Somebody did not answer.
    Silent {
        silence: Silence,
        sent: Option<Sent>,
    },
}

impl From<NoState> for Replayed {
    fn from(error: NoState) -> Self {
        match error {
            NoState::Silent(silence) => Self::Silent { silence, sent: None },
            NoState::Refused(said) => Self::Untried(said),
        }
    }
}

impl Stage<'_> {
    /// Replays an interaction; what was brought about for it is removed again.
    pub(super) async fn replay(&self, pact: &Pact, interaction: &Interaction) -> Replayed {
        let Some(http) = &interaction.http else {
            return Replayed::Untried("it is a message and no request over HTTP, so nobody can be asked".into());
        };
        let replayed = match self.given(pact, interaction).await {
            Ok(told) => self.asked(&pact.modelled, interaction, http, &told).await,
            Err(error) => error,
        };
        match (self.clear().await, replayed) {
            (Err(error), Replayed::Kept) => error.into(),
            (_, replayed) => replayed,
        }
    }

    /// Removes what is there still.
    pub(super) async fn clear(&self) -> Result<(), NoState> {
        let open = self.open.take();
        let Some(states) = self.states else { return Ok(()) };
        for (consumer, state, told) in open {
            states.tear_down(self.clients, &consumer, &state, &told).await?;
        }
        Ok(())
    }

    /// Brings the states about, in their order; the parameters and what was told.
    async fn given(&self, pact: &Pact, interaction: &Interaction) -> Result<Told, Replayed> {
        let Some(states) = self.states.filter(|_| !interaction.states.is_empty()) else {
            let why = "it names no state that it begins with, so its answer would rest on whatever is there: let the consumer say given …";
            return Err(Replayed::Untried(why.into()));
        };
        let mut all = Told::new();
        for state in &interaction.states {
            let told = states.set_up(self.clients, &pact.consumer, state).await?;
            self.open.borrow_mut().push((pact.consumer.clone(), state.clone(), told.clone()));
            all.extend(state.params.clone());
            all.extend(told);
        }
        // The library takes the recorded example where a value is not told, and asks for what is not there.
        match interaction.takes().into_iter().find(|name| !all.contains_key(name)) {
            None => Ok(all),
            Some(name) => {
                let given = super::contract::given(&interaction.states);
                let told = all.keys().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
                let told = if told.is_empty() { "nothing".into() } else { told };
                Err(Replayed::Untried(format!("its request takes {name:?} from the state, and {given:?} tells {told}")))
            }
        }
    }

    async fn asked(&self, pact: &BoxedPact, interaction: &Interaction, http: &SynchronousHttp, told: &Told) -> Replayed {
        let context: HashMap<&str, Value> = told.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let request = generate_request(&http.request, &GeneratorTestMode::Provider, &context).await;
        let mask = Mask::of(told);
        let (url, built) = match self.request(&request) {
            Ok(built) => built,
            Err(why) => return Replayed::Untried(format!("its request cannot be sent: {why}")),
        };
        let sent = Sent::of(&request, &url, &mask);
        let answer = match self.clients.exchange(built).await {
            Ok(answer) => answer,
            Err(error) => {
                let silence = Silence::of(&error, &format!("{} does not answer at {}", self.provider, url.path()));
                return Replayed::Silent { silence, sent: Some(sent) };
            }
        };
        let answered = Answered::of(&answer, &mask);
        let actual = response(&answer);
        let bodies = Bodies { expected: json(&http.response.body), actual: json(&actual.body) };
        match match_response(http.response.clone(), actual, pact, &http.boxed()).await {
            Ok(mismatches) if mismatches.is_empty() => Replayed::Kept,
            Ok(mismatches) => Replayed::Differs { sent, answered, differences: differences(&mismatches, &bodies) },
            Err(error) => Replayed::Untried(format!("the answer to {interaction} cannot be compared: {error:#}")),
        }
    }

    fn request(&self, request: &HttpRequest) -> Result<(Url, RequestBuilder), String> {
        let base = self.provider.as_str().trim_end_matches('/');
        let mut url: Url =
            format!("{base}/{}", request.path.trim_start_matches('/')).parse().map_err(|error| format!("{error}"))?;
        let mut query: Vec<_> = request.query.iter().flatten().collect();
        query.sort_by(|one, other| one.0.cmp(other.0));
        if !query.is_empty() {
            let mut pairs = url.query_pairs_mut();
            for (name, value) in query.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value))) {
                match value {
                    Some(value) => pairs.append_pair(name, value),
                    None => pairs.append_key_only(name),
                };
            }
        }
        let method: Method = request.method.parse().map_err(|_| format!("{:?} is no method", request.method))?;
        let mut built = self.clients.request(method, url.clone());
        for (name, values) in request.headers.iter().flatten() {
            for value in values {
                let header: HeaderName = name.parse().map_err(|_| format!("{name:?} is no name of a header"))?;
                let value =
                    HeaderValue::from_str(value).map_err(|_| format!("the header {name:?} has a value that cannot be sent"))?;
                built = built.header(header, value);
            }
        }
        Ok(match &request.body {
            OptionalBody::Present(bytes, ..) => (url, built.body(bytes.clone())),
            OptionalBody::Null if request.content_type().is_some_and(|kind| kind.is_json()) => (url, built.body("null")),
            _ => (url, built),
        })
    }
}

/// An answer as the library compares it.
fn response(answer: &Answer) -> HttpResponse {
    let mut headers: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.entry(name.as_str().to_owned()).or_default().extend(parse_header(name.as_str(), &value));
    }
    let mut response = HttpResponse { status: answer.status.as_u16(), headers: Some(headers), ..HttpResponse::default() };
    response.body = if answer.is_empty() {
        OptionalBody::Empty
    } else {
        OptionalBody::Present(answer.bytes().to_vec().into(), response.content_type(), None)
    };
    response
}

fn json(body: &OptionalBody) -> Option<Value> {
    serde_json::from_slice(&body.value()?).ok()
}
